/**
 * The best read-write system over a few servers, by trying: every tree of thresholds in which each server stands once, low trees first
 * (after the search of Whittaker et al., PaPoC 2021, section 5). Servers of equal figures are interchangeable, and are not tried twice.
 */
import { E, type Either } from '../../prelude/fp.js';
import { invariant } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Policy } from '../policy/policy.js';
import type { Budget } from '../verdict.js';
import { outOfRange, type StrategyError, unfinished } from './errors.js';
import { optimalStrategy, type StrategyGoal } from './optimal-strategy.js';
import { readWriteSystem } from './read-write-system.js';
import type { Solver } from './solver.js';
import type { Strategy, StrategyFigures } from './strategy.js';
import { serversOf, type Workload, workloadOf } from './workload.js';

export interface ExpressionIntent {
  /** At most 8. */
  readonly servers: readonly ProcessId[];
  readonly goal: StrategyGoal;
  /** So many servers may fail, and some read quorum and some write quorum is left. 0 if absent. */
  readonly systemResilience?: number;
}

export interface FoundSystem {
  /** The write quorums are its dual's. */
  readonly reads: Policy;
  readonly strategy: Strategy;
  readonly figures: StrategyFigures;
  readonly triedCount: number;
  /** Whether every tree was tried; else the budget ended first. */
  readonly isComplete: boolean;
}

const maxServers = 8;

/** @returns the first of the best; `NoStrategy` where no system keeps the limits, `Unfinished` where the budget ended before one was found. */
export function searchSystems(
  solver: Solver,
  { servers, goal, systemResilience = 0 }: ExpressionIntent,
  budget: Budget,
): Either<StrategyError, FoundSystem> {
  if (servers.length < 1 || servers.length > maxServers || new Set(servers).size !== servers.length)
    return outOfRange('the servers', `1 to ${maxServers} distinct ones`);
  const workload = workloadOf(goal.readFraction);
  if (E.isLeft(workload)) return workload;
  const kinds = kindsOf(servers, goal);
  if (E.isLeft(kinds)) return kinds;
  const search = new SystemSearch(solver, { goal, workload: workload.right, budget });
  const seen = new Set<string>();
  for (const height of [2, servers.length]) {
    for (const reads of trees(servers, height)) {
      if (budget.isSpent()) return search.result(false);
      const shape = shapeOf(reads, kinds.right);
      if (seen.has(shape)) continue;
      seen.add(shape);
      if (Math.min(fewest(reads, 'blocking'), fewest(reads, 'quorum')) <= systemResilience) continue;
      const complaint = search.consider(reads);
      if (complaint !== undefined) return E.left(complaint);
    }
  }
  return search.result(true);
}

/** Servers of one kind have the same figures. */
function kindsOf(
  ids: readonly ProcessId[],
  { figuresOf = () => ({}) }: StrategyGoal,
): Either<StrategyError, ReadonlyMap<ProcessId, string>> {
  const servers = serversOf(ids, figuresOf);
  if (E.isLeft(servers)) return servers;
  return E.right(new Map(servers.right.map(({ id, ...figures }) => [id, JSON.stringify(figures)])));
}

class SystemSearch {
  private best: Omit<FoundSystem, 'triedCount' | 'isComplete'> | undefined;
  private triedCount = 0;

  constructor(
    private readonly solver: Solver,
    private readonly task: { readonly goal: StrategyGoal; readonly workload: Workload; readonly budget: Budget },
  ) {}

  /** An error that would come again with every other system; that a system does not do is none. */
  consider(reads: Policy): StrategyError | undefined {
    const { goal, workload, budget } = this.task;
    const system = readWriteSystem({ read: reads });
    if (E.isLeft(system)) return system.left;
    this.triedCount += 1;
    const strategy = optimalStrategy(this.solver, { system: system.right, goal }, budget);
    if (E.isLeft(strategy))
      return strategy.left._tag === 'NoStrategy' || strategy.left._tag === 'Unfinished' ? undefined : strategy.left;
    const figures = strategy.right.figuresUnder(workload);
    if (this.best === undefined || this.metric(figures) < this.metric(this.best.figures) * (1 - 1e-9))
      this.best = { reads, strategy: strategy.right, figures };
    return undefined;
  }

  result(isComplete: boolean): Either<StrategyError, FoundSystem> {
    const { best, triedCount } = this;
    if (best !== undefined) return E.right({ ...best, triedCount, isComplete });
    if (!isComplete) return E.left(unfinished(this.task.budget, 'the search for a system'));
    return E.left({ _tag: 'NoStrategy', reason: 'no system over these servers keeps the limits' });
  }

  private metric({ load, latency, networkLoad }: StrategyFigures): number {
    return { load, latency, network: networkLoad }[this.task.goal.optimize];
  }
}

/** How many servers the smallest blocking set or quorum has. */
function fewest(policy: Policy, kind: 'blocking' | 'quorum'): number {
  if (policy._tag === 'member') return 1;
  const { k, of, weights } = policy;
  invariant(weights === undefined, 'trees that are tried have no weights');
  const count = kind === 'quorum' ? k : of.length - k + 1;
  const children = of.map((child) => fewest(child, kind)).sort((a, b) => a - b);
  return children.slice(0, count).reduce((sum, size) => sum + size, 0);
}

/** Every tree over exactly these servers that is at most so high. A gate is not repeated below itself: all of all is all, any of any is any. */
function* trees(ids: readonly ProcessId[], height: number): Generator<Policy> {
  const [first] = ids;
  if (first !== undefined && ids.length === 1) yield { _tag: 'member', id: first };
  if (ids.length < 2 || height < 1) return;
  for (const parts of partitions(ids)) {
    if (parts.length < 2 || (height === 1 && parts.length < ids.length)) continue;
    for (const of of products(parts.map((part) => () => trees(part, height - 1)))) {
      for (let k = 1; k <= of.length; k++)
        if (!of.some((child) => isSameKind(child, k, of.length))) yield { _tag: 'threshold', k, of };
    }
  }
}

function isSameKind(child: Policy, k: number, count: number): boolean {
  if (child._tag === 'member') return false;
  return (k === 1 && child.k === 1) || (k === count && child.k === child.of.length);
}

/** Every way to put `items` into parts. */
function* partitions<A>(items: readonly A[]): Generator<readonly (readonly A[])[]> {
  const [first, ...rest] = items;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const parts of partitions(rest)) {
    yield [[first], ...parts];
    for (const [index, part] of parts.entries()) yield parts.with(index, [first, ...part]);
  }
}

/** Every choice of one of each. Lazy: there are millions. */
function* products<A>([first, ...rest]: readonly (() => Iterable<A>)[]): Generator<readonly A[]> {
  if (first === undefined) {
    yield [];
    return;
  }
  for (const choice of first()) for (const others of products(rest)) yield [choice, ...others];
}

/** Equal for trees that differ in the order of children, or in servers of one kind. */
function shapeOf(policy: Policy, kinds: ReadonlyMap<ProcessId, string>): string {
  if (policy._tag === 'member') return kinds.get(policy.id) ?? '';
  const children = policy.of.map((child) => shapeOf(child, kinds)).sort();
  return `${policy.k}(${children.join(',')})`;
}
