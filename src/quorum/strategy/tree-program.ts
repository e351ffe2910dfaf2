/**
 * The best strategy for policies in which every member stands once, at any size. With latencies, quorums are sorted by the time by which
 * they have answered: one copy of the tree for each time, in which only members that fast may be asked.
 */
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { isReadOnce } from '../analysis/covers/set-family.js';
import type { Policy } from '../policy/policy.js';
import type { Budget } from '../verdict.js';
import type { SideProbabilities, WeightedQuorum } from './column-program.js';
import { type StrategyError, unfinished } from './errors.js';
import { mixtureOf } from './flow-mixture.js';
import { ProgramBuilder } from './program-builder.js';
import type { Solver } from './solver.js';
import type { Access, StrategyFrame } from './strategy-frame.js';
import { addFlow, type FlowRoot, type Strength } from './tree-flow.js';

export interface TreeTask {
  readonly frame: StrategyFrame;
  readonly read: Policy;
  readonly write: Policy;
  /** Failures that quorums survive. */
  readonly resilience: 0 | 1;
  readonly latencyMatters: boolean;
}

/** Members times latencies beyond which no program is built. */
const maxProgram = 40_000;
/** Minimal sets of weighted gates. */
const maxPicks = 20_000;

/** Whether {@link solveByTree} takes this policy. */
export function isFlowing(policy: Policy, resilience: number): boolean {
  if (!isReadOnce(policy)) return false;
  return resilience === 0 || (resilience === 1 && !isWeighted(policy));
}

function isWeighted(policy: Policy): boolean {
  return policy._tag !== 'member' && (policy.weights !== undefined || policy.of.some(isWeighted));
}

/** The probabilities that make the frame's metric least within its limits. */
export function solveByTree(solver: Solver, task: TreeTask, budget: Budget): Either<StrategyError, SideProbabilities> {
  const { frame } = task;
  const builder = new ProgramBuilder(frame.rows.length);
  const read = addSide('read', { ...task, builder });
  if (E.isLeft(read)) return read;
  const write = addSide('write', { ...task, builder });
  if (E.isLeft(write)) return write;
  const firstColumn = frame.columns.length;
  const kept = new Set(frame.excessColumns);
  const frameColumns = frame.columns.map((column, index) => (kept.has(index) ? { ...column, upper: 0 } : column));
  const program = { rows: [...frame.rows, ...builder.rows], columns: [...frameColumns, ...builder.columns] };
  const outcome = solver.withModel(program, (model) => model.minimize(budget));
  switch (outcome._tag) {
    case 'infeasible':
      return E.left({ _tag: 'NoStrategy', reason: 'no strategy keeps the limits' });
    case 'failed':
      return E.left({ _tag: 'SolverFailed', reason: outcome.reason });
    case 'unfinished':
      return E.left(unfinished(budget, 'the best strategy'));
    case 'optimal': {
      const values = (column: number): number => outcome.values[firstColumn + column] ?? 0;
      return E.right({ read: quorumsOf(frame, read.right, values), write: quorumsOf(frame, write.right, values) });
    }
  }
}

function addSide(
  access: Access,
  task: TreeTask & { readonly builder: ProgramBuilder },
): Either<StrategyError, readonly FlowRoot[]> {
  const { frame, builder, latencyMatters } = task;
  const { servers } = frame.goal;
  const policy = task[access];
  const strength: Strength = task.resilience === 1 ? 2 : 1;
  const latencies = latencyMatters ? [...new Set(servers.map(({ latency }) => latency))] : [Infinity];
  if (latencies.length * servers.length > maxProgram) return E.left(tooLarge(tooManyLatencies));
  const placeOf = new Map<ProcessId, number>(servers.map(({ id }, place) => [id, place]));
  const charge = (column: number, id: ProcessId): void => {
    const part = { places: [present(placeOf.get(id), 'a member is a server')], latency: 0 };
    builder.add(column, frame.entriesOf(access, part), frame.costOf(access, part));
  };
  const one = builder.row({ lower: 1, upper: 1 });
  const roots: FlowRoot[] = [];
  for (const time of latencies) {
    const fast = new Set(servers.filter(({ latency }) => latency <= time).map(({ id }) => id));
    const root = addFlow(policy, strength, { builder, isAvailable: (id) => fast.has(id), charge, maxPicks });
    if (root === 'too large') return E.left(tooLarge(tooManyPicks));
    if (root === 'unqualified') continue;
    const whole = { places: [], latency: latencyMatters ? time : 0 };
    const entries = [...frame.entriesOf(access, whole), { row: one, value: 1 }];
    builder.add(root.column, entries, frame.costOf(access, whole));
    roots.push(root);
  }
  return roots.length === 0 ? E.left(notResilient(access)) : E.right(roots);
}

const tooManyLatencies = `members times distinct latencies are limited to ${maxProgram}: round the latencies`;
const tooManyPicks = `weighted gates are limited to ${maxPicks} minimal sets of children`;

function tooLarge(reason: string): StrategyError {
  return { _tag: 'TooLarge', reason };
}

export function notResilient(access: Access): StrategyError {
  return { _tag: 'NoStrategy', reason: `no ${access} quorum survives so many failures` };
}

function quorumsOf(
  { goal }: StrategyFrame,
  roots: readonly FlowRoot[],
  values: (column: number) => number,
): readonly WeightedQuorum[] {
  const placeOf = new Map<ProcessId, number>(goal.servers.map(({ id }, place) => [id, place]));
  return mixtureOf(roots, values).map(({ ids, probability }) => ({
    places: ids.map((id) => present(placeOf.get(id), 'a member is a server')).sort((a, b) => a - b),
    probability,
  }));
}
