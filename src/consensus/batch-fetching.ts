/** Batches that are missing here: asked for by digest, again while nothing moves, and taken only if they are what was asked for. */
import { toHex } from '../prelude/bytes.js';
import type { Digest } from '../prelude/digest.js';
import type { ProcessId } from '../prelude/process.js';
import { type Batch, batchDigest } from './batch.js';
import type { Context } from './context.js';
import { isValidBatch } from './evidence.js';
import type { SlotState } from './state.js';

/** How many batches are asked for again at once. */
const askedAgain = 64;

/** Asks those of `processes` for the batch that `slot` needs who have not been asked for it. */
export function wantBatch(c: Context, slot: number, digest: Digest, processes: Iterable<ProcessId>): void {
  const key = toHex(digest);
  const wanted = c.state.wanted.get(key) ?? { digest, slots: new Set(), asked: new Set([c.config.me]) };
  c.state.wanted.set(key, wanted);
  wanted.slots.add(slot);
  for (const process of processes) {
    if (wanted.asked.has(process)) continue;
    wanted.asked.add(process);
    c.send(process, { _tag: 'FetchBatch', digest });
  }
}

/** Asks everyone for what is still missing. */
export function askAgain(c: Context): void {
  for (const { digest } of [...c.state.wanted.values()].slice(0, askedAgain)) {
    c.broadcast({ _tag: 'FetchBatch', digest });
  }
}

export function onFetchBatch(c: Context, from: ProcessId, digest: Digest): void {
  if (from === c.config.me || !c.mayAnswer(from)) return;
  const key = toHex(digest);
  for (const open of c.state.slots.values()) {
    const batch = open.batches.get(key);
    if (batch === undefined) continue;
    c.send(from, { _tag: 'BatchFound', batch });
    return;
  }
}

/** A batch that was asked for; its digest is what makes it the right one, and an invalid one is as good as none. */
export function onBatchFound(c: Context, batch: Batch): void {
  const key = toHex(batchDigest(batch));
  const wanted = c.state.wanted.get(key);
  if (wanted === undefined || !isValidBatch(c, batch)) return;
  c.state.wanted.delete(key);
  for (const slot of wanted.slots) if (c.isKept(slot)) c.slot(slot).batches.set(key, batch);
}

/** In a new view nothing is needed but what one has accepted last, which one reports, and what is decided. */
export function forgetOtherBatches(c: Context): void {
  for (const open of c.state.slots.values()) {
    for (const key of open.batches.keys()) if (!isNeeded(open, key)) open.batches.delete(key);
  }
  c.state.wanted.clear();
  for (const { decided, slot, batches } of c.state.slots.values()) {
    if (decided !== undefined && slot > c.state.decidedUpTo && !batches.has(toHex(decided.digest)))
      wantBatch(c, slot, decided.digest, []);
  }
}

function isNeeded({ vote, decided }: SlotState, key: string): boolean {
  return [vote?.digest, decided?.digest].some((digest) => digest !== undefined && toHex(digest) === key);
}
