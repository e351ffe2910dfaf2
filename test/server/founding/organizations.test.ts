import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { type Alliance, type GovernanceTerms, serversOf } from '../../../src/management/alliance.js';
import { allianceIdOf, configurationDigestOf } from '../../../src/management/alliance-codec.js';
import { printConsents } from '../../../src/management/founding/consent-codec.js';
import type { OrganizationExport } from '../../../src/management/founding/organization-export.js';
import { printContent, printExport } from '../../../src/management/founding/organization-export-codec.js';
import { anyOf } from '../../../src/quorum/policy/gates.js';
import { parsePolicy } from '../../../src/quorum/policy/policy-text.js';
import { member } from '../../../src/quorum/tree/tree-check.js';
import { parseTrust } from '../../../src/quorum/trust/trust-text.js';
import { loadApplicationDirectory } from '../../../src/server/directory/application-directory.js';
import type { AllianceDocument } from '../../../src/server/directory/directory-documents.js';
import { applicationPath, serverPath } from '../../../src/server/directory/layout.js';
import { loadServerDirectory } from '../../../src/server/directory/server-directory.js';
import { checkOwnPart, gatherConsents, readConsents } from '../../../src/server/founding/acknowledgement.js';
import { assembleAlliance, readExport, readExports, unprovenIn } from '../../../src/server/founding/assembly.js';
import { completeDirectories } from '../../../src/server/founding/completion.js';
import { consentOf } from '../../../src/server/founding/consents.js';
import { usualAuthority } from '../../../src/server/founding/founding-members.js';
import {
  certificateKey,
  exportOrganization,
  loadOrganization,
  type OrganizationDirectory,
  readAdministrators,
} from '../../../src/server/founding/organization-directory.js';
import { describeOrganizationError } from '../../../src/server/founding/organization-errors.js';
import { foundOrganization, type OrganizationWish } from '../../../src/server/founding/organization-founding.js';
import { publicKeyFromSeed } from '../../../src/schemes/ed25519/ed25519.js';
import { ed25519Seed } from '../../../src/schemes/ed25519/encoding.js';
import { addServer, nextServer, renewServer, retireServer } from '../../../src/server/founding/renewal.js';
import { contentInForce } from '../../../src/server/founding/entry-change.js';
import { loadServingDirectory } from '../../../src/server/directory/learner-directory.js';
import { describeDirectoryError } from '../../../src/server/directory/errors.js';
import { vouchPolicy } from '../../../src/quorum/trust/derived-policy.js';
import { dealMultisig } from '../../../src/schemes/multisig/policy-key.js';
import { right } from '../../support/right.js';
import { temporaryDirectory } from '../temporary-directory.js';

const root = temporaryDirectory();
const names = ['a', 'b', 'c', 'd'];
const ann = 'ann' as ProcessId;
const bob = 'bob' as ProcessId;

function wishFor(directory: string, name: string, more: Partial<OrganizationWish> = {}): OrganizationWish {
  const port = 7100 + name.charCodeAt(0);
  return {
    directory: join(root, directory),
    name,
    servers: [{ host: '127.0.0.1', port }],
    applications: ['app'],
    authority: usualAuthority,
    certificates: 'multisig',
    ...more,
  };
}

async function made(
  directory: string,
  name: string,
  more: Partial<OrganizationWish> = {},
): Promise<OrganizationDirectory> {
  right(await foundOrganization(wishFor(directory, name, more))());
  return right(await loadOrganization(join(root, directory))());
}

const text = 'f=1 t=1 of (a, b, c, d)';

function trustOf(exports: readonly OrganizationExport[]): Alliance['trust'] {
  return right(parseTrust(text, new Map(exports.map(({ organization: { name } }) => [name, ['1']]))));
}

function assembled(exports: readonly OrganizationExport[], governance: Partial<GovernanceTerms> = {}) {
  return assembleAlliance(exports, { trust: trustOf(exports), parameters: {}, governance });
}

function documentOf(alliance: Alliance): AllianceDocument {
  return { alliance, allianceId: allianceIdOf(alliance), configurationDigest: configurationDigestOf(alliance) };
}

