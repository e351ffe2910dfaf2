/**
 * The minimal sets of children that satisfy one gate, counted and listed. In order of falling weight a set is minimal exactly if its
 * last child makes it heavy enough: then no other, being no lighter, can be spared either.
 */
import { totalWeight, type WeightedList, weightAt, withoutCommonFactor } from '../../tree/weights.js';
import type { Budget } from '../../verdict.js';

/** A gate as far as it matters here. */
export interface Gate extends WeightedList {
  readonly k: number;
}

/** Sums of weights are kept in a list up to so many at all children together; in a map, which is slower, up to fewer. */
const maxListed = 100_000_000;
/** No list of sums is longer. */
const longestList = 1_000_000;
const maxMapped = 300_000;

/** The positions of each minimal set of children, ascending, each set once, in lexicographic order of the children by weight. */
export function* minimalCoalitions(gate: Gate): Generator<readonly number[]> {
  const order = byFallingWeight(gate);
  const rest = restsOf(gate, order);
  const chosen: number[] = [];
  let weight = 0;
  let place = 0;
  for (;;) {
    const child = order[place];
    if (child !== undefined && weight + (rest[place] ?? 0) >= gate.k) {
      const heavier = weight + weightAt(gate, child);
      if (heavier >= gate.k) yield [...chosen, place].map((at) => order[at] ?? 0).sort((a, b) => a - b);
      else {
        chosen.push(place);
        weight = heavier;
      }
      place += 1;
      continue;
    }
    const last = chosen.pop();
    if (last === undefined) return;
    weight -= weightAt(gate, order[last] ?? 0);
    place = last + 1;
  }
}

function byFallingWeight(gate: Gate): readonly number[] {
  return [...gate.of.keys()].sort((a, b) => weightAt(gate, b) - weightAt(gate, a));
}

/** For each place in `order` what it and those behind it weigh. */
function restsOf(gate: Gate, order: readonly number[]): readonly number[] {
  let rest = totalWeight(gate);
  return order.map((child) => {
    const here = rest;
    rest -= weightAt(gate, child);
    return here;
  });
}

/**
 * How many minimal sets of children there are when the i-th child counts `counts[i]` times; undefined where there are too many sums of
 * weights, or time runs out.
 */
export function countCoalitions(gate: Gate, counts: readonly bigint[], budget: Budget): bigint | undefined {
  const { weights, factor } = withoutCommonFactor(gate.weights ?? []);
  const plain = { ...gate, k: Math.ceil(gate.k / factor), weights };
  if (weights.every((weight) => weight === 1)) return symmetricSum(counts, plain.k, budget);
  // Few children reach few sums, however much they weigh.
  const isSparse = plain.k > longestList || plain.k > 2 ** plain.of.length;
  return !isSparse && plain.k * plain.of.length <= maxListed
    ? countBySums(plain, counts, budget)
    : countByReachedSums(plain, counts, budget);
}

/** The elementary symmetric polynomial of degree k: the sum, over all choices of k, of the products. Equal counts are taken together. */
function symmetricSum(counts: readonly bigint[], k: number, budget: Budget): bigint | undefined {
  const multiplicities = new Map<bigint, number>();
  for (const count of counts) multiplicities.set(count, (multiplicities.get(count) ?? 0) + 1);
  let sums: readonly bigint[] = [1n];
  let left = multiplicities.size;
  for (const [count, multiplicity] of multiplicities) {
    left -= 1;
    const next = times(sums, binomialSeries(count, multiplicity, k), { from: left === 0 ? k : 0, to: k, budget });
    if (next === undefined) return undefined;
    sums = next;
  }
  return sums[k] ?? 0n;
}

/** The coefficients of (1 + count·x)^multiplicity up to x^k. */
function binomialSeries(count: bigint, multiplicity: number, k: number): readonly bigint[] {
  const series = [1n];
  for (let degree = 1; degree <= Math.min(k, multiplicity); degree++) {
    const choices = BigInt(multiplicity - degree + 1);
    series.push(((series[degree - 1] ?? 0n) * choices * count) / BigInt(degree));
  }
  return series;
}

/** The coefficients, from one degree to another, of a product; below `from` they are 0. */
function times(
  a: readonly bigint[],
  b: readonly bigint[],
  { from, to, budget }: { readonly from: number; readonly to: number; readonly budget: Budget },
): readonly bigint[] | undefined {
  const product: bigint[] = [];
  for (let degree = 0; degree <= Math.min(to, a.length + b.length - 2); degree++) {
    let sum = 0n;
    const first = degree < from ? a.length : Math.max(0, degree - b.length + 1);
    for (let i = first; i < Math.min(a.length, degree + 1); i++) sum += (a[i] ?? 0n) * (b[degree - i] ?? 0n);
    product.push(sum);
    if (budget.isSpent()) return undefined;
  }
  return product;
}

/** `ways[s]` is the number of sets of the children so far, heaviest first, that weigh s < k; right as far as the others can make k of s. */
function countBySums(gate: Gate, counts: readonly bigint[], budget: Budget): bigint | undefined {
  const ways = Array.from({ length: gate.k }, () => 0n);
  ways[0] = 1n;
  let total = 0n;
  let reached = 0;
  const order = byFallingWeight(gate);
  const rest = restsOf(gate, order);
  for (const [place, child] of order.entries()) {
    if (budget.isSpent()) return undefined;
    const weight = weightAt(gate, child);
    const count = counts[child] ?? 0n;
    let completed = 0n;
    for (let sum = Math.max(0, gate.k - weight); sum <= reached; sum++) completed += ways[sum] ?? 0n;
    total += completed * count;
    reached = Math.min(reached + weight, gate.k - 1);
    const least = Math.max(weight, gate.k - (rest[place + 1] ?? 0));
    for (let sum = reached; sum >= least; sum--) {
      const before = ways[sum - weight] ?? 0n;
      if (before !== 0n) ways[sum] = (ways[sum] ?? 0n) + (count === 1n ? before : before * count);
    }
  }
  return total;
}

/** The same where k is large, by a table of the sums that occur. */
function countByReachedSums(gate: Gate, counts: readonly bigint[], budget: Budget): bigint | undefined {
  let ways = new Map<number, bigint>([[0, 1n]]);
  let total = 0n;
  let states = 0;
  const order = byFallingWeight(gate);
  const rest = restsOf(gate, order);
  for (const [place, child] of order.entries()) {
    states += ways.size;
    if (states > maxMapped || budget.isSpent()) return undefined;
    const weight = weightAt(gate, child);
    const count = counts[child] ?? 0n;
    const next = new Map<number, bigint>();
    const add = (sum: number, number: bigint): void => {
      if (sum + (rest[place + 1] ?? 0) >= gate.k) next.set(sum, (next.get(sum) ?? 0n) + number);
    };
    for (const [sum, number] of ways) {
      if (sum + weight >= gate.k) total += number * count;
      else add(sum + weight, number * count);
      add(sum, number);
    }
    ways = next;
  }
  return total;
}
