/** What becomes of a server's snapshots, one change after another: kept, certified, served, and dropped with the log below them. */
import type { Digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Event } from '../../consensus/event.js';
import { type Chunk, type SnapshotCertificate, type StateTarget, stateDigest } from '../../consensus/manifest.js';
import type { DecidedLog } from '../log/decided-log.js';
import { prunableUpTo, SnapshotPin } from './retention.js';
import type { SnapshotContent } from './snapshot-content.js';
import type { SnapshotStore } from './snapshot-store.js';
import type { TransferFrame } from './transfer-frames.js';

export interface SnapshotKeepingParts {
  readonly snapshots: SnapshotStore;
  readonly log: DecidedLog;
  /** How many slots are kept below the oldest snapshot. */
  readonly retainSlots: number;
  readonly send: (to: ProcessId, frame: TransferFrame) => void;
  /** Snapshots cannot be kept: the disk is not to be built on. */
  readonly onFailed: (error: unknown) => void;
  /** Milliseconds that never go back. */
  readonly clock: () => number;
}

export class SnapshotKeeping {
  private readonly pin = new SnapshotPin();
  private changing: Promise<unknown> = Promise.resolve();

  /** @param hear - hears of snapshots that are durable, and of slots that are dropped. */
  constructor(
    private readonly parts: SnapshotKeepingParts,
    private readonly hear: (event: Event) => void,
  ) {}

  keep(content: SnapshotContent): void {
    this.inTurn(async () => {
      const { slot, chain, manifest } = await this.parts.snapshots.put(content);
      this.hear({ _tag: 'Snapshotted', slot, chain, manifest });
      await this.retain();
    });
  }

  certified(certificate: SnapshotCertificate): void {
    this.inTurn(async () => {
      await this.parts.snapshots.putCertificate(certificate);
      await this.retain();
    });
  }

  handedOver({ slot, manifest }: StateTarget): void {
    this.inTurn(() => this.parts.snapshots.markCertified(stateDigest(slot, manifest)));
  }

  /** Does something to which no other change may come meanwhile. */
  alone<A>(work: () => Promise<A>): Promise<A> {
    const done = this.changing.then(work);
    this.changing = done.catch(() => undefined);
    return done;
  }

  /** Sends a chunk of a snapshot that is held, once it was found to be intact. */
  serveChunk(to: ProcessId, state: Digest, index: number): void {
    const { send, onFailed } = this.parts;
    this.chunk(to, state, index).then((chunk) => {
      if (chunk !== undefined) send(to, { _tag: 'Chunk', chunk });
    }, onFailed);
  }

  /** A chunk for `reader` of a snapshot that is held, once it was found to be intact. */
  chunk(reader: ProcessId, state: Digest, index: number): Promise<Chunk | undefined> {
    this.pin.note(reader, state, this.parts.clock());
    return this.parts.snapshots.chunk(state, index);
  }

  async settled(): Promise<void> {
    await this.changing;
  }

  private async retain(): Promise<void> {
    const { snapshots, log, retainSlots, clock } = this.parts;
    await snapshots.retain(this.pin, clock());
    const { first } = log;
    const upTo = prunableUpTo(snapshots.held, retainSlots);
    if (upTo < first) return;
    await log.prune(upTo);
    if (log.first > first) this.hear({ _tag: 'Pruned', first: log.first });
  }

  private inTurn(work: () => Promise<void>): void {
    this.alone(work).catch(this.parts.onFailed);
  }
}
