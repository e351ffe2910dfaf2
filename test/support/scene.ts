/**
 * Machines driven by hand: a test says which messages arrive, where and in which order, and speaks for the Byzantine ones.
 * Disks and signers answer at once unless a disk is held; a machine's messages to itself arrive at once.
 */
import { toHex, utf8 } from '../../src/prelude/bytes.js';
import { type Digest, digest } from '../../src/prelude/digest.js';
import { E } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import { type ProcessId, processId, type Universe } from '../../src/prelude/process.js';
import { type Batch, batchDigest, type Request } from '../../src/consensus/batch.js';
import { ConsensusCodec, decodeReport, encodeReport } from '../../src/consensus/codec.js';
import type { Clients, Parameters } from '../../src/consensus/configuration.js';
import { DeliveryTable } from '../../src/consensus/delivery.js';
import type { Effect } from '../../src/consensus/effect.js';
import type { Event } from '../../src/consensus/event.js';
import { verdictsOf } from '../../src/consensus/evidence.js';
import type {
  CheckpointCertificate,
  Message,
  ProgressCertificate,
  Report,
  SignedReport,
  SignedTimeout,
  Verdict,
} from '../../src/consensus/message.js';
import type { Boundary } from '../../src/consensus/epoch-change.js';
import { type Handoff, handoffStatement, type Succession } from '../../src/consensus/handoff.js';
import {
  type Manifest,
  type SnapshotCertificate,
  type StateTarget,
  stateDigest,
} from '../../src/consensus/manifest.js';
import type { DurableRecord } from '../../src/consensus/record.js';
import { shareBallot } from '../../src/consensus/signed-ballot.js';
import {
  type Ballot,
  type Checkpoint,
  chainNext,
  chainStart,
  checkpointStatement,
  decidedStatement,
  progressStatement,
  proposeStatement,
  reportStatement,
  snapshotStatement,
  timeoutStatement,
} from '../../src/consensus/statement.js';
import type { Recovered, State } from '../../src/consensus/state.js';
import { FabMachine } from '../../src/consensus/step.js';
import type { QuorumSystem } from '../../src/quorum/quorum-system.js';
import type { DistributedSigner } from '../../src/schemes/contract/distributed-signer.js';
import { right } from './right.js';
import {
  type SimulatedConfiguration,
  simulatedConfiguration,
  simulatedRequest,
  trustOf,
} from './simulation/configuration.js';

export interface Letter {
  readonly from: ProcessId;
  readonly to: ProcessId;
  readonly message: Message;
}

export type Tag = Message['_tag'];
type OfTag<T extends Tag> = Extract<Message, { _tag: T }>;

export interface SceneOptions {
  readonly trust: string;
  /** The first leaders, where it is not the processes in their order. */
  readonly leaders?: string;
  readonly parameters?: Partial<Parameters>;
  /** 1 where absent. */
  readonly epoch?: number;
  readonly start?: StateTarget;
  /** The test client alone where absent. */
  readonly clients?: Clients;
  /** How the epoch ends: told to each process as soon as it has decided the slot of the ACTIVATE. */
  readonly boundary?: Boundary;
  /** The state that a process has after a slot that it has decided; none: it takes no snapshot there. */
  readonly stateAfter?: (process: ProcessId, slot: number) => Manifest | undefined;
  /** Signers of a real alliance key; mock ones if absent. */
  readonly alliance?: (universe: Universe) => (me: ProcessId) => DistributedSigner;
  /** Signers of another slow key. */
  readonly slow?: (system: QuorumSystem) => (me: ProcessId) => DistributedSigner;
  readonly isAlwaysFast?: boolean;
}

/** `p('a')` is the process of that name. */
export function p(name: string): ProcessId {
  return present(processId(name), 'a valid name');
}

/** `names('a b')` are the processes of these names. */
export function names(text: string): readonly ProcessId[] {
  return text.split(' ').filter(Boolean).map(p);
}

