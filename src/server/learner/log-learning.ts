/**
 * Learning the log: listening to servers as an application does, believing what is certified, and executing it. Where servers do not
 * hold what comes next any more, a certified state takes its place.
 */
import { equalBytes } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { LogFollower } from '../../client/log-follower.js';
import type { ServerMessage } from '../../client/protocol.js';
import { batchDigest } from '../../consensus/batch.js';
import type { SnapshotCertificate } from '../../consensus/manifest.js';
import type { DecidedRange } from '../../consensus/range.js';
import { chainNext } from '../../consensus/statement.js';
import { configurationDigestOf } from '../../management/alliance-codec.js';
import type { AlliancePublicKey } from '../../schemes/public-key.js';
import { describeStorageError } from '../../storage/errors.js';
import type { LogStore } from '../../storage/storage.js';
import type { Notices } from '../../transport/notices.js';
import type { AllianceDocument } from '../directory/directory-documents.js';
import type { LearnerDirectory } from '../directory/learner-directory.js';
import { DecidedLog } from '../log/decided-log.js';
import type { ManagedServices } from '../services.js';
import { Executor } from '../state/executor.js';
import { recoverState, type StateError } from '../state/installation.js';
import { ReplicatedState, type StateStatus } from '../state/replicated-state.js';
import type { TransferFrame } from '../state/transfer-frames.js';
import type { SnapshotStore } from '../state/snapshot-store.js';
import { isCertifiedState } from './certified-state.js';
import { LearnerLinks } from './learner-links.js';

export interface LogLearningParts {
  readonly directory: LearnerDirectory;
  readonly store: LogStore;
  readonly snapshots: SnapshotStore;
  readonly services: ManagedServices;
  readonly notices: Notices;
  /** A line for people. */
  readonly say: (line: string) => void;
  /** The last slot that is to be learned, as far as the slots before say; infinite where they do not. */
  readonly end: () => number;
  /** More has been executed: what management has come to is to be looked at before anything follows. */
  readonly onLearned: () => void;
  readonly onFailed: (detail: string) => void;
}

const tickMs = 100;
/** How often a certified state is asked for. */
const askMs = 2000;
/** It drops nothing that it has learned: it is to serve others soon. */
const retainSlots = Number.MAX_SAFE_INTEGER;

export class LogLearning {
  private readonly log: DecidedLog;
  private readonly executor: Executor;
  private readonly state: ReplicatedState;
  private readonly links: LearnerLinks;
  private follower: LogFollower | undefined;
  /** The newest document that is known. */
  private known: AllianceDocument;
  /** Who does not hold what follows here. */
  private readonly prunedBy = new Set<ProcessId>();
  private askedMs = Number.NEGATIVE_INFINITY;
  /** Of the newest document that was known when listening began. */
  private followedEpoch = 0;
  private taking: Promise<unknown> = Promise.resolve();
  private readonly ticker: NodeJS.Timeout;
  private isOver = false;

  private constructor(
    private readonly parts: LogLearningParts,
    { log, executor, state }: Learned,
  ) {
    this.log = log;
    this.executor = executor;
    this.state = state;
    this.known = parts.directory;
    this.links = this.openLinks();
    if (this.refresh()) this.follow();
    this.ticker = setInterval(() => {
      this.follower?.tick();
    }, tickMs);
  }

  /** Goes on where its log ends. */
  static async start(parts: LogLearningParts): Promise<Either<StateError, LogLearning>> {
    const fail = (error: unknown): void => {
      parts.onFailed(describe(error));
    };
    const { directory, store, snapshots, services } = parts;
    const log = new DecidedLog(store, directory.allianceId, fail);
    const executor = new Executor({ allianceId: directory.allianceId, ...services });
    const recovered = await recoverState({ snapshots, log, executor })();
    if (E.isLeft(recovered)) return recovered;
    const state: ReplicatedState = new ReplicatedState(
      {
        snapshots,
        log,
        executor,
        retainSlots,
        send: (to, frame) => {
          learning.ask(to, frame);
        },
        onExecuted: () => undefined,
        onBlame: (server, reason) => {
          parts.say(`${server} misbehaves: ${reason}`);
        },
        onFailed: fail,
        clock: () => performance.now(),
      },
      recovered.right.resumed,
    );
    const learning: LogLearning = new LogLearning(parts, { log, executor, state });
    state.attach(executor.epoch, (event) => {
      if (event._tag === 'Transferred') learning.onTransferred(event.slot);
    });
    return E.right(learning);
  }

  /** The last slot that is executed. */
  get slot(): number {
    return this.executor.position.slot;
  }

  /** Of that slot. */
  get epoch(): number {
    return this.executor.epoch;
  }

