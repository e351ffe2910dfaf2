/** Does every read quorum meet every write quorum? In closed form where the trees allow it, else by an integer program. */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import { findCovering } from '../analysis/covers/covering.js';
import { quorumComplements } from '../analysis/covers/set-family.js';
import { type Policy, policyMembers } from '../policy/policy.js';
import { membersOfMask, minimalMasks } from '../tree/subset-transform.js';
import type { Budget } from '../verdict.js';
import { type StrategyError, unfinished } from './errors.js';
import { addQuorum, isProgrammable } from './policy-program.js';
import { ProgramBuilder } from './program-builder.js';
import { type ReadWriteSystem, tableError } from './read-write-system.js';
import type { Solver } from './solver.js';

/** @returns `NotIntersecting` with a read quorum and a write quorum that have nobody in common. */
export function checkIntersection(
  solver: Solver,
  system: ReadWriteSystem,
  budget: Budget,
): Either<StrategyError, undefined> {
  if (system.isDual) return E.right(undefined);
  const read = system.read.policy;
  const write = system.write.policy;
  if (read === undefined || write === undefined) return checkByTable(system, budget);
  if (haveSameMembers(read, write)) {
    const covering = findCovering({ families: [quorumComplements(read), quorumComplements(write)], budget });
    if (covering._tag === 'uncovered') return E.right(undefined);
    if (covering._tag === 'covered') {
      const [withoutRead, withoutWrite] = covering.sets.map((set) => new Set(set));
      return E.left(
        disjoint(
          policyMembers(read).filter((id) => withoutRead?.has(id) === false),
          policyMembers(write).filter((id) => withoutWrite?.has(id) === false && withoutRead?.has(id) === true),
        ),
      );
    }
  }
  return checkByProgram(solver, { read, write }, budget);
}

function disjoint(read: readonly ProcessId[], write: readonly ProcessId[]): StrategyError {
  return { _tag: 'NotIntersecting', read, write };
}

function haveSameMembers(a: Policy, b: Policy): boolean {
  const known = new Set(policyMembers(a));
  const others = policyMembers(b);
  return others.length === known.size && others.every((id) => known.has(id));
}

/** Of each write quorum, whether the others can read. */
function checkByTable({ universe, read, write }: ReadWriteSystem, budget: Budget): Either<StrategyError, undefined> {
  const table = write.table(budget);
  if (E.isLeft(table)) return E.left(tableError(table.left, budget));
  const { members, qualified } = table.right;
  for (const [index, mask] of minimalMasks(qualified).entries()) {
    if (index % 256 === 0 && budget.isSpent()) return E.left(unfinished(budget, 'whether quorums meet'));
    const writers = universe.of(membersOfMask(mask, members));
    const others = writers.complement();
    if (read.isQualified(others)) return E.left(disjoint([...others], [...writers]));
  }
  return E.right(undefined);
}

/** Both quorums as one program, in which nobody is chosen for both. */
function checkByProgram(
  solver: Solver,
  { read, write }: { readonly read: Policy; readonly write: Policy },
  budget: Budget,
): Either<StrategyError, undefined> {
  if (!isProgrammable(read) || !isProgrammable(write))
    return E.left({ _tag: 'TooLarge', reason: 'whether quorums meet is decided for weights up to a million only' });
  const builder = new ProgramBuilder();
  const readers = addQuorum(builder, read, () => 0);
  const writers = addQuorum(builder, write, () => 0);
  for (const [id, column] of readers) {
    const other = writers.get(id);
    if (other === undefined) continue;
    const row = builder.row({ lower: 0, upper: 1 });
    builder.add(column, [{ row, value: 1 }]);
    builder.add(other, [{ row, value: 1 }]);
  }
  const outcome = solver.withModel(builder, (model) => model.minimize(budget));
  switch (outcome._tag) {
    case 'infeasible':
      return E.right(undefined);
    case 'unfinished':
      return E.left(unfinished(budget, 'whether quorums meet'));
    case 'failed':
      return E.left({ _tag: 'SolverFailed', reason: outcome.reason });
    case 'optimal': {
      const chosen = (columns: ReadonlyMap<ProcessId, number>): readonly ProcessId[] =>
        [...columns].filter(([, column]) => (outcome.values[column] ?? 0) > 0.5).map(([id]) => id);
      return E.left(disjoint(chosen(readers), chosen(writers)));
    }
  }
}