let organizations: readonly OrganizationDirectory[];
let exports: readonly OrganizationExport[];
let document: AllianceDocument;

/** Of one organization, signed by the administrators in its directory. */
async function consentTo(one: AllianceDocument, organization: OrganizationDirectory) {
  const seeds = right(await readAdministrators(organization, [])());
  return consentOf(organization.content.organization, one.allianceId, seeds);
}

function filesIn(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((file) => lstatSync(file).isFile());
}

beforeAll(async () => {
  organizations = await Promise.all(names.map((name) => made(`first-${name}`, name)));
  exports = await Promise.all(organizations.map(async (one) => right(await exportOrganization(one)())));
  document = documentOf(right(assembled(exports)));
});

describe('the directory of an organization', () => {
  it('has every key of its own, each for its owner alone, and nothing that it does not need', async () => {
    const authority = { administrators: [ann, bob], rule: anyOf([member(ann), member(bob)]) };
    const { path, content } = await made('people', 'a', { servers: 2, applications: ['shop', 'bank'], authority });
    const files = filesIn(path).map((file) => file.slice(path.length + 1));
    const ofServer = ['alliance-share.json', 'identity.key', 'slow.key', 'tls.crt', 'tls.key'];
    expect([...files].sort()).toEqual(
      [
        ...['admin-ann.key', 'admin-bob.key', 'ca.crt', 'ca.key', 'organization.json', 'recovery.key'],
        ...['a-bank', 'a-shop'].flatMap((app) =>
          ['request.key', 'tls.crt', 'tls.key'].map((file) => `applications/${app}/${file}`),
        ),
        ...['a-1', 'a-2'].flatMap((server) => ofServer.map((file) => `servers/${server}/${file}`)),
      ].sort(),
    );
    if (process.platform !== 'win32') {
      for (const file of files) {
        const isSecret = file.endsWith('.key') || file.endsWith('share.json');
        expect([file, lstatSync(join(path, file)).mode & 0o777]).toEqual([file, isSecret ? 0o600 : 0o644]);
      }
    }
    const secrets = files.filter((file) => file.endsWith('.key') || file.endsWith('share.json'));
    expect(new Set(secrets.map((file) => readFileSync(join(path, file), 'utf8'))).size).toBe(secrets.length);
    expect(content.organization.servers.map(({ id }) => id)).toEqual(['a/1', 'a/2']);
    expect(unprovenIn(right(await exportOrganization({ path, content })()))).toEqual([]);
  });

  it('tells no secret in what is exported', () => {
    const secrets = organizations.flatMap(({ path }) =>
      filesIn(path)
        .filter((file) => file.endsWith('.key') || file.endsWith('share.json'))
        .map((file) => /-----BEGIN PRIVATE KEY-----\n(.+)\n|"seed": "(.+)"/.exec(readFileSync(file, 'utf8'))),
    );
    const told = exports.map(printExport).join('\n');
    for (const match of secrets) {
      const secret = present(match?.[2] ?? match?.[1], 'a secret');
      const seed = match?.[2] ?? Buffer.from(secret, 'base64').subarray(16).toString('hex');
      expect(seed).toMatch(/^[0-9a-f]{64}$/);
      expect(told).not.toContain(seed);
      expect(told).not.toContain(secret);
    }
  });

  it('is not written over anything, nor with names that are none', async () => {
    expect(await foundOrganization(wishFor('first-a', 'a'))()).toMatchObject({ left: { _tag: 'NotVacant' } });
    const twice = [
      { host: '127.0.0.1', port: 1 },
      { host: '127.0.0.1', port: 1 },
    ];
    for (const [more, tag] of [
      [{ name: 'a/b' }, 'BadName'],
      [{ applications: ['x/y'] }, 'BadName'],
      [{ applications: ['1'] }, 'BadOrganization'],
      [{ applications: ['x', 'x'] }, 'BadOrganization'],
      [{ servers: twice }, 'BadOrganization'],
      [{ authority: { administrators: [ann], rule: member(bob) } }, 'BadOrganization'],
    ] as const) {
      expect(await foundOrganization(wishFor('none', 'a', more))()).toMatchObject({ left: { _tag: tag } });
      expect(existsSync(join(root, 'none'))).toBe(false);
    }
  });

  it('exports nothing without each of its keys, or with another in its place', async () => {
    const organization = await made('spoilt', 'a');
    for (const file of [
      'ca.key',
      'admin.key',
      'recovery.key',
      'servers/a-1/slow.key',
      'applications/a-app/request.key',
    ]) {
      const own = join(organization.path, file);
      const before = readFileSync(own);
      copyFileSync(join(root, 'first-b', file.replace(/a-/, 'b-')), own);
      const refused = await exportOrganization(organization)();
      expect(refused).toMatchObject({ left: { _tag: 'NotOwnKey', path: own } });
      rmSync(own);
      expect(await exportOrganization(organization)()).toMatchObject({ left: { _tag: 'MissingFile', path: own } });
      writeFileSync(own, before, { mode: 0o600 });
    }
    expect(E.isRight(await exportOrganization(organization)())).toBe(true);
  });

  it('reads the key of a certificate, and none of what is no certificate', () => {
    expect(certificateKey(present(exports[0], 'an export').organization.certificateAuthority)).toHaveLength(32);
    expect(certificateKey('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')).toBeUndefined();
  });
});

