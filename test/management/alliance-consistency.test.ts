/** What a document says of its own government: who speaks for whom, policies, keys for documents, what was overridden. */
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { type Digest, digest } from '../../src/prelude/digest.js';
import { E } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { Alliance } from '../../src/management/alliance.js';
import { configurationDigestOf, decodeAlliance, encodeAlliance } from '../../src/management/alliance-codec.js';
import { findDraftInconsistency } from '../../src/management/alliance-consistency.js';
import { describeAllianceError } from '../../src/management/errors.js';
import { vouchPolicy } from '../../src/quorum/trust/derived-policy.js';
import { parseTrust } from '../../src/quorum/trust/trust-text.js';
import { trustModel } from '../../src/quorum/trust/trust-model.js';
import { dealMultisig } from '../../src/schemes/multisig/policy-key.js';
import { keyIdOf } from '../../src/schemes/public-key.js';
import { right } from '../support/right.js';
import { seededRandom } from '../support/seeded-random.js';
import { fixedAlliance } from './fixed-alliance.js';
import {
  documentKey,
  governedAlliance,
  later,
  policyOf,
  withGovernance,
  withOrganization,
} from './governed-alliance.js';

const fixed = fixedAlliance();
const governed = governedAlliance();

/** Where the document is refused; `undefined` where it is not. */
function complaintAbout(alliance: Alliance): string | undefined {
  const decoded = decodeAlliance(JSON.parse(JSON.stringify(encodeAlliance(alliance))));
  if (E.isRight(decoded)) return undefined;
  const { left } = decoded;
  return left._tag === 'Inconsistent' || left._tag === 'DecodeError' ? left.path : left._tag;
}

function messageAbout(alliance: Alliance): string {
  const decoded = decodeAlliance(JSON.parse(JSON.stringify(encodeAlliance(alliance))));
  return E.isLeft(decoded) ? describeAllianceError(decoded.left) : '';
}

type Case = readonly [what: string, alliance: Alliance, path: string];

function refuses(cases: readonly Case[]): void {
  it.each(cases)('is refused: %s', (_, alliance, path) => {
    expect(complaintAbout(alliance)).toBe(path);
  });
}

const keyOf = (name: string) =>
  present(fixed.organizations.find((one) => one.name === name)?.administrators[0], 'an administrator').key;
const serverA = present(fixed.organizations[0]?.servers[0], 'a server');
const [app] = fixed.applications;
const ann = 'ann' as ProcessId;

describe('a document with all that it may hold', () => {
  it('is one, in the first epoch and later, and says so again when it is written', () => {
    for (const alliance of [governed, later(governed), later(fixed)]) {
      expect(messageAbout(alliance)).toBe('');
      const again = right(decodeAlliance(JSON.parse(JSON.stringify(encodeAlliance(alliance)))));
      expect(encodeAlliance(again)).toEqual(encodeAlliance(alliance));
      expect(configurationDigestOf(again)).toEqual(configurationDigestOf(alliance));
    }
  });

  it('has one digest, whatever the order of its keys and kinds', () => {
    const { amendmentOf } = governed.governance;
    const reversed = withGovernance(governed, { amendmentOf: new Map([...amendmentOf].reverse()) });
    expect(configurationDigestOf(reversed)).toEqual(configurationDigestOf(governed));
    const json = JSON.parse(JSON.stringify(encodeAlliance(governed))) as { governance: { amendmentOf: object } };
    json.governance.amendmentOf = Object.fromEntries(Object.entries(json.governance.amendmentOf).reverse());
    const read = right(decodeAlliance(json));
    expect([...read.governance.amendmentOf.keys()]).toEqual(['admit', 'remove']);
    expect(configurationDigestOf(read)).toEqual(configurationDigestOf(governed));
  });

  it('says which document it follows and by which change: without either its digest is another', () => {
    const second = later(fixed);
    const digests = [second, { ...second, change: 2 }, fixed, governed].map((one) => configurationDigestOf(one).join());
    expect(new Set(digests).size).toBe(4);
  });
});

