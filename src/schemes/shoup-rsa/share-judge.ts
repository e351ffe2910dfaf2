/** Telling good shares from bad ones, all of a message's at once where that is cheaper. */
import { E } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { ShareVerdict, SignatureShare } from '../contract/distributed-signer.js';
import type { LoadedKey } from './loaded-key.js';
import { decodeShare, type RowShare } from './share-encoding.js';
import { type ProofSubject, type ProvenRowShare, verifyRows } from './share-proof.js';

/** The rows of each sender. */
export type SharesBySender = ReadonlyMap<ProcessId, readonly RowShare[]>;

/** Judges one share by itself. A share without proofs that is well formed is `unattributable`, whether good or bad. */
export function judgeShare(
  key: LoadedKey,
  subject: ProofSubject,
  from: ProcessId,
  share: SignatureShare,
  random: RandomBytes,
): ShareVerdict {
  const rows = decodeShare(key, from, share);
  if (E.isLeft(rows)) return 'invalid';
  const proven = provenRows(rows.right);
  if (proven === undefined) return 'unattributable';
  if (!key.publicKey.provenSafePrimes) return 'unattributable';
  return verifyRows(key, subject, proven, random) ? 'valid' : 'invalid';
}

/**
 * The senders among `shares`, all of which carry proofs, whose proofs fail: by halves, each checked together.
 *
 * @param isSuspected - whether one of them is known to be bad, so that checking all of them together is of no use.
 */
export function findInvalid(
  key: LoadedKey,
  subject: ProofSubject,
  shares: SharesBySender,
  isSuspected: boolean,
  random: RandomBytes,
): readonly ProcessId[] {
  const areValid = (senders: readonly Proven[]): boolean => {
    const rows = senders.flatMap(([, own]) => own);
    return verifyRows(key, subject, rows, random);
  };
  const search = (senders: readonly Proven[], suspected: boolean): readonly ProcessId[] => {
    if (senders.length === 0 || (!suspected && areValid(senders))) return [];
    if (senders.length === 1 && !suspected) return senders.map(([from]) => from);
    if (senders.length <= fewSenders) {
      return senders.filter((sender) => !areValid([sender])).map(([from]) => from);
    }
    const middle = Math.ceil(senders.length / 2);
    return [...search(senders.slice(0, middle), false), ...search(senders.slice(middle), false)];
  };
  return search(
    [...shares].map(([from, rows]) => [from, provenRows(rows) ?? []] as const),
    isSuspected,
  );
}

/** Up to so many senders are judged one by one where one of them is bad: halving would check most of them twice. */
const fewSenders = 3;

type Proven = readonly [ProcessId, readonly ProvenRowShare[]];

/** The rows, if every one of them carries a proof. */
export function provenRows(rows: readonly RowShare[]): readonly ProvenRowShare[] | undefined {
  const proven = rows.filter((row): row is ProvenRowShare => row.proof !== undefined);
  return proven.length === rows.length ? proven : undefined;
}
