/**
 * Servers that manage themselves in virtual time: agents with their directories over one log, whose order, like everything else that
 * can differ, a seed decides. A log goes on while a recovery quorum of the servers of its epoch is awake.
 */
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { actStatement, encodeAct } from '../../../src/management/acts/act.js';
import { encodeBody, type OrganizationBody } from '../../../src/management/acts/act-body.js';
import { authorityKeyId } from '../../../src/management/acts/authority.js';
import { serversOf } from '../../../src/management/alliance.js';
import { allianceIdOf } from '../../../src/management/alliance-codec.js';
import { examine } from '../../../src/management/governance/examination.js';
import type { Governance } from '../../../src/management/governance/governance.js';
import type { Action } from '../../../src/management/proposals/action.js';
import type { GateName } from '../../../src/management/proposals/gate-names.js';
import { encodeActions } from '../../../src/management/proposals/action-codec.js';
import { ed25519Sign } from '../../../src/schemes/ed25519/ed25519.js';
import { right } from '../../support/right.js';
import type { AllianceFiles } from './alliance-files.js';
import type { Chance } from './chance.js';
import { Checks } from './checks.js';
import type { Liar } from './liar.js';
import { type Failure, type Sent, SimulatedServer } from './simulated-server.js';
import { type ExecutedState, type LoggedAct, SlotExecution } from './slot-execution.js';

/** What goes wrong by chance, at each step of a second. */
export interface Weather {
  readonly restart: number;
  readonly sleep: number;
  readonly failure: number;
  readonly refusal: number;
}

export const calm: Weather = { restart: 0, sleep: 0, failure: 0, refusal: 0 };

type Unnumbered<B> = B extends { readonly number: number } ? Omit<B, 'number'> : never;

const stepMs = 1000;

export class Simulation {
  nowMs = 1000;
  /** The log as a whole, and what it has come to. */
  readonly log: (LoggedAct | undefined)[] = [];
  readonly reference: SlotExecution;
  readonly checks: Checks;
  readonly servers: SimulatedServer[] = [];
  weather: Weather = calm;
  /** Acts that get lost, whoever says them. */
  loses: (logged: LoggedAct) => boolean = () => false;
  /** The virtual time in which the log went on. */
  upMs = 0;
  private readonly ends = new Map<number, ExecutedState>();
  private readonly organizations: Sent[] = [];
  private number = 0;

  private constructor(
    readonly files: AllianceFiles,
    readonly chance: Chance,
    readonly liar: Liar | undefined,
  ) {
    this.checks = new Checks(this);
    this.reference = new SlotExecution(files.alliance, (governance, events) => {
      this.checks.onEvents(governance, events);
    });
  }

  static async begin(files: AllianceFiles, chance: Chance, liar?: Liar): Promise<Simulation> {
    const made = new Simulation(files, chance, liar);
    for (const { id } of serversOf(files.alliance)) made.servers.push(await made.start(id));
    return made;
  }

  private async start(id: ProcessId): Promise<SimulatedServer> {
    const { files, chance, liar } = this;
    const server = await SimulatedServer.start(id, {
      files,
      chance,
      clock: () => this.nowMs,
      ...(liar?.id === id ? { tamper: (act) => liar.tamper(act, this) } : {}),
      onCarried: (from, act) => {
        this.checks.onCarried(from, act);
      },
      onEntered: (entered) => {
        this.checks.onEntered(entered);
      },
    });
    this.checks.begin(server);
    return server;
  }

  get governance(): Governance {
    return this.reference.governance;
  }

  /** Those that do what they should. */
  get correct(): readonly SimulatedServer[] {
    return this.servers.filter(({ id }) => id !== this.liar?.id);
  }

  server(id: string): SimulatedServer {
    return present(
      this.servers.find((each) => each.id === id),
      'a server',
    );
  }

  /** Goes on until `holds`; false where that takes longer than `withinMs` in which the log could go on. */
  async until(holds: () => boolean, withinMs: number): Promise<boolean> {
    const end = this.upMs + withinMs;
    for (let step = 0; step < 20_000 && this.upMs < end; step++) {
      if (holds()) return true;
      await this.step();
    }
    return holds();
  }

  async step(): Promise<void> {
    const { chance } = this;
    this.nowMs += stepMs;
    await this.disturb();
    for (const server of chance.shuffled(this.servers)) await server.enter(this.failure());
    this.decide();
    for (const server of chance.shuffled(this.servers)) if (server.isAwake) await this.run(server);
  }

  /** Asleep until it is woken: what happens meanwhile it learns afterwards. */
  sleep(id: string): void {
    this.server(id).isAwake = false;
  }

  /** @param installs - whether it goes on from a state, where there is one, and not from the log. */
  async wake(id: string, installs = this.chance.hits(0.5)): Promise<void> {
    const server = this.server(id);
    server.isAwake = true;
    await server.restart();
    if (!installs) return;
    const ended = this.ends.get(server.epoch);
    if (ended !== undefined && server.execution.slot < ended.slot) server.install(ended);
    else if (this.reference.epoch === server.epoch) server.install(this.reference.state);
  }

