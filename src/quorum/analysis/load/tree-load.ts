/** The load of read-once policies: how often the busiest member must be used, if quorums are chosen as well as can be; no LP for trees. */
import { invariant, present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { Policy } from '../../policy/policy.js';
import { membersOf } from '../../tree/tree-check.js';
import { weightAt } from '../../tree/weights.js';
import { type Budget, exact, type Figure, outOfTime, unlimited } from '../../verdict.js';
import { Fraction } from './fraction.js';
import { type GateCapacity, gateCapacity, type LoadedChild } from './gate-load.js';
import type { TreeStrategy } from './tree-strategy.js';

export interface TreeLoad {
  /** Of the busiest member, in uses a quorum divided by its capacity. Its inverse is the capacity of the whole: quorums a unit of time. */
  readonly load: Figure<Fraction>;
  /** That has this load; undefined where it is not known exactly. */
  readonly strategy: TreeStrategy | undefined;
}

/**
 * @param policy - read-once.
 * @param capacityOf - how often a member can be used in a unit of time, positive; 1 if absent.
 */
export function treeLoad(
  policy: Policy,
  capacityOf: (id: ProcessId) => Fraction = () => Fraction.one,
  budget: Budget = unlimited,
): TreeLoad {
  const members = membersOf(policy);
  invariant(new Set(members).size === members.length, 'every member stands once in the policy');
  const { atLeast, atMost, strategy } = capacityOfTree(policy, capacityOf, (k, children) =>
    gateCapacity(k, children, budget),
  );
  if (atLeast.equals(atMost)) return { load: exact(atLeast.inverse), strategy };
  const reason = budget.isSpent()
    ? outOfTime(budget, 'load').reason
    : 'the weights of a gate are too many for an exact load';
  return { load: { _tag: 'unknown', reason, atLeast: atMost.inverse, atMost: atLeast.inverse }, strategy: undefined };
}

interface TreeCapacity {
  readonly atLeast: Fraction;
  readonly atMost: Fraction;
  readonly strategy: TreeStrategy | undefined;
}

/**
 * How many quorums a unit of time, gate by gate: below a gate nobody stands elsewhere, so a child counts as one member that can bear what
 * the child can.
 *
 * @param capacityOfGate - in closed form if absent.
 */
export function capacityOfTree(
  policy: Policy,
  capacityOf: (id: ProcessId) => Fraction,
  capacityOfGate: (k: number, children: readonly LoadedChild[]) => GateCapacity = gateCapacity,
): TreeCapacity {
  if (policy._tag === 'member') {
    const capacity = capacityOf(policy.id);
    invariant(capacity.compare(Fraction.zero) > 0, 'capacities are positive');
    return { atLeast: capacity, atMost: capacity, strategy: policy };
  }
  const children = policy.of.map((child) => capacityOfTree(child, capacityOf, capacityOfGate));
  // More capacity below never means less above, so bounds of the children bound the gate.
  const capacityWith = (bound: 'atLeast' | 'atMost'): GateCapacity =>
    capacityOfGate(
      policy.k,
      children.map((child, index) => ({ weight: weightAt(policy, index), capacity: child[bound] })),
    );
  const pessimistic = capacityWith('atLeast');
  const isKnown = children.every(({ atLeast, atMost }) => atLeast.equals(atMost));
  const { atMost } = isKnown ? pessimistic : capacityWith('atMost');
  return { atLeast: pessimistic.atLeast, atMost, strategy: strategyOf(pessimistic, children) };
}

function strategyOf({ plans }: GateCapacity, children: readonly TreeCapacity[]): TreeStrategy | undefined {
  const strategies = children.map(({ strategy }) => strategy);
  if (plans === undefined || strategies.includes(undefined)) return undefined;
  return { _tag: 'gate', plans, children: strategies.map((strategy) => present(strategy, 'every child has one')) };
}
