/** The load of policies that have no closed form: many different weights, or members that recur. */
import { E } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import { Fraction } from '../analysis/load/fraction.js';
import { type GateCapacity, gateCapacity, type LoadedChild } from '../analysis/load/gate-load.js';
import { isReadOnce } from '../analysis/covers/set-family.js';
import { capacityOfTree } from '../analysis/load/tree-load.js';
import { type Policy, policyMembers } from '../policy/policy.js';
import { maxTableMembers } from '../tree/subset-transform.js';
import { type Budget, exact, type Figure } from '../verdict.js';
import { type CapacityBounds, packQuorums, type QuorumFamily } from './capacity-program.js';
import { coverFamily } from './cover-family.js';
import { listedColumns, type QuorumColumn, tabledColumns } from './quorum-columns.js';
import { readWriteSystem } from './read-write-system.js';
import type { Solver } from './solver.js';
import { serversOf } from './workload.js';

export interface LoadQuestion {
  readonly policy: Policy;
  /** How often a member can be used in a unit of time, positive; 1 if absent. */
  readonly capacityOf?: (id: ProcessId) => Fraction;
}

/** Of the busiest member, in uses a quorum divided by its capacity: exact where it could be proven, else between bounds that are. */
export function loadByProgram(solver: Solver, question: LoadQuestion, budget: Budget): Figure<Fraction> {
  const { policy, capacityOf = () => Fraction.one } = question;
  const bounds = isReadOnce(policy)
    ? capacityOfTree(policy, capacityOf, (k, children) => capacityOfGate(solver, { k, children }, budget))
    : capacityOfListed(solver, { policy, capacityOf }, budget);
  if (bounds === undefined)
    return { _tag: 'unknown', reason: 'there are too many quorums to find the load by a program' };
  const { atLeast, atMost } = bounds;
  if (atLeast.equals(atMost)) return exact(atLeast.inverse);
  const reason = budget.isSpent()
    ? `the load: not finished after ${Math.round(budget.elapsedMs())} ms`
    : 'the load is known to the precision of the solver only';
  return { _tag: 'unknown', reason, atLeast: atMost.inverse, atMost: atLeast.inverse };
}

/** In closed form, or else by a program. */
function capacityOfGate(
  solver: Solver,
  { k, children }: { readonly k: number; readonly children: readonly LoadedChild[] },
  budget: Budget,
): GateCapacity {
  const closed = gateCapacity(k, children);
  if (closed.atLeast.equals(closed.atMost)) return closed;
  const family = coverFamily(k, children);
  return (family && packQuorums(solver, { ...family, known: closed }, budget)) ?? closed;
}

/** Over the list of all quorums, as far as they can be listed. */
function capacityOfListed(
  solver: Solver,
  { policy, capacityOf }: Required<LoadQuestion>,
  budget: Budget,
): CapacityBounds | undefined {
  const members = policyMembers(policy);
  const quorums = quorumsOf(policy, budget);
  if (quorums === undefined) return undefined;
  const family: QuorumFamily = {
    supplies: members.map(capacityOf),
    maxUses: members.map(() => 1),
    cheapest: (prices) => (budget.isSpent() ? undefined : cheapestListed(quorums, prices)),
  };
  return packQuorums(solver, family, budget);
}

function quorumsOf(policy: Policy, budget: Budget): readonly QuorumColumn[] | undefined {
  const members = policyMembers(policy);
  const servers = serversOf(members, () => ({}));
  const system = readWriteSystem({ read: policy });
  if (E.isLeft(servers) || E.isLeft(system)) return undefined;
  const request = { servers: servers.right, resilience: 0, latencyMatters: false };
  if (members.length > maxTableMembers) return listedColumns(policy, request, () => 0);
  const tabled = tabledColumns(system.right.read, request, budget);
  return E.isRight(tabled) ? tabled.right : undefined;
}

function cheapestListed(
  quorums: readonly QuorumColumn[],
  prices: readonly number[],
): { readonly uses: readonly number[]; readonly cost: number } | undefined {
  let best: { readonly quorum: QuorumColumn; readonly cost: number } | undefined;
  for (const quorum of quorums) {
    let cost = 0;
    for (const place of quorum.places) cost += prices[place] ?? 0;
    if (best === undefined || cost < best.cost) best = { quorum, cost };
  }
  if (best === undefined) return undefined;
  const used = new Set(best.quorum.places);
  return { uses: prices.map((_, place) => Number(used.has(place))), cost: best.cost };
}
