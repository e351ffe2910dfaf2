import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../src/prelude/bytes.js';
import { canonicalJson } from '../../src/prelude/codec.js';
import { digest } from '../../src/prelude/digest.js';
import { E } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import { identitiesKeyId, requestKeyId, slowMultisigOf } from '../../src/management/alliance-keys.js';
import {
  allianceIdOf,
  configurationDigestOf,
  decodeAlliance,
  decodeAllianceText,
  encodeAlliance,
} from '../../src/management/alliance-codec.js';
import { actStatement } from '../../src/management/acts/act.js';
import { authorityKeyId } from '../../src/management/acts/authority.js';
import { enactedStatement, foundedStatement } from '../../src/management/alliance-statements.js';
import { keyIdOf } from '../../src/schemes/public-key.js';
import { describeAllianceError } from '../../src/management/errors.js';
import { multisigKeyId } from '../../src/schemes/multisig/multisig-verifier.js';
import { right } from '../support/right.js';
import { fixedAlliance } from './fixed-alliance.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const fixedText = JSON.stringify(encodeAlliance(fixedAlliance()));

function fixedJson(): Json {
  return JSON.parse(fixedText) as Json;
}

/** The fixed document with `value` at `path`; `undefined` removes what is there. */
function withValueAt(path: string, value: Json | undefined): Json {
  const document = fixedJson();
  const keys = path.split('/').slice(1);
  const last = keys.pop() ?? '';
  let parent = document as Record<string, Json>;
  for (const key of keys) parent = parent[key] as Record<string, Json>;
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return document;
}

function valueAt(path: string): Json {
  return path
    .split('/')
    .slice(1)
    .reduce((value, key) => (value as Record<string, Json>)[key] as Json, fixedJson());
}

/** The paths of all objects and of all values in them. */
function pathsOf(value: Json, path = ''): { objects: string[]; values: string[] } {
  const found = { objects: [] as string[], values: path === '' ? [] : [path] };
  if (typeof value !== 'object' || value === null) return found;
  if (!Array.isArray(value)) found.objects.push(path);
  for (const [key, inner] of Object.entries(value)) {
    const { objects, values } = pathsOf(inner, `${path}/${key}`);
    found.objects.push(...objects);
    found.values.push(...values);
  }
  return found;
}

/** The fixed document as that of epoch 2. */
function laterJson(): Record<string, Json> {
  const founding = toHex(allianceIdOf(fixedAlliance()));
  const document = fixedJson() as Record<string, Json>;
  const allianceKey = { ...(document['allianceKey'] as Record<string, Json>), epoch: 2 };
  return { ...document, epoch: 2, allianceId: founding, previous: founding, change: 1, allianceKey };
}

function members(...ids: readonly string[]): Json[] {
  return ids.map((member) => ({ member }));
}

interface Vector {
  readonly document: Json;
  readonly allianceId: string;
  readonly identitiesKeyId: string;
  readonly requestKeyId: string;
  readonly slowKeyId: string;
  /** Of the first organization. */
  readonly authorityKeyId: string;
  /** The bytes that are signed about the document, and of an act with the body `said`. */
  readonly statements: { readonly enacted: string; readonly founded: string; readonly act: string };
}

/** Written again with UPDATE=1, for a reason that the commit names. */
const vectorFile = new URL('../../spec/vectors/alliance.json', import.meta.url);
if (process.env['UPDATE'] !== undefined) writeFileSync(vectorFile, `${JSON.stringify(vectorNow(), undefined, 2)}\n`);
const vector = JSON.parse(readFileSync(vectorFile, 'utf8')) as Vector;

function vectorNow(): Vector {
  const alliance = fixedAlliance();
  const [application] = alliance.applications;
  return {
    document: fixedJson(),
    allianceId: toHex(allianceIdOf(alliance)),
    identitiesKeyId: toHex(identitiesKeyId(alliance)),
    requestKeyId: toHex(requestKeyId(present(application, 'an application'))),
    slowKeyId: toHex(multisigKeyId(present(slowMultisigOf(alliance), 'a multisignature slow key'))),
    authorityKeyId: toHex(authorityKeyId(present(alliance.organizations[0], 'an organization'))),
    statements: statementsNow(),
  };
}

