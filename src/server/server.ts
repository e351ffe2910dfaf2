/** One server of an alliance, running: its directory, its disk, its links, its epochs and the applications connected to it. */
import { join } from 'node:path';
import { E, type Either, type TaskEither } from '../prelude/fp.js';
import { assertNever } from '../prelude/invariant.js';
import type { ProcessId } from '../prelude/process.js';
import type { Fault } from '../consensus/effect.js';
import type { ServerStatus } from '../client/protocol.js';
import type { Succession } from '../client/succession.js';
import { stateDigest } from '../consensus/manifest.js';
import { canonicalJson } from '../prelude/codec.js';
import { encodeAlliance } from '../management/alliance-codec.js';
import type { Governance } from '../management/governance/governance.js';
import { openLogStore } from '../storage/lmdb.js';
import type { LogStore } from '../storage/storage.js';
import type { Membership } from '../services/membership/membership.js';
import type { EpochControl } from '../services/epoch-control.js';
import { Notices } from '../transport/notices.js';
import { ApplicationSessions } from './applications/application-sessions.js';
import { formerDocumentPath } from './directory/layout.js';
import type { ServerDirectory } from './directory/server-directory.js';
import { EpochSequence } from './epochs/epoch-sequence.js';
import { Handoffs } from './epochs/handoffs.js';
import { EvidenceFiles } from './evidence-files.js';
import { findHaltMark, markHalted } from './halt-mark.js';
import { DecidedLog } from './log/decided-log.js';
import type { ReplicaObserver } from './replica/replica-parts.js';
import { describeFault, describeStop, isHalt, type StopReason } from './replica/stop-reason.js';
import type { ServerError } from './server-errors.js';
import { type Applications, type ManagedServices, managedServices, noApplications, type Services } from './services.js';
import { recordsInto } from './membership/proposal-records.js';
import { ServerAgent } from './membership/server-agent.js';
import { statusOf } from './server-status.js';
import { Executor } from './state/executor.js';
import { recoverState, type StateError } from './state/installation.js';
import { ReplicatedState } from './state/replicated-state.js';
import { openSnapshotStore, type SnapshotStore } from './state/snapshot-store.js';

export { describeServerError, type ServerError } from './server-errors.js';

/** What whoever runs a server hears of it. */
export interface ServerEvents {
  /** A line for people. */
  log(line: string): void;
  /** The server has stopped by itself, for good. */
  onStopped(reason: string): void;
  /** The server cannot go on before it has learned the log as a client of others: see `startAs`. */
  onBehind?(): void;
}

/** What may be chosen for one server. */
export interface ServerOptions {
  /** How many decided slots are kept below the oldest snapshot; a million if absent. */
  readonly retainSlots?: number;
  /** What runs on the alliance beside its management; nothing if absent. The same on every server. */
  readonly applications?: Applications;
  /** In the place of the alliance's own management: for tests of how epochs change. */
  readonly control?: EpochControl;
  /** The script of the thread that signs with the alliance key; that of this package if absent. */
  readonly signingScript?: URL;
}

export interface RunningServer {
  readonly me: ProcessId;
  readonly port: number;
  status(): ServerStatus;
  /** What the alliance's management has come to here; `undefined` where something else is in its place. */
  readonly governance: Governance | undefined;
  /** Takes nothing more, finishes what is being written, and frees port and data. */
  close(): Promise<void>;
}

const defaultRetainSlots = 1_000_000;

/** How often people are told of what one process sends that is not valid. */
const blameGapMs = 1000;

/** Starts the server of `directory`; it goes on where it was. */
export function startServer(
  directory: ServerDirectory,
  events: ServerEvents,
  options: ServerOptions = {},
): TaskEither<ServerError, RunningServer> {
  return async () => {
    const mark = findHaltMark(directory.dataPath);
    if (mark !== undefined) return E.left({ _tag: 'Halted', mark });
    const store = await openLogStore(join(directory.dataPath, 'log'))();
    if (E.isLeft(store)) return E.left({ _tag: 'Storage', error: store.left });
    const server = await startOver(store.right, directory, events, options);
    if (E.isLeft(server)) await store.right.close();
    return server;
  };
}

async function startOver(
  store: LogStore,
  directory: ServerDirectory,
  events: ServerEvents,
  options: ServerOptions,
): Promise<Either<ServerError, RunningServer>> {
  const snapshots = await openSnapshotStore(join(directory.dataPath, 'states'))();
  if (E.isLeft(snapshots)) return E.left({ _tag: 'Storage', error: snapshots.left });
  const server = new Server({ store, snapshots: snapshots.right }, directory, events, options);
  const begun = await server.begin();
  if (E.isRight(begun)) return E.right(server);
  await server.abandon();
  return begun;
}