describe('where a document comes from', () => {
  const without = (key: 'previous' | 'allianceId'): Alliance =>
    Object.fromEntries(Object.entries(later(fixed)).filter(([name]) => name !== key)) as unknown as Alliance;
  refuses([
    ['a founding document that follows another', { ...fixed, previous: digest(utf8('x')) }, '/previous'],
    ['a founding document that a change led to', { ...fixed, change: 1 }, '/change'],
    ['a founding document of a later epoch', without('allianceId'), '/allianceId'],
    ['a later document of epoch 1', { ...later(fixed), epoch: 1 }, '/allianceId'],
    ['a later document that follows none', without('previous'), '/previous'],
    ['one of epoch 2 that does not follow the founding', { ...later(fixed), previous: digest(utf8('x')) }, '/previous'],
    ['one of epoch 3 that follows the founding', { ...later(fixed), epoch: 3, change: 2 }, '/previous'],
    ['a later document that no change led to', { ...later(fixed), change: 0 }, '/change'],
    ['fewer changes than epochs', { ...later(fixed), epoch: 3, previous: digest(utf8('x')), change: 1 }, '/change'],
  ]);
});

describe('who speaks for an organization', () => {
  const withAdministrators = (...names: readonly string[]): Alliance =>
    withOrganization(fixed, 'b', ({ administrators: [first] }) => ({
      administrators: names.map((name) => ({ name: name as ProcessId, key: present(first, 'ann').key })),
      rule: policyOf('x'),
    }));
  refuses([
    ['an administrator twice', withAdministrators('x', 'x'), '/organizations/1/administrators/1/name'],
    ['an administrator named as a server', withAdministrators('b/x'), '/organizations/1/administrators/0/name'],
    ['no administrator', withAdministrators(), '/organizations/1/administrators'],
    [
      'more than 64',
      withAdministrators(...Array.from({ length: 65 }, (_, index) => `x${index}`)),
      '/organizations/1/administrators',
    ],
    [
      'a rule with a stranger',
      withOrganization(fixed, 'b', () => ({ rule: policyOf('1 of (ann, eve)') })),
      '/organizations/1/rule',
    ],
  ]);
});

describe('one key, one use', () => {
  const admin = (key: Alliance['applications'][number]['key']): Alliance =>
    withOrganization(fixed, 'b', ({ administrators }) => ({
      administrators: administrators.map((one) => (one.name === ann ? { ...one, key } : one)),
    }));
  const recovery = (recoveryKey: Alliance['applications'][number]['key']): Alliance =>
    withOrganization(fixed, 'b', () => ({ recoveryKey }));
  const administratorPath = '/organizations/1/administrators/0/key';
  const recoveryPath = '/organizations/1/recoveryKey';
  const terms = { usage: 'document', epoch: 1, policy: vouchPolicy(fixed.trust) } as const;
  const { publicKey } = dealMultisig(terms, seededRandom(3));
  const stolen = new Map([...publicKey.publicKeys, ['b/1' as ProcessId, keyOf('c')] as const]);
  const withKey = (key: typeof publicKey): Alliance => ({ ...fixed, documentKeys: [{ name: 'x', publicKey: key }] });
  refuses([
    ['an administrator with an identity key', admin(serverA.identityKey), administratorPath],
    ['an administrator with a slow key', admin(present(serverA.slowKey, 'a key')), administratorPath],
    ['an administrator with an application’s', admin(present(app, 'an application').key), administratorPath],
    ['an administrator of two organizations', admin(keyOf('a')), administratorPath],
    ['a recovery key that is an administrator’s', recovery(keyOf('b')), recoveryPath],
    ['a recovery key that is another’s', recovery(present(fixed.organizations[0]?.recoveryKey, 'a key')), recoveryPath],
    [
      'an administrator with a share of the alliance key',
      admin(present([...(fixed.allianceKey as typeof publicKey).publicKeys.values()][2], 'a key')),
      administratorPath,
    ],
    [
      'a document key with an administrator’s',
      withKey({ ...publicKey, publicKeys: stolen }),
      '/organizations/2/administrators/0/key',
    ],
  ]);

  it('is kept where every server has a key of its own for documents', () => {
    expect(messageAbout(withKey(publicKey))).toBe('');
  });

  it('and no application is called like a server', () => {
    const applications = [{ ...present(app, 'an application'), id: 'b/1' as ProcessId }];
    expect(complaintAbout({ ...fixed, applications })).toBe('/applications/0/id');
  });
});