function statementsNow(): Vector['statements'] {
  const alliance = fixedAlliance();
  const allianceId = allianceIdOf(alliance);
  const context = { allianceId, keyId: keyIdOf(alliance.allianceKey), epoch: 1 };
  const keyId = authorityKeyId(present(alliance.organizations[0], 'an organization'));
  return {
    enacted: toHex(enactedStatement(context, configurationDigestOf(alliance))),
    founded: toHex(foundedStatement(allianceId, keyId)),
    act: toHex(actStatement(allianceId, keyId, utf8('said'))),
  };
}

describe('the alliance document', () => {
  it('is stated with the bytes of the vector, each statement under a type of its own', () => {
    expect(statementsNow()).toEqual(vector.statements);
    const { allianceId, authorityKeyId: keyId, statements } = vector;
    const tag = `00${toHex(utf8('koinon statement v1'))}00`;
    const u64 = (value: number) => value.toString(16).padStart(16, '0');
    const u8 = (value: number) => value.toString(16).padStart(2, '0');
    const allianceKeyId = toHex(keyIdOf(fixedAlliance().allianceKey));
    expect(statements.act).toBe(`${tag}${allianceId}${keyId}${u64(0)}${u8(14)}${toHex(digest(utf8('said')))}`);
    expect(statements.enacted).toBe(`${tag}${allianceId}${allianceKeyId}${u64(1)}${u8(15)}${allianceId}`);
    expect(statements.founded).toBe(`${tag}${allianceId}${keyId}${u64(1)}${u8(16)}${allianceId}`);
  });

  it('is what the vector says, with the names of its keys', () => {
    const alliance = right(decodeAlliance(vector.document));
    expect(fixedJson()).toEqual(vector.document);
    expect(toHex(allianceIdOf(alliance))).toBe(vector.allianceId);
    expect(toHex(identitiesKeyId(alliance))).toBe(vector.identitiesKeyId);
    expect(alliance.applications.map((application) => toHex(requestKeyId(application)))).toEqual([vector.requestKeyId]);
    expect(toHex(multisigKeyId(present(slowMultisigOf(alliance), 'a multisignature slow key')))).toBe(vector.slowKeyId);
  });

  it('is named by the SHA-256 of its canonical JSON', () => {
    expect(vector.allianceId).toBe(toHex(digest(utf8(canonicalJson(vector.document)))));
  });

  it('survives decoding and encoding unchanged, whatever the order of its keys', () => {
    const reversed = Object.fromEntries(Object.entries(fixedJson() as object).reverse());
    const alliance = right(decodeAllianceText(JSON.stringify(reversed)));
    expect(JSON.parse(JSON.stringify(encodeAlliance(alliance)))).toEqual(fixedJson());
    expect(configurationDigestOf(alliance)).toEqual(configurationDigestOf(fixedAlliance()));
  });

  it('keeps its id when a later document carries it, and changes its digest', () => {
    const founding = fixedAlliance();
    const allianceId = allianceIdOf(founding);
    const later = right(decodeAlliance(laterJson()));
    expect(allianceIdOf(later)).toEqual(allianceId);
    expect(configurationDigestOf(later)).not.toEqual(configurationDigestOf(founding));
  });

  it('counts as signers of slow certificates exactly the slow quorums of its trust model', () => {
    const { universe, canCombine } = present(slowMultisigOf(fixedAlliance()), 'a multisignature slow key');
    const [first, second, third] = universe.ids;
    expect(canCombine(universe.of([first, second, third].flatMap((id) => id ?? [])))).toBe(true);
    expect(canCombine(universe.of([first, second].flatMap((id) => id ?? [])))).toBe(false);
  });
});

