/** What a draft must satisfy when all of its actions have been applied. That gates stand against it is asked elsewhere. */
import { equalBytes } from '../../prelude/bytes.js';
import { E } from '../../prelude/fp.js';
import { checkPolicy } from '../../quorum/policy/policy.js';
import { policyDigest } from '../../quorum/policy/policy-digest.js';
import { validateTrust } from '../../quorum/trust/trust-report.js';
import { stepBudget } from '../../quorum/verdict.js';
import { checkKeyRing, ringKeyOf } from '../../schemes/key-ring.js';
import type { AlliancePublicKey } from '../../schemes/public-key.js';
import { type Alliance, serversOf } from '../alliance.js';
import { findInconsistency } from '../alliance-consistency.js';
import { findReusedKey } from '../alliance-succession.js';
import type { DocumentGate } from './gate-names.js';
import type { Draft } from './draft-shape.js';
import type { NewKey } from './drafted-document.js';
import type { ActionRefused } from './errors.js';
import { maxSteps, strangerInPolicies, structureComplaint } from './governing-policies.js';
import { keysByRole, roleName, sharingPolicy, usageOf } from './key-roles.js';
import { withStandIns } from './stand-ins.js';

/** The first complaint; `undefined` if the draft is a document but for what ceremonies fill in. */
export function draftComplaint(draft: Draft, newKeys: ReadonlyMap<string, NewKey>): ActionRefused | undefined {
  const whole = withStandIns(draft);
  return (
    trustComplaint(whole) ??
    policyComplaint(whole) ??
    sharingComplaint(draft) ??
    dealtComplaint(draft, newKeys) ??
    ringComplaint(draft, whole) ??
    documentComplaint(draft, whole)
  );
}

function trustComplaint(document: Alliance): ActionRefused | undefined {
  const { universe } = document.trust.system.processes;
  const servers = new Set<string>(serversOf(document).map(({ id }) => id));
  const stranger = universe.ids.find((id) => !servers.has(id));
  if (stranger !== undefined) return { _tag: 'TrustNamesStranger', server: stranger };
  const forgotten = serversOf(document).find(({ id }) => !universe.has(id));
  return forgotten === undefined ? undefined : { _tag: 'TrustMissesServer', server: forgotten.id };
}

function policyComplaint(document: Alliance): ActionRefused | undefined {
  const why = structureComplaint(asIfOverridden(document));
  if (why !== undefined) return { _tag: 'StructureRefused', why };
  const stranger = strangerInPolicies(document);
  return stranger === undefined ? undefined : { _tag: 'PolicyNamesStranger', ...stranger };
}

/** A trust model of long lists may have quorums along which nothing can be shared. */
function sharingComplaint({ moves }: Draft): ActionRefused | undefined {
  for (const { role, policy } of moves) {
    const checked = checkPolicy(policy);
    if (E.isLeft(checked)) return { _tag: 'KeyNotShareable', key: roleName(role), expected: checked.left.expected };
  }
  return undefined;
}

/** A dealer has to know what it deals for. */
function dealtComplaint({ document }: Draft, newKeys: ReadonlyMap<string, NewKey>): ActionRefused | undefined {
  for (const { action, role, source } of newKeys.values()) {
    const key = source._tag === 'dealt' ? source.publicKey : undefined;
    const expected = key === undefined ? undefined : misfit(key, role, document);
    if (expected !== undefined) return { _tag: 'KeyNotOfItsRole', action, key: roleName(role), expected };
    if (source._tag !== 'dealt') continue;
    const { organization } = source;
    if (!document.organizations.some(({ name }) => name === organization))
      return { _tag: 'NotAMember', action, organization };
  }
  return undefined;
}

function misfit(key: AlliancePublicKey, role: NewKey['role'], { epoch, trust }: Alliance): string | undefined {
  if (key._tag === 'multisig') return 'a key of BLS or RSA; servers bring those of multisignatures themselves';
  if (key.usage !== usageOf(role)) return `usage "${usageOf(role)}", not "${key.usage}"`;
  if (key.epoch !== epoch) return `epoch ${epoch}, not ${key.epoch}`;
  if (!equalBytes(policyDigest(key.policy), policyDigest(sharingPolicy(role, trust))))
    return `the policy of the trust model: ${role._tag === 'slow' ? 'all but f' : 'f+1'} at every gate`;
  if (role._tag === 'slow' && key._tag === 'shoup-rsa' && !key.provenSafePrimes)
    return 'a key of safe primes, whose bad shares name their senders';
  return undefined;
}

/** One secret, one use: among the next keys, and between those and the keys in force. */
function ringComplaint({ base }: Draft, whole: Alliance): ActionRefused | undefined {
  const ring = [...keysByRole(base), ...keysByRole(whole)].flatMap(([name, key]) => ringKeyOf(name, key) ?? []);
  const checked = checkKeyRing(ring);
  return E.isLeft(checked) ? { _tag: 'KeysShareNumbers', keys: checked.left.names } : undefined;
}

/** Whether the trust model holds is for a gate to say: where it does not, the rest is judged as if that were overridden. */
function asIfOverridden(document: Alliance): Alliance {
  if (validateTrust(document.trust, stepBudget(maxSteps)).accepted) return document;
  const overrides: readonly DocumentGate[] = ['trust-violated'];
  return { ...document, governance: { ...document.governance, overrides } };
}

function documentComplaint({ base }: Draft, whole: Alliance): ActionRefused | undefined {
  const error = findInconsistency(asIfOverridden(whole)) ?? findReusedKey(whole, [base]);
  return error === undefined ? undefined : { _tag: 'DraftInconsistent', error };
}