  /** Proposes, and lets three organizations vote for it. */
  propose(actions: readonly Action[], overrides: readonly GateName[] = []): void {
    const { effect } = right(examine(this.governance, actions, overrides));
    const { configuration: base, proposalCount } = this.governance;
    const lengthMs = 3_600_000;
    this.say('a', { _tag: 'propose', base, actions: encodeActions(actions), effect, overrides, lengthMs });
    this.votes.push(proposalCount + 1);
  }

  private readonly votes: number[] = [];

  private say(name: string, body: Unnumbered<OrganizationBody>): void {
    const { document } = this.governance;
    const entry = present(
      document.organizations.find((each) => each.name === name),
      'an organization',
    );
    this.number += 1;
    const bytes = encodeBody({ ...body, number: this.number });
    const statement = actStatement(allianceIdOf(document), authorityKeyId(entry), bytes);
    const by = present(entry.administrators[0], 'an administrator').name;
    const signature = ed25519Sign(this.files.administratorSeed(name), statement);
    const act = encodeAct({ author: { _tag: 'organization', name }, body: bytes, signatures: [{ by, signature }] });
    this.organizations.push({ act, atMs: this.nowMs });
  }

  private vote(): void {
    const [number] = this.votes;
    const proposal = [...this.governance.proposals.values()].find((each) => each.number === number);
    if (proposal === undefined) {
      // It has ended, or was refused and gave its number to another.
      if (number !== undefined && number <= this.governance.proposalCount) this.votes.shift();
      return;
    }
    this.votes.shift();
    for (const name of ['a', 'b', 'c'])
      this.say(name, { _tag: 'ballot', proposal: proposal.id, accepts: true, overrides: proposal.overrides });
  }

  private failure(): Failure | undefined {
    if (!this.chance.hits(this.weather.failure)) return undefined;
    return this.chance.pick(['error', 'crash'] as const);
  }

  private async disturb(): Promise<void> {
    const { chance, weather, servers } = this;
    const sleeper = servers.find(({ isAwake }) => !isAwake);
    if (weather.sleep > 0 && sleeper !== undefined && chance.hits(0.03)) await this.wake(sleeper.id);
    if (sleeper === undefined && chance.hits(weather.sleep)) this.sleep(chance.pick(this.correct).id);
    for (const server of servers) {
      if (weather.refusal > 0) server.refusal = weather.refusal;
      if (server.isAwake && chance.hits(weather.restart)) await server.restart();
    }
  }

  /** Puts some of what was said into the log, each sender's in its order. */
  private decide(): void {
    const { reference, chance, nowMs } = this;
    this.vote();
    const a = 'a/app' as ProcessId;
    for (let room = 12; room > 0; room--) {
      const epoch = reference.hasEnded ? reference.epoch + 1 : reference.epoch;
      const { system } = this.documentOf(epoch).trust;
      const there = this.servers.filter((server) => server.mayExecute(epoch)).map(({ id }) => id);
      if (!system.isRecoveryQuorum(system.processes.universe.of(there))) return;
      if (room === 12) this.upMs += stepMs;
      const sources = [
        ...this.servers.map(({ id, outbox }) => [id, outbox] as const),
        [a, this.organizations] as const,
      ].filter(([, [first]]) => first !== undefined && first.atMs <= nowMs);
      if (sources.length === 0) {
        if (reference.boundary === undefined || reference.hasEnded) return;
        this.append(undefined);
        continue;
      }
      const [from, queue] = chance.pick(sources);
      const logged = { from, act: present(queue.shift(), 'something said').act };
      if (!this.loses(logged)) this.append(logged);
    }
  }

  private documentOf(epoch: number) {
    const { document, change } = this.governance;
    if (document.epoch === epoch) return document;
    if (change?.state !== 'activated') throw new Error('an epoch follows that was not activated');
    return change.next;
  }

  private append(logged: LoggedAct | undefined): void {
    const { reference } = this;
    this.log.push(logged);
    reference.execute(logged);
    this.checks.onSlot(reference);
    if (reference.hasEnded) this.ends.set(reference.epoch, reference.state);
  }

  /** Executes some of what the log has, and looks. */
  private async run(server: SimulatedServer): Promise<void> {
    const { chance } = this;
    for (let count = chance.below(16); count > 0; count--) {
      const { slot, hasEnded, epoch } = server.execution;
      if (slot >= this.log.length || !server.mayExecute(hasEnded ? epoch + 1 : epoch)) break;
      server.execute(this.log[slot]);
      this.checks.onExecuted(server);
      if (chance.hits(0.3)) await this.look(server);
    }
    await this.look(server);
  }

  private async look(server: SimulatedServer): Promise<void> {
    await server.look(this.failure());
    this.checks.onLooked(server);
  }
}

/** Of a log that goes on: the document is signed, and time is agreed. */
export function isRunning({ governance: { enacted, time } }: Simulation): boolean {
  return enacted.signature !== undefined && time.isOfThisEpoch;
}