describe('a founding document', () => {
  it('is the same whoever assembles it, in whatever order', () => {
    const again = right(assembled([...exports]));
    expect(allianceIdOf(again)).toEqual(document.allianceId);
    expect(serversOf(again).map(({ id }) => id)).toEqual(['a/1', 'b/1', 'c/1', 'd/1']);
    expect(again.epoch).toBe(1);
  });

  it('is made of files in any order, each of another organization', async () => {
    const files = exports.map((one) => {
      const file = join(root, `${one.organization.name}.json`);
      writeFileSync(file, printExport(one));
      return file;
    });
    const read = right(await readExports([...files].reverse())());
    expect(allianceIdOf(right(assembled(read)))).toEqual(document.allianceId);
    const twice = await readExports([...files, present(files[0], 'a file')])();
    expect(twice).toMatchObject({ left: { _tag: 'ExportedTwice', organization: 'a' } });
  });

  it('takes no export that its keys have not signed', async () => {
    const [one] = exports;
    const { organization } = present(one, 'an export');
    const servers = organization.servers.map((server) => ({ ...server, port: 9 }));
    const file = join(root, 'changed.json');
    writeFileSync(file, printExport({ ...present(one, 'an export'), organization: { ...organization, servers } }));
    const refused = await readExport(file)();
    expect(refused).toMatchObject({ left: { _tag: 'Unproven', organization: 'a' } });
    if (E.isLeft(refused))
      expect(describeOrganizationError(refused.left)).toMatch(
        /authority of a, the administrator key of admin.*and 3 more.*koinon org export/,
      );
  });

  it('is refused where a gate stands, with what shows it, and names a gate that is overridden', () => {
    const amendment = right(parsePolicy('1 of (a, b, c, d)'));
    const refused = assembled(exports, { amendment });
    expect(refused).toMatchObject({ left: { _tag: 'GatesStand' } });
    if (E.isLeft(refused)) {
      const said = describeOrganizationError(refused.left);
      expect(said).toMatch(
        /amendment-forgeable: \S+ may be dishonest together, and satisfy the amendment policy alone/,
      );
      expect(said).toMatch(/--override amendment-forgeable/);
    }
    const overrides = ['amendment-divided', 'amendment-forgeable'] as const;
    const overridden = right(assembled(exports, { amendment, overrides }));
    expect(overridden.governance.overrides).toEqual(overrides);
  });

  it('is refused where its trust model breaks, where it does not fit, and where two share a key', () => {
    const trust = right(parseTrust('f=1 t=1 of (a/1, b/1, c/1)'));
    expect(assembleAlliance(exports.slice(0, 3), { trust, parameters: {}, governance: {} })).toMatchObject({
      left: { _tag: 'NotMade', error: { _tag: 'TrustRejected' } },
    });
    const overrides = ['amendment-divided', 'trust-violated'] as const;
    const violated = assembleAlliance(exports.slice(0, 3), { trust, parameters: {}, governance: { overrides } });
    expect(right(violated).governance.overrides).toEqual(overrides);
    expect(assembleAlliance(exports, { trust, parameters: {}, governance: {} })).toMatchObject({
      left: { _tag: 'NotMade', error: { _tag: 'NotTrusted', organization: 'd' } },
    });
    const [first, second] = [present(exports[0], 'an export'), present(exports[1], 'an export')];
    const copied = {
      ...second,
      allianceKeys: second.allianceKeys.map(({ id }) => ({ id, key: present(first.allianceKeys[0], 'a key').key })),
    };
    expect(assembled([first, copied, ...exports.slice(2)])).toMatchObject({ left: { _tag: 'NotAnAlliance' } });
    expect(assembled([{ ...first, allianceKeys: [] }, ...exports.slice(1)])).toMatchObject({
      left: { _tag: 'NotAnAlliance' },
    });
  });
});