  /** Where the epoch ends that the log is in; infinite where that is not known. */
  get boundary(): number {
    return this.state.boundaryOf(this.executor.epoch)?.slot ?? Number.POSITIVE_INFINITY;
  }

  get status(): StateStatus {
    return this.state.status;
  }

  get connected(): readonly ProcessId[] {
    return this.links.connected;
  }

  /** See {@link LearnerLinks.bring}. */
  bring(act: Uint8Array): boolean {
    return this.links.bring(act);
  }

  /** Resolves when all that was learned is durable. */
  settled(): Promise<void> {
    return this.state.settled();
  }

  /** Takes nothing more, and finishes what is being written. The store is the caller's. */
  async close(): Promise<void> {
    this.isOver = true;
    clearInterval(this.ticker);
    this.follower?.close();
    this.links.close();
    await this.taking;
    await this.state.close();
  }

  private openLinks(): LearnerLinks {
    const { directory, notices } = this.parts;
    return new LearnerLinks({
      directory,
      document: () => this.known,
      handler: {
        onMessage: (server, message, bytes) => {
          this.onMessage(server, message, bytes);
        },
        onUp: (server) => {
          this.parts.say(`link with ${server}`);
          notices.forget(server);
          this.state.onConnected(server);
          this.follower?.onUp(server);
        },
        onDown: (server, reason) => {
          notices.say(server, `no link with ${server}: ${reason}`);
          this.state.onDisconnected(server);
          this.follower?.onDown(server);
        },
      },
    });
  }

  /** From where the log ends here. */
  private follow(): void {
    const { directory } = this.parts;
    const { slot, chain } = this.executor.position;
    this.prunedBy.clear();
    this.followedEpoch = this.known.alliance.epoch;
    this.follower = new LogFollower({
      anchor: {
        allianceId: directory.allianceId,
        allianceKey: this.known.alliance.allianceKey,
        otherKeys: () => this.keys(),
      },
      from: slot + 1,
      previous: chain,
      now: () => performance.now(),
      onDoubt: (server, reason) => {
        this.parts.notices.say(`doubt ${server}`, `${server} is not believed: ${reason}`);
      },
      onPruned: (server, first) => {
        this.askForState(server);
        this.parts.notices.say(
          `pruned ${server}`,
          `${server} does not hold what follows here any more: its log begins with slot ${first}`,
        );
      },
      links: () => this.links.all,
      containsCorrect: () => false,
      hasProposed: () => false,
      waitingSinceMs: () => performance.now(),
      onBegun: () => undefined,
      joinsRanges: true,
      onVerified: (_, range) => {
        const taken = this.take(range);
        this.taking = taken;
        return taken;
      },
    });
  }

  private onMessage(server: ProcessId, message: ServerMessage, bytes: number): void {
    switch (message._tag) {
      case 'Begin':
        this.follower?.onBegin(server, message);
        return;
      case 'Range':
        this.follower?.onRange(server, message.range, bytes);
        return;
      case 'Pruned':
        this.follower?.onPruned(server, message.first);
        return;
      case 'Refused':
        this.parts.notices.say(
          `refused ${server}`,
          `${server} refused an act: ${message.reason.replace(/\p{Cc}/gu, '?')}`,
        );
        return;
      case 'State':
        this.onState(server, message.certificate);
        return;
      case 'Chunk':
        this.state.onChunk(server, message.chunk);
        return;
      default:
      // Nothing else was asked for.
    }
  }

  private ask(to: ProcessId, frame: TransferFrame): void {
    if (frame._tag === 'AskChunk') this.links.all.get(to)?.send(frame);
  }

  /** Once servers of which one must be correct do not hold what follows here any more. */
  private askForState(server: ProcessId): void {
    const { system } = this.known.alliance.trust;
    const { universe } = system.processes;
    this.prunedBy.add(server);
    if (!system.containsCorrect(universe.of([...this.prunedBy].filter((each) => universe.indexOf(each) !== undefined))))
      return;
    const nowMs = performance.now();
    if (nowMs < this.askedMs + askMs || this.state.status.transfer !== undefined) return;
    this.askedMs = nowMs;
    for (const link of this.links.all.values()) link.send({ _tag: 'AskState' });
  }

  private onState(server: ProcessId, certificate: SnapshotCertificate): void {
    if (this.isOver || this.prunedBy.size === 0 || certificate.slot <= this.executor.position.slot) return;
    const { directory, services } = this.parts;
    const { allianceId } = directory;
    const inForce = { alliance: services.membership.governance.document, allianceId };
    const known = [directory, this.known, inForce];
    // Slow keys of epochs that are over may be in anybody's hands.
    const newest = Math.max(...known.map(({ alliance }) => alliance.epoch));
    const trusted = known.filter(({ alliance }) => alliance.epoch === newest);
    if (isCertifiedState(certificate, trusted)) this.state.transfer(certificate);
    else
      this.parts.notices.say(
        `state ${server}`,
        `the state after slot ${certificate.slot} that ${server} offers is not certified in an epoch whose document is known here`,
      );
  }

