/** One attempt at moving one key, as every server orders it: from its own present key, by the rules of both trust models. */
import { equalBytes } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import { Universe } from '../../prelude/process.js';
import { commitRule } from '../../quorum/analysis/commit-rule.js';
import { policyMembers } from '../../quorum/policy/policy.js';
import { policyDigest } from '../../quorum/policy/policy-digest.js';
import { messageSizes } from '../../schemes/ceremony/ceremony-size.js';
import { blsCeremony, blsGeneration } from '../../schemes/ceremony/moves/bls-ceremony.js';
import { shoupRsaCeremony } from '../../schemes/ceremony/moves/rsa-ceremony.js';
import type { CeremonyPlan, CeremonyRefused } from '../../schemes/ceremony/plan.js';
import type { CeremonyRules, CeremonySetting } from '../../schemes/ceremony/setting.js';
import type { CeremonyKind, CeremonyTerms } from '../../schemes/ceremony/terms.js';
import type { AlliancePublicKey, ThresholdPublicKey } from '../../schemes/public-key.js';
import type { MoveRefused } from './moves-errors.js';
import { ceremonyContext, type MovesPlan, type PlannedMove } from './moves-plan.js';

/** A ceremony of whatever scheme. */
export type AnyCeremony = CeremonySetting<unknown, ThresholdPublicKey>;

/** A move that needs a ceremony. */
export type CeremonyMove = Exclude<PlannedMove, { readonly _tag: 'collect' }>;

/** What one attempt has of its own. */
export type AttemptTerms = Pick<CeremonyTerms, 'kind' | 'attempt' | 'culprits' | 'absent'>;

export type OrderRefused = Extract<
  MoveRefused,
  { readonly _tag: 'CeremonyRefused' | 'MessagesTooLong' | 'NothingToMove' }
>;

/** The first attempt: of the kinds that would do the first that is offered. */
export function firstOrder(plan: MovesPlan, move: CeremonyMove): Either<OrderRefused, AnyCeremony> {
  const [kind, instead] = kindsOf(plan, move, absentDealers(plan, move).length > 0);
  const terms = { attempt: 1, culprits: plan.culprits, absent: [] };
  const made = orderCeremony(plan, move, { ...terms, kind });
  return E.isLeft(made) && instead !== undefined ? orderCeremony(plan, move, { ...terms, kind: instead }) : made;
}

/**
 * Refused too where the log does not take what might be said. Whoever has lost its share, or is replaced, is absent from every
 * attempt, also from those that ask the silent again: the share of a server that is replaced may be in other hands.
 */
export function orderCeremony(
  plan: MovesPlan,
  move: CeremonyMove,
  ordered: AttemptTerms,
): Either<OrderRefused, AnyCeremony> {
  const { role } = move;
  const terms = { ...ordered, absent: [...new Set([...ordered.absent, ...absentDealers(plan, move)])] };
  const key = move._tag === 'accept' ? move.publicKey : plan.keys.get(role);
  const made = move._tag === 'generate' ? generation(plan, move, terms) : movement(plan, move, key, terms);
  if (made === undefined) return E.left({ _tag: 'NothingToMove', role });
  if (E.isLeft(made)) return E.left({ _tag: 'CeremonyRefused', role, refused: made.left });
  const { longest } = messageSizes(made.right);
  return longest <= plan.maxMessageBytes
    ? E.right(made.right)
    : E.left({ _tag: 'MessagesTooLong', role, longest, max: plan.maxMessageBytes });
}

/** By what a key is moved, and by what else where that is not offered or has failed for good. */
function kindsOf(
  { keys }: MovesPlan,
  { _tag, role, policy }: CeremonyMove,
  isAnybodyAbsent: boolean,
): readonly [CeremonyKind, CeremonyKind?] {
  switch (_tag) {
    case 'generate':
    case 'accept':
      return [_tag];
    case 'refresh':
    case 'reshare': {
      const key = keys.get(role);
      const staysAlong = key !== undefined && equalBytes(policyDigest(key.policy), policyDigest(policy));
      if (_tag === 'refresh' && staysAlong) return isAnybodyAbsent ? ['reshare-plain'] : ['refresh', 'reshare-plain'];
      return key?._tag === 'bls' ? ['reshare-plain'] : ['reshare-quotient', 'reshare-plain'];
    }
    default:
      return assertNever(_tag);
  }
}

/** Holders of the present key that deal nothing: they have lost their share, or have another identity in the draft. */
function absentDealers({ keys, replaced }: MovesPlan, move: CeremonyMove) {
  const key = keys.get(move.role);
  if (key === undefined || (move._tag !== 'refresh' && move._tag !== 'reshare')) return [];
  const away = new Set([...move.absent, ...replaced]);
  return policyMembers(key.policy).filter((holder) => away.has(holder));
}

type Refusable = Either<CeremonyRefused, AnyCeremony>;

/** Dealers are the members to be: the trust model that holds for them judges them. */
function generation(
  plan: MovesPlan,
  move: Extract<CeremonyMove, { readonly _tag: 'generate' }>,
  terms: AttemptTerms,
): Refusable {
  const { suite, usage, policy } = move;
  const context = ceremonyContext(plan, move.role);
  return blsGeneration({ ...terms, suite, usage, policy, context, epoch: plan.epoch }, rulesOf(plan, move));
}

/** `undefined` where there is no key that is shared. */
function movement(
  plan: MovesPlan,
  move: CeremonyMove,
  key: AlliancePublicKey | undefined,
  { kind, ...terms }: AttemptTerms,
): Refusable | undefined {
  if (key === undefined || key._tag === 'multisig' || kind === 'generate') return undefined;
  const context = ceremonyContext(plan, move.role);
  const common = { ...terms, kind, context, nextPolicy: move.policy, nextEpoch: plan.epoch };
  const rules = rulesOf(plan, move);
  switch (key._tag) {
    case 'bls':
      return blsCeremony({ ...common, key } satisfies CeremonyPlan<typeof key>, rules);
    case 'shoup-rsa':
      return shoupRsaCeremony({ ...common, key } satisfies CeremonyPlan<typeof key>, rules);
    default:
      return assertNever(key);
  }
}

function rulesOf({ trust: { present, next } }: MovesPlan, { _tag, policy }: CeremonyMove): CeremonyRules {
  const universe = new Universe(policyMembers(policy));
  return {
    dealers: _tag === 'generate' ? next.system : present.system,
    receivers: { universe, isCommitQuorum: commitRule(policy, next.rule) },
  };
}
