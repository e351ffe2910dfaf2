/** The most exact analysis that a policy or an access structure admits: closed forms, the table of all sets, or bounds. */
import { E, type Either } from '../../prelude/fp.js';
import type { AccessStructure } from '../access-structure.js';
import { type Policy, policyMembers } from '../policy/policy.js';
import { PolicyStructure } from '../policy/policy-structure.js';
import { unlimited } from '../verdict.js';
import { askedStructure } from './bounds/asked-structure.js';
import { BoundedAnalysis, boundedPolicyAnalysis } from './bounds/bounded-analysis.js';
import { WithIdleMembers } from './closed-form/idle-members.js';
import { isReadOnce } from './covers/set-family.js';
import { simplifyPolicy } from './closed-form/simplification.js';
import type { StructureAnalysis } from './structure-analysis.js';
import { TableAnalysis } from './table/table-analysis.js';
import type { UptimeMeans } from './availability/tree-availability.js';
import { TreeOrTable } from './tree-or-table.js';
import { policyTable, structureTable, type TableError } from './table/truth-table.js';

/** @param policy - checked. */
export function analysePolicy(policy: Policy, means: UptimeMeans = {}): StructureAnalysis {
  if (isReadOnce(policy)) return new TreeOrTable(policy, means);
  const simple = simplifyPolicy(policy, means.budget);
  const analysis = isReadOnce(simple) ? new TreeOrTable(simple, means) : analyseRecurring(simple, means);
  const members = policyMembers(policy);
  const isSame = members.every((id, index) => analysis.members[index] === id);
  return isSame ? analysis : new WithIdleMembers(analysis, members);
}

function analyseRecurring(policy: Policy, means: UptimeMeans): StructureAnalysis {
  const budget = means.budget ?? unlimited;
  const table = policyTable(policy, budget);
  return E.isRight(table) ? new TableAnalysis(table.right, budget) : boundedPolicyAnalysis(policy, means);
}

/** An error only where `structure` is seen not to be an access structure; one with more than 20 members is taken at its word. */
export function analyseStructure(
  structure: AccessStructure,
  means: UptimeMeans = {},
): Either<TableError, StructureAnalysis> {
  const budget = means.budget ?? unlimited;
  if (structure instanceof PolicyStructure && structure.processes.size === policyMembers(structure.policy).length) {
    return E.right(analysePolicy(structure.policy, means));
  }
  const table = structureTable(structure, budget);
  if (E.isRight(table)) return E.right(new TableAnalysis(table.right, budget));
  const isTooLarge = table.left._tag === 'TooManyMembers' || table.left._tag === 'OutOfTime';
  return isTooLarge ? E.right(new BoundedAnalysis(askedStructure(structure), means)) : table;
}
