/** One server of an alliance, running: its directory, its disk, its links, its replica and the applications connected to it. */
import { join } from 'node:path';
import { E, pipe, TE, type TaskEither } from '../prelude/fp.js';
import { assertNever, invariant } from '../prelude/invariant.js';
import type { ProcessId } from '../prelude/process.js';
import type { ServerStatus } from '../client/protocol.js';
import { ConsensusCodec } from '../consensus/codec.js';
import { type Configuration, defaultParameters } from '../consensus/configuration.js';
import type { Fault } from '../consensus/effect.js';
import { leaderSchedule } from '../consensus/fab-quorums.js';
import type { DurableRecord } from '../consensus/record.js';
import { FabMachine } from '../consensus/step.js';
import { serversOf } from '../management/alliance.js';
import { openSigningThread, type SigningThread } from '../schemes/signing-thread/signing-thread.js';
import { describeStorageError, type StorageError } from '../storage/errors.js';
import { openJournal } from '../storage/journal.js';
import { openLogStore } from '../storage/lmdb.js';
import type { Journal, LogStore } from '../storage/storage.js';
import { describeLinkError, type ListenError } from '../transport/errors.js';
import { openTlsTransport, type TlsTransport } from '../transport/tls.js';
import { ApplicationSessions } from './applications/application-sessions.js';
import { DecidedLog } from './log/decided-log.js';
import { Replica, type ReplicaObserver, type StopReason } from './replica.js';
import type { ServerDirectory } from './directory/server-directory.js';

/** Why a server does not start. */
export type ServerError =
  | { readonly _tag: 'Storage'; readonly error: StorageError }
  | { readonly _tag: 'Link'; readonly error: ListenError }
  /** Something on disk is not what this server wrote: it must be treated as having lost its disk. */
  | { readonly _tag: 'CorruptData'; readonly path: string; readonly detail: string };

export function describeServerError(error: ServerError): string {
  switch (error._tag) {
    case 'Storage':
      return describeStorageError(error.error);
    case 'Link':
      return describeLinkError(error.error);
    case 'CorruptData':
      return `${error.path}: ${error.detail}; this server has lost its disk and must not go on with it`;
    default:
      return assertNever(error);
  }
}

/** What whoever runs a server hears of it. */
export interface ServerEvents {
  /** A line for people. */
  log(line: string): void;
  /** The server has stopped by itself, for good. */
  onStopped(reason: string): void;
}

export interface RunningServer {
  readonly me: ProcessId;
  readonly port: number;
  status(): ServerStatus;
  /** Takes nothing more, finishes what is being written, and frees port and data. */
  close(): Promise<void>;
}

/** Starts the server of `directory`; it goes on where it was. */
export function startServer(directory: ServerDirectory, events: ServerEvents): TaskEither<ServerError, RunningServer> {
  const storage = (error: StorageError): ServerError => ({ _tag: 'Storage', error });
  return pipe(
    TE.mapLeft(storage)(openJournal(join(directory.dataPath, 'journal'))),
    TE.chain((journal) =>
      closingOnFailure(
        journal,
        pipe(
          TE.mapLeft(storage)(openLogStore(join(directory.dataPath, 'log'))),
          TE.chain((store) => closingOnFailure(store, run(directory, events, { journal, store }))),
        ),
      ),
    ),
  );
}

interface Closable {
  close(): Promise<void>;
}

function closingOnFailure<E, A>(resource: Closable, task: TaskEither<E, A>): TaskEither<E, A> {
  return async () => {
    const result = await task();
    if (E.isLeft(result)) await resource.close();
    return result;
  };
}

interface Disk {
  readonly journal: Journal;
  readonly store: LogStore;
}

function run(directory: ServerDirectory, events: ServerEvents, disk: Disk): TaskEither<ServerError, RunningServer> {
  return async () => {
    const configuration = configurationOf(directory);
    const codec = new ConsensusCodec(configuration.system.processes.universe, configuration.epoch);
    const log = new DecidedLog(disk.store, directory.allianceId, (error) => {
      replica.failStorage(error);
    });
    const machine = recoverMachine(directory, configuration, codec, { journal: disk.journal, log });
    if (E.isLeft(machine)) return machine;
    const allianceKey = await openAllianceKey(directory);
    const links: { transport?: TlsTransport } = {};
    const replica: Replica = new Replica({
      me: directory.me.id,
      machine: machine.right,
      codec,
      journal: disk.journal,
      log,
      allianceKey,
      send: (to, frame) => links.transport?.send(to, frame),
      observer: observe(events, () => sessions),
      hasListeners: () => sessions.hasListeners,
      clock: () => performance.now(),
    });
    const connected = new Set<ProcessId>();
    const status = (): ServerStatus => statusOf(directory.me.id, replica, connected);
    const sessions: ApplicationSessions = new ApplicationSessions({
      log,
      submit: (request) => {
        replica.submit(request);
      },
      status,
    });
    // Nothing arrives before the replica runs: links call back in later turns only.
    replica.start();
    const transport = await openTransport(directory, events, { replica, sessions, connected })();
    if (E.isLeft(transport)) {
      replica.stop();
      await allianceKey.close();
      return transport;
    }
    links.transport = transport.right;
    const close = async (): Promise<void> => {
      replica.stop();
      sessions.close();
      await Promise.all([transport.right.close(), allianceKey.close()]);
      await Promise.all([disk.journal.close(), disk.store.close()]);
    };
    return E.right({ me: directory.me.id, port: transport.right.port, status, close });
  };
}

