/**
 * How a simulated server goes from epoch to epoch: HANDOFFs, which it keeps for ever and hands out, and the machine that each of
 * them starts; and what it does with frames of epochs other than its own.
 */
import { equalBytes } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId, ProcessSet } from '../../../src/prelude/process.js';
import { type Handoff, handoffStatement } from '../../../src/consensus/handoff.js';
import type { StateTarget } from '../../../src/consensus/manifest.js';
import type { TransferFrame } from '../../../src/server/state/transfer-frames.js';
import { configurationDigest, configurationOf, parametersOf, trustsOf } from './configuration.js';
import type { SimulatedServer } from './server.js';

/** Answers to one peer in one status interval. */
const answersPerInterval = 64;

export class Succession {
  private isHandingOver = false;
  private asked = 0;
  private readonly answers = new Map<ProcessId, { readonly sinceMs: number; count: number }>();
  /** When each peer was last asked because of a frame of its. */
  private readonly askedMs = new Map<ProcessId, number>();
  private life = 0;
  /** The processes of each epoch. */
  private processes: readonly ProcessSet[] = [];
  private own: readonly number[] = [];

  constructor(private readonly server: SimulatedServer) {
    this.learn();
  }

  /** The epochs that the server is known to belong to, ascending. */
  get memberships(): readonly number[] {
    this.learn();
    return this.own;
  }

  /** Governed epochs come to be while others run. */
  private learn(): void {
    const { scenario, me } = this.server;
    const { length } = this.processes;
    if (length > 0 && (scenario.documents === undefined || scenario.documents.length === length)) return;
    this.processes = trustsOf(scenario).map(({ system }) => system.processes);
    this.own = this.processes.flatMap((processes, index) => (processes.has(me) ? index + 1 : []));
  }

  isMember(process: ProcessId, epoch: number): boolean {
    this.learn();
    return this.processes[epoch - 1]?.has(process) === true;
  }

  /** The servers of an epoch and of the one before. */
  servers(epoch: number): readonly ProcessId[] {
    const trusts = trustsOf(this.server.scenario).slice(Math.max(0, epoch - 2), epoch);
    const ids = new Set(trusts.flatMap(({ system }) => system.processes.universe.ids));
    return [...ids].filter((id) => id !== this.server.me);
  }

  handoff(epoch: number): Handoff | undefined {
    return this.server.state.store.view.handoffs.get(epoch);
  }

  /** The last epoch of which a HANDOFF is held; 0 for none. */
  private get lastOver(): number {
    return Math.max(0, ...this.server.state.store.view.handoffs.keys());
  }

  startOf(epoch: number): StateTarget | undefined {
    const handoff = this.handoff(epoch - 1);
    return handoff && { slot: handoff.slot, chain: handoff.chain, manifest: handoff.manifest };
  }

  /** Power is there. */
  start(): void {
    this.life += 1;
    this.isHandingOver = false;
    const { lastOver } = this;
    const epoch = lastOver + 1;
    if (this.isMember(this.server.me, epoch) && (epoch === 1 || lastOver > 0)) this.server.enterEpoch(epoch);
    if (this.server.scenario.succession !== undefined || this.server.scenario.governance !== undefined)
      this.tick(this.life);
  }

  /** The epoch is over, as a HANDOFF that was checked says. */
  handOver(handoff: Handoff): void {
    if (this.isHandingOver || this.handoff(handoff.epoch) !== undefined) return;
    this.isHandingOver = true;
    const { server } = this;
    server.state.store.change({ _tag: 'Handoff', handoff }, () => {
      if (!server.step()) return;
      server.coverage.add('hand-off');
      const waiting = server.machine?.['context'].state.pool.first(2 ** 20) ?? [];
      server.stopMachine();
      for (const to of this.servers(handoff.epoch + 1)) {
        if (!server.step()) return;
        this.send(to, { _tag: 'Handoff', handoff });
      }
      this.whenLogRests(() => {
        if (!server.step()) return;
        this.isHandingOver = false;
        server.state.retain();
        if (!server.isUp) return;
        const next = handoff.epoch + 1;
        if (!this.isMember(server.me, next)) server.coverage.add('leaver');
        else {
          if (!this.isMember(server.me, next - 1)) server.coverage.add('newcomer');
          server.enterEpoch(next, waiting);
        }
      });
    });
  }

  /** What the machine that stopped has decided is to be in the log before the next one looks at it. */
  private whenLogRests(then: () => void): void {
    const { life, server } = this;
    if (server.state.log.disk.isIdle) then();
    else
      server.schedule.after(1, () => {
        if (life === this.life && server.isUp) this.whenLogRests(then);
      });
  }