export function describeStateError(dataPath: string, error: StateError): ServerError {
  if (error._tag === 'StorageFailed') return { _tag: 'Storage', error: error.error };
  const states = join(dataPath, 'states');
  switch (error._tag) {
    case 'CorruptLog':
      return { _tag: 'CorruptData', path: join(dataPath, 'log'), detail: error.detail };
    case 'DamagedState':
      return { _tag: 'CorruptData', path: states, detail: 'the newest state is not what was stored' };
    case 'Divergence':
      return { _tag: 'CorruptData', path: states, detail: `slot ${error.slot}: ${error.detail}` };
    default:
      return assertNever(error);
  }
}

function servicesOf(
  directory: ServerDirectory,
  options: ServerOptions,
  say: (line: string) => void,
): Either<ServerError, Services & Partial<ManagedServices>> {
  const { applications = noApplications, control } = options;
  return control === undefined ? managedServicesOf(directory, options, say) : E.right({ ...applications, control });
}

/** Management begins with the founding document. */
export function managedServicesOf(
  { alliance, former, path }: Pick<ServerDirectory, 'alliance' | 'former' | 'path'>,
  { applications = noApplications }: ServerOptions,
  say: (line: string) => void,
): Either<ServerError, ManagedServices> {
  const founding = alliance.epoch === 1 ? alliance : former.get(1)?.alliance;
  return founding === undefined
    ? E.left({ _tag: 'NoFoundingDocument', path: formerDocumentPath(path, 1) })
    : E.right(managedServices(founding, applications, recordsInto(path, say)));
}

interface Disk {
  readonly store: LogStore;
  readonly snapshots: SnapshotStore;
}

class Server implements RunningServer {
  readonly me: ProcessId;
  private readonly log: DecidedLog;
  private readonly handoffs: Handoffs;
  private readonly sessions: ApplicationSessions;
  private state: ReplicatedState | undefined;
  private epochs: EpochSequence | undefined;
  private membership: Membership | undefined;
  private agent: ServerAgent | undefined;
  /** The document that followed an epoch, as it was told last. */
  private told: Pick<Succession, 'epoch' | 'document'> | undefined;
  private stoppedFor: string | undefined;
  private readonly evidence: EvidenceFiles;
  private readonly notices: Notices;

  constructor(
    private readonly disk: Disk,
    private readonly directory: ServerDirectory,
    private readonly events: ServerEvents,
    private readonly options: ServerOptions,
  ) {
    this.me = directory.me.id;
    this.evidence = new EvidenceFiles(directory.dataPath);
    this.notices = new Notices((line) => {
      events.log(line);
    });
    this.log = new DecidedLog(disk.store, directory.allianceId, (error) => {
      this.stop({ _tag: 'StorageFailed', error });
    });
    this.handoffs = new Handoffs(disk.store, join(directory.dataPath, 'log'));
    this.sessions = new ApplicationSessions({
      log: this.log,
      endOf: (slot) => this.handoffs.endOf(slot, this.epochs?.epoch ?? directory.alliance.epoch),
      submit: (request, leader) => this.epochs?.submit(request, leader),
      leader: () => this.epochs?.replica?.status.leader ?? '',
      status: () => this.status(),
      certifiedState: () => this.state?.certificate,
      chunk: (client, state, index) => this.state?.chunk(client, state, index) ?? Promise.resolve(undefined),
      succession: (epoch) => this.successionOf(epoch),
      bring: (act) => (this.agent === undefined ? 'acts are not carried here' : this.agent.bring(act)),
      clock: () => performance.now(),
    });
  }

  get port(): number {
    return this.epochs?.port ?? 0;
  }

  get governance(): Governance | undefined {
    return this.membership?.governance;
  }

