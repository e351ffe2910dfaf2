/** Ceremonies of Shoup RSA keys: over the integers, where shares only ever grow by what everybody knows. */
import { randomBytes } from 'node:crypto';
import { bigIntToBytes, bytesToBigInt } from '../../../prelude/bytes.js';
import type { Reader } from '../../../prelude/canonical.js';
import { E, type Either } from '../../../prelude/fp.js';
import { invariant, InvariantViolation, present } from '../../../prelude/invariant.js';
import { Universe } from '../../../prelude/process.js';
import type { RandomBytes } from '../../../prelude/random.js';
import { once } from '../../../prelude/remembered.js';
import { type Policy, policyMembers } from '../../../quorum/policy/policy.js';
import { zeroDealingRanges } from '../../sharing/bounds.js';
import type { LinearSharing } from '../../sharing/compile.js';
import { dealOverIntegers } from '../../sharing/dealing.js';
import { coefficientBits, rowShifts } from '../../sharing/hiding.js';
import { bitLength } from '../../sharing/integers.js';
import { type CoefficientRanges, rangeOfBits, rowRanges } from '../../sharing/ranges.js';
import type { ShoupRsaKeyError } from '../../shoup-rsa/errors.js';
import type { ShoupRsaPublicKey } from '../../shoup-rsa/key.js';
import { prepareSharing } from '../../shoup-rsa/key-checks.js';
import { loadKey, type LoadedKey } from '../../shoup-rsa/loaded-key.js';
import type { CeremonyScheme, DealingForm, DealtSecret } from '../ceremony-scheme.js';
import {
  type CeremonyPlan,
  type CeremonyRefused,
  checkPlan,
  type KindNotOffered,
  nextPolicyOf,
  withinLimits,
} from '../plan.js';
import { shiftBits } from '../quotient/plan.js';
import { nextRsaKey, type RsaMove } from './rsa-next-key.js';
import { wouldOutgrow } from './rsa-share-sizes.js';
import { sharedRsaKey } from './shared-rsa-key.js';
import { type CeremonyRules, type CeremonySetting, ceremonySetting } from '../setting.js';

/** D0 is never longer. */
const maxSecretScaleBits = 8192;

/**
 * One attempt at moving a key, or at accepting one that was dealt. A key without a member that the rules know of is not refused
 * here: it can never commit.
 *
 * @param random - blinds exponentiations where OpenSSL does not do them; no verdict depends on it. Node's if absent.
 */
export function shoupRsaCeremony(
  plan: CeremonyPlan<ShoupRsaPublicKey>,
  rules: CeremonyRules,
  random: RandomBytes = randomBytes,
): Either<CeremonyRefused, CeremonySetting<bigint, ShoupRsaPublicKey>> {
  const old = loadKey(plan.key, new Universe(policyMembers(plan.key.policy)), random);
  if (E.isLeft(old)) return E.left({ _tag: 'BadKey', reason: old.left });
  const move = planMove(plan, old.right);
  if (E.isLeft(move)) return move;
  const refused = notOffered(plan, move.right) ?? checkPlan(plan, old.right.sharing, move.right.next);
  if (refused !== undefined) return E.left(refused);
  const formOf = rsaForms(move.right);
  if (wouldOutgrow(move.right, formOf)) return E.left({ _tag: 'SharesTooLong' });
  const { kind, context, nextEpoch, attempt, culprits, absent } = plan;
  const subject = old.right.dealingDigest;
  const nextPolicy = nextPolicyOf(plan);
  const terms = { kind, context, subject, nextPolicy, nextEpoch, attempt, culprits, absent };
  return withinLimits(ceremonySetting(terms, rsaScheme(move.right, formOf, random), rules));
}

/** The next sharing, along which e must still be prime to all that combining has to undo. */
function planMove(plan: CeremonyPlan<ShoupRsaPublicKey>, old: LoadedKey): Either<CeremonyRefused, RsaMove> {
  const { kind, key, nextEpoch } = plan;
  const nextPolicy = nextPolicyOf(plan);
  if (kind === 'accept')
    return E.right({ kind, old, nextPolicy, nextEpoch, next: old.sharing, secretScale: key.secretScale });
  const secretScale = kind === 'reshare-plain' ? key.secretScale * old.sharing.scale : key.secretScale;
  if (bitLength(secretScale) > maxSecretScaleBits) {
    return E.left({ _tag: 'ScaleTooLarge', maxBits: maxSecretScaleBits });
  }
  const next = prepareNext(nextPolicy, key.exponent, secretScale);
  if (E.isLeft(next)) return E.left({ _tag: 'BadNextPolicy', reason: next.left });
  return E.right({ kind, old, nextPolicy, nextEpoch, next: next.right, secretScale });
}