export class Scene {
  nowMs = 0;
  /** What links lose, asked once for each letter. */
  loses: (letter: Letter) => boolean = () => false;
  /** Sent and not yet delivered. */
  readonly letters: Letter[] = [];
  /** Found, and not yet told to the others. */
  readonly handoffs: { readonly from: ProcessId; readonly handoff: Handoff }[] = [];
  readonly configs = new Map<ProcessId, SimulatedConfiguration>();
  readonly codec: ConsensusCodec;
  private readonly actors = new Map<ProcessId, Actor>();

  constructor(readonly options: SceneOptions) {
    const { trust, leaders, parameters = {}, epoch = 1, start, clients, alliance, slow, isAlwaysFast } = options;
    const model = trustOf({ trust });
    const signers = alliance?.(model.system.processes.universe);
    const slowSigners = slow?.(model.system);
    this.codec = new ConsensusCodec(model.system.processes.universe, epoch);
    for (const process of model.system.processes) {
      const config = simulatedConfiguration({ scheme: 'mock', parameters }, model, process);
      const named = leaders === undefined ? config : { ...config, leaders: names(leaders) };
      const allianceSigner = signers?.(process) ?? config.allianceSigner;
      const slowSigner = slowSigners?.(process) ?? config.keys.slow;
      const keys = { allianceSigner, keys: { slow: slowSigner, alliance: allianceSigner } };
      const path = isAlwaysFast === undefined ? {} : { isAlwaysFast };
      // The same keys in each epoch, so that the statements alone tell them apart.
      const enrolled = clients === undefined ? {} : { clients };
      this.configs.set(process, {
        ...named,
        ...keys,
        epoch,
        ...path,
        ...(start === undefined ? {} : { start }),
        ...enrolled,
      });
    }
    for (const process of this.configs.keys()) this.actors.set(process, new Actor(this, this.config(process)));
    for (const actor of this.actors.values()) actor.start();
  }

  config(process: ProcessId): SimulatedConfiguration {
    return present(this.configs.get(process), 'a process of the scene');
  }

  actor(name: string): Actor {
    return present(this.actors.get(p(name)), 'a process of the scene');
  }

  get all(): readonly ProcessId[] {
    return [...this.configs.keys()];
  }

  /** Delivers what waits and fits, and what that leads to, until nothing that fits waits. */
  deliver(fits: { readonly tag?: string; readonly from?: string; readonly to?: string } = {}): void {
    const [tags, from, to] = [fits.tag?.split(' '), fits.from?.split(' '), fits.to?.split(' ')];
    for (let count = 0; count < 10_000; count++) {
      const index = this.letters.findIndex(
        (letter) =>
          (tags?.includes(letter.message._tag) ?? true) &&
          (from?.includes(letter.from) ?? true) &&
          (to?.includes(letter.to) ?? true),
      );
      const [letter] = index < 0 ? [] : this.letters.splice(index, 1);
      if (letter === undefined) return;
      this.put(letter.from, letter.to, letter.message);
    }
    throw new Error('the scene does not come to rest');
  }

  send(letter: Letter): void {
    if (!this.loses(letter)) this.letters.push(letter);
  }

  /** Loses everything that has not been delivered. */
  drop(): void {
    this.letters.length = 0;
  }

  /** Lets time pass; timers end, and messages stay where they are. */
  advance(ms: number): void {
    const endMs = this.nowMs + ms;
    while (this.nowMs < endMs) {
      this.nowMs += Math.min(5, endMs - this.nowMs);
      for (const { from, handoff } of this.handoffs.splice(0))
        for (const [process, actor] of this.actors)
          if (process !== from) actor.feed({ _tag: 'Handoff', from, handoff });
      for (const actor of this.actors.values()) actor.tick();
    }
  }