describe('policies over organizations', () => {
  const foreign = policyOf('1 of (a, x)');
  const onServers = policyOf('1 of (a/1, b/1)');
  refuses([
    ['amendment with a stranger', withGovernance(fixed, { amendment: foreign }), '/governance/amendment'],
    ['amendment over servers', withGovernance(fixed, { amendment: onServers }), '/governance/amendment'],
    [
      'amendment of a kind with a stranger',
      withGovernance(fixed, { amendmentOf: new Map([['admit', foreign]]) }),
      '/governance/amendmentOf/admit',
    ],
    ['emergency with a stranger', withGovernance(fixed, { emergency: foreign }), '/governance/emergency'],
    ['recovery with a stranger', withGovernance(fixed, { recovery: foreign }), '/governance/recovery'],
    [
      'approval with a stranger',
      { ...fixed, documentKeys: [{ ...documentKey('x'), approval: foreign }] },
      '/documentKeys/0/approval',
    ],
  ]);
});

describe('the structure of organizations', () => {
  const structure = (text: string) => right(parseTrust(text));
  const stated = (text: string): Alliance => withGovernance(fixed, { structure: structure(text) });
  const { rule } = structure('f=1 of (a, b, c, d)');
  const led = right(trustModel(rule, ['a', 'b']));
  const path = '/governance/structure';
  refuses([
    ['with a stranger', stated('f=1 of (a, b, c, d, e)'), path],
    ['that misses a member', stated('f=1 of (a, b, c)'), path],
    ['of servers', stated('f=1 of (a/1, b/1, c/1, d/1)'), path],
    ['that lacks a set of the derived', stated('f=0 of (a, b, c, d)'), path],
    ['of which three sets are everyone', stated('f=2 of (a, b, c, d)'), path],
    ['with leaders', withGovernance(fixed, { structure: led }), `${path}/leaders`],
  ]);

  it('may be the derived one', () => {
    expect(messageAbout(stated('f=1 of (a, b, c, d)'))).toBe('');
  });
});