  onFrame(from: ProcessId, frame: TransferFrame): void {
    const { server } = this;
    switch (frame._tag) {
      case 'AskHandoff':
        this.answerHandoff(from, frame.epoch);
        return;
      case 'Handoff':
        this.onHandoff(from, frame.handoff);
        return;
      case 'AskChunk': {
        const chunk = this.mayAnswer(from) ? server.state.chunk(from, frame.state, frame.index) : undefined;
        if (chunk !== undefined) this.send(from, { _tag: 'Chunk', chunk });
        return;
      }
      case 'Chunk':
        server.onChunk(from, frame.chunk);
        return;
    }
  }

  /** A frame for a machine that does not run here. */
  onOtherEpoch(from: ProcessId, epoch: number): void {
    const { server } = this;
    if (from === server.me) return;
    if (this.handoff(epoch) !== undefined) {
      server.coverage.add('frame of an epoch that is over');
      this.answerHandoff(from, epoch);
      return;
    }
    const own = this.expected()[0];
    const askedMs = this.askedMs.get(from) ?? Number.NEGATIVE_INFINITY;
    const { nowMs } = server.schedule;
    if (own === undefined || epoch <= own || nowMs < askedMs + parametersOf(server.scenario).statusMs) return;
    server.coverage.add('frame of an epoch to come');
    this.askedMs.set(from, nowMs);
    this.send(from, { _tag: 'AskHandoff', epoch: own });
  }

  private onHandoff(from: ProcessId, handoff: Handoff): void {
    const { server } = this;
    if (server.machine !== undefined) {
      if (handoff.epoch === server.epoch) server.coverage.add('hand-off told by another');
      server.feed({ _tag: 'Handoff', from, handoff });
    } else if (!server.isHalted && this.expected().includes(handoff.epoch) && this.isForMe(handoff)) {
      this.handOver(handoff);
    }
  }

  /** Whether the operators of this server, whose machine does not run, mean it to start by this HANDOFF. */
  private isForMe(handoff: Handoff): boolean {
    const { scenario, me } = this.server;
    if (!equalBytes(handoff.configuration, configurationDigest(scenario, handoff.epoch + 1))) return false;
    const [someone = me] = present(trustsOf(scenario)[handoff.epoch - 1], 'an epoch').system.processes.universe.ids;
    const { allianceId, keys, epoch } = configurationOf(scenario, handoff.epoch, someone);
    const { keyId } = keys.alliance;
    return keys.alliance.verify(handoffStatement({ allianceId, epoch, keyId }, handoff), handoff.signature);
  }

  /** Whose HANDOFF would start a machine here: that of the epoch that runs, or of those before the epochs to come. */
  private expected(): readonly number[] {
    const { epoch } = this.server;
    if (epoch !== undefined) return [epoch];
    if (this.isHandingOver) return [];
    return this.memberships.map((member) => member - 1).filter((before) => before > this.lastOver);
  }

  /** Asks one server after another for the HANDOFF that is waited for. */
  private tick(life: number): void {
    const { server } = this;
    if (life !== this.life || !server.isUp) return;
    server.schedule.after(parametersOf(server.scenario).statusMs, () => {
      this.tick(life);
    });
    const isWaiting = server.machine === undefined || server.machine['context'].isOver;
    if (!isWaiting || server.isHalted) return;
    for (const epoch of this.expected()) {
      const servers = this.servers(epoch + 1);
      this.asked += 1;
      const to = servers[this.asked % servers.length];
      if (to !== undefined) this.send(to, { _tag: 'AskHandoff', epoch });
    }
  }

  private answerHandoff(to: ProcessId, epoch: number): void {
    const handoff = this.handoff(epoch);
    if (handoff !== undefined && this.mayAnswer(to)) this.send(to, { _tag: 'Handoff', handoff });
  }

  private mayAnswer(to: ProcessId): boolean {
    const { schedule, scenario } = this.server;
    const known = this.answers.get(to);
    const isRecent = known !== undefined && schedule.nowMs < known.sinceMs + parametersOf(scenario).statusMs;
    const { sinceMs, count } = isRecent ? known : { sinceMs: schedule.nowMs, count: 0 };
    this.answers.set(to, { sinceMs, count: count + 1 });
    return count < answersPerInterval;
  }

  private send(to: ProcessId, frame: TransferFrame): void {
    this.server.around.send(this.server.me, to, { _tag: 'Transfer', frame });
  }
}
