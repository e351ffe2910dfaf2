/**
 * One epoch after another on one server (rule R11): the machine of the epoch that runs; its end, when HANDOFF is durable; the
 * files, links and machine of the next. A newcomer begins with the HANDOFF that names the configuration its operators gave it.
 */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Request } from '../../consensus/batch.js';
import type { Handoff } from '../../consensus/handoff.js';
import type { ServerDirectory } from '../directory/server-directory.js';
import type { DecidedLog } from '../log/decided-log.js';
import type { AllianceKey, ReplicaObserver } from '../replica/replica-parts.js';
import type { Replica } from '../replica/replica.js';
import type { Acquaintance } from '../links.js';
import type { ServerError } from '../server-errors.js';
import type { ReplicatedState } from '../state/replicated-state.js';
import type { TransferFrame } from '../state/transfer-frames.js';
import { Changes } from './changes.js';
import { EpochFiles } from './epoch-files.js';
import { EpochLinks, type EpochLinksParts } from './epoch-links.js';
import { EpochRun } from './epoch-run.js';
import { FrameRouter, type RoutedEpochs } from './frame-router.js';
import { type Handoffs, isSigned } from './handoffs.js';
import { isConfiguration } from './succession.js';

export interface EpochSequenceParts extends Pick<EpochLinksParts, 'onClient' | 'onLinksClosed' | 'say'> {
  readonly directory: ServerDirectory;
  readonly handoffs: Handoffs;
  readonly log: DecidedLog;
  readonly state: ReplicatedState;
  readonly signingScript: URL | undefined;
  readonly observer: Omit<ReplicaObserver, 'onHandedOver'>;
  /** The epoch has ended with slots that are not here, and so are the files of the next: the log is to be learned. */
  readonly onBehind: () => void;
  /** The server cannot go on. */
  readonly onFailed: (detail: string) => void;
  readonly clock: () => number;
}

/** How often it is looked whether something is to be asked for, and how many looks pass before files are looked for again. */
const lookMs = 200;
const looksBeforeFiles = 5;

export class EpochSequence implements RoutedEpochs {
  private readonly files: EpochFiles;
  private run: EpochRun | undefined;
  private readonly links: EpochLinks;
  private readonly changes: Changes;
  /** How the epoch ended whose files lie in the directory. */
  private ended: Handoff | undefined;
  /** Requests that waited when the last machine was stopped. */
  private waiting: readonly Request[] = [];
  /** This server is in an epoch whose beginning it has not been told. */
  private awaitsBeginning = false;
  private isClosed = false;
  private looks = 0;
  private ticker: NodeJS.Timeout | undefined;
  private lastSaid = '';
  private readonly router: FrameRouter;

  constructor(private readonly parts: EpochSequenceParts) {
    this.files = new EpochFiles(parts.directory, (line) => {
      this.sayOnce(line);
    });
    this.changes = new Changes(parts.onFailed);
    this.links = new EpochLinks({
      ...parts,
      onFrame: (from, frame) => {
        this.router.route(from, frame);
      },
      onConnected: (peer) => {
        if (this.isServerOf(this.epoch, peer)) this.run?.replica.onConnected(peer);
      },
    });
    this.router = new FrameRouter({
      epochs: this,
      state: parts.state,
      send: (to, frame) => {
        this.send(to, frame);
      },
      onBlame: (process, reason) => {
        parts.observer.onBlame(process, { _tag: 'InvalidMessage', reason });
      },
      clock: parts.clock,
    });
  }

  get directory(): ServerDirectory {
    return this.files.directory;
  }

  get epoch(): number {
    return this.files.epoch;
  }

  get connected(): ReadonlySet<ProcessId> {
    return this.links.connected;
  }

  get port(): number {
    return this.links.port;
  }

  /** The machine that runs. */
  get replica(): Replica | undefined {
    return this.run?.replica;
  }

  /** The alliance key of the epoch that runs. */
  get allianceKey(): AllianceKey | undefined {
    return this.run?.allianceKey;
  }

  /** Goes on with the epoch that the directory and the HANDOFFs on disk say. */
  async begin(): Promise<Either<ServerError, void>> {
    const ended = this.parts.handoffs.of(this.epoch);
    if (E.isLeft(ended)) return E.left({ _tag: 'Storage', error: ended.left });
    this.ended = ended.right;
    const moved =
      this.ended === undefined ? E.right(false) : await this.files.enterNext(this.ended, this.parts.state.status.last);
    if (E.isLeft(moved)) return moved;
    if (moved.right) return this.begin();
    const opened = await this.openLinks();
    if (E.isLeft(opened)) return opened;
    this.ticker = setInterval(() => {
      this.look();
    }, lookMs);
    return this.startRun();
  }

  submit(request: Request, leader?: string): void {
    if (this.run === undefined) this.parts.observer.onRefused(request, 'no epoch runs here now; send it again later');
    else this.run.replica.submit(request, leader);
  }

  send(to: ProcessId, frame: Uint8Array): void {
    this.links.send(to, frame);
  }

  /** See {@link EpochLinks.meet}. */
  meet(documents: readonly Acquaintance[]): void {
    this.links.meet(documents);
  }

