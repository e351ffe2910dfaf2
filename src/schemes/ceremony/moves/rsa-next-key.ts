/**
 * The next sharing of an RSA key, put together from dealings. Its box, and with it every size, follows from the boxes of what was
 * added up; the secret's own range is known better than that, so that what hides it does not grow.
 */
import { bigIntToBytes } from '../../../prelude/bytes.js';
import { E, type Either } from '../../../prelude/fp.js';
import { present } from '../../../prelude/invariant.js';
import { Universe } from '../../../prelude/process.js';
import type { RandomBytes } from '../../../prelude/random.js';
import { type Policy, policyMembers } from '../../../quorum/policy/policy.js';
import { shareBounds } from '../../sharing/bounds.js';
import { shiftedCommitments } from '../../sharing/commitments.js';
import type { LinearSharing } from '../../sharing/compile.js';
import { rowProduct } from '../../sharing/dealing.js';
import { addedRanges, type CoefficientRanges, scaledRange, scaledRanges } from '../../sharing/ranges.js';
import { shoupRsaSuite } from '../../shoup-rsa/derived-base.js';
import type { ShoupRsaPublicKey } from '../../shoup-rsa/key.js';
import { loadKey, type LoadedKey } from '../../shoup-rsa/loaded-key.js';
import type { Combination, NextKey } from '../ceremony-scheme.js';
import { combinedCommitments } from '../kinds/combination.js';
import type { AbortReason } from '../fault.js';
import type { CeremonyPlan } from '../plan.js';
import { knownSecretRanges, quotientRanges } from '../quotient/ranges.js';
import { nextKey } from './next-key.js';
import { sharedRsaKey } from './shared-rsa-key.js';

/** From where to where a key is moved. */
export interface RsaMove {
  readonly kind: CeremonyPlan<unknown>['kind'];
  readonly old: LoadedKey;
  readonly next: LinearSharing;
  readonly nextPolicy: Policy;
  readonly nextEpoch: number;
  /** D0 afterwards. */
  readonly secretScale: bigint;
}

export function nextRsaKey(
  move: RsaMove,
  combination: Combination<bigint>,
  random: RandomBytes,
): Either<AbortReason, NextKey<bigint, ShoupRsaPublicKey>> {
  const { kind, old, next } = move;
  if (kind === 'accept') return E.right(nextKeyOf(old, (_, __, share) => share));
  const ranges = nextRanges(move, combination);
  const shift = columnShift(move, combination, ranges);
  const sums = combinedCommitments(old.group, next.columnCount, combination);
  const start = kind === 'refresh' ? old.publicKey.commitments : undefined;
  const added = start === undefined ? sums : sums.map((sum, column) => old.group.multiply(sum, start[column] ?? 1n));
  const publicKey: ShoupRsaPublicKey = {
    ...old.publicKey,
    policy: move.nextPolicy,
    epoch: move.nextEpoch,
    secretScale: move.secretScale,
    ranges: { _tag: 'integers', ...ranges },
    commitments: shiftedCommitments(old.group, added, shift),
  };
  const loaded = loadKey(publicKey, new Universe(policyMembers(move.nextPolicy)), random);
  if (E.isLeft(loaded)) return E.left({ _tag: loaded.left._tag === 'BadRanges' ? 'SharesTooLong' : 'KeyWouldChange' });
  return E.right(nextKeyOf(loaded.right, (row, sum, share) => share + sum + rowShift(next, row, shift)));
}

/** The box of the next sharing's columns, before they are shifted. */
function nextRanges({ kind, old, next }: RsaMove, { contributions, constant }: Combination<bigint>): CoefficientRanges {
  const dealt = addedRanges(contributions.map(({ form, weight }) => scaledRanges(form.ranges, weight)));
  const { ranges } = old.publicKey;
  if (ranges._tag === 'modular') return dealt;
  switch (kind) {
    case 'refresh':
      return addedRanges([ranges, dealt]);
    case 'reshare-quotient':
      return quotientRanges({ next, secret: ranges.secret, dealt }, constant);
    default:
      return knownSecretRanges(next, dealt, scaledRange(ranges.secret, old.sharing.scale));
  }
}

/** What is added to the columns in public: to column 0 the constant; to the others what makes shares of fixed length. */
function columnShift(
  { kind, old, next }: RsaMove,
  { constant }: Combination<bigint>,
  ranges: CoefficientRanges,
): readonly bigint[] {
  const after = shareBounds(next, ranges).columnShift;
  const { ranges: before } = old.publicKey;
  const isRefresh = kind === 'refresh' && before._tag === 'integers';
  const stands = isRefresh ? shareBounds(old.sharing, before).columnShift : after.map(() => 0n);
  return after.map((shift, column) => (column === 0 ? constant : shift - (stands[column] ?? 0n)));
}

function rowShift(next: LinearSharing, row: number, shift: readonly bigint[]): bigint {
  return rowProduct(present(next.rows[row], 'a row of the sharing'), shift);
}

function nextKeyOf(
  key: LoadedKey,
  sumOf: (row: number, sum: bigint, old: bigint) => bigint,
): NextKey<bigint, ShoupRsaPublicKey> {
  const { publicKey, keyId, bounds } = key;
  const bytesOf = (row: number, share: bigint) =>
    bigIntToBytes(share, Math.ceil(present(bounds.shareBits[row], 'the bits of every row') / 8));
  return nextKey(sharedRsaKey(key), { scheme: shoupRsaSuite, keyId, publicKey, sumOf, bytesOf });
}