describe('an organization that compares', () => {
  const own = () => present(organizations[0], 'an organization').content;
  const without = (alliance: Alliance, name: string) => alliance.organizations.filter((one) => one.name !== name);

  it('finds itself as it has exported itself', () => {
    expect(checkOwnPart(own(), document)).toEqual(E.right(undefined));
  });

  it('finds whatever is said of it that it has not exported', async () => {
    const stranger = right(await exportOrganization(await made('stranger', 'a'))());
    const { alliance } = document;
    const entry = present(alliance.organizations[0], 'an entry');
    const partsOf = (changed: Alliance): unknown => {
      const refused = checkOwnPart(own(), documentOf(changed));
      return E.isLeft(refused) && refused.left._tag === 'OwnEntryDiffers' ? refused.left.parts : refused;
    };
    const withEntry = (more: Partial<typeof entry>): Alliance => ({
      ...alliance,
      organizations: [{ ...entry, ...more }, ...without(alliance, 'a')],
    });
    expect(partsOf({ ...alliance, organizations: without(alliance, 'a') })).toEqual(['its entry']);
    const { certificateAuthority, administrators, servers, recoveryKey } = stranger.organization;
    expect(partsOf(withEntry({ certificateAuthority }))).toEqual(['its certificate authority']);
    expect(partsOf(withEntry({ administrators }))).toEqual(['its administrators']);
    expect(partsOf(withEntry({ servers }))).toEqual(['its servers']);
    expect(partsOf(withEntry({ recoveryKey: present(recoveryKey, 'a key') }))).toEqual(['its recovery key']);
    expect(partsOf(withEntry({ rule: anyOf([member('admin' as ProcessId), member(ann)]) }))).toEqual(['its rule']);
    const { allianceKey } = alliance;
    if (allianceKey._tag !== 'multisig') throw new Error('the first key is multisignatures');
    const publicKeys = new Map([
      ...allianceKey.publicKeys,
      ['a/1' as ProcessId, present(stranger.allianceKeys[0], 'a key').key],
    ]);
    expect(partsOf({ ...alliance, allianceKey: { ...allianceKey, publicKeys } })).toEqual([
      'its servers’ alliance keys',
    ]);
    for (const applications of [
      alliance.applications.slice(1),
      [...stranger.applications, ...alliance.applications.slice(1)],
      [...alliance.applications, { id: 'a/more' as ProcessId, key: present(stranger.applications[0], 'one').key }],
    ]) {
      expect(partsOf({ ...alliance, applications })).toEqual(['its applications']);
    }
  });

  it('does not take the word of whoever assembled for the gates', () => {
    const amendment = right(parsePolicy('1 of (a, b, c, d)'));
    const forged = { ...document.alliance, governance: { ...document.alliance.governance, amendment } };
    expect(checkOwnPart(own(), documentOf(forged))).toMatchObject({ left: { _tag: 'GatesStand' } });
  });
});

