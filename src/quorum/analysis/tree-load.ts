/** The load of read-once policies: how often the busiest member must be used, if quorums are chosen as well as can be; no LP for trees. */
import { invariant, present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Policy, ThresholdGate } from '../policy/policy.js';
import { membersOf, weightAt } from '../tree/tree-check.js';
import { exact, type Figure } from '../verdict.js';
import { Fraction } from './fraction.js';
import { type GateCapacity, gateCapacity } from './gate-load.js';
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
export function treeLoad(policy: Policy, capacityOf: (id: ProcessId) => Fraction = () => Fraction.one): TreeLoad {
  const members = membersOf(policy);
  invariant(new Set(members).size === members.length, 'every member stands once in the policy');
  const { atLeast, atMost, strategy } = capacityOfTree(policy, capacityOf);
  if (atLeast.equals(atMost)) return { load: exact(atLeast.inverse), strategy };
  const reason = 'the weights of a gate are too many for an exact load';
  return { load: { _tag: 'unknown', reason, atLeast: atMost.inverse, atMost: atLeast.inverse }, strategy: undefined };
}

interface TreeCapacity {
  readonly atLeast: Fraction;
  readonly atMost: Fraction;
  readonly strategy: TreeStrategy | undefined;
}

function capacityOfTree(policy: Policy, capacityOf: (id: ProcessId) => Fraction): TreeCapacity {
  if (policy._tag === 'member') {
    const capacity = capacityOf(policy.id);
    invariant(capacity.compare(Fraction.zero) > 0, 'capacities are positive');
    return { atLeast: capacity, atMost: capacity, strategy: policy };
  }
  const children = policy.of.map((child) => capacityOfTree(child, capacityOf));
  const pessimistic = capacityWith(policy, children, 'atLeast');
  const isKnown = children.every(({ atLeast, atMost }) => atLeast.equals(atMost));
  const { atMost } = isKnown ? pessimistic : capacityWith(policy, children, 'atMost');
  return { atLeast: pessimistic.atLeast, atMost, strategy: strategyOf(pessimistic, children) };
}

/** More capacity below never means less above, so bounds of the children bound the gate. */
function capacityWith(
  gate: ThresholdGate,
  children: readonly TreeCapacity[],
  bound: 'atLeast' | 'atMost',
): GateCapacity {
  return gateCapacity(
    gate.k,
    children.map((child, index) => ({ weight: weightAt(gate, index), capacity: child[bound] })),
  );
}

function strategyOf({ plans }: GateCapacity, children: readonly TreeCapacity[]): TreeStrategy | undefined {
  const strategies = children.map(({ strategy }) => strategy);
  if (plans === undefined || strategies.includes(undefined)) return undefined;
  return { _tag: 'gate', plans, children: strategies.map((strategy) => present(strategy, 'every child has one')) };
}
