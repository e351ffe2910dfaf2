/** The Byzantine processes of a run: an adversary each, another one in each epoch, and what all of them know. */
import type { ProcessId } from '../../../src/prelude/process.js';
import { adversaries } from '../../simulation/adversaries/adversaries.js';
import type { Adversary, Conspiracy, Powers } from '../../simulation/adversaries/adversary.js';
import type { Said } from './frame.js';
import type { Prng } from './random.js';
import type { Round } from './rounds.js';
import type { Scenario } from './scenario.js';
import type { Schedule } from './schedule.js';
import type { SimulatedServer } from './server.js';

interface ConspiratorParts {
  readonly scenario: Scenario;
  readonly schedule: Schedule;
  readonly random: Prng;
  /** While they last. */
  rounds(): readonly Round[];
  isByzantine(process: ProcessId): boolean;
  transmit(from: ProcessId, to: ProcessId, said: Said): void;
}

const tickMs = 20;

export class Conspirators {
  private readonly adversaries = new Map<ProcessId, Adversary>();
  private readonly conspiracy: Conspiracy = { proposals: new Map(), seen: [], twins: new Map() };

  constructor(private readonly parts: ConspiratorParts) {}

  /** Whom a process is; `undefined` for a correct one. */
  of(process: ProcessId): Adversary | undefined {
    return this.adversaries.get(process);
  }

  /** A Byzantine process begins an epoch as another adversary. */
  corrupt(server: SimulatedServer): void {
    const { adversary } = this.parts.scenario;
    if (adversary === 'none') return;
    const fresh = adversaries[adversary](this.powersOf(server));
    this.adversaries.set(server.me, fresh);
    this.keepTicking(server.me, fresh);
  }

  private powersOf(server: SimulatedServer): Powers {
    const { parts } = this;
    const { scenario, schedule } = parts;
    const { me, config } = server;
    return {
      config,
      random: parts.random.fork(),
      everyone: config.system.processes.universe.ids,
      seed: scenario.seed,
      conspiracy: this.conspiracy,
      nowMs: () => schedule.nowMs,
      after: (delayMs, run) => {
        schedule.after(delayMs, run);
      },
      isByzantine: (process) => parts.isByzantine(process),
      rounds: scenario.rounds === undefined ? undefined : () => parts.rounds(),
      view: () => server.machine?.view.view ?? 1,
      state: () => server.state,
      send: (to, message, epoch = config.epoch) => {
        parts.transmit(me, to, { _tag: 'Message', epoch, message });
      },
      sendFrame: (to, frame) => {
        parts.transmit(me, to, { _tag: 'Transfer', frame });
      },
    };
  }

  private keepTicking(process: ProcessId, adversary: Adversary): void {
    if (adversary.tick === undefined || this.adversaries.get(process) !== adversary) return;
    adversary.tick();
    this.parts.schedule.after(tickMs, () => {
      this.keepTicking(process, adversary);
    });
  }
}
