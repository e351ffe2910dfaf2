/**
 * The quorums of a small system, one by one: the columns of its linear programs. What is listed suffices for every optimum: a quorum
 * that is left out has a listed one inside it that is no slower.
 */
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Policy } from '../policy/policy.js';
import { minimalMasks, type SubsetTable } from '../tree/subset-transform.js';
import { weightAt } from '../tree/weights.js';
import type { Budget } from '../verdict.js';
import { type StrategyError, unfinished } from './errors.js';
import { type AccessSide, tableError } from './read-write-system.js';
import type { Server } from './workload.js';

/** A quorum that a strategy may ask. */
export interface QuorumColumn {
  /** Places of its members among the servers, ascending. */
  readonly places: readonly number[];
  /** Of its fastest part that is a quorum by itself; 0 where nobody asks. */
  readonly latency: number;
}

export interface ColumnRequest {
  readonly servers: readonly Server[];
  /** So many of a listed quorum may fail, and the rest still is one. */
  readonly resilience: number;
  /** Whether latencies are optimized or limited. */
  readonly latencyMatters: boolean;
}

/** No list is longer. */
const maxColumns = 500_000;

/** The quorums of a side that has at most 20 members. */
export function tabledColumns(
  side: AccessSide,
  { servers, resilience, latencyMatters }: ColumnRequest,
  budget: Budget,
): Either<StrategyError, readonly QuorumColumn[]> {
  const made = side.table(budget);
  if (E.isLeft(made)) return E.left(tableError(made.left, budget));
  const { members, qualified } = made.right;
  const placeOf = new Map<ProcessId, number>(servers.map(({ id }, place) => [id, place]));
  const places = members.map((id) => present(placeOf.get(id), 'a member is a server'));
  const latencies = places.map((place) => present(servers[place], 'a member is a server').latency);
  const masks = latencyMatters
    ? timelyMasks(qualified, { resilience, latencies, budget })
    : minimalMasks(resilientTable(qualified, resilience));
  if (masks === undefined) return E.left(unfinished(budget, 'the list of quorums'));
  if (masks.length > maxColumns) return E.left(tooMany(masks.length));
  const order = [...latencies.keys()].sort((a, b) => (latencies[a] ?? 0) - (latencies[b] ?? 0));
  return E.right(
    masks.map((mask) => ({
      places: places.filter((_, bit) => ((mask >>> bit) & 1) === 1).sort((a, b) => a - b),
      latency: latencyMatters ? latencyOfMask(mask, { qualified, order, latencies }) : 0,
    })),
  );
}

function tooMany(count: number): StrategyError {
  return { _tag: 'TooLarge', reason: `${count} quorums: strategies are sought over at most ${maxColumns}` };
}

/** The sets that are qualified without any `resilience` of their members. */
function resilientTable(qualified: SubsetTable, resilience: number): SubsetTable {
  let table = qualified;
  for (let failures = 0; failures < resilience; failures++) table = withoutAnyOne(table);
  return table;
}

function withoutAnyOne(table: SubsetTable): SubsetTable {
  return table.map((entry, mask) => {
    for (let rest = mask; entry === 1 && rest !== 0; rest &= rest - 1) if (table[mask ^ (rest & -rest)] === 0) return 0;
    return entry;
  });
}

/**
 * For each time, the minimal sets that stay qualified after the failures and by that time have heard from a quorum, where none fails.
 * With failures to survive, a further fast member may save time without being needed otherwise.
 */
function timelyMasks(
  qualified: SubsetTable,
  { resilience, latencies, budget }: { resilience: number; latencies: readonly number[]; budget: Budget },
): readonly number[] | undefined {
  if (resilience === 0) return minimalMasks(qualified);
  const resilient = resilientTable(qualified, resilience);
  const found = new Set<number>();
  for (const time of new Set(latencies)) {
    if (budget.isSpent()) return undefined;
    const inTime = latencies.reduce((mask, latency, bit) => (latency <= time ? mask | (1 << bit) : mask), 0);
    const timely = resilient.map((entry, mask) => entry & (qualified[mask & inTime] ?? 0));
    for (const mask of minimalMasks(timely)) found.add(mask);
  }
  return [...found];
}

function latencyOfMask(
  mask: number,
  { qualified, order, latencies }: { qualified: SubsetTable; order: readonly number[]; latencies: readonly number[] },
): number {
  let heard = 0;
  for (const bit of order) {
    heard |= mask & (1 << bit);
    if (qualified[heard] === 1) return latencies[bit] ?? 0;
  }
  return Infinity;
}

/** No list is made from a tree beyond this length. */
const maxListed = 20_000;

/** The quorums of a policy of any size, some perhaps not minimal; undefined where there are more than are listed. */
export function listedColumns(
  policy: Policy,
  { servers, latencyMatters }: ColumnRequest,
  latencyOf: (places: readonly number[]) => number,
): readonly QuorumColumn[] | undefined {
  const placeOf = new Map<ProcessId, number>(servers.map(({ id }, place) => [id, place]));
  const masks = masksOf(policy, (id) => 1n << BigInt(present(placeOf.get(id), 'a member is a server')));
  return masks?.map((mask) => {
    const places = servers.flatMap((_, place) => (((mask >> BigInt(place)) & 1n) === 1n ? [place] : []));
    return { places, latency: latencyMatters ? latencyOf(places) : 0 };
  });
}

function masksOf(policy: Policy, bitOf: (id: ProcessId) => bigint): readonly bigint[] | undefined {
  if (policy._tag === 'member') return [bitOf(policy.id)];
  const { k, of } = policy;
  const heaviest = of.map((_, index) => index).sort((a, b) => weightAt(policy, b) - weightAt(policy, a));
  let rest = heaviest.reduce((sum, index) => sum + weightAt(policy, index), 0);
  // Unions of quorums of the children so far, by the weight that is satisfied; heaviest first, so that whatever reaches k needs its last.
  let open = new Map<number, Set<bigint>>([[0, new Set([0n])]]);
  const reached = new Set<bigint>();
  for (const index of heaviest) {
    const masks = masksOf(present(of[index], 'a child'), bitOf);
    if (masks === undefined) return undefined;
    const weight = weightAt(policy, index);
    rest -= weight;
    const next = new Map<number, Set<bigint>>();
    let count = reached.size;
    for (const [sum, sets] of open) {
      if (sum + rest >= k) count += addAll(next, sum, sets);
      for (const mask of masks) {
        const joined = [...sets].map((set) => set | mask);
        if (sum + weight >= k) for (const set of joined) reached.add(set);
        else if (sum + weight + rest >= k) count += addAll(next, sum + weight, joined);
        if (count + reached.size > maxListed) return undefined;
      }
    }
    open = next;
  }
  return [...reached];
}

/** Adds `sets` to those of weight `sum`; returns how many there are to count. */
function addAll(open: Map<number, Set<bigint>>, sum: number, sets: Iterable<bigint>): number {
  const there = open.get(sum) ?? new Set<bigint>();
  const before = there.size;
  for (const set of sets) there.add(set);
  open.set(sum, there);
  return there.size - before;
}
