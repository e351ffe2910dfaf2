/**
 * How to choose quorums of a tree at random so that no member is used more than it must be: at each gate, how often each child is used.
 * Sampling is exact: systematic sampling (Madow, "On the theory of systematic sampling, II", Annals of Mathematical Statistics 1949)
 * over integers.
 */
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { type RandomBytes, randomBelow } from '../../../prelude/random.js';

export type TreeStrategy =
  | { readonly _tag: 'member'; readonly id: ProcessId }
  | {
      readonly _tag: 'gate';
      readonly children: readonly TreeStrategy[];
      /** One of them is chosen, each in proportion to its `share`. */
      readonly plans: readonly GatePlan[];
    };

/** A way to choose children that suffice. */
export interface GatePlan {
  readonly share: bigint;
  /** In the order in which they are sampled. How many are chosen is always the same. */
  readonly uses: readonly ChildUse[];
  /** What `times` are counted in. */
  readonly outOf: bigint;
}

/** The child at position `child` is among the chosen `times` out of `outOf`. */
interface ChildUse {
  readonly child: number;
  readonly times: bigint;
}

/** A quorum, its members in the order of the tree. Minimal at every gate without weights. */
export function sampleQuorum(strategy: TreeStrategy, random: RandomBytes): readonly ProcessId[] {
  if (strategy._tag === 'member') return [strategy.id];
  const chosen = sampleChildren(samplePlan(strategy.plans, random), random);
  return strategy.children.flatMap((child, index) => (chosen.has(index) ? sampleQuorum(child, random) : []));
}

function samplePlan(plans: readonly GatePlan[], random: RandomBytes): GatePlan {
  const total = plans.reduce((sum, { share }) => sum + share, 0n);
  let ticket = plans.length === 1 ? 0n : randomBelow(random, total);
  const plan = plans.find(({ share }) => {
    ticket -= share;
    return ticket < 0n;
  });
  return present(plan, 'a ticket is below the sum of all shares');
}

/** The children stand in a row, each as long as its `times`; those are chosen in which one of the marks at distance `outOf` falls. */
function sampleChildren({ uses, outOf }: GatePlan, random: RandomBytes): ReadonlySet<number> {
  const chosen = new Set<number>();
  let untilMark = outOf === 1n ? 0n : randomBelow(random, outOf);
  for (const { child, times } of uses) {
    if (untilMark < times) {
      chosen.add(child);
      untilMark += outOf;
    }
    untilMark -= times;
  }
  return chosen;
}
