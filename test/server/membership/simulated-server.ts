/** One server of a simulation: its directory, what it has executed, and the agent that speaks for it. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { E } from '../../../src/prelude/fp.js';
import { roleName } from '../../../src/management/proposals/key-roles.js';
import type { SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { successionNames } from '../../../src/server/directory/directory-succession.js';
import { loadServerDirectory, type ServerDirectory } from '../../../src/server/directory/server-directory.js';
import { enterEpoch, findPrepared, isConfiguration } from '../../../src/server/epochs/succession.js';
import { MembershipAgent } from '../../../src/server/membership/agent.js';
import { type OwnServer, ownServerOf } from '../../../src/server/membership/own-server.js';
import { right } from '../../support/right.js';
import type { AllianceFiles } from './alliance-files.js';
import type { Chance } from './chance.js';
import { disk } from './failing-disk.js';
import { type ExecutedState, type LoggedAct, SlotExecution } from './slot-execution.js';

export interface Sent {
  readonly act: Uint8Array;
  /** When the log may have it. */
  readonly atMs: number;
}

export interface Surroundings {
  readonly files: AllianceFiles;
  readonly chance: Chance;
  readonly clock: () => number;
  /** Changes what it says; nothing for silence. */
  readonly tamper?: (act: Uint8Array, server: SimulatedServer) => readonly Sent[];
  readonly onCarried: (server: SimulatedServer, act: Uint8Array) => void;
  readonly onEntered: (server: SimulatedServer) => void;
}

export type Failure = 'error' | 'crash';

export class SimulatedServer {
  isAwake = true;
  /** How likely it is that what it says is not taken. */
  refusal = 0;
  restarts = 0;
  readonly said: string[] = [];
  /** What it has said and the log does not have yet. */
  outbox: Sent[] = [];
  execution: SlotExecution;
  private agent: MembershipAgent;
  /** Until then nothing is signed with shares: a thread is being started. */
  private opensAtMs = 0;
  private own: { readonly directory: ServerDirectory; readonly server: OwnServer | undefined } | undefined;

  private constructor(
    readonly id: ProcessId,
    private readonly around: Surroundings,
    public directory: ServerDirectory,
  ) {
    this.execution = new SlotExecution(around.files.alliance);
    this.agent = this.newAgent();
  }

  static async start(id: ProcessId, around: Surroundings): Promise<SimulatedServer> {
    return new SimulatedServer(id, around, right(await loadServerDirectory(around.files.path(id))()));
  }

  get epoch(): number {
    return this.directory.alliance.epoch;
  }

  get path(): string {
    return this.directory.path;
  }

  get server(): OwnServer | undefined {
    if (this.own?.directory !== this.directory)
      this.own = { directory: this.directory, server: ownServerOf(this.directory) };
    return this.own.server;
  }

  /** Whether it can execute a slot of `epoch`. */
  mayExecute(epoch: number): boolean {
    return this.isAwake && this.epoch === epoch;
  }

  execute(logged: LoggedAct | undefined): void {
    this.execution.execute(logged);
  }

  /** Looks; where the disk fails in the middle as if power were lost, it is started again. */
  async look(failure?: Failure): Promise<void> {
    if (failure !== undefined) disk.arm(this.around.chance.below(14), failure === 'crash');
    this.agent.look();
    for (let turn = 0; turn < 6; turn++) await Promise.resolve();
    disk.heal();
    if (failure === 'crash' && disk.hasFailed) await this.restart();
  }

  /** The machine is started again: what was in memory is gone, and so is some of what was on its way. */
  async restart(): Promise<void> {
    const { chance, files } = this.around;
    this.restarts += 1;
    const { state } = this.execution;
    this.outbox = this.outbox.slice(0, chance.below(this.outbox.length + 1));
    // Of a process that is no more.
    const path = files.path(this.id);
    for (const name of readdirSync(path)) if (name.startsWith(successionNames.lock)) rmSync(join(path, name));
    this.directory = right(await loadServerDirectory(path)());
    this.execution = new SlotExecution(files.alliance);
    if (state.slot > 0) this.execution.restore(state);
    this.agent = this.newAgent();
  }

  /** Goes on from a state that others have certified. */
  install(state: ExecutedState): void {
    this.execution.restore(state);
  }

  /** HANDOFF is durable: the files of the next epoch take their place, if they are there. */
  async enter(failure?: Failure): Promise<void> {
    const { boundary, hasEnded } = this.execution;
    if (!this.isAwake || !hasEnded || this.epoch !== this.execution.epoch) return;
    const { configuration } = present(boundary, 'an epoch that has ended');
    const all = await findPrepared(this.directory, (error) => this.said.push(error._tag));
    const next = all.find((one) => isConfiguration(one, configuration));
    if (next === undefined) return;
    if (failure !== undefined) disk.arm(this.around.chance.below(40), failure === 'crash');
    const entered = await enterEpoch(this.directory, next)();
    disk.heal();
    if (E.isLeft(entered)) {
      if (failure === undefined) throw new Error(`${this.id} cannot enter epoch ${this.epoch + 1}: ${entered.left}`);
      await this.restart();
    } else this.directory = right(await loadServerDirectory(this.path)());
    this.openKeys();
    if (this.epoch === this.execution.epoch + 1) this.around.onEntered(this);
  }

  private newAgent(): MembershipAgent {
    const generation = this.restarts;
    this.openKeys();
    const isCurrent = (): boolean => generation === this.restarts;
    const { clock, chance } = this.around;
    return new MembershipAgent({
      log: this.log(),
      slot: () => this.execution.slot,
      server: () => (isCurrent() ? this.server : undefined),
      signShare: (role, message) => Promise.resolve(this.signShare(role, message)),
      tryFiles: () => Promise.resolve(undefined),
      carry: (act) => this.carry(act),
      say: (line) => this.said.push(line),
      random: chance.bytes,
      clock,
      now: () => 1_700_000_000_000 + clock(),
    });
  }

  private openKeys(): void {
    const { chance, clock } = this.around;
    this.opensAtMs = clock() + chance.below(5000);
  }

  private log() {
    const execution = (): SlotExecution => this.execution;
    return {
      get governance() {
        return execution().governance;
      },
      get readyPositions() {
        return execution().membership.readyPositions;
      },
    };
  }

  private carry(act: Uint8Array): boolean {
    const { chance, clock, tamper, onCarried } = this.around;
    if (chance.hits(this.refusal)) return false;
    onCarried(this, act);
    if (tamper === undefined) this.outbox.push({ act, atMs: clock() + chance.below(1500) });
    else this.outbox.push(...tamper(act, this));
    return true;
  }

  private signShare(role: string, message: Uint8Array): SignatureShare | undefined {
    const { keys } = this.directory;
    if (this.around.clock() < this.opensAtMs) return undefined;
    const named = [...(keys?.documents ?? [])].map(
      ([name, held]) => [roleName({ _tag: 'document', name }), held] as const,
    );
    const held = role === 'alliance' ? keys?.allianceShare : new Map(named).get(role);
    const signed = held?.signer.signShare(message);
    return signed === undefined || E.isLeft(signed) ? undefined : signed.right;
  }
}
