/** Which analysis answers for a policy or a structure: closed forms, the table of all sets, or bounds. */
import { E, type Either } from '../../prelude/fp.js';
import type { AccessStructure } from '../access-structure.js';
import { type Policy, policyMembers } from '../policy/policy.js';
import { exact, type Figure, unlimited } from '../verdict.js';
import { BoundedAnalysis, boundedPolicyAnalysis } from './bounded-analysis.js';
import type { FailureModel, Uptime } from './failure-model.js';
import { Fraction } from './fraction.js';
import { isReadOnce } from './set-family.js';
import type { StructureAnalysis } from './structure-analysis.js';
import { TableAnalysis } from './table-analysis.js';
import { TreeAnalysis } from './tree-analysis.js';
import { treeUptime, type UptimeMeans } from './tree-availability.js';
import { treeLoad } from './tree-load.js';
import { policyTable, structureTable, type TableError } from './truth-table.js';

/** An analysis with the figures that a report wants besides. */
export interface AccessAnalysis {
  readonly sets: StructureAnalysis;
  readonly uptime: (model: FailureModel) => Figure<Uptime>;
  /** Of the busiest member, at best; by closed forms only (`strategy/` has the others). */
  readonly load: () => Figure<Fraction>;
}

/** @param policy - checked. */
export function analysisOf(policy: Policy, means: UptimeMeans = {}): AccessAnalysis {
  const { budget = unlimited } = means;
  if (isReadOnce(policy)) {
    return {
      sets: new TreeAnalysis(policy, budget),
      uptime: (model) => treeUptime(policy, model, means),
      load: () => treeLoad(policy).load,
    };
  }
  const table = policyTable(policy, budget);
  if (E.isRight(table)) return tabled(new TableAnalysis(table.right, budget), policyMembers(policy).length);
  return bounded(boundedPolicyAnalysis(policy, means));
}

/** @returns what is wrong with a user's predicate, as far as that is found out. */
export function structureAnalysisOf(
  structure: AccessStructure,
  means: UptimeMeans = {},
): Either<TableError, AccessAnalysis> {
  const { budget = unlimited } = means;
  const table = structureTable(structure, budget);
  if (E.isRight(table)) return E.right(tabled(new TableAnalysis(table.right, budget), structure.processes.size));
  const { _tag } = table.left;
  if (_tag === 'TooManyMembers' || _tag === 'OutOfTime') return E.right(bounded(new BoundedAnalysis(structure, means)));
  return E.left(table.left);
}

function tabled(sets: TableAnalysis, memberCount: number): AccessAnalysis {
  return {
    sets,
    uptime: (model) => exact(sets.availabilityUnder(model)),
    load: () => loadBounds(sets, memberCount),
  };
}

function bounded(sets: BoundedAnalysis): AccessAnalysis {
  return {
    sets,
    uptime: (model) => sets.availabilityUnder(model),
    load: () => loadBounds(sets, sets.members.length),
  };
}

/** With smallest quorums of c among n members the load is at least 1/c and c/n (Naor & Wool, "The load, capacity, and availability of quorum systems", 1998). */
function loadBounds(sets: StructureAnalysis, memberCount: number): Figure<Fraction> {
  const smallest = sets.cheapestQuorum();
  const reason = 'members stand at several places: a linear program tells';
  const size = smallest._tag === 'exact' ? smallest.value.cost : smallest.atLeast?.cost;
  if (size === undefined || size === 0) return { _tag: 'unknown', reason, atMost: Fraction.one };
  const [few, many] = [Fraction.of(1n, BigInt(size)), Fraction.of(BigInt(size), BigInt(memberCount))];
  return { _tag: 'unknown', reason, atLeast: few.max(many), atMost: Fraction.one };
}
