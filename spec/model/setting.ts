/** What is explored: a trust model of the shipping kind, who of it is Byzantine, and how far. */
import { invariant } from '../../src/prelude/invariant.js';
import type { ProcessSet } from '../../src/prelude/process.js';
import type { QuorumSystem } from '../../src/quorum/quorum-system.js';
import { trustOf } from '../../test/support/simulation/configuration.js';
import { limits } from './coding.js';

export interface Bounds {
  readonly n: number;
  readonly f: number;
  readonly t: number;
  readonly views: number;
  readonly values: number;
  /** How many are Byzantine; f if absent. */
  readonly byzantine?: number;
}

export interface Setting extends Bounds {
  readonly name: string;
  readonly trust: string;
  readonly system: QuorumSystem;
  /** Processes are numbered; the correct ones come first, and the first of these leads whatever a correct process leads. */
  readonly correct: number;
  readonly byzantine: number;
  readonly everyone: number;
  /** The processes as a set of bits. */
  readonly byzantineBits: number;
  /** What the quorum system says of every set of processes; the index is the set. */
  readonly isFast: Uint8Array;
  readonly isSlow: Uint8Array;
  /** As the quorum system's set. */
  readonly sets: readonly ProcessSet[];
}

/** Thresholds only: the explorer takes correct processes for interchangeable. */
export function settingOf(bounds: Bounds): Setting {
  const { n, f, t, views, values } = bounds;
  invariant(views <= limits.views && values <= limits.values && views * values <= limits.ballots, 'ballots fit');
  const ids = Array.from({ length: n }, (_, index) => `s${index}`);
  const trust = `f=${f} t=${t} of (${ids.join(', ')})`;
  const { system } = trustOf({ trust });
  const { universe } = system.processes;
  const sets = Array.from({ length: 1 << n }, (_, bits) =>
    universe.of(universe.ids.filter((_id, index) => ((bits >> index) & 1) === 1)),
  );
  const byzantine = bounds.byzantine ?? f;
  const everyone = (1 << n) - 1;
  return {
    ...bounds,
    name: `n=${n} f=${f} t=${t}`,
    trust,
    system,
    correct: n - byzantine,
    byzantine,
    everyone,
    byzantineBits: everyone & ~((1 << (n - byzantine)) - 1),
    isFast: Uint8Array.from(sets, (set) => Number(system.isFastQuorum(set))),
    isSlow: Uint8Array.from(sets, (set) => Number(system.isSlowQuorum(set))),
    sets,
  };
}