describe('keys for documents', () => {
  const withKeys = (...documentKeys: Alliance['documentKeys']): Alliance => ({ ...fixed, documentKeys });
  const { publicKey } = documentKey('x');
  const key = (more: Partial<typeof publicKey>): Alliance =>
    withKeys({ name: 'x', publicKey: { ...publicKey, ...more } });
  const along = (text: string): Alliance => withKeys(documentKey('x', policyOf(text)));
  const path = '/documentKeys/0/publicKey';
  refuses([
    ['that sign statements', key({ usage: 'statement' }), `${path}/usage`],
    ['of another epoch', key({ epoch: 2 }), `${path}/epoch`],
    ['that one server has alone', along('1 of (a/1, b/1, c/1, d/1)'), `${path}/policy`],
    ['that one server can withhold', along('all of (a/1, b/1, c/1, d/1)'), `${path}/policy`],
    ['out of order', withKeys(documentKey('x'), documentKey('a')), '/documentKeys/1/name'],
    ['of one name', withKeys(documentKey('x'), documentKey('x')), '/documentKeys/1/name'],
    ['without a name', withKeys({ ...documentKey('x'), name: 'a b' }), '/documentKeys/0/name'],
    [
      'of one secret',
      withKeys(documentKey('a'), {
        name: 'b',
        publicKey: { ...documentKey('a').publicKey, policy: policyOf('3 of (a/1, b/1, c/1, d/1)') },
      }),
      '/documentKeys/1/publicKey',
    ],
    [
      'that sign for the alliance, too',
      { ...withKeys(documentKey('a')), allianceKey: { ...documentKey('a').publicKey, usage: 'statement' } },
      path,
    ],
    [
      'that are known to an attacker',
      withGovernance(withKeys({ name: 'x', publicKey }), { distrusted: [keyIdOf(publicKey)] }),
      path,
    ],
  ]);

  it('are not judged in a draft, which still has those of the epoch before', () => {
    const draft = { ...key({}), ...(({ documentKeys: _, ...rest }) => rest)(later(fixed)) };
    expect(complaintAbout({ ...draft, allianceKey: later(fixed).allianceKey })).toBe(`${path}/epoch`);
    expect(findDraftInconsistency({ ...draft, allianceKey: fixed.allianceKey })).toBeUndefined();
    const named = withKeys(documentKey('x'), documentKey('a'));
    expect(findDraftInconsistency(named)).toMatchObject({ path: '/documentKeys/1/name' });
  });
});

describe('gates that were overridden', () => {
  type KeyIds = readonly [Digest, Digest];
  const [a, b] = [digest(utf8('1')), digest(utf8('2'))].sort((one, two) =>
    Buffer.compare(one, two),
  ) as unknown as KeyIds;
  const strange = 'no-such-gate' as 'amendment-stuck';
  const path = '/governance/overrides';
  refuses([
    ['out of order', withGovernance(fixed, { overrides: ['key-immovable', 'amendment-stuck'] }), `${path}/1`],
    ['one twice', withGovernance(fixed, { overrides: ['key-immovable', 'key-immovable'] }), `${path}/1`],
    ['one that is none', withGovernance(fixed, { overrides: [strange] }), `${path}/0`],
    ['distrusted keys out of order', withGovernance(fixed, { distrusted: [b, a] }), '/governance/distrusted/1'],
    ['one distrusted key twice', withGovernance(fixed, { distrusted: [a, a] }), '/governance/distrusted/1'],
  ]);

  const violated = right(parseTrust('f=2 t=0 of (a/1, b/1, c/1, d/1)'));
  const under = (overrides: Alliance['governance']['overrides']): Alliance => ({
    ...withGovernance(fixed, { overrides }),
    trust: violated,
    allianceKey: dealMultisig({ usage: 'statement', epoch: 1, policy: vouchPolicy(violated) }, seededRandom(4))
      .publicKey,
  });

  it('of which only trust-violated lets a trust model pass that does not hold', () => {
    expect(complaintAbout(under([]))).toBe('TrustRejected');
    expect(complaintAbout(under(['amendment-divided', 'amendment-forgeable', 'amendment-stuck']))).toBe(
      'TrustRejected',
    );
    expect(messageAbout(under(['trust-violated']))).toBe('');
  });

  it('and which change nothing else', () => {
    const { documentKeys } = { documentKeys: [documentKey('x', policyOf('2 of (a/1, b/1, c/1, d/1)'))] };
    const free = under(['trust-violated']);
    expect(complaintAbout({ ...free, documentKeys })).toBe('/documentKeys/0/publicKey/policy');
    expect(complaintAbout({ ...free, allianceKey: fixed.allianceKey })).toBe('/allianceKey/policy');
    const { trust } = later(fixed);
    const stranger = right(parseTrust('f=2 t=0 of (a/1, b/1, c/1)'));
    expect(trust).toBe(fixed.trust);
    expect(complaintAbout({ ...free, trust: stranger })).toBe('/trust');
  });
});