  private onTransferred(slot: number): void {
    if (slot <= this.executor.position.slot) {
      this.state.abandon();
      return;
    }
    this.follower?.close();
    this.follower = undefined;
    this.taking = this.taking.then(() => this.install());
  }

  private async install(): Promise<void> {
    if (this.isOver) return;
    const installed = await this.state.install();
    if (E.isLeft(installed)) {
      this.fail(describeInstallation(installed.left));
      return;
    }
    const { slot } = this.executor.position;
    this.parts.say(`the state after slot ${slot} was fetched: the log up to there is not held any more`);
    if (!this.refresh()) return;
    this.parts.onLearned();
    this.follow();
  }

  private fail(detail: string): void {
    this.isOver = true;
    this.follower?.close();
    this.parts.onFailed(detail);
  }

  /** Executes what is proven; settles none of the commands that wait, for there are none. */
  private async take(range: DecidedRange): Promise<number> {
    try {
      await this.decide(range);
      if (range.certificate.slot <= this.log.last) await this.log.putCertificate(range.certificate);
      // A key of the epochs that are over is believed no more.
      if (!this.isOver && this.known.alliance.epoch > this.followedEpoch) {
        this.follower?.close();
        this.follow();
      }
    } catch (error) {
      this.fail(describe(error));
    }
    return 0;
  }

  /**
   * No further than to the end. A window of slots at a time: the slot that says where an epoch
   * ends lies more than a window below that end.
   */
  private async decide({ batches, from }: DecidedRange): Promise<void> {
    const { executor, parts } = this;
    for (let done = 0; done < batches.length && !this.isOver; ) {
      const { windowSlots } = parts.services.control.termsOf(executor.epoch);
      const end = parts.end();
      const some = batches.slice(done, Math.max(done, Math.min(done + windowSlots, end - from + 1)));
      if (some.length === 0) return;
      let { chain } = executor.position;
      await Promise.all(
        some.map((batch, index) => {
          const slot = from + done + index;
          chain = chainNext(chain, slot, batchDigest(batch));
          return this.state.decide({ slot, chain, batch });
        }),
      );
      done += some.length;
      if (this.refresh()) parts.onLearned();
    }
  }

  /**
   * Keeps up with the documents that the log brings into force. Where the directory has one of that epoch it is the same: what is
   * learned from the first slot on is certified under keys that have gone out of use, which by now may be in anybody's hands.
   *
   * @returns whether it is.
   */
  private refresh(): boolean {
    const { directory, services } = this.parts;
    const { allianceId } = directory;
    const { document } = services.membership.governance;
    const configurationDigest = configurationDigestOf(document);
    const expected = document.epoch === directory.alliance.epoch ? directory : directory.former.get(document.epoch);
    if (expected !== undefined && !equalBytes(expected.configurationDigest, configurationDigest)) {
      const { epoch } = document;
      this.fail(
        `the log that was learned brings a document of epoch ${epoch} into force which is not the one in ${directory.path}: ` +
          `it is not the log of this alliance. Move ${directory.dataPath} away, and start again`,
      );
      return false;
    }
    if (document.epoch <= this.known.alliance.epoch) return true;
    this.known = { alliance: document, allianceId, configurationDigest };
    this.links.update();
    return true;
  }

  /**
   * Of the epoch that the log is in, and of those after it that are known: the log may be certified under any of them. Under keys that
   * have gone out of use it is not: whoever has kept shares of them could sign another log.
   */
  private keys(): readonly AlliancePublicKey[] {
    const { directory, services } = this.parts;
    const { document, change } = services.membership.governance;
    const next = change?.state === 'prepared' || change?.state === 'activated' ? [change.next] : [];
    const former = [...directory.former.values()].map(({ alliance }) => alliance);
    const later = former.filter(({ epoch }) => epoch > document.epoch);
    return [...next, document, ...later].map(({ allianceKey }) => allianceKey);
  }
}

interface Learned {
  readonly log: DecidedLog;
  readonly executor: Executor;
  readonly state: ReplicatedState;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function describeInstallation(error: StateError): string {
  switch (error._tag) {
    case 'StorageFailed':
      return describeStorageError(error.error);
    case 'DamagedState':
      return 'a state that was fetched is damaged';
    case 'Divergence':
      return `the state after slot ${error.slot}: ${error.detail}`;
    case 'CorruptLog':
      return error.detail;
    default:
      return assertNever(error);
  }
}
