/** A simulated server's transfer of a state: the machinery that ships, over the simulator's disks and links. */
import type { Digest } from '../../../src/prelude/digest.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { StateTransfer, type TransferEffect, type TransferEvent } from '../../../src/consensus/state-transfer.js';
import type { ReplicatedState, StateOwner } from './replicated-state.js';

export interface FetchingOwner extends StateOwner {
  ask(to: ProcessId, state: Digest, index: number): void;
  onTransferred(slot: number): void;
  onBadChunk(process: ProcessId, reason: string): void;
}

export class StateFetching {
  private readonly transfer: StateTransfer;
  private timer = 0;
  private isOver = false;

  constructor(
    private readonly owner: FetchingOwner,
    private readonly state: ReplicatedState,
  ) {
    const { incoming } = state.store.view;
    const resumed = incoming && { target: incoming.target, has: (index: number) => incoming.chunks.has(index) };
    if (resumed !== undefined) owner.coverage.add('resumed transfer');
    this.transfer = new StateTransfer(resumed, this.nowMs);
  }

  /** In whole milliseconds: differences of others are not exact, and here no time passes until they are. */
  private get nowMs(): number {
    return Math.floor(this.owner.schedule.nowMs);
  }

  /** Another one takes its place. */
  stop(): void {
    this.isOver = true;
  }

  feed(event: TransferEvent): void {
    if (this.isOver) return;
    for (const effect of this.transfer.step(event, this.nowMs)) {
      if (!this.owner.step()) return;
      this.carryOut(effect);
    }
  }

  private carryOut(effect: TransferEffect): void {
    const { store } = this.state;
    switch (effect._tag) {
      case 'StoreTarget': {
        const { target } = effect;
        this.owner.coverage.add('transfer');
        store.change({ _tag: 'Target', target }, () => {
          const { incoming } = store.view;
          if (incoming !== undefined) this.feed({ _tag: 'TargetStored', state: incoming.state });
        });
        return;
      }
      case 'Ask':
        this.owner.ask(effect.to, effect.state, effect.index);
        return;
      case 'StoreChunk': {
        const { chunk } = effect;
        store.change({ _tag: 'Chunk', chunk }, () => {
          this.feed({ _tag: 'ChunkStored', state: chunk.state, index: chunk.index });
        });
        return;
      }
      case 'Blame':
        this.owner.onBadChunk(effect.process, effect.reason);
        return;
      case 'Complete':
        this.owner.onTransferred(effect.target.slot);
        return;
      case 'SetTimer':
        this.setTimer(effect.atMs);
        return;
      case 'GiveUp':
        throw new Error('a state is never damaged twice');
    }
  }

  private setTimer(atMs: number): void {
    this.timer += 1;
    const { timer } = this;
    this.owner.schedule.at(atMs, () => {
      if (timer === this.timer) this.feed({ _tag: 'Timer' });
    });
  }
}
