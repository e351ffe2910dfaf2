/** The strategy of least load, latency or network load, within limits on the others. */
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import { maxTableMembers } from '../tree/subset-transform.js';
import type { Budget } from '../verdict.js';
import { type SideProbabilities, solveByColumns, type WeightedQuorum } from './column-program.js';
import { outOfRange, type StrategyError } from './errors.js';
import { checkIntersection } from './intersection.js';
import { type ColumnRequest, listedColumns, type QuorumColumn, tabledColumns } from './quorum-columns.js';
import { latencyOf } from './quorum-latency.js';
import type { ReadWriteSystem } from './read-write-system.js';
import type { Solver } from './solver.js';
import { type QuorumShare, Strategy } from './strategy.js';
import { type Access, type Metric, type MetricLimits, StrategyFrame } from './strategy-frame.js';
import { isFlowing, notResilient, solveByTree } from './tree-program.js';
import { type FiguresOf, type ReadFraction, type Server, serversOf, type Workload, workloadOf } from './workload.js';

export interface StrategyGoal {
  readonly optimize: Metric;
  readonly readFraction: ReadFraction;
  /** Capacity 1 and latency 0 for all if absent. */
  readonly figuresOf?: FiguresOf;
  /** So many of the members of each quorum that is asked may fail, and the rest still is one. 0 if absent. */
  readonly resilience?: number;
  /** On what is not optimized. */
  readonly limits?: MetricLimits;
}

interface CheckedGoal {
  readonly optimize: Metric;
  readonly limits: MetricLimits;
  readonly resilience: number;
  readonly workload: Workload;
  readonly servers: readonly Server[];
  readonly latencyMatters: boolean;
}

/**
 * The strategy that makes one figure least. Systems of at most 20 members are solved quorum by quorum, whatever they are; larger ones
 * where every member stands once in each policy (with `resilience` at most 1, and not both resilience and latencies), or where there are
 * few enough quorums to list them.
 *
 * @param budget - the solver is interrupted when it is spent; the error then tells the bounds reached.
 * @returns `NotIntersecting` with two quorums that do not meet; `NoStrategy` where the limits cannot be kept together.
 */
export function optimalStrategy(
  solver: Solver,
  { system, goal }: { readonly system: ReadWriteSystem; readonly goal: StrategyGoal },
  budget: Budget,
): Either<StrategyError, Strategy> {
  const checked = checkGoal(system, goal);
  if (E.isLeft(checked)) return checked;
  const meeting = checkIntersection(solver, system, budget);
  if (E.isLeft(meeting)) return meeting;
  const probabilities = solve(solver, { system, goal: checked.right }, budget);
  if (E.isLeft(probabilities)) return probabilities;
  const { read, write } = probabilities.right;
  const { servers } = checked.right;
  const reads = sharesOf(system, { access: 'read', quorums: read, servers });
  return E.right(new Strategy(servers, reads, sharesOf(system, { access: 'write', quorums: write, servers })));
}

function checkGoal(
  { universe }: ReadWriteSystem,
  { optimize, readFraction, figuresOf = () => ({}), resilience = 0, limits = {} }: StrategyGoal,
): Either<StrategyError, CheckedGoal> {
  if (limits[optimize] !== undefined) return outOfRange('the limits', `none on the ${optimize}, which is optimized`);
  for (const [metric, limit] of Object.entries(limits))
    if (!(limit >= 0 && limit < Infinity)) return outOfRange(`the limit on the ${metric}`, 'a number from 0');
  if (!Number.isSafeInteger(resilience) || resilience < 0) return outOfRange('the resilience', 'an integer from 0');
  const workload = workloadOf(readFraction);
  if (E.isLeft(workload)) return workload;
  const servers = serversOf(universe.ids, figuresOf);
  if (E.isLeft(servers)) return servers;
  return E.right({
    optimize,
    limits,
    resilience: Math.min(resilience, universe.size),
    workload: workload.right,
    servers: servers.right,
    latencyMatters: optimize === 'latency' || limits.latency !== undefined,
  });
}

interface SolveTask {
  readonly system: ReadWriteSystem;
  readonly goal: CheckedGoal;
}

/** Up to so many members quorums are listed even where the tree could be used: they are few. */
const fewMembers = 12;

function solve(solver: Solver, task: SolveTask, budget: Budget): Either<StrategyError, SideProbabilities> {
  const { system, goal } = task;
  const frame = new StrategyFrame(goal);
  const { policy: read } = system.read;
  const { policy: write } = system.write;
  const isTimely = goal.resilience === 0 || !goal.latencyMatters || haveOneLatency(goal.servers);
  if (read !== undefined && write !== undefined && isTimely && system.universe.size > fewMembers) {
    if (isFlowing(read, goal.resilience) && isFlowing(write, goal.resilience))
      return solveByTree(solver, { ...goal, frame, read, write, resilience: goal.resilience === 1 ? 1 : 0 }, budget);
  }
  const readColumns = columnsOf('read', task, budget);
  if (E.isLeft(readColumns)) return readColumns;
  const writeColumns = columnsOf('write', task, budget);
  if (E.isLeft(writeColumns)) return writeColumns;
  return solveByColumns(solver, { frame, lists: { read: readColumns.right, write: writeColumns.right } }, budget);
}

function haveOneLatency(servers: readonly Server[]): boolean {
  return servers.every(({ latency }) => latency === servers[0]?.latency);
}

function columnsOf(
  access: Access,
  { system, goal }: SolveTask,
  budget: Budget,
): Either<StrategyError, readonly QuorumColumn[]> {
  const side = system[access];
  const request: ColumnRequest = goal;
  if (side.policy === undefined || system.universe.size <= maxTableMembers) {
    const columns = tabledColumns(side, request, budget);
    return E.isRight(columns) && columns.right.length === 0 ? E.left(notResilient(access)) : columns;
  }
  const listed =
    goal.resilience > 0
      ? undefined
      : listedColumns(side.policy, request, (places) => latencyOf(system, access, serversAt(goal.servers, places)));
  return listed === undefined ? E.left(tooLarge(system.universe.size, goal)) : E.right(listed);
}

function tooLarge(size: number, { resilience, latencyMatters }: CheckedGoal): StrategyError {
  const wish = `resilience ${resilience}${latencyMatters ? ' with latencies' : ''}`;
  const reason = `${size} members, ${wish}: more than ${maxTableMembers} members need policies in which each stands once, or few quorums`;
  return { _tag: 'TooLarge', reason };
}

/** A smaller probability is rounding. */
const negligible = 1e-12;

function sharesOf(
  system: ReadWriteSystem,
  { access, quorums, servers }: { access: Access; quorums: readonly WeightedQuorum[]; servers: readonly Server[] },
): readonly QuorumShare[] {
  const used = quorums.filter(({ probability }) => probability > negligible);
  const total = used.reduce((sum, { probability }) => sum + probability, 0);
  return used.map(({ places, probability }) => {
    const asked = serversAt(servers, places);
    const latency = latencyOf(system, access, asked);
    return { members: asked.map(({ id }) => id), probability: probability / total, latency };
  });
}

function serversAt(servers: readonly Server[], places: readonly number[]): readonly Server[] {
  return places.map((place) => present(servers[place], 'a place is that of a server'));
}
