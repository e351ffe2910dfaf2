/** An access policy drawn as a tree, with what every gate can spare and how far it is from being covered by corrupted sets. */
import { isReadOnce } from '../analysis/covers/set-family.js';
import { tolerated } from '../policy/gates.js';
import type { Policy } from '../policy/policy.js';
import { drawGates, type GateColumn } from '../tree/gate-drawing.js';
import { totalWeight } from '../tree/weights.js';
import { gateSlack } from '../trust/gate-slack.js';
import { OrganizationSystem } from '../trust/organizations.js';
import { shownSlack } from '../trust/slack-drawing.js';
import type { TrustGate, TrustTree } from '../trust/trust-tree.js';

/** The k of the columns Q^k. */
const drawnCovers = [2, 3, 5] as const;

/**
 * `spare` is the weight that may be missing at a gate. Q^k is its slack when k sets of corrupted members, none of which satisfies the
 * policy, try to contain everybody: positive where they cannot; only where every member stands once, without weights (their slack says
 * what they add up to, not whether they can be packed).
 */
export function drawPolicy(policy: Policy): readonly string[] {
  const tree = tolerated(policy);
  return drawGates<TrustTree>(
    tree,
    isReadOnce(policy) && !hasWeights(policy) ? [spare, ...coverColumns(tree)] : [spare],
    headOf,
  );
}

function hasWeights(policy: Policy): boolean {
  return policy._tag !== 'member' && (policy.weights !== undefined || policy.of.some(hasWeights));
}

const spare: GateColumn<TrustGate> = {
  title: 'spare',
  figureOf: (gate) => String(totalWeight(gate) - gate.f - 1),
};

function headOf({ f, of, weights }: TrustGate): string {
  const k = f + 1;
  return weights === undefined ? `${k} of ${of.length}` : `weight >= ${k} of ${totalWeight({ of, weights })}`;
}

function coverColumns(tree: TrustTree): readonly GateColumn<TrustGate>[] {
  const system = new OrganizationSystem(tree);
  return drawnCovers.map((k) => {
    const shown = new Map(gateSlack(system, { byzantine: k }).map((one) => [one.gate, shownSlack(one)]));
    return { title: `Q${k}`, figureOf: (gate) => shown.get(gate) ?? '' };
  });
}