describe('consents', () => {
  it('count once each, whatever else was gathered, and tell who is missing', async () => {
    const [a, b, c] = await Promise.all(organizations.map((one) => consentTo(document, one)));
    const spoilt = { ...present(b, 'a consent'), signatures: present(a, 'a consent').signatures };
    const { consents, missing } = gatherConsents(document, [
      spoilt,
      present(a, 'one'),
      present(a, 'one'),
      present(b, 'one'),
      present(c, 'one'),
    ]);
    expect(missing).toEqual(['d']);
    expect(consents).toEqual([a, b, c]);
    expect(gatherConsents(document, [spoilt]).missing).toEqual(names);
  });

  it('of one organization are put together from what each of its people has signed', async () => {
    const authority = { administrators: [ann, bob], rule: right(parsePolicy('all of (ann, bob)')) };
    const { path, content } = await made('both', 'a', { authority });
    const [own] = [right(await exportOrganization({ path, content })())];
    const together = documentOf(right(assembled([own, ...exports.slice(1)])));
    const parts = await Promise.all(
      [ann, bob].map(async (name) => {
        const seeds = right(await readAdministrators({ path, content }, [join(path, `admin-${name}.key`)])());
        return consentOf(content.organization, together.allianceId, seeds);
      }),
    );
    for (const part of parts) expect(gatherConsents(together, [part]).missing).toContain('a');
    const { consents, missing } = gatherConsents(together, [...parts].reverse());
    expect(missing).toEqual(['b', 'c', 'd']);
    expect(consents).toEqual([{ organization: 'a', signatures: parts.flatMap(({ signatures }) => signatures) }]);
  });

  it('to another document are refused', async () => {
    const other = documentOf({
      ...document.alliance,
      parameters: { ...document.alliance.parameters, baseTimeoutMs: 77 },
    });
    const consents = [await consentTo(other, present(organizations[0], 'one'))];
    const file = join(root, 'other.founded');
    writeFileSync(file, printConsents({ allianceId: other.allianceId, consents }));
    expect(await readConsents([file], document)()).toMatchObject({ left: { _tag: 'ConsentToAnother' } });
    // Nor do they count where somebody says that they are of this one.
    expect(gatherConsents(document, consents).missing).toEqual(names);
  });

  it('are signed with keys of administrators alone', async () => {
    const organization = present(organizations[0], 'one');
    const file = join(organization.path, 'recovery.key');
    expect(await readAdministrators(organization, [file])()).toMatchObject({ left: { _tag: 'NoAdministrator' } });
  });
});

let copies = 0;

/** A founded organization a of its own, with others, and the history that all have signed. */
async function founding() {
  copies += 1;
  const own = await Promise.all(names.map((name) => made(`complete-${copies}-${name}`, name)));
  const told = await Promise.all(own.map(async (one) => right(await exportOrganization(one)())));
  const alliance = right(assembled(told));
  const founded = await Promise.all(own.map((one) => consentTo(documentOf(alliance), one)));
  return { organization: present(own[0], 'one'), alliance, founded };
}