  sendTransfer(to: ProcessId, frame: TransferFrame): void {
    this.links.sendTransfer(to, frame);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.ticker);
    await this.changes.close();
    this.run?.replica.stop();
    this.parts.state.detach();
    await Promise.all([this.links.close(), this.run?.end()]);
  }

  isServerOf(epoch: number, process: ProcessId): boolean {
    return this.files.isServerOf(epoch, process);
  }

  handoffOf(epoch: number): Handoff | undefined {
    if (epoch === this.epoch) return this.ended;
    const found = this.parts.handoffs.of(epoch);
    return E.isRight(found) ? found.right : undefined;
  }

  onFrame(from: ProcessId, frame: Uint8Array): void {
    this.run?.replica.onFrame(from, frame);
  }

  /** That of the own epoch is for its machine to judge; a newcomer is begun by one that names its own configuration. */
  onHandoff(from: ProcessId, handoff: Handoff): void {
    if (handoff.epoch === this.epoch) {
      this.run?.replica.hear({ _tag: 'Handoff', from, handoff });
      return;
    }
    if (!this.awaitsBeginning || handoff.epoch !== this.epoch - 1) return;
    if (!isConfiguration(this.directory, handoff.configuration)) return;
    // Without a document of that epoch, its key must be the one that was carried over.
    if (!isSigned(handoff, this.directory.former.get(handoff.epoch) ?? this.directory)) {
      this.parts.observer.onBlame(from, { _tag: 'InvalidMessage', reason: 'its HANDOFF is not signed' });
      return;
    }
    this.changes.add(async () => {
      if (!this.awaitsBeginning) return E.right(undefined);
      await this.parts.handoffs.put(handoff);
      return this.startRun();
    });
  }

  private async startRun(): Promise<Either<ServerError, void>> {
    const { parts, epoch } = this;
    const { keys } = this.directory;
    if (keys === undefined || this.ended !== undefined) return E.right(undefined);
    const beginning = parts.handoffs.of(epoch - 1);
    if (E.isLeft(beginning)) return E.left({ _tag: 'Storage', error: beginning.left });
    const start = beginning.right;
    this.awaitsBeginning = epoch > 1 && start === undefined;
    if (this.awaitsBeginning) {
      this.sayOnce(`waits for the HANDOFF of epoch ${epoch - 1}, with which its first epoch begins`);
      return E.right(undefined);
    }
    if (start !== undefined && !isConfiguration(this.directory, start.configuration))
      return E.left({ _tag: 'WrongConfiguration', path: this.directory.path, epoch });
    const run = await EpochRun.start({
      ...parts,
      directory: this.directory,
      keys,
      start,
      keepsKey: this.files.keepsKey,
      send: (to, frame) => {
        this.send(to, frame);
      },
      observer: {
        ...parts.observer,
        onHandedOver: (handoff) => {
          this.onHandedOver(handoff);
        },
      },
    })();
    if (E.isLeft(run)) return run;
    this.run = run.right;
    if (start !== undefined) this.sayOnce(`epoch ${epoch} begins after slot ${start.slot}`);
    for (const peer of this.links.connected) if (this.isServerOf(epoch, peer)) run.right.replica.onConnected(peer);
    for (const request of this.waiting) run.right.replica.submit(request);
    this.waiting = [];
    return E.right(undefined);
  }

  /** The epoch is over: nothing of its protocol is needed any more. */
  private onHandedOver(handoff: Handoff): void {
    const { run, parts } = this;
    if (run === undefined) return;
    run.replica.stop();
    parts.state.detach();
    this.changes.add(async () => {
      this.waiting = run.replica.waitingRequests;
      await parts.state.settled();
      await parts.handoffs.put(handoff);
      parts.state.handedOver(handoff);
      this.ended = handoff;
      this.run = undefined;
      this.sayOnce(`epoch ${handoff.epoch} has ended with slot ${handoff.slot}`);
      for (const peer of this.links.connected) this.sendTransfer(peer, { _tag: 'Handoff', handoff });
      await run.end();
      return this.moveOn();
    });
  }

  /** Enters the epoch that follows the one that has ended, if its configuration lies ready. */
  private async moveOn(): Promise<Either<ServerError, void>> {
    if (this.ended === undefined) return E.right(undefined);
    const moved = await this.files.enterNext(this.ended, this.parts.state.status.last);
    if (E.isLeft(moved)) return moved;
    if (!moved.right) {
      if (this.directory.keys !== undefined && this.parts.state.status.last < this.ended.slot) this.parts.onBehind();
      return E.right(undefined);
    }
    this.ended = undefined;
    await this.links.close();
    const opened = await this.openLinks();
    return E.isLeft(opened) ? opened : this.startRun();
  }

  private async openLinks(): Promise<Either<ServerError, void>> {
    await this.files.look();
    return this.links.open(this.directory, this.files.neighbours);
  }

  /** What nobody brings by itself is asked for, one server after another. */
  private look(): void {
    this.looks += 1;
    if (this.ended !== undefined && this.directory.keys !== undefined) {
      if (this.looks % looksBeforeFiles === 0 && !this.changes.isBusy) this.changes.add(() => this.moveOn());
      return;
    }
    const epoch = this.awaitedEnd();
    const peers = [...this.links.connected].sort();
    const peer = peers[this.looks % peers.length];
    if (epoch !== undefined && peer !== undefined) this.sendTransfer(peer, { _tag: 'AskHandoff', epoch });
  }

  /** The epoch whose HANDOFF is waited for. */
  private awaitedEnd(): number | undefined {
    const { run, epoch } = this;
    if (this.awaitsBeginning) return epoch - 1;
    const boundary = this.parts.state.boundaryOf(epoch);
    return run !== undefined && boundary !== undefined && run.replica.status.decidedUpTo >= boundary.slot
      ? epoch
      : undefined;
  }

  private sayOnce(line: string): void {
    if (line !== this.lastSaid) this.parts.say(line);
    this.lastSaid = line;
  }
}
