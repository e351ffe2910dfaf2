/**
 * What is in a box: a receiver's sub-shares of every dealing of one dealer, each as its distance from the low end of its range,
 * in the bytes that the range needs. So a box has one length, and shows nothing of what is in it.
 */
import { bigIntToBytes, bytesToBigInt, concatBytes } from '../../../prelude/bytes.js';
import { E, type Either } from '../../../prelude/fp.js';
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { rowKey } from '../../sharing/commitments.js';
import { bitLength } from '../../sharing/integers.js';
import { type IntegerRange, isInRange } from '../../sharing/ranges.js';
import type { CeremonyScheme, DealingForm, DealtSecret } from '../ceremony-scheme.js';
import type { BoxFault } from '../fault.js';
import { type CeremonySetting, rowsOf } from '../setting.js';
import type { PublicDealing } from '../transcript.js';

/** Sub-shares by dealing (of one dealer, in order), and then by row of the receiver. Secret. */
export type SubShares = readonly ReadonlyMap<number, bigint>[];

/** Bytes of the sub-shares of one receiver. */
export function subSharesLength<G, Key>(
  { scheme }: CeremonySetting<G, Key>,
  secrets: readonly DealtSecret[],
  receiver: ProcessId,
): number {
  const rows = rowsOf(scheme.next, receiver);
  return secrets.reduce((sum, secret) => sum + lengthOf(scheme.formOf(secret), rows), 0);
}

function lengthOf(form: DealingForm, rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + widthOf(rangeOf(form, row)), 0);
}

export function writeSubShares<G, Key>(
  { scheme }: CeremonySetting<G, Key>,
  secrets: readonly DealtSecret[],
  receiver: ProcessId,
  /** By dealing, and then by row of the next sharing. */
  shares: readonly (readonly bigint[])[],
): Uint8Array {
  const rows = rowsOf(scheme.next, receiver);
  const parts = secrets.flatMap((secret, dealing) => {
    const form = scheme.formOf(secret);
    return rows.map((row) => {
      const range = rangeOf(form, row);
      return bigIntToBytes(present(shares[dealing]?.[row], 'a share of every row') - range.low, widthOf(range));
    });
  });
  return concatBytes(...parts);
}

/** Reads and checks the sub-shares in an opened box against ranges and commitments, row by row. The same verdict everywhere. */
export function checkSubShares<G, Key>(
  { scheme }: CeremonySetting<G, Key>,
  secrets: readonly DealtSecret[],
  receiver: ProcessId,
  dealings: readonly PublicDealing<G>[],
  plaintext: Uint8Array,
): Either<BoxFault, SubShares> {
  const rows = rowsOf(scheme.next, receiver);
  const found: ReadonlyMap<number, bigint>[] = [];
  let offset = 0;
  for (const [dealing, secret] of secrets.entries()) {
    const form = scheme.formOf(secret);
    const { commitments } = present(dealings[dealing], 'a dealing of everything that is dealt');
    const shares = new Map<number, bigint>();
    for (const row of rows) {
      const range = rangeOf(form, row);
      const bytes = plaintext.subarray(offset, offset + widthOf(range));
      offset += bytes.length;
      const share = range.low + bytesToBigInt(bytes);
      if (!isInRange(share, range)) return E.left({ _tag: 'OutOfRange', row });
      if (!isCommitted(scheme, commitments, row, share)) return E.left({ _tag: 'NotCommitted', row });
      shares.set(row, share);
    }
    found.push(shares);
  }
  return E.right(found);
}

function isCommitted<G, Key>(
  scheme: CeremonyScheme<G, Key>,
  commitments: readonly G[],
  row: number,
  share: bigint,
): boolean {
  const { group, next } = scheme;
  const key = rowKey(group, commitments, present(next.rows[row], 'a row of the sharing'));
  return group.equals(scheme.commit(share), key);
}

/** Bytes of a sub-share. One byte for a range of one number, such as that of a member's row of nothing in a refresh. */
export function widthOf({ low, high }: IntegerRange): number {
  return Math.max(1, Math.ceil(bitLength(high - low - 1n) / 8));
}

function rangeOf(form: DealingForm, row: number): IntegerRange {
  return present(form.rows[row], 'a range for every row');
}
