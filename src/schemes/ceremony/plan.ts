/** What is asked for when a ceremony is to be held, and why it is not begun. */
import { ownersOf } from '../sharing/row-owners.js';
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { Policy } from '../../quorum/policy/policy.js';
import type { BlsKeyError } from '../bls/errors.js';
import type { ShoupRsaKeyError } from '../shoup-rsa/errors.js';
import type { LinearSharing } from '../sharing/compile.js';
import { type CeremonyTooLarge, checkMessages, exceeded } from './ceremony-size.js';
import { greatestChoice } from './quotient/plan.js';
import type { CeremonySetting } from './setting.js';
import type { CeremonyKind, CeremonyTerms } from './terms.js';

/** One attempt at moving a key, whose public part is known, or at accepting it. */
export interface CeremonyPlan<Key> extends Pick<CeremonyTerms, 'context' | 'attempt' | 'culprits' | 'absent'> {
  readonly kind: Exclude<CeremonyKind, 'generate'>;
  readonly key: Key;
  /** For a reshare; a refresh and an acceptance keep the policy of the key. Shared along as it is: its weights already reduced. */
  readonly nextPolicy?: Policy;
  /** Later than the key's; where a dealt key is accepted, the key's own. */
  readonly nextEpoch: number;
}

/** Why a key is not moved this way. */
export type KindNotOffered =
  /** The key was dealt modulo the order: its shares add up over the integers only after a plain reshare. */
  | { readonly _tag: 'SharesAreResidues'; readonly kind: CeremonyKind }
  /** Nobody can be proven wrong in a group that may have elements of small order: only the plain reshare is offered. */
  | { readonly _tag: 'PrimesNotKnownSafe'; readonly kind: CeremonyKind }
  /** Numbers modulo a known order never grow: the plain reshare is all that is needed. */
  | { readonly _tag: 'OrderIsKnown'; readonly kind: CeremonyKind }
  /** A member alone would hold the whole secret, of which only that is known which multiple of the order it is near. */
  | { readonly _tag: 'SoleHolderOfResidues'; readonly kind: CeremonyKind };

/** Why a ceremony cannot succeed, said before anything is posted. */
export type CeremonyRefused =
  | { readonly _tag: 'BadKey'; readonly reason: ShoupRsaKeyError | BlsKeyError }
  /** The policy that the key is to be moved to does not go with it. */
  | { readonly _tag: 'BadNextPolicy'; readonly reason: ShoupRsaKeyError | BlsKeyError }
  /** Attempts are counted from 1 and epochs from 0, in safe integers. */
  | { readonly _tag: 'BadNumber'; readonly name: 'attempt' | 'epoch'; readonly value: number }
  | { readonly _tag: 'EpochNotLater'; readonly epoch: number; readonly nextEpoch: number }
  | KindNotOffered
  /** Shares of the next key could be longer than those of any key that is loaded: a smaller policy, or a new key, is needed. */
  | { readonly _tag: 'SharesTooLong' }
  /** The key has been through so many plain reshares that another makes D0 too long: it must be replaced. */
  | { readonly _tag: 'ScaleTooLarge'; readonly maxBits: number }
  | CeremonyTooLarge;

/** The policy that a plan leads to. */
export function nextPolicyOf<Key extends { readonly policy: Policy }>(plan: CeremonyPlan<Key>): Policy {
  const keeps = plan.kind === 'refresh' || plan.kind === 'accept';
  return keeps ? plan.key.policy : (plan.nextPolicy ?? plan.key.policy);
}

/** Whether attempt and epoch are numbers that can be written. */
export function checkNumbers(attempt: number, epoch: number): CeremonyRefused | undefined {
  if (!Number.isSafeInteger(attempt) || attempt < 1) return { _tag: 'BadNumber', name: 'attempt', value: attempt };
  if (!Number.isSafeInteger(epoch) || epoch < 0) return { _tag: 'BadNumber', name: 'epoch', value: epoch };
  return undefined;
}

/** Whether attempt, epoch and size of a ceremony are in order. */
export function checkPlan(
  {
    kind,
    key,
    nextEpoch,
    attempt,
  }: Pick<CeremonyPlan<{ readonly epoch: number }>, 'kind' | 'key' | 'nextEpoch' | 'attempt'>,
  old: LinearSharing,
  next: LinearSharing,
): CeremonyRefused | undefined {
  const badNumber = checkNumbers(attempt, nextEpoch);
  if (badNumber !== undefined) return badNumber;
  const isRightEpoch = kind === 'accept' ? nextEpoch === key.epoch : nextEpoch > key.epoch;
  if (!isRightEpoch) return { _tag: 'EpochNotLater', epoch: key.epoch, nextEpoch };
  switch (kind) {
    case 'accept':
      return undefined;
    case 'refresh':
      return checkSize(ownersOf(old).length, next);
    case 'reshare-plain':
      return checkSize(old.rows.length, next);
    case 'reshare-quotient': {
      const contributors = Math.min(ownersOf(old).length, greatestChoice(old.root));
      return checkSize(contributors, next, (contributors * (contributors - 1)) / 2);
    }
    default:
      return assertNever(kind);
  }
}

/** Whether so many dealings along `next`, and other elements, are few enough. */
export function checkSize(dealings: number, next: LinearSharing, others = 0): CeremonyRefused | undefined {
  return exceeded('maxElementCount', dealings * next.columnCount + others);
}

/** A ceremony, unless it would put too much on the log, or its judgements cost too much. */
export function withinLimits<G, Key>(
  setting: CeremonySetting<G, Key>,
): Either<CeremonyRefused, CeremonySetting<G, Key>> {
  const tooLarge = checkMessages(setting);
  return tooLarge === undefined ? E.right(setting) : E.left(tooLarge);
}
