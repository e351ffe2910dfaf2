/** What the keys of a document must satisfy: one key has one use, and keys that are shared are shared as the trust model asks. */
import { equalBytes, toHex } from '../prelude/bytes.js';
import { E } from '../prelude/fp.js';
import { isName } from '../prelude/process.js';
import { judgeLiveness, judgeUnforgeability } from '../quorum/analysis/cross-check.js';
import { type Policy, policyMembers } from '../quorum/policy/policy.js';
import { policyDigest } from '../quorum/policy/policy-digest.js';
import { recoveryPolicy, vouchPolicy } from '../quorum/trust/derived-policy.js';
import { stepBudget } from '../quorum/verdict.js';
import { checkKeyRing, ringKeyOf } from '../schemes/key-ring.js';
import { type AlliancePublicKey, keyIdOf } from '../schemes/public-key.js';
import type { Alliance } from './alliance.js';
import type { AllianceError } from './errors.js';
import { checkAscending, checkDistinct, inconsistent, type Placed } from './inconsistency.js';
import { placedServers } from './organization-consistency.js';

/** Of one question about a policy; asked at most every few thousand operations. */
const maxJudgementSteps = 50_000;

/** One key, one use: a signature by one must never count as one by another. */
export function checkOneUse(alliance: Alliance): AllianceError | undefined {
  const { allianceKey, documentKeys } = alliance;
  const ofServers = placedServers(alliance, ({ identityKey, slowKey }, path) => [
    { path: `${path}/identityKey`, value: toHex(identityKey) },
    ...(slowKey === undefined ? [] : [{ path: `${path}/slowKey`, value: toHex(slowKey) }]),
  ]);
  const ofApplications = alliance.applications.map(({ key }, index) => ({
    path: `/applications/${index}/key`,
    value: toHex(key),
  }));
  const shared = [
    ...heldKeys(allianceKey, '/allianceKey'),
    ...documentKeys.flatMap(({ publicKey }, index) => heldKeys(publicKey, `/documentKeys/${index}/publicKey`)),
  ];
  const all = [...ofServers.flat(), ...ofApplications, ...shared, ...keysOfPeople(alliance)];
  return checkDistinct(all, 'a key that is used for nothing else');
}

function heldKeys(publicKey: AlliancePublicKey, path: string): readonly Placed[] {
  if (publicKey._tag !== 'multisig') return [];
  return [...publicKey.publicKeys].map(([id, key]) => ({ path: `${path} (${id})`, value: toHex(key) }));
}

function keysOfPeople({ organizations }: Alliance): readonly Placed[] {
  return organizations.flatMap(({ administrators, recoveryKey }, outer) => [
    ...administrators.map(({ key }, inner) => ({
      path: `/organizations/${outer}/administrators/${inner}/key`,
      value: toHex(key),
    })),
    ...(recoveryKey === undefined ? [] : [{ path: `/organizations/${outer}/recoveryKey`, value: toHex(recoveryKey) }]),
  ]);
}

export function checkAllianceKey({ allianceKey, trust, epoch }: Alliance): AllianceError | undefined {
  if (allianceKey.usage !== 'statement') return inconsistent('/allianceKey/usage', 'statement');
  if (allianceKey.epoch !== epoch) {
    return inconsistent('/allianceKey/epoch', `${epoch}, the epoch of the document, not ${allianceKey.epoch}`);
  }
  if (equalBytes(policyDigest(allianceKey.policy), policyDigest(vouchPolicy(trust)))) return undefined;
  return inconsistent('/allianceKey/policy', 'the policy of the trust model: f+1 at every gate');
}