describe('a document that is none', () => {
  it.each([undefined, null, 7, 'text', [], {}])('%j is refused', (json) => {
    expect(E.isLeft(decodeAlliance(json))).toBe(true);
  });

  it('is refused with the parser’s complaint where it is no JSON', () => {
    expect(decodeAllianceText('{"version": 1,')).toMatchObject({ left: { _tag: 'DecodeError', path: '/' } });
  });

  it('is refused for its version before all else, and the message says what to do', () => {
    const decoded = decodeAlliance({ version: 2, strange: true });
    expect(decoded).toEqual(E.left({ _tag: 'NewerVersion', version: 2, newestKnown: 1 }));
    if (E.isLeft(decoded)) expect(describeAllianceError(decoded.left)).toMatch(/update koinon/);
  });

  const bounds: readonly (readonly [string, Json | undefined])[] = [
    ['/version', 0],
    ['/epoch', 0],
    ['/epoch', 1.5],
    ['/allianceId', 'ab'],
    ['/organizations', []],
    ['/organizations/0/servers', []],
    ['/organizations/0/name', 'x'.repeat(64)],
    ['/organizations/0/certificateAuthority', 'no certificate'],
    [
      '/organizations/0/certificateAuthority',
      `-----BEGIN CERTIFICATE-----\n${'A'.repeat(16_384)}\n-----END CERTIFICATE-----\n`,
    ],
    ['/organizations/0/servers/0/id', 'a/1/2'],
    ['/organizations/0/servers/0/host', ''],
    ['/organizations/0/servers/0/host', 'a host'],
    ['/organizations/0/servers/0/host', 'h'.repeat(254)],
    ['/organizations/0/servers/0/port', 0],
    ['/organizations/0/servers/0/port', 65_536],
    ['/organizations/0/servers/0/identityKey', '00'.repeat(32)],
    ['/organizations/0/servers/0/slowKey', 'ab'],
    ['/applications', Array.from({ length: 10_001 }, () => null)],
    ['/parameters/windowSlots', 4097],
    ['/parameters/checkpointInterval', 0],
    ['/parameters/baseTimeoutMs', 9],
    ['/parameters/snapshotInterval', 0],
    ['/change', -1],
    ['/previous', 'ab'],
    ['/organizations/0/administrators/0/key', '00'.repeat(32)],
    ['/organizations/0/administrators/0/name', 'a b'],
    ['/organizations/0/rule', { threshold: 3, of: members('ann', 'bob') }],
    ['/organizations/0/recoveryKey', 'ab'],
    ['/documentKeys', Array.from({ length: 65 }, () => null)],
    ['/governance/rules', 2],
    ['/governance/amendmentOf', []],
    ['/governance/amendmentOf/abdicate', { member: 'a' }],
    ['/governance/amendmentOf/admit', { member: 7 }],
    ['/governance/amendment', 'everyone'],
    ['/governance/structure', { tree: { f: 4, of: members('a', 'b', 'c', 'd') } }],
    ['/governance/overrides', Array.from({ length: 7 }, () => 'key-immovable')],
    ['/governance/overrides/0', 'quorum-lost'],
    ['/governance/distrusted', Array.from({ length: 1001 }, () => '07'.repeat(32))],
    ['/governance/terms/readingMs', 99],
    ['/governance/terms/readingMs', 3_600_001],
    ['/governance/terms/proposalMs', 0],
    ['/governance/terms/changeMs', 31 * 86_400_000],
    ['/governance/terms/readyMs', 86_400_001],
    ['/governance/terms/suspensionMs', 367 * 86_400_000],
    ['/governance/terms/refreshMs', -1],
    ['/governance/terms/restartMs', 0],
    ['/governance/limits/serversPerOrganization', 0],
    ['/governance/limits/applicationsPerOrganization', 10_001],
    ['/trust', undefined],
    ['/allianceKey', undefined],
  ];
  it.each(bounds)('is refused with %s out of bounds', (path, value) => {
    const decoded = decodeAlliance(withValueAt(path, value));
    expect(decoded).toMatchObject({ left: { _tag: 'DecodeError' } });
    if (E.isLeft(decoded) && decoded.left._tag === 'DecodeError') expect(decoded.left.path).toContain(path);
  });

  it.each(pathsOf(fixedJson()).objects.map((path) => [path]))('is refused with an unknown key at %j', (path) => {
    expect(decodeAlliance(withValueAt(`${path}/stranger`, 1))).toMatchObject({ left: { _tag: 'DecodeError' } });
  });

  it('never throws, whatever stands anywhere in it', () => {
    const paths = pathsOf(fixedJson()).values;
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        E.isLeft(decodeAlliance(withValueAt(path, value as Json)));
      }),
      { numRuns: 300 },
    );
  });
});

