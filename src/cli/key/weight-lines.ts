/** What became of the weights of a policy before a key was shared along it. */
import type { GateReduction } from '../../quorum/policy/weight-reduction.js';
import { listNames } from '../../quorum/tree/name-list.js';

/** A line for each weighted gate that was changed; the same sets are qualified as before. */
export function reductionLines(gates: readonly GateReduction[]): readonly string[] {
  return gates.flatMap((gate) => {
    const [before, after] = [describe(gate.before), describe(gate.after)];
    return before === after ? [] : [`${gate.path}: ${before} is the same as ${after}, which is shared along`];
  });
}

function describe({ k, weights }: GateReduction['before']): string {
  return `${k} of (${listNames(weights.map(String))})`;
}
