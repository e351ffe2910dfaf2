/** How a simulated server that is in no epoch learns the log: from what correct servers have decided, or from a state of theirs. */
import type { ProcessId } from '../../../../src/prelude/process.js';
import type { Coverage } from '../coverage.js';
import type { Prng } from '../random.js';
import type { ReplicatedState } from '../replicated-state.js';
import type { Schedule } from '../schedule.js';
import type { Steward } from './steward.js';

/** Who learns, or is learned from. */
interface Learned {
  readonly isUp: boolean;
  readonly state: ReplicatedState;
}

interface LearningOwner extends Learned {
  readonly me: ProcessId;
  readonly schedule: Schedule;
  readonly random: Prng;
  readonly coverage: Coverage;
  readonly steward: Steward | undefined;
  readonly around: { others(me: ProcessId): readonly Learned[] };
  readonly succession: { readonly memberships: readonly number[] };
}

const learnMs = 20;
const slotsAtOnce = 16;

export class Learning {
  private life = 0;

  constructor(private readonly owner: LearningOwner) {}

  /** Power is there. */
  start(): void {
    this.life += 1;
    this.tick(this.life);
  }

  private tick(life: number): void {
    const { owner } = this;
    // Whoever has the files of an epoch learns by its machines.
    if (life !== this.life || !owner.isUp || owner.steward?.disk.current !== undefined) return;
    this.learn();
    owner.schedule.after(learnMs, () => {
      this.tick(life);
    });
  }

  private learn(): void {
    const { owner } = this;
    const { state } = owner;
    const sources = owner.around.others(owner.me).filter(({ isUp }) => isUp);
    if (sources.length === 0 || state.isInstalling || !state.log.disk.isIdle || !state.store.isIdle) return;
    const { state: source } = owner.random.pick(sources);
    const end = this.end();
    const { last } = state.log;
    owner.coverage.add('learner');
    if (source.log.base.slot > last) {
      const held = source.store.view.held.findLast(
        ({ slot, isCertified }) => isCertified && slot > last && slot <= end,
      );
      if (held !== undefined) state.adopt(held);
      return;
    }
    for (const entry of source.log.above(last).slice(0, slotsAtOnce)) if (entry.slot <= end) state.append(entry);
  }

  /** Where the epoch ends before the one that lists this server, a slot at a time until that is known; infinite where none does. */
  private end(): number {
    const { executor } = this.owner.state;
    const [first] = this.owner.succession.memberships;
    if (first === undefined) return Number.POSITIVE_INFINITY;
    return executor.boundaryOf(first - 1)?.slot ?? executor.position.slot + 1;
  }
}
