/**
 * Working with the slow key: shares made in line, and certificates combined from those of others. Nothing is checked as it comes:
 * a share is judged where it did not combine, and then once for all (spec/consensus.md, "Certificates").
 */
import { toHex } from '../prelude/bytes.js';
import { digest } from '../prelude/digest.js';
import { E } from '../prelude/fp.js';
import type { ProcessId, ProcessSet } from '../prelude/process.js';
import {
  type CombineResult,
  rejectedSenders,
  type Signature,
  type SignatureShare,
} from '../schemes/contract/distributed-signer.js';
import type { Context } from './context.js';
import { slowShare } from './signed-ballot.js';

/** Own shares that were made last: whoever asks again costs none. */
const rememberedShares = 8;

/** The share of CHECKPOINT or SNAPSHOT, of which each is sent to whoever is stuck, again and again. */
export function repeatedShare(c: Context, statement: Uint8Array): SignatureShare {
  const { ownShares } = c.state;
  const name = toHex(digest(statement));
  const share = ownShares.get(name) ?? slowShare(c.config.keys.slow, statement);
  ownShares.delete(name);
  ownShares.set(name, share);
  for (const oldest of ownShares.keys()) if (ownShares.size > rememberedShares) ownShares.delete(oldest);
  return share;
}

/** What came of combining. */
export interface SlowCombination {
  /** `undefined` where those who may still be heard are no slow quorum. */
  readonly signature: Signature | undefined;
  /** Whose shares were found bad just now. */
  readonly rejected: ProcessSet;
}

/**
 * Combines what a slow quorum has said. A correct process never sends a bad share: whoever has sent one is left out of every
 * certificate from then on, so that a liar costs one judgement and not one a slot.
 */
export function combineSlow(
  c: Context,
  statement: Uint8Array,
  shares: ReadonlyMap<ProcessId, SignatureShare>,
): SlowCombination {
  const { barred } = c.state;
  const heard = new Map([...shares].filter(([process]) => !barred.has(process)));
  const isQuorum = c.config.system.isSlowQuorum(c.setOf(heard.keys()));
  if (!isQuorum) return { signature: undefined, rejected: c.setOf([]) };
  const combined = c.config.keys.slow.combine(statement, heard);
  const rejected = findRejected(c, statement, heard, combined);
  for (const process of rejected) barred.add(process);
  return { signature: E.isRight(combined) ? combined.right.signature : undefined, rejected };
}

/** Where a scheme suspects several, those whose shares show themselves right are not at fault, whatever came of them. */
function findRejected(
  c: Context,
  statement: Uint8Array,
  shares: ReadonlyMap<ProcessId, SignatureShare>,
  combined: CombineResult,
): ProcessSet {
  const rejected = rejectedSenders(combined);
  if (E.isRight(combined) || combined.left._tag !== 'BadShares') return rejected;
  const isRight = ([process, share]: readonly [ProcessId, SignatureShare]): boolean =>
    c.config.keys.slow.verifyShare(statement, process, share) === 'valid';
  return rejected.minus(c.setOf([...shares].filter(isRight).map(([process]) => process)));
}
