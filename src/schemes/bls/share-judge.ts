/** Telling good shares from bad ones, all of a message's at once where that is cheaper. */
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import { batchWeight } from '../sharing/commitments.js';
import type { ShareVerdict } from '../contract/distributed-signer.js';
import type { LoadedKey } from './loaded-key.js';
import type { HashedMessage, KeyPoint, Term } from './pairing.js';
import { decodeShare, type RowShare } from './share-encoding.js';

/** The rows of each sender. */
export type SharesBySender = ReadonlyMap<ProcessId, readonly RowShare[]>;

/** Judges one share. Never `unattributable`: the pairing tells good from bad. */
export function judgeShare(key: LoadedKey, message: Uint8Array, from: ProcessId, share: Uint8Array): ShareVerdict {
  const rows = decodeShare(key, from, share);
  return rows !== undefined && areValid(key, key.pairing.hash(message), rows) ? 'valid' : 'invalid';
}

/** Whether every row's point is the hashed message times the row's secret. */
export function areValid(key: LoadedKey, message: HashedMessage, rows: readonly RowShare[]): boolean {
  return rows.every(({ row, point }) => key.pairing.verify(key.rowKey(row), message, point));
}

/**
 * The same of many rows by one equation: a random combination of all, drawn after the shares are fixed. Wrong with probability
 * 2^-128 at most, since the order of the group is a prime; so points outside the group are looked for one by one first.
 */
export function areValidTogether(
  key: LoadedKey,
  message: HashedMessage,
  rows: readonly RowShare[],
  random: RandomBytes,
): boolean {
  const { pairing } = key;
  const { signatures, keys } = pairing;
  if (!rows.every(({ point }) => signatures.isInSubgroup(point))) return false;
  const weighted = rows.map((share) => ({ ...share, weight: batchWeight(random) }));
  const signature = signatures.sum(weighted.map(({ point, weight }) => ({ point, factor: weight })));
  return pairing.verify(keys.sum(keyTerms(key, weighted)), message, signature);
}

/** The sum of weight · rowKey(row): over the rows, whose keys are remembered, or over the commitments where those are fewer. */
function keyTerms(
  { sharing, commitments, rowKey }: LoadedKey,
  weighted: readonly { readonly row: number; readonly weight: bigint }[],
): readonly Term<KeyPoint>[] {
  if (weighted.length <= commitments.length)
    return weighted.map(({ row, weight }) => ({ point: rowKey(row), factor: weight }));
  const factors = commitments.map(() => 0n);
  for (const { row, weight } of weighted) {
    for (const { column, coefficient } of present(sharing.rows[row], 'a row of the sharing').entries)
      factors[column] = (factors[column] ?? 0n) + weight * coefficient;
  }
  return commitments.map((point, column) => ({ point, factor: factors[column] ?? 0n }));
}

/**
 * The senders of bad shares, found by halves, each checked together.
 *
 * @param isSuspected - whether one of them is known to be bad, so that checking all of them together is of no use.
 */
export function findInvalid(
  key: LoadedKey,
  message: HashedMessage,
  shares: SharesBySender,
  { isSuspected, random }: { readonly isSuspected: boolean; readonly random: RandomBytes },
): readonly ProcessId[] {
  const search = (senders: readonly Sender[], suspected: boolean): readonly ProcessId[] => {
    if (senders.length < key.pairing.batchFrom)
      return senders.filter(([, rows]) => !areValid(key, message, rows)).map(([from]) => from);
    const all = senders.flatMap(([, rows]) => rows);
    if (!suspected && areValidTogether(key, message, all, random)) return [];
    const middle = Math.ceil(senders.length / 2);
    const inFirst = search(senders.slice(0, middle), false);
    return [...inFirst, ...search(senders.slice(middle), inFirst.length === 0)];
  };
  return search([...shares], isSuspected);
}

type Sender = readonly [ProcessId, readonly RowShare[]];