describe('directories that are completed', () => {
  const serverOf = (path: string) => serverPath(path, 'a/1' as ProcessId);
  it('let server and application start, with everybody’s consent', async () => {
    const { organization, alliance, founded } = await founding();
    const { path } = organization;
    const context = { alliance, history: [{ document: alliance, founded }] };
    expect(right(completeDirectories(organization, context, false))).toEqual({
      servers: ['a/1'],
      applications: ['a/app'],
    });
    const server = right(await loadServerDirectory(serverOf(path))());
    expect(server.allianceId).toEqual(allianceIdOf(alliance));
    expect(server.keys).toBeDefined();
    const application = right(await loadApplicationDirectory(applicationPath(path, 'a/app' as ProcessId))());
    expect(application.me.id).toBe('a/app');
    const before = readFileSync(join(serverOf(path), 'history.json'), 'utf8');
    expect(readFileSync(join(path, 'history.json'), 'utf8')).toBe(before);
    // What is complete is left as it is: the alliance may have gone on.
    for (const directory of [path, serverOf(path)]) writeFileSync(join(directory, 'history.json'), 'later');
    right(completeDirectories(organization, context, false));
    for (const directory of [path, serverOf(path)])
      expect(readFileSync(join(directory, 'history.json'), 'utf8')).toBe('later');
    writeFileSync(join(serverOf(path), 'history.json'), before);
    expect(E.isRight(await loadServerDirectory(serverOf(path))())).toBe(true);
  });

  it('do not start while a consent is missing, is not good, or is of another alliance', async () => {
    const { organization, alliance, founded } = await founding();
    const own = serverOf(organization.path);
    const forged = founded.map((one) =>
      one.organization === 'c' ? { ...one, signatures: present(founded[0], 'one').signatures } : one,
    );
    for (const consents of [founded.slice(0, 3), [], forged]) {
      right(
        completeDirectories(organization, { alliance, history: [{ document: alliance, founded: consents }] }, false),
      );
      const refused = await loadServerDirectory(own)();
      expect(refused).toMatchObject({ left: { _tag: 'NotFounded' } });
      for (const name of ['server.json', 'history.json']) rmSync(join(own, name));
    }
    right(completeDirectories(organization, { alliance, history: [] }, false));
    expect(await loadServerDirectory(own)()).toMatchObject({ left: { _tag: 'NotFounded', organizations: names } });
    const other = await founding();
    right(
      completeDirectories(
        other.organization,
        { alliance: other.alliance, history: [{ document: other.alliance, founded: other.founded }] },
        false,
      ),
    );
    copyFileSync(join(serverOf(other.organization.path), 'history.json'), join(own, 'history.json'));
    expect(await loadServerDirectory(own)()).toMatchObject({ left: { _tag: 'OtherAlliance' } });
  });

  it('are taken up where they were interrupted, and never given to another alliance', async () => {
    const { organization, alliance, founded } = await founding();
    const own = serverOf(organization.path);
    writeFileSync(join(own, 'alliance.json'), '{"half');
    const context = { alliance, history: [{ document: alliance, founded }] };
    right(completeDirectories(organization, context, false));
    expect(E.isRight(await loadServerDirectory(own)())).toBe(true);
    const other = documentOf({ ...alliance, parameters: { ...alliance.parameters, baseTimeoutMs: 77 } }).alliance;
    const again = completeDirectories(organization, { alliance: other, history: [] }, false);
    expect(again).toMatchObject({ left: { _tag: 'Occupied' } });
    expect(E.isRight(await loadServerDirectory(own)())).toBe(true);
  });

  it('of a newcomer get the documents and lose their first shares; those of servers elsewhere are not missed', async () => {
    const { alliance, founded } = await founding();
    const newcomer = await made('newcomer', 'e', { servers: 2 });
    rmSync(serverPath(newcomer.path, 'e/2' as ProcessId), { recursive: true });
    const context = { alliance, history: [{ document: alliance, founded }] };
    expect(right(completeDirectories(newcomer, context, true))).toEqual({ servers: ['e/1'], applications: ['e/app'] });
    const files = readdirSync(serverPath(newcomer.path, 'e/1' as ProcessId), { recursive: true, encoding: 'utf8' });
    expect([...files].sort()).toEqual(
      [
        'alliance.json',
        'data',
        'former',
        join('former', 'alliance-1.json'),
        'history.json',
        'identity.key',
        'server.json',
        'slow.key',
        'tls.crt',
        'tls.key',
      ].sort(),
    );
    // It does not stand in the document: it is no server yet.
    expect(E.isLeft(await loadServerDirectory(serverPath(newcomer.path, 'e/1' as ProcessId))())).toBe(true);
  });
});