/** The rules of spec/consensus.md, "Certificates". */
export function checkSlowKey(alliance: Alliance): AllianceError | undefined {
  const { slowKey, trust, epoch } = alliance;
  const forms = placedServers(alliance, (server, path) => ({
    path: `${path}/slowKey`,
    isOwn: server.slowKey !== undefined,
  }));
  const misplaced = forms.find(({ isOwn }) => isOwn === (slowKey !== undefined));
  if (misplaced !== undefined)
    return inconsistent(
      misplaced.path,
      'a slow key of each server, or one of the alliance (/slowKey) and none of any server',
    );
  if (slowKey === undefined) return undefined;
  if (slowKey.usage !== 'statement') return inconsistent('/slowKey/usage', 'statement');
  if (slowKey.epoch !== epoch)
    return inconsistent('/slowKey/epoch', `${epoch}, the epoch of the document, not ${slowKey.epoch}`);
  if (!equalBytes(policyDigest(slowKey.policy), policyDigest(recoveryPolicy(trust))))
    return inconsistent('/slowKey/policy', 'the slow quorums of the trust model: all but f at every gate');
  if (slowKey._tag === 'shoup-rsa' && !slowKey.provenSafePrimes)
    return inconsistent('/slowKey', 'a key of safe primes, whose bad shares name their senders');
  return undefined;
}

export function checkDocumentKeyNames({ documentKeys }: Pick<Alliance, 'documentKeys'>): AllianceError | undefined {
  const names = documentKeys.map(({ name }, index) => ({ path: `/documentKeys/${index}/name`, value: name }));
  const bad = names.find(({ value }) => !isName(value));
  if (bad !== undefined) return inconsistent(bad.path, 'a name of letters, digits, "_" and "."');
  return checkAscending(names, 'names of keys');
}

export function checkDocumentKeys(alliance: Alliance): AllianceError | undefined {
  for (const [index, { publicKey }] of alliance.documentKeys.entries()) {
    const path = `/documentKeys/${index}/publicKey`;
    if (publicKey.usage !== 'document') return inconsistent(`${path}/usage`, 'document');
    if (publicKey.epoch !== alliance.epoch)
      return inconsistent(`${path}/epoch`, `${alliance.epoch}, the epoch of the document, not ${publicKey.epoch}`);
    const expected = complaintAboutSharing(publicKey.policy, alliance);
    if (expected !== undefined) return inconsistent(`${path}/policy`, expected);
  }
  return undefined;
}

/** Servers that no fault set could sign for; and, where the trust model holds, that no fault set can keep from signing. */
function complaintAboutSharing(policy: Policy, { trust, governance }: Alliance): string | undefined {
  const { universe } = trust.system.processes;
  const stranger = policyMembers(policy).find((id): boolean => !universe.has(id));
  if (stranger !== undefined) return `servers of the alliance, but ${stranger} is none`;
  // Those that contain a correct server are both, and judging long lists of fault sets takes seconds.
  if (equalBytes(policyDigest(policy), policyDigest(vouchPolicy(trust)))) return undefined;
  if (judgeUnforgeability(policy, trust.rule, stepBudget(maxJudgementSteps))._tag !== 'holds')
    return 'a policy that no set of servers which may fail together satisfies';
  if (governance.overrides.includes('trust-violated')) return undefined;
  return judgeLiveness(policy, trust.rule, stepBudget(maxJudgementSteps))._tag === 'holds'
    ? undefined
    : 'a policy that the others satisfy whoever may fail together';
}

/** No two keys are one secret, and none is known to an attacker. */
export function checkSharedSecrets({
  allianceKey,
  slowKey,
  documentKeys,
  governance,
}: Alliance): AllianceError | undefined {
  const keys: readonly (readonly [path: string, key: AlliancePublicKey])[] = [
    ['/allianceKey', allianceKey],
    ...(slowKey === undefined ? [] : [['/slowKey', slowKey] as const]),
    ...documentKeys.map(({ publicKey }, index) => [`/documentKeys/${index}/publicKey`, publicKey] as const),
  ];
  const ring = checkKeyRing(keys.flatMap(([path, key]) => ringKeyOf(path, key) ?? []));
  if (E.isLeft(ring)) {
    const [earlier, path] = ring.left.names;
    return inconsistent(path, `a secret of its own, not that of ${earlier}`);
  }
  const distrusted = new Set(governance.distrusted.map(toHex));
  const known = keys.find(([, key]) => distrusted.has(toHex(keyIdOf(key))));
  return known === undefined ? undefined : inconsistent(known[0], 'a key that is not listed as known to an attacker');
}