  async begin(): Promise<Either<ServerError, void>> {
    const { directory, disk, log, options } = this;
    const clock = (): number => performance.now();
    const services = servicesOf(directory, options, (line) => {
      this.events.log(line);
    });
    if (E.isLeft(services)) return services;
    const executor = new Executor({ allianceId: directory.allianceId, ...services.right });
    const parts = { snapshots: disk.snapshots, log, executor };
    const recovered = await recoverState(parts)();
    if (E.isLeft(recovered)) return E.left(describeStateError(directory.dataPath, recovered.left));
    const state = new ReplicatedState(
      {
        ...parts,
        retainSlots: options.retainSlots ?? defaultRetainSlots,
        send: (to, frame) => this.epochs?.sendTransfer(to, frame),
        onExecuted: (slot, execution) => {
          this.sessions.onExecuted(slot, execution);
          this.agent?.onExecuted(execution);
        },
        onBlame: (process, reason) => {
          this.observer.onBlame(process, { _tag: 'InvalidMessage', reason });
        },
        onFailed: (error) => {
          this.stop({ _tag: 'StorageFailed', error });
        },
        clock,
      },
      recovered.right.resumed,
    );
    this.state = state;
    this.epochs = new EpochSequence({
      directory,
      handoffs: this.handoffs,
      log,
      state,
      signingScript: options.signingScript,
      observer: this.observer,
      onClient: (link) => this.sessions.open(link),
      onLinksClosed: () => {
        this.sessions.close();
      },
      say: (line) => {
        this.events.log(line);
      },
      onBehind: () => {
        this.events.onBehind?.();
      },
      onFailed: (detail) => {
        this.stopFor(detail);
      },
      clock,
    });
    const begun = await this.epochs.begin();
    this.membership = services.right.membership;
    if (E.isRight(begun) && this.membership !== undefined) this.agent = this.speak(this.membership, executor, clock);
    return begun;
  }

  private successionOf(epoch: number): Succession | undefined {
    const { alliance, former } = this.epochs?.directory ?? this.directory;
    const handoff = this.epochs?.handoffOf(epoch);
    const next = alliance.epoch === epoch + 1 ? alliance : former.get(epoch + 1)?.alliance;
    if (handoff === undefined || next === undefined) return undefined;
    const { slot, chain, manifest, signature } = handoff;
    if (this.told?.epoch !== epoch) this.told = { epoch, document: canonicalJson(encodeAlliance(next)) };
    return { ...this.told, slot, chain, state: stateDigest(slot, manifest), signature };
  }

  private speak(log: Membership, executor: Executor, clock: () => number): ServerAgent {
    return new ServerAgent({
      log,
      clock,
      slot: () => executor.position.slot,
      directory: () => this.epochs?.directory ?? this.directory,
      handoffOf: (epoch) => this.epochs?.handoffOf(epoch),
      allianceKey: () => this.epochs?.allianceKey,
      submit: (request) => this.epochs?.submit(request),
      meet: (documents) => this.epochs?.meet(documents),
      say: (line) => {
        this.events.log(line);
      },
    });
  }

  status(): ServerStatus {
    const { stoppedFor: halted, evidence } = this;
    return statusOf(this.me, this.epochs, this.state, { halted, proven: evidence.proven });
  }

  async close(): Promise<void> {
    this.sessions.close();
    await this.abandon();
    await this.disk.store.close();
  }

  /** Ends all but the log store. */
  async abandon(): Promise<void> {
    this.agent?.close();
    await this.epochs?.close();
    if (this.state === undefined) await this.disk.snapshots.close();
    else await this.state.close();
  }

  private readonly observer: Omit<ReplicaObserver, 'onHandedOver'> = {
    hasListeners: () => this.sessions.hasListeners,
    onCertified: () => {
      this.sessions.onCertified();
    },
    onCovered: () => {
      this.sessions.onCertified();
    },
    onPlaced: (delivered) => {
      this.sessions.onPlaced(delivered);
    },
    onRefused: (request, reason) => {
      this.sessions.onRefused(request, reason);
    },
    onView: (view, leader) => {
      this.events.log(`view ${view}, led by ${leader}`);
    },
    onBlame: (process, fault) => {
      const line = `${process} misbehaves: ${describeFault(fault)}`;
      // Whoever floods does not fill the log.
      if (fault._tag === 'InvalidMessage') this.notices.say(process, line, blameGapMs);
      else this.events.log(line);
      this.keepEvidence(fault);
    },
    onStatesDiffer: (slot, processes) => {
      this.events.log(`${processes.join(', ')} say that the state after slot ${slot} is another one than here`);
    },
    onStopped: (reason) => {
      this.stop(reason);
    },
  };

  /** A full disk does not stop a server from saying what it has found. */
  private keepEvidence(fault: Fault): void {
    if (fault._tag !== 'Proven') return;
    const { alliance } = this.epochs?.directory ?? this.directory;
    try {
      this.evidence.keep(alliance.trust.system.processes.universe, fault.record);
    } catch (error) {
      this.events.log(`the proof could not be kept: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** What halts a server keeps it from being started again, until people have looked. */
  private stop(reason: StopReason): void {
    const sentence = describeStop(reason);
    if (isHalt(reason) && this.stoppedFor === undefined) markHalted(this.directory.dataPath, sentence);
    this.stopFor(sentence);
  }

  private stopFor(sentence: string): void {
    if (this.stoppedFor !== undefined) return;
    this.stoppedFor = sentence;
    this.epochs?.replica?.stop();
    this.events.onStopped(sentence);
  }
}