const serverB = '/organizations/1/servers/0';

describe('an inconsistent document', () => {
  const cases: readonly (readonly [string, string, Json, string])[] = [
    ['an organization without a proper name', '/organizations/1/name', 'b-b', '/organizations/1/name'],
    ['two organizations of one name', '/organizations/1', valueAt('/organizations/0'), '/organizations/1/name'],
    [
      'two organizations with one authority',
      '/organizations/1/certificateAuthority',
      valueAt('/organizations/0/certificateAuthority'),
      '/organizations/1/certificateAuthority',
    ],
    ['a server of another organization', `${serverB}/id`, 'a/2', `${serverB}/id`],
    ['a server that is an organization', `${serverB}/id`, 'b', `${serverB}/id`],
    ['a server twice', '/organizations/1/servers/1', valueAt(serverB), '/organizations/1/servers/1/id'],
    ['two servers at one address', `${serverB}/port`, 7100, `${serverB}/port`],
    [
      'two identities of one key',
      `${serverB}/identityKey`,
      valueAt('/organizations/0/servers/0/identityKey'),
      `${serverB}/identityKey`,
    ],
    [
      'an identity key that is a slow key',
      `${serverB}/slowKey`,
      valueAt(`${serverB}/identityKey`),
      `${serverB}/slowKey`,
    ],
    ['an application with a server’s key', '/applications/0/key', valueAt(`${serverB}/slowKey`), '/applications/0/key'],
    [
      'an alliance key share that is a slow key',
      '/allianceKey/holders/0/key',
      valueAt(`${serverB}/slowKey`),
      '/allianceKey (a/1)',
    ],
    ['an application of no organization', '/applications/0/id', 'x/app', '/applications/0/id'],
    ['an application that is an organization', '/applications/0/id', 'a', '/applications/0/id'],
    ['an application twice', '/applications/1', valueAt('/applications/0'), '/applications/1/id'],
    ['a window shorter than two checkpoints', '/parameters/windowSlots', 127, '/parameters/windowSlots'],
    ['snapshots between checkpoints', '/parameters/snapshotInterval', 65, '/parameters/snapshotInterval'],
    [
      'a trust model with a stranger',
      '/trust',
      { tree: { f: 1, t: 1, of: members('a/1', 'b/1', 'c/1', 'd/1', 'e/1') } },
      '/trust',
    ],
    [
      'a trust model that forgets a server',
      '/trust',
      { tree: { f: 0, t: 0, of: members('a/1', 'b/1', 'c/1') } },
      '/trust',
    ],
    ['an alliance key that signs documents', '/allianceKey/usage', 'document', '/allianceKey/usage'],
    ['an alliance key of another epoch', '/allianceKey/epoch', 2, '/allianceKey/epoch'],
    ['an alliance key along another policy', '/allianceKey/policy/threshold', 3, '/allianceKey/policy'],
  ];
  it.each(cases)('is refused: %s', (_, path, value, complaintAt) => {
    expect(decodeAlliance(withValueAt(path, value))).toMatchObject({
      left: { _tag: 'Inconsistent', path: complaintAt },
    });
  });

  it('is refused with the counterexample where its trust model does not hold', () => {
    const decoded = decodeAlliance(
      withValueAt('/trust', { tree: { f: 2, t: 0, of: members('a/1', 'b/1', 'c/1', 'd/1') } }),
    );
    expect(decoded).toMatchObject({ left: { _tag: 'TrustRejected' } });
    if (E.isLeft(decoded)) expect(describeAllianceError(decoded.left)).toMatch(/C1 is violated: Byzantine \{a, b\}/);
  });

  it('is accepted at two addresses that differ only in the host', () => {
    const document = withValueAt(`${serverB}/port`, 7100) as { organizations: { servers: { host: string }[] }[] };
    const [server] = document.organizations[1]?.servers ?? [];
    if (server !== undefined) server.host = '127.0.0.2';
    expect(E.isRight(decodeAlliance(document))).toBe(true);
  });
});