describe('the directories of a newcomer that was admitted', () => {
  it('get the newer document where an application holds one that does not list it, and no older one after', async () => {
    const { alliance: first, founded } = await founding();
    const newcomer = await made('admitted', 'e');
    const context = { alliance: first, history: [{ document: first, founded }] };
    right(completeDirectories(newcomer, context, true));
    const application = applicationPath(newcomer.path, 'e/app' as ProcessId);
    const early = await loadApplicationDirectory(application)();
    expect(early).toMatchObject({ left: { _tag: 'NotListed', id: 'e/app' } });
    expect(E.isLeft(early) && describeDirectoryError(early.left)).toMatch(/koinon org join, again/);
    const { organization, applications } = newcomer.content;
    const trust = right(
      parseTrust('f=1 t=1 of (a, b, c, d, e)', new Map([...names, 'e'].map((name) => [name, ['1']]))),
    );
    const key = dealMultisig({ usage: 'statement', epoch: 2, policy: vouchPolicy(trust) }, randomBytes);
    const second: Alliance = {
      ...first,
      ...{ epoch: 2, change: 1, allianceId: allianceIdOf(first), previous: configurationDigestOf(first) },
      trust,
      organizations: [...first.organizations, organization],
      applications: [...first.applications, ...applications],
      allianceKey: key.publicKey,
    };
    const later = { alliance: second, history: [...context.history, { document: second }] };
    const server = readFileSync(join(serverPath(newcomer.path, 'e/1' as ProcessId), 'alliance.json'), 'utf8');
    right(completeDirectories(newcomer, later, true));
    expect(right(await loadApplicationDirectory(application)()).alliance.epoch).toBe(2);
    const held = () => [
      ...[application, newcomer.path].map((path) => readFileSync(join(path, 'alliance.json'), 'utf8')),
      readFileSync(join(newcomer.path, 'history.json'), 'utf8'),
    ];
    const now = held();
    expect(now[0]).toBe(now[1]);
    right(completeDirectories(newcomer, context, true));
    expect(held()).toEqual(now);
    // Servers go on by the log.
    expect(readFileSync(join(serverPath(newcomer.path, 'e/1' as ProcessId), 'alliance.json'), 'utf8')).toBe(server);
  });
});

describe('another server of an organization', () => {
  const second = 'a/2' as ProcessId;

  it('has a name that no document has listed, and is a learner from the start', async () => {
    const organization = present(organizations[0], 'one');
    const founded = await Promise.all(organizations.map((one) => consentTo(document, one)));
    const { alliance } = document;
    const context = { alliance, history: [{ document: alliance, founded }] };
    const content = contentInForce(organization.content, context);
    expect(nextServer(content, undefined)).toBe('a/2');
    expect(nextServer(content, context)).toBe('a/2');
    const gone = alliance.organizations.map((entry) => ({
      ...entry,
      servers: entry.servers.map((server) => (server.id === 'a/1' ? { ...server, id: 'a/7' as ProcessId } : server)),
    }));
    const former = { ...context, history: [{ document: { ...alliance, organizations: gone } }, ...context.history] };
    expect(nextServer(content, former)).toBe('a/8');
    const directory = join(root, 'added-2');
    const wish = { server: second, directory, address: { host: 'two.example', port: 7 }, alliance: context };
    const added = right(await addServer(organization, wish)());
    expect(added.organization.servers.map(({ id }) => id)).toEqual(['a/1', 'a/2']);
    expect(added.organization.servers[1]?.slowKey).toBeDefined();
    expect(unprovenIn(added)).toEqual([]);
    expect(right(await loadServingDirectory(directory)())).toMatchObject({
      _tag: 'learner',
      directory: { id: second },
    });
    const taken = { host: '127.0.0.1', port: added.organization.servers[0]?.port ?? 0 };
    const refused = await addServer(organization, { ...wish, directory: join(root, 'added-3'), address: taken })();
    expect(refused).toMatchObject({ left: { _tag: 'NotMade', error: { _tag: 'BadOrganization' } } });
    expect(existsSync(join(root, 'added-3'))).toBe(false);
  });

  it('brings its part of the first alliance key before the founding, and is taken out again', async () => {
    const organization = await made('two-founders', 'a');
    const directory = serverPath(organization.path, second);
    right(await addServer(organization, { server: second, directory, address: { host: 'two.example', port: 7 } })());
    const grown = right(await loadOrganization(organization.path)());
    const exported = right(await exportOrganization(grown)());
    expect(unprovenIn(exported)).toEqual([]);
    expect(exported.allianceKeys.map(({ id }) => id)).toEqual(['a/1', 'a/2']);
    const retired = right(await retireServer(grown, 'a/1' as ProcessId, undefined)());
    expect(retired.organization.servers.map(({ id }) => id)).toEqual(['a/2']);
    expect(retired.allianceKeys.map(({ id }) => id)).toEqual(['a/2']);
    expect(unprovenIn(retired)).toEqual([]);
    const left = right(await loadOrganization(organization.path)());
    expect(await retireServer(left, second, undefined)()).toMatchObject({ left: { _tag: 'OnlyServer' } });
  });
});