function prepareNext(policy: Policy, exponent: bigint, secretScale: bigint): Either<ShoupRsaKeyError, LinearSharing> {
  return prepareSharing(policy, new Universe(policyMembers(policy)), exponent, secretScale);
}

function notOffered({ kind, key }: CeremonyPlan<ShoupRsaPublicKey>, { next }: RsaMove): KindNotOffered | undefined {
  if (kind === 'accept') return undefined;
  const isModular = key.ranges._tag === 'modular';
  if (kind === 'reshare-plain') {
    const hasSoleHolder = next.rows.some(({ entries }) => entries.every(({ column }) => column === 0));
    return isModular && hasSoleHolder ? { _tag: 'SoleHolderOfResidues', kind } : undefined;
  }
  if (!key.provenSafePrimes) return { _tag: 'PrimesNotKnownSafe', kind };
  return isModular ? { _tag: 'SharesAreResidues', kind } : undefined;
}

function rsaScheme(
  move: RsaMove,
  formOf: (secret: DealtSecret) => DealingForm,
  random: RandomBytes,
): CeremonyScheme<bigint, ShoupRsaPublicKey> {
  const { old, next } = move;
  const { group, modulusLength } = old;
  const commit = (number: bigint) => (number < 0n ? group.power(group.commit(-number), -1n) : group.commit(number));
  return {
    group,
    order: undefined,
    elementLength: modulusLength,
    encodeElement: (element) => bigIntToBytes(element, modulusLength),
    readElement(reader: Reader) {
      const value = bytesToBigInt(reader.fixed(modulusLength));
      return group.isCanonical(value) && group.contains(value) ? value : reader.fail('an element of the group');
    },
    old: sharedRsaKey(old),
    next,
    formOf,
    drawRoot: notGenerated,
    rootOf: (secret) => secret,
    isRootOf: (root, key) => group.equals(root, key),
    deal: (form, root, source) => dealOverIntegers(next, form.ranges, root, source),
    commit,
    nextKey: (combination) => nextRsaKey(move, combination, random),
  };
}

/** The forms of dealings, each computed once, and rows only where they are asked for: there may be many of both. */
function rsaForms({ old, next }: RsaMove): (secret: DealtSecret) => DealingForm {
  const form = (ranges: CoefficientRanges): DealingForm => {
    const rows = once(() => rowRanges(next, ranges));
    return {
      ranges,
      get rows() {
        return rows();
      },
    };
  };
  const zero = once(() => form(zeroRanges(old, next)));
  const rangesOf = once(() => rowDealingRanges(old, next));
  const rows = old.sharing.rows.map((_, row) => once(() => form(rangesOf()(row))));
  const ranged = new WeakMap<CoefficientRanges, DealingForm>();
  return (secret) => {
    switch (secret._tag) {
      case 'zero':
        return zero();
      case 'row':
        return present(rows[secret.row], 'a row of the old sharing')();
      case 'ranged': {
        const found = ranged.get(secret.ranges) ?? form(secret.ranges);
        ranged.set(secret.ranges, found);
        return found;
      }
      case 'fresh':
        return notGenerated();
    }
  };
}

function zeroRanges({ publicKey: { ranges } }: LoadedKey, next: LinearSharing): CoefficientRanges {
  invariant(ranges._tag === 'integers', 'only shares that add up over the integers are refreshed');
  return zeroDealingRanges(next, shiftBits(ranges.secret));
}

/**
 * A dealing of an old share: of integers its coefficients have to hide that the share moves with the secret, which is less than
 * the share itself; of residues all of it. One bit more for each doubling of the number of rows that are dealt.
 */
function rowDealingRanges(
  { publicKey, sharing, bounds }: LoadedKey,
  next: LinearSharing,
): (row: number) => CoefficientRanges {
  const { ranges } = publicKey;
  const shifts = rowShifts(sharing);
  const hidingBits = coefficientBits(next, bitLength(BigInt(sharing.rows.length)));
  return (row) => {
    const secret = present(bounds.rows[row], 'a range of every row');
    const rowShift = present(shifts[row], 'a shift of every row');
    const moves = ranges._tag === 'integers' ? shiftBits(ranges.secret) + bitLength(rowShift) : shiftBits(secret);
    return { secret, coefficients: rangeOfBits(hidingBits + moves) };
  };
}

function notGenerated(): never {
  throw new InvariantViolation('no RSA key is generated without a dealer');
}