  /** Lets time pass with everything delivered. */
  play(ms: number, who = this.all.join(' ')): void {
    for (let left = ms; left > 0; left -= 10) {
      this.deliver({ from: who, to: who });
      this.advance(10);
    }
    this.deliver({ from: who, to: who });
  }

  /** `from` sends `message` to each of `to`, which get it at once, through the codec. */
  inject(from: string, to: string, message: Message): void {
    for (const process of names(to)) this.put(p(from), process, message);
  }

  private put(from: ProcessId, to: ProcessId, message: Message): void {
    const bytes = this.codec.encodeMessage(message);
    this.actor(to).feed({ _tag: 'Message', from, message: right(this.codec.decodeMessage(bytes)) });
  }

  /** What `from` has sent to `to` of this kind and has not been delivered. */
  waiting<T extends Tag>(tag: T, from: string, to?: string): readonly OfTag<T>[] {
    return this.letters
      .filter((letter) => letter.from === from && (to === undefined || letter.to === to))
      .map(({ message }) => message)
      .filter((message): message is OfTag<T> => message._tag === tag);
  }

  request(text: string, firstSequence = 1, session = 1): Request {
    return simulatedRequest({ scheme: 'mock' }, { session, firstSequence, commands: [utf8(text)] });
  }

  batch(text: string): Batch {
    return { requests: [this.request(text)] };
  }

  propose(view: number, slot: number, batch: Batch, permit?: OfTag<'Propose'>['permit']): OfTag<'Propose'> {
    const signature = this.leaderSignature({ view, slot, digest: batchDigest(batch) });
    return { _tag: 'Propose', view, slot, batch, signature, ...(permit === undefined ? {} : { permit }) };
  }

  leaderOf(view: number): ProcessId {
    const { leaders } = this.config(present(this.all[0], 'somebody'));
    return present(leaders[(view - 1) % leaders.length], 'somebody leads');
  }

  leaderSignature(ballot: Ballot): Uint8Array {
    const { identities, allianceId, epoch } = this.config(this.leaderOf(ballot.view));
    return identities.sign(proposeStatement({ allianceId, epoch, keyId: identities.keyId }, ballot));
  }

  accepted(from: string, view: number, slot: number, batch: Batch): OfTag<'Accepted'> {
    const ballot = { view, slot, digest: batchDigest(batch) };
    const shared = shareBallot(this.config(p(from)), 'accepted', ballot);
    return { _tag: 'Accepted', ...ballot, leaderSignature: this.leaderSignature(ballot), ...shared };
  }

  commit(from: string, view: number, slot: number, batch: Batch): OfTag<'Commit'> {
    const ballot = { view, slot, digest: batchDigest(batch) };
    return { _tag: 'Commit', ...ballot, ...shareBallot(this.config(p(from)), 'commit', ballot) };
  }

  timeout(from: string, view: number): SignedTimeout {
    const { identities, allianceId, epoch, me } = this.config(p(from));
    const signature = identities.sign(timeoutStatement({ allianceId, epoch, keyId: identities.keyId }, view));
    return { from: me, view, signature };
  }

  /** Everyone in `from` complains about `view`, and everyone in `to` hears it. */
  complain(view: number, from: string, to: string): void {
    const timeouts = from.split(' ').map((name) => this.timeout(name, view));
    for (const process of names(to))
      this.put(p(from.split(' ')[0] ?? ''), process, { _tag: 'Timeouts', timeouts, evidence: [] });
  }

  /** A report with any content at all, signed by its author. */
  report(from: string, view: number, content: Partial<Report>): OfTag<'Report'> {
    const body = encodeReport({ view, votes: [], commits: [], ...content });
    return { _tag: 'Report', report: this.sign(from, view, body) };
  }

  sign(from: string, view: number, body: Uint8Array): SignedReport {
    const { identities, allianceId, epoch, me } = this.config(p(from));
    const statement = reportStatement({ allianceId, epoch, keyId: identities.keyId }, view, digest(body));
    return { from: me, view, body, signature: identities.sign(statement) };
  }

