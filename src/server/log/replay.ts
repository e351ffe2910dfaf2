/** The slots of a log one after another: what they add to the state with which a replay begins. */
import { equalBytes } from '../../prelude/bytes.js';
import type { Digest } from '../../prelude/digest.js';
import { type Batch, batchDigest } from '../../consensus/batch.js';
import type { DeliveryTable } from '../../consensus/delivery.js';
import { chainNext, type Prefix } from '../../consensus/statement.js';

/** Chain digests that the machine wants to find again. */
export const chainsRecovered = 4096;

/** Where a replay begins: the state after a slot, as a snapshot holds it. */
export interface LogStart extends Prefix {
  readonly delivery: DeliveryTable;
}

/** Hears every slot that is replayed, in order. */
export type ReplayVisitor = (slot: number, chain: Digest, batch: Batch) => void;

export interface StoredBatch {
  readonly chain: Digest;
  readonly batch: Batch;
}

export class Replay {
  readonly delivery: DeliveryTable;
  readonly chains: Map<number, Digest>;

  /** @param last - the slot before the next one, which may lie before the state's. */
  constructor(
    private readonly start: LogStart,
    private last: Prefix,
    private readonly visit: ReplayVisitor | undefined,
  ) {
    this.delivery = start.delivery.copy();
    this.chains = new Map([[last.slot, last.chain]]);
  }

  get slot(): number {
    return this.last.slot;
  }

  /** Whether the next slot continues the chain. */
  take({ batch, chain }: StoredBatch): boolean {
    const slot = this.slot + 1;
    if (!equalBytes(chainNext(this.last.chain, slot, batchDigest(batch)), chain)) return false;
    this.last = { slot, chain };
    this.chains.set(slot, chain);
    this.chains.delete(slot - chainsRecovered);
    if (slot > this.start.slot) {
      this.delivery.deliverRuns(slot, batch);
      this.visit?.(slot, chain, batch);
    }
    return true;
  }
}
