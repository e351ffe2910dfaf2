/** Telling good shares from bad ones, all of a message's at once where that is cheaper. */
import { E } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { ShareVerdict, SignatureShare } from '../distributed-signer.js';
import type { LoadedKey } from './loaded-key.js';
import { decodeShare, type RowShare } from './share-encoding.js';
import { type ProofSubject, type ProvenRowShare, verifyRow, verifyRowsTogether } from './share-proof.js';

/** The rows of each sender. */
export type SharesBySender = ReadonlyMap<ProcessId, readonly RowShare[]>;

/** Judges one share by itself. A share without proofs that is well formed is `unattributable`, whether good or bad. */
export function judgeShare(
  key: LoadedKey,
  subject: ProofSubject,
  from: ProcessId,
  share: SignatureShare,
): ShareVerdict {
  const rows = decodeShare(key, from, share);
  if (E.isLeft(rows)) return 'invalid';
  const proven = provenRows(rows.right);
  if (proven === undefined) return 'unattributable';
  if (!key.publicKey.provenSafePrimes) return 'unattributable';
  return proven.every((row) => verifyRow(key, subject, row)) ? 'valid' : 'invalid';
}

/** The senders among `shares`, all of which carry proofs, whose proofs fail: by halves, each checked together. */
export function findInvalid(
  key: LoadedKey,
  subject: ProofSubject,
  shares: SharesBySender,
  random: RandomBytes,
): readonly ProcessId[] {
  const search = (senders: readonly (readonly [ProcessId, readonly ProvenRowShare[]])[]): readonly ProcessId[] => {
    const [first] = senders;
    if (first === undefined) return [];
    if (senders.length === 1) return first[1].every((row) => verifyRow(key, subject, row)) ? [] : [first[0]];
    const rows = senders.flatMap(([, own]) => own);
    if (verifyRowsTogether(key, subject, rows, random)) return [];
    const middle = Math.ceil(senders.length / 2);
    return [...search(senders.slice(0, middle)), ...search(senders.slice(middle))];
  };
  return search([...shares].map(([from, rows]) => [from, provenRows(rows) ?? []] as const));
}

/** The rows, if every one of them carries a proof. */
export function provenRows(rows: readonly RowShare[]): readonly ProvenRowShare[] | undefined {
  const proven = rows.filter((row): row is ProvenRowShare => row.proof !== undefined);
  return proven.length === rows.length ? proven : undefined;
}
