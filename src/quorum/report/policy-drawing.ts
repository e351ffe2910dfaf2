/** An access policy drawn as a tree, with what every gate can spare and how far it is from being covered by corrupted sets. */
import { isReadOnce } from '../analysis/set-family.js';
import type { Policy, ThresholdGate } from '../policy/policy.js';
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
 * policy, try to contain everybody: positive where they cannot; only where every member stands once.
 */
export function drawPolicy(policy: Policy): readonly string[] {
  const spare: GateColumn<ThresholdGate> = {
    title: 'spare',
    figureOf: (gate) => String(totalWeight(gate) - gate.k),
  };
  return drawGates<Policy>(policy, isReadOnce(policy) ? [spare, ...coverColumns(policy)] : [spare], headOf);
}

function headOf({ k, of, weights }: ThresholdGate): string {
  return weights === undefined ? `${k} of ${of.length}` : `weight >= ${k} of ${totalWeight({ of, weights })}`;
}

/** Corrupted are the sets that do not satisfy the policy: its gates tolerate what is short of their thresholds. */
function coverColumns(policy: Policy): readonly GateColumn<ThresholdGate>[] {
  const twins = new Map<ThresholdGate, TrustGate>();
  const asTrust = (node: Policy): TrustTree => {
    if (node._tag === 'member') return node;
    const { k, of, weights } = node;
    const twin: TrustGate = { _tag: 'gate', f: k - 1, t: 0, of: of.map(asTrust), ...(weights && { weights }) };
    twins.set(node, twin);
    return twin;
  };
  const system = new OrganizationSystem(asTrust(policy));
  return drawnCovers.map((k) => {
    const slack = new Map(gateSlack(system, { byzantine: k }).map((one) => [one.gate, one]));
    return {
      title: `Q${k}`,
      figureOf: (gate) => {
        const twin = twins.get(gate);
        const own = twin === undefined ? undefined : slack.get(twin);
        return own === undefined ? '' : shownSlack(own);
      },
    };
  });
}