  /** A vote for `batch` with its leader's signature, and the permit that there is none in the first view. */
  vote(view: number, slot: number, batch: Batch): Report['votes'][number] {
    const ballot = { view, slot, digest: batchDigest(batch) };
    return { ...ballot, leaderSignature: this.leaderSignature(ballot) };
  }

  /** A progress certificate that `signers` have signed together. */
  progress(view: number, low: number, verdicts: readonly Verdict[], signers: string): ProgressCertificate {
    const progress = { view, low, top: low + verdicts.length, root: verdictsOf(verdicts).tree.root };
    const { keys, allianceId, epoch } = this.config(present(this.all[0], 'somebody'));
    const statement = progressStatement({ allianceId, epoch, keyId: keys.alliance.keyId }, progress);
    const shares = names(signers).map(
      (name) => [name, right(this.config(name).allianceSigner.signShare(statement))] as const,
    );
    return { ...progress, signature: right(keys.alliance.combine(statement, new Map(shares))).signature };
  }

  /** A certificate that a slow quorum has reached a checkpoint. */
  checkpoint(slot: number, signers: string, boundary = 0): CheckpointCertificate {
    return this.certifyCheckpoint({ slot, chain: digest(utf8(`chain ${slot}`)), boundary }, signers);
  }

  certifyCheckpoint(checkpoint: Checkpoint, signers: string): CheckpointCertificate {
    const { keys, allianceId, epoch } = this.config(present(this.all[0], 'somebody'));
    const statement = checkpointStatement({ allianceId, epoch, keyId: keys.slow.keyId }, checkpoint);
    const shares = names(signers).map(
      (name) => [name, right(this.config(name).keys.slow.signShare(statement))] as const,
    );
    return { ...checkpoint, signature: right(keys.slow.combine(statement, new Map(shares))).signature };
  }

  /** `batches` as a stretch of the log, with a DECIDED certificate that `signers` have signed together; `before` are the batches before it. */
  range(batches: readonly Batch[], signers: string, before: readonly Batch[] = []): OfTag<'Range'> {
    const { keys, allianceId } = this.config(present(this.all[0], 'somebody'));
    const slot = before.length + batches.length;
    const prefix = { slot, chain: this.chain([...before, ...batches]) };
    const statement = decidedStatement({ allianceId, keyId: keys.alliance.keyId }, prefix);
    const shares = names(signers).map(
      (name) => [name, right(this.config(name).allianceSigner.signShare(statement))] as const,
    );
    const certificate = { ...prefix, signature: right(keys.alliance.combine(statement, new Map(shares))).signature };
    return { _tag: 'Range', from: before.length + 1, batches, tail: [], certificate };
  }

  /** A certificate that a slow quorum has this state. */
  snapshot(target: StateTarget, signers: string): SnapshotCertificate {
    const { keys, allianceId, epoch } = this.config(present(this.all[0], 'somebody'));
    const { slot, chain, manifest } = target;
    const snapshot = { slot, chain, state: stateDigest(slot, manifest) };
    const statement = snapshotStatement({ allianceId, epoch, keyId: keys.slow.keyId }, snapshot);
    const shares = names(signers).map(
      (name) => [name, right(this.config(name).keys.slow.signShare(statement))] as const,
    );
    return { slot, chain, manifest, signature: right(keys.slow.combine(statement, new Map(shares))).signature };
  }

  /** SNAPSHOT as `from` sends it. */
  snapshotFrom(from: string, { slot, chain, manifest }: StateTarget): OfTag<'Snapshot'> {
    const { keys, allianceId, epoch } = this.config(p(from));
    const snapshot = { slot, chain, state: stateDigest(slot, manifest) };
    const statement = snapshotStatement({ allianceId, epoch, keyId: keys.slow.keyId }, snapshot);
    return { _tag: 'Snapshot', ...snapshot, share: right(keys.slow.signShare(statement)) };
  }