describe('a server whose keys are renewed', () => {
  it('has new ones in a directory of its own, and an entry that they have signed', async () => {
    const organization = await made('renewing', 'a', { servers: 2 });
    const id = 'a/2' as ProcessId;
    const before = filesIn(serverPath(organization.path, id)).map((file) => readFileSync(file, 'utf8'));
    const directory = join(root, 'renewed-2');
    const wish = { server: id, directory, address: { host: 'new.example', port: 7 } };
    const renewed = right(await renewServer(organization, wish)());
    expect(unprovenIn(renewed)).toEqual([]);
    const [first, second] = renewed.organization.servers;
    const [old, replaced] = organization.content.organization.servers;
    expect(first).toEqual(old);
    expect(second).toMatchObject({ id, host: 'new.example', port: 7 });
    expect(second?.identityKey).not.toEqual(replaced?.identityKey);
    expect(second?.slowKey).not.toEqual(replaced?.slowKey);
    expect(filesIn(serverPath(organization.path, id)).map((file) => readFileSync(file, 'utf8'))).toEqual(before);
    const { proofs, ...content } = renewed;
    expect(proofs.length).toBeGreaterThan(0);
    expect(readFileSync(join(organization.path, 'organization.json'), 'utf8')).toBe(printContent(content));
    // In the place of the old directory it is the organization's server as any.
    rmSync(serverPath(organization.path, id), { recursive: true });
    mkdirSync(serverPath(organization.path, id));
    for (const file of filesIn(directory))
      copyFileSync(file, join(serverPath(organization.path, id), file.slice(directory.length + 1)));
    const whole = await exportOrganization(right(await loadOrganization(organization.path)()))();
    expect(unprovenIn(right(whole))).toEqual([]);
  });

  it('begins as a learner in an alliance that runs, without a share', async () => {
    const organization = present(organizations[0], 'one');
    const founded = await Promise.all(organizations.map((one) => consentTo(document, one)));
    const { alliance } = document;
    const directory = join(root, 'renewed-1');
    const context = { alliance, history: [{ document: alliance, founded }] };
    const renewed = right(
      await renewServer(organization, { server: 'a/1' as ProcessId, directory, alliance: context })(),
    );
    expect(renewed.allianceKeys).toEqual([]);
    expect(unprovenIn(renewed)).toEqual([]);
    const files = filesIn(directory).map((file) => file.slice(directory.length + 1));
    expect(files).toContain('server.json');
    expect(files).toContain(join('former', 'alliance-1.json'));
    expect(files).not.toContain('alliance-share.json');
  });

  it('keeps what the alliance has listed since the organization was founded', async () => {
    const organization = present(organizations[1], 'one');
    const { name } = organization.content.organization;
    const { alliance } = document;
    const changed = (entry: Alliance['organizations'][number]): Alliance['organizations'][number] => ({
      ...entry,
      administrators: [
        ...entry.administrators,
        { name: ann, key: publicKeyFromSeed(present(ed25519Seed(new Uint8Array(32).fill(5)), 'a seed')) },
      ],
    });
    const now = {
      ...alliance,
      organizations: alliance.organizations.map((entry) => (entry.name === name ? changed(entry) : entry)),
    };
    const wish = { server: `${name}/1` as ProcessId, directory: join(root, 'renewed-since') };
    const renewed = right(await renewServer(organization, { ...wish, alliance: { alliance: now, history: [] } })());
    expect(renewed.organization.administrators.map((one) => one.name)).toContain(ann);
  });

  it('is one of the organization, on a machine that has its authority', async () => {
    const organization = await made('no-authority', 'a');
    const directory = join(root, 'renewed-none');
    expect(await renewServer(organization, { server: 'a/9' as ProcessId, directory })()).toMatchObject({
      left: { _tag: 'UnknownServer' },
    });
    rmSync(join(organization.path, 'ca.key'));
    expect(await renewServer(organization, { server: 'a/1' as ProcessId, directory })()).toMatchObject({
      left: { _tag: 'MissingFile' },
    });
    expect(existsSync(directory)).toBe(false);
  });
});