async function openAllianceKey({ alliance, allianceShare }: ServerDirectory): Promise<SigningThread> {
  const opened = await openSigningThread(
    alliance.allianceKey,
    allianceShare,
    alliance.trust.system.processes.universe,
    {
      withProof: false,
    },
  );
  invariant(E.isRight(opened), 'a directory that was read holds a share of its alliance key');
  return opened.right;
}

function configurationOf({
  alliance,
  allianceId,
  me,
  identities,
  clients,
  slow,
  allianceSigner,
}: ServerDirectory): Configuration {
  const { trust, epoch, parameters } = alliance;
  return {
    allianceId,
    epoch,
    me: me.id,
    system: trust.system,
    leaders: leaderSchedule(trust.leaders),
    identities,
    clients,
    keys: { slow, alliance: allianceSigner },
    parameters: { ...defaultParameters, ...parameters },
  };
}

function recoverMachine(
  { dataPath }: ServerDirectory,
  configuration: Configuration,
  codec: ConsensusCodec,
  { journal, log }: { readonly journal: Journal; readonly log: DecidedLog },
): E.Either<ServerError, FabMachine> {
  const records: DurableRecord[] = [];
  for (const bytes of journal.recovered) {
    const record = codec.decodeRecord(bytes);
    if (E.isLeft(record))
      return E.left({
        _tag: 'CorruptData',
        path: join(dataPath, 'journal'),
        detail: `a record is malformed at byte ${record.left.offset}`,
      });
    records.push(record.right);
  }
  const recovered = log.recover();
  if (E.isLeft(recovered)) {
    return E.left({
      _tag: 'CorruptData',
      path: join(dataPath, 'log'),
      detail: recovered.left.detail,
    });
  }
  return E.right(new FabMachine(configuration, records, recovered.right));
}

interface Receivers {
  readonly replica: Replica;
  readonly sessions: ApplicationSessions;
  readonly connected: Set<ProcessId>;
}

function openTransport(
  directory: ServerDirectory,
  events: ServerEvents,
  { replica, sessions, connected }: Receivers,
): TaskEither<ServerError, TlsTransport> {
  const { alliance, allianceId, configurationDigest, me, credentials, authorityPems, clients } = directory;
  const transport = openTlsTransport({
    me: me.id,
    servers: serversOf(alliance),
    context: { allianceId, configurationDigest },
    credentials,
    authorities: authorityPems,
    listener: {
      onFrame: (from, frame) => {
        replica.onFrame(from, frame);
      },
      onConnected: (peer) => {
        connected.add(peer);
        events.log(`link with ${peer}`);
        replica.onConnected(peer);
      },
      onDisconnected: (peer) => {
        connected.delete(peer);
      },
    },
    isEnrolled: (application) => clients.keyId(application) !== undefined,
    onClient: (link) => sessions.open(link),
    log: (line) => {
      events.log(line);
    },
  });
  return TE.mapLeft((error: ListenError): ServerError => ({ _tag: 'Link', error }))(transport);
}

function observe(events: ServerEvents, sessions: () => ApplicationSessions): ReplicaObserver {
  return {
    onCertified: () => {
      sessions().onCertified();
    },
    onPlaced: (delivered) => {
      sessions().onPlaced(delivered);
    },
    onRefused: (request, reason) => {
      sessions().onRefused(request, reason);
    },
    onView: (view, leader) => {
      events.log(`view ${view}, led by ${leader}`);
    },
    onBlame: (process, fault) => {
      events.log(`${process} misbehaves: ${describeFault(fault)}`);
    },
    onStopped: (reason) => {
      events.onStopped(describeStop(reason));
    },
  };
}

function describeFault(fault: Fault): string {
  if (fault._tag === 'InvalidMessage') return fault.reason;
  const { view, slot } = fault.evidence;
  return `it proposed two batches for slot ${slot} of view ${view}`;
}

function describeStop(reason: StopReason): string {
  switch (reason._tag) {
    case 'Disagreement':
      return `two decisions of slot ${reason.slot} are proven: more servers are Byzantine than the trust model allows`;
    case 'Divergence':
      return `the state after slot ${reason.slot} is another one here than at a quorum of servers: an application is not deterministic, or this disk is damaged`;
    case 'TrustModelViolated': {
      const accused = reason.evidence.map(({ leader }) => leader).join(', ');
      return `more servers are proven Byzantine than the trust model allows: ${accused}`;
    }
    case 'StorageFailed':
      return `the disk failed: ${describeUnknown(reason.error)}`;
    case 'AllianceKeyFailed':
      return `signing with the alliance key failed: ${describeUnknown(reason.error)}`;
    default:
      return assertNever(reason);
  }
}

function describeUnknown(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function statusOf(me: ProcessId, replica: Replica, connected: ReadonlySet<ProcessId>): ServerStatus {
  const { view, leader, decidedUpTo, certified, low } = replica.status;
  return {
    process: me,
    view,
    leader,
    decided: decidedUpTo,
    certified,
    checkpoint: low,
    connected: [...connected].sort(),
    ...replica.counts,
  };
}