  /** HANDOFF as `signers` sign it together. */
  handoff(succession: Succession, signers: string): Handoff {
    const { keys, allianceId, epoch } = this.config(present(this.all[0], 'somebody'));
    const statement = handoffStatement({ allianceId, epoch, keyId: keys.alliance.keyId }, succession);
    const shares = names(signers).map(
      (name) => [name, right(this.config(name).allianceSigner.signShare(statement))] as const,
    );
    const { signature } = right(keys.alliance.combine(statement, new Map(shares)));
    return { ...succession, epoch, signature };
  }

  /** The chain digest after a log of these batches. */
  chain(batches: readonly Batch[]): Digest {
    const { allianceId } = this.config(present(this.all[0], 'somebody'));
    return batches.reduce(
      (link, batch, index) => chainNext(link, index + 1, batchDigest(batch)),
      chainStart(allianceId),
    );
  }

  /** The contents of a report that was sent. */
  contents({ report }: OfTag<'Report'>): Report {
    return right(decodeReport(report.body));
  }
}

/** One machine of a scene. */
export class Actor {
  machine: FabMachine;
  /** Everything that it has asked for since its last start. */
  effects: Effect[] = [];
  readonly decided = new Map<number, string>();
  private readonly journal: DurableRecord[] = [];
  private unwritten: DurableRecord[] = [];
  private heldSends: Extract<Effect, { _tag: 'Send' }>[] = [];
  private isHeld = false;
  private isCombinerHeld = false;
  /** Whether signatures wait to be checked until the test says so. */
  isSlowToVerify = false;
  private unverified: Extract<Effect, { _tag: 'Verify' }>[] = [];
  private timerMs: number | undefined;
  private persisted = 0;
  /** How many more effects are carried out before it loses power, to start again at once. */
  effectsLeft = Number.POSITIVE_INFINITY;

  constructor(
    private readonly scene: Scene,
    private readonly config: SimulatedConfiguration,
  ) {
    this.machine = this.newMachine();
  }

  get state(): State {
    return this.machine['context'].state;
  }

  start(): void {
    this.feed({ _tag: 'Start' });
  }

  /** From now on nothing becomes durable. */
  holdDisk(): void {
    this.isHeld = true;
  }

  /** From now on nothing is combined. */
  holdCombiner(): void {
    this.isCombinerHeld = true;
  }

  /** Loses what is not durable, the last `lostRecords` besides, and starts again, with the log empty unless it is `recovered`. */
  restart(lostRecords = 0, recovered?: Recovered): void {
    this.journal.length -= lostRecords;
    this.isHeld = false;
    [this.unwritten, this.heldSends, this.unverified, this.effects, this.persisted] = [[], [], [], [], 0];
    this.timerMs = undefined;
    this.machine = this.newMachine(recovered);
    this.start();
  }

  request(request: Request, leader?: string): void {
    this.feed({ _tag: 'Request', request, leader });
  }

  tick(): void {
    if (this.timerMs === undefined || this.timerMs > this.scene.nowMs) return;
    this.timerMs = undefined;
    this.feed({ _tag: 'Timer' });
  }

  /** Checks the signatures that wait. */
  verifyNow(): void {
    for (let next = this.unverified.shift(); next !== undefined; next = this.unverified.shift()) {
      const { statement, signature } = next;
      this.feed({ _tag: 'Verified', statement, isValid: this.config.allianceSigner.verify(statement, signature) });
    }
  }

  feed(event: Event): void {
    const { machine } = this;
    for (const effect of machine.step(event, this.scene.nowMs)) {
      if (this.effectsLeft === 0) {
        this.effectsLeft = Number.POSITIVE_INFINITY;
        this.restart();
        return;
      }
      this.effectsLeft -= 1;
      this.effects.push(effect);
      this.carryOut(effect);
      // It lost power in the midst of what that led to.
      if (this.machine !== machine) return;
    }
  }

