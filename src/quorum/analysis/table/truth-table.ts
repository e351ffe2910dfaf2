/**
 * Which of all sets of at most 20 members are qualified: the one form in which any access structure, a predicate or a policy with
 * recurring members included, can be analysed exactly.
 */
import { E, type Either } from '../../../prelude/fp.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { AccessStructure } from '../../access-structure.js';
import { type Policy, policyMembers } from '../../policy/policy.js';
import {
  findBrokenRise,
  maxTableMembers,
  membersOfMask,
  type SubsetTable,
  tabulate,
} from '../../tree/subset-transform.js';
import { thresholdTable } from '../../tree/threshold-table.js';
import { type Budget, outOfTime } from '../../verdict.js';

export interface TruthTable {
  /** The bits of a mask, the lowest first. */
  readonly members: readonly ProcessId[];
  /** Upward closed, without the empty set, with the set of all. */
  readonly qualified: SubsetTable;
}

export type TableError =
  | { readonly _tag: 'TooManyMembers'; readonly count: number; readonly most: number }
  | { readonly _tag: 'OutOfTime'; readonly reason: string }
  /** The predicate accepts `qualified` but not `unqualified`, which has one member more. */
  | {
      readonly _tag: 'NotMonotone';
      readonly qualified: readonly ProcessId[];
      readonly unqualified: readonly ProcessId[];
    }
  /** The predicate gives the empty set and the set of all the same answer. */
  | { readonly _tag: 'AlwaysQualified' }
  | { readonly _tag: 'NeverQualified' };

/** The table of a checked policy, its members in order of appearance. */
export function policyTable(policy: Policy, budget: Budget): Either<TableError, TruthTable> {
  const members = policyMembers(policy);
  if (members.length > maxTableMembers) return tooMany(members.length);
  const qualified = thresholdTable(policy, members, budget);
  return qualified === undefined ? lateAfter(budget) : E.right({ members, qualified });
}

/** The table of an access structure, asked about every set of its processes. What a user wrote is found out if it is not monotone. */
export function structureTable(structure: AccessStructure, budget: Budget): Either<TableError, TruthTable> {
  const { processes } = structure;
  const members = [...processes];
  if (members.length > maxTableMembers) return tooMany(members.length);
  const qualified = tabulate(processes, (set) => structure.isQualified(set), budget);
  if (qualified === undefined) return lateAfter(budget);
  const broken = findBrokenRise(qualified);
  if (broken !== undefined) {
    const sets = {
      qualified: membersOfMask(broken.smaller, members),
      unqualified: membersOfMask(broken.larger, members),
    };
    return E.left({ _tag: 'NotMonotone', ...sets });
  }
  if (qualified[0] === 1) return E.left({ _tag: 'AlwaysQualified' });
  return qualified.at(-1) === 1 ? E.right({ members, qualified }) : E.left({ _tag: 'NeverQualified' });
}

function tooMany(count: number): Either<TableError, never> {
  return E.left({ _tag: 'TooManyMembers', count, most: maxTableMembers });
}

function lateAfter(budget: Budget): Either<TableError, never> {
  return E.left({ _tag: 'OutOfTime', reason: outOfTime(budget, 'the table of all sets').reason });
}
