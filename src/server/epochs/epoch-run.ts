/** The machine of one epoch, running: its journal, its alliance key in a thread, and the replica around it. */
import { rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import { invariant } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { ConsensusCodec } from '../../consensus/codec.js';
import { type Configuration, defaultParameters } from '../../consensus/configuration.js';
import { leaderSchedule } from '../../consensus/fab-quorums.js';
import type { StateTarget } from '../../consensus/manifest.js';
import type { DurableRecord } from '../../consensus/record.js';
import { FabMachine } from '../../consensus/step.js';
import { isAlwaysFast } from '../../quorum/trust/slow-quorums.js';
import {
  openSigningThread,
  openVerifyingThread,
  type VerifyingThread,
} from '../../schemes/signing-thread/signing-thread.js';
import { openJournal } from '../../storage/journal.js';
import type { Journal } from '../../storage/storage.js';
import type { ServerDirectory, ServerKeys } from '../directory/server-directory.js';
import type { DecidedLog } from '../log/decided-log.js';
import { Replica } from '../replica/replica.js';
import type { AllianceKey, ReplicaObserver } from '../replica/replica-parts.js';
import type { ServerError } from '../server-errors.js';
import type { ReplicatedState } from '../state/replicated-state.js';

export interface EpochRunParts {
  readonly directory: ServerDirectory;
  readonly keys: ServerKeys;
  /** What the epoch begins with; `undefined` for the first. */
  readonly start: StateTarget | undefined;
  /** Whether the alliance key is that of the epoch before. */
  readonly keepsKey: boolean;
  readonly log: DecidedLog;
  readonly state: ReplicatedState;
  /** Of the thread that signs with the alliance key, if not this package's own. */
  readonly signingScript: URL | undefined;
  readonly send: (to: ProcessId, frame: Uint8Array) => void;
  readonly observer: ReplicaObserver;
  readonly clock: () => number;
}

export class EpochRun {
  private constructor(
    readonly epoch: number,
    readonly replica: Replica,
    private readonly opened: OpenedKey,
    private readonly journal: Journal,
  ) {}

  /** Starts the machine; it goes on where its journal ends. All that was decided before must have settled. */
  static start(parts: EpochRunParts): TaskEither<ServerError, EpochRun> {
    const { directory, state } = parts;
    const { epoch } = directory.alliance;
    return async () => {
      await removeFormerJournals(directory.dataPath, epoch);
      const path = join(directory.dataPath, journalName(epoch));
      const journal = await openJournal(path)();
      if (E.isLeft(journal)) return E.left({ _tag: 'Storage', error: journal.left });
      const codec = new ConsensusCodec(directory.alliance.trust.system.processes.universe, epoch);
      const machine = recoverMachine(parts, codec, { journal: journal.right, path });
      if (E.isLeft(machine)) {
        await journal.right.close();
        return machine;
      }
      const opened = await openAllianceKey(parts);
      const replica = new Replica({
        ...parts,
        me: directory.me.id,
        machine: machine.right,
        codec,
        journal: journal.right,
        allianceKey: opened.key,
      });
      replica.start();
      state.attach(epoch, (event) => {
        replica.hear(event);
      });
      return E.right(new EpochRun(epoch, replica, opened, journal.right));
    };
  }

  /** The alliance key of the epoch, as this server holds it. */
  get allianceKey(): AllianceKey {
    return this.opened.key;
  }

  /** Lets signing and writing that are under way end. The replica must have been stopped. */
  async end(): Promise<void> {
    await Promise.all([this.opened.close(), this.journal.close()]);
  }
}

const journalPrefix = 'journal-';

function journalName(epoch: number): string {
  return `${journalPrefix}${epoch}`;
}

/** What was accepted in an epoch that has ended binds nobody any more. */
async function removeFormerJournals(dataPath: string, epoch: number): Promise<void> {
  const names = readdirSync(dataPath).filter((name) => name.startsWith(journalPrefix));
  for (const name of names)
    if (Number(name.slice(journalPrefix.length)) < epoch)
      await rm(join(dataPath, name), { recursive: true, force: true });
}

async function openAllianceKey({ directory, keys, signingScript }: EpochRunParts): Promise<OpenedKey> {
  const { allianceKey: publicKey, trust } = directory.alliance;
  const { universe } = trust.system.processes;
  const script = signingScript === undefined ? {} : { script: signingScript };
  const { allianceShare: held } = keys;
  if (held !== undefined) {
    const opened = await openSigningThread(publicKey, held.share, universe, { withProof: false, ...script });
    invariant(E.isRight(opened), 'a directory that was read holds a share of its alliance key');
    return { key: opened.right, close: () => opened.right.close() };
  }
  const opened = await openVerifyingThread(publicKey, universe, script);
  invariant(E.isRight(opened), 'a document that was read has a sound key');
  return { key: withoutShare(opened.right), close: () => opened.right.close() };
}

interface OpenedKey {
  readonly key: AllianceKey;
  readonly close: () => Promise<void>;
}

function withoutShare(thread: VerifyingThread): AllianceKey {
  const noShare = () => Promise.resolve(E.left({ _tag: 'NoShare' } as const));
  return {
    signShare: noShare,
    proveShare: noShare,
    combine: (message, shares) => thread.combine(message, shares),
    verify: (message, signature) => thread.verify(message, signature),
  };
}

function configurationOf({ directory, keys, start }: EpochRunParts): Configuration {
  const { alliance, allianceId, me, clients } = directory;
  const { trust, epoch, parameters } = alliance;
  const { windowSlots, checkpointInterval, baseTimeoutMs } = parameters;
  return {
    allianceId,
    epoch,
    ...(start === undefined ? {} : { start }),
    me: me.id,
    system: trust.system,
    isAlwaysFast: isAlwaysFast(trust.rule),
    leaders: leaderSchedule(trust.leaders),
    identities: keys.identities,
    clients,
    keys: { slow: keys.slow, alliance: keys.allianceKey },
    parameters: { ...defaultParameters, windowSlots, checkpointInterval, baseTimeoutMs },
  };
}

function recoverMachine(
  parts: EpochRunParts,
  codec: ConsensusCodec,
  { journal, path }: { readonly journal: Journal; readonly path: string },
): Either<ServerError, FabMachine> {
  const { directory, state, start, keepsKey } = parts;
  const records: DurableRecord[] = [];
  for (const bytes of journal.recovered) {
    const record = codec.decodeRecord(bytes);
    if (E.isLeft(record))
      return E.left({ _tag: 'CorruptData', path, detail: `a record is malformed at byte ${record.left.offset}` });
    records.push(record.right);
  }
  const recovered = state.recovered(directory.alliance.epoch, start, keepsKey);
  if (E.isLeft(recovered))
    return E.left({ _tag: 'CorruptData', path: join(directory.dataPath, 'log'), detail: recovered.left.detail });
  return E.right(new FabMachine(configurationOf(parts), records, recovered.right));
}