  /** Replaces the journal by what the machine says suffices. */
  compact(): void {
    this.journal.splice(0, this.journal.length, ...this.machine.durableRecords());
  }

  /** Loses all that is durable, and starts as if for the first time. */
  forget(): void {
    this.restart(this.journal.length);
  }

  /** The effects of one kind. */
  did<T extends Effect['_tag']>(tag: T): readonly Extract<Effect, { _tag: T }>[] {
    return this.effects.filter((effect): effect is Extract<Effect, { _tag: T }> => effect._tag === tag);
  }

  /** The messages of one kind that it has sent, each once. */
  sent<T extends Tag>(tag: T): readonly OfTag<T>[] {
    return this.did('Send')
      .map(({ message }) => message)
      .filter((message): message is OfTag<T> => message._tag === tag);
  }

  private newMachine(recovered?: Recovered): FabMachine {
    const { codec } = this.scene;
    const records = this.journal.map((record) => right(codec.decodeRecord(codec.encodeRecord(record))));
    const chains = new Map([[0, chainStart(this.config.allianceId)]]);
    const empty = { decidedUpTo: 0, chains, delivery: DeliveryTable.empty() };
    return new FabMachine(this.config, records, recovered ?? empty);
  }

  private carryOut(effect: Effect): void {
    switch (effect._tag) {
      case 'Persist':
        if (this.isHeld) this.unwritten.push(effect.record);
        else {
          this.journal.push(effect.record);
          this.persisted = effect.index;
        }
        return;
      case 'Send':
        if (effect.after > this.persisted) this.heldSends.push(effect);
        else this.post(effect);
        return;
      case 'SetTimer':
        this.timerMs = effect.atMs;
        return;
      case 'Sign': {
        const { statement, isProven } = effect;
        const { allianceSigner } = this.config;
        const signed = isProven ? allianceSigner.proveShare(statement) : allianceSigner.signShare(statement);
        this.feed({ _tag: 'Signed', statement, isProven, share: E.isRight(signed) ? signed.right : undefined });
        return;
      }
      case 'Combine': {
        if (this.isCombinerHeld) return;
        const result = this.config.allianceSigner.combine(effect.statement, effect.shares);
        this.feed({ _tag: 'Combined', statement: effect.statement, result });
        return;
      }
      case 'Verify':
        this.unverified.push(effect);
        if (!this.isSlowToVerify) this.verifyNow();
        return;
      case 'Decide':
        this.decided.set(effect.slot, toHex(batchDigest(effect.batch)));
        if (!this.isHeld) this.store(effect);
        return;
      case 'HandedOver':
        this.scene.handoffs.push({ from: this.config.me, handoff: effect.handoff });
        return;
      default:
        return;
    }
  }

  /** The surroundings: they take the controls of a slot, report it stored, and take snapshots. */
  private store({ slot, chain }: Extract<Effect, { _tag: 'Decide' }>): void {
    const { boundary, stateAfter } = this.scene.options;
    if (boundary?.since === slot) this.feed({ _tag: 'Boundary', ...boundary });
    this.feed({ _tag: 'Stored', slot });
    const manifest = stateAfter?.(this.config.me, slot);
    if (manifest !== undefined) this.feed({ _tag: 'Snapshotted', slot, chain, manifest });
  }

  private post({ to, message }: Extract<Effect, { _tag: 'Send' }>): void {
    const { me } = this.config;
    for (const process of to) {
      if (process === me) this.feed({ _tag: 'Message', from: me, message });
      else this.scene.send({ from: me, to: process, message });
    }
  }
}

/** What a map of decisions holds for a batch. */
export function decisionOf(batch: Batch): string {
  return toHex(batchDigest(batch));
}
