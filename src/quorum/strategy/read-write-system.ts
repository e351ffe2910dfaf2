/** Who may read and who may write: two access structures over the same servers, each quorum of one meeting every quorum of the other. */
import { E, type Either } from '../../prelude/fp.js';
import { type ProcessSet, Universe } from '../../prelude/process.js';
import { AccessStructure } from '../access-structure.js';
import { policyTable, structureTable, type TableError, type TruthTable } from '../analysis/table/truth-table.js';
import { dual } from '../policy/composition.js';
import { isQualified, type Policy, policyMembers } from '../policy/policy.js';
import { dualTable } from '../tree/subset-transform.js';
import type { Budget } from '../verdict.js';
import { outOfRange, type StrategyError, unfinished } from './errors.js';

/** A checked policy, or a predicate over at most 20 processes. */
export type Access = Policy | AccessStructure;

/** One side of a system: the sets that may read, or those that may write. */
export interface AccessSide {
  /** Undefined where the sets are given by a predicate. */
  readonly policy: Policy | undefined;
  isQualified(set: ProcessSet): boolean;
  /** Of all sets, if there are no more than 20 members. */
  table(budget: Budget): Either<TableError, TruthTable>;
}

export interface ReadWriteSystem {
  readonly universe: Universe;
  readonly read: AccessSide;
  readonly write: AccessSide;
  /** Whether one side is the dual of the other, so that quorums are known to meet. */
  readonly isDual: boolean;
}

/**
 * The system of two access rules, or of one and its dual: the sets that meet each of its quorums.
 *
 * @returns an error where neither is given, or the predicate of one is over other processes than the other.
 */
export function readWriteSystem(access: {
  readonly read?: Access;
  readonly write?: Access;
}): Either<StrategyError, ReadWriteSystem> {
  const { read, write } = access;
  const first = read ?? write;
  if (first === undefined) return outOfRange(bothRules, 'at least one of the two');
  const universe = universeOf(first, write ?? first);
  if (universe === undefined) return outOfRange(bothRules, 'two rules over the same processes');
  return E.right({
    universe,
    read: read === undefined ? dualSide(first) : sideOf(read),
    write: write === undefined ? dualSide(first) : sideOf(write),
    isDual: read === undefined || write === undefined,
  });
}

const bothRules = 'the access of readers and writers';

/** The processes of both; undefined where a predicate does not know those of the other. */
function universeOf(a: Access, b: Access): Universe | undefined {
  if (!(a instanceof AccessStructure) && !(b instanceof AccessStructure))
    return new Universe([...new Set([...policyMembers(a), ...policyMembers(b)])]);
  const structure = a instanceof AccessStructure ? a : b;
  const other = structure === a ? b : a;
  if (!(structure instanceof AccessStructure)) return undefined;
  const { processes } = structure;
  const { universe } = processes;
  if (other instanceof AccessStructure) return universe.equals(other.processes.universe) ? universe : undefined;
  return policyMembers(other).every((id) => processes.has(id)) ? universe : undefined;
}

function sideOf(access: Access): AccessSide {
  if (access instanceof AccessStructure) {
    return {
      policy: undefined,
      isQualified: (set) => access.isQualified(set),
      table: (budget) => structureTable(access, budget),
    };
  }
  return {
    policy: access,
    isQualified: (set) => isQualified(access, set),
    table: (budget) => policyTable(access, budget),
  };
}

function dualSide(access: Access): AccessSide {
  if (!(access instanceof AccessStructure)) return sideOf(dual(access));
  const turned = ({ members, qualified }: TruthTable): TruthTable => ({ members, qualified: dualTable(qualified) });
  return {
    policy: undefined,
    isQualified: (set) => access.isBlocking(set),
    table: (budget) => E.map(turned)(structureTable(access, budget)),
  };
}

/** A table that cannot be had, as an error of strategies. */
export function tableError(error: TableError, budget: Budget): StrategyError {
  switch (error._tag) {
    case 'TooManyMembers':
      return { _tag: 'TooLarge', reason: `${error.count} members: predicates are tabulated up to ${error.most}` };
    case 'OutOfTime':
      return unfinished(budget, 'the table of all sets');
    case 'NotMonotone':
    case 'AlwaysQualified':
    case 'NeverQualified':
      return { _tag: 'OutOfRange', what: 'a predicate', expected: monotoneRule };
  }
}

const monotoneRule = 'a rule that larger sets satisfy where smaller ones do, all together do and nobody does not';
