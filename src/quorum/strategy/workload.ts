/** What a strategy is to serve: how often is read and how often written, and what each server can do. */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import { outOfRange, type StrategyError } from './errors.js';

/** The share of operations that read, from 0 to 1; or several of them, each as likely as its weight says. */
export type ReadFraction = number | readonly WeightedFraction[];

export interface WeightedFraction {
  readonly readFraction: number;
  /** Against the other weights; not negative. */
  readonly weight: number;
}

/** What is left out is 1 for capacities and 0 for the latency. */
export interface ServerFigures {
  /** Reads per unit of time that the server can take. */
  readonly readCapacity?: number;
  readonly writeCapacity?: number;
  /** Until its answer is there; in any one unit of time. */
  readonly latency?: number;
}

export type FiguresOf = (id: ProcessId) => ServerFigures;

/** One of the read fractions, with its probability. */
interface WorkloadPoint {
  readonly readFraction: number;
  readonly probability: number;
}

export interface Workload {
  /** Distinct read fractions; their probabilities are positive and sum to 1. */
  readonly points: readonly WorkloadPoint[];
  readonly meanReadFraction: number;
}

const maxPoints = 100;

export function workloadOf(fraction: ReadFraction): Either<StrategyError, Workload> {
  const given = typeof fraction === 'number' ? [{ readFraction: fraction, weight: 1 }] : fraction;
  if (given.length > maxPoints) return outOfRange('the read fractions', `at most ${maxPoints} of them`);
  const weights = new Map<number, number>();
  let total = 0;
  for (const { readFraction, weight } of given) {
    if (!(readFraction >= 0 && readFraction <= 1)) return outOfRange('a read fraction', 'a number from 0 to 1');
    if (!(weight >= 0 && weight < Infinity)) return outOfRange('the weight of a read fraction', 'a number from 0');
    if (weight > 0) weights.set(readFraction, (weights.get(readFraction) ?? 0) + weight);
    total += weight;
  }
  if (!(total > 0 && total < Infinity)) return outOfRange('the read fractions', 'one of positive weight');
  const points = [...weights].map(([readFraction, weight]) => ({ readFraction, probability: weight / total }));
  const mean = points.reduce((sum, point) => sum + point.probability * point.readFraction, 0);
  return E.right({ points, meanReadFraction: Math.min(mean, 1) });
}

/** A server with everything said of it. */
export interface Server {
  readonly id: ProcessId;
  readonly readCapacity: number;
  readonly writeCapacity: number;
  readonly latency: number;
}

/** The slowest of an alliance has at least this share of the capacity of the fastest: beyond it sums lose their digits. */
const smallestRatio = 1e-6;

/** The servers of `ids`, in their order. */
export function serversOf(ids: readonly ProcessId[], figuresOf: FiguresOf): Either<StrategyError, readonly Server[]> {
  const servers: Server[] = [];
  for (const id of ids) {
    const { readCapacity = 1, writeCapacity = 1, latency = 0 } = figuresOf(id);
    if (!isPositive(readCapacity) || !isPositive(writeCapacity))
      return outOfRange(`the capacity of ${id}`, 'a positive number');
    if (!(latency >= 0 && latency < Infinity)) return outOfRange(`the latency of ${id}`, 'a number from 0');
    servers.push({ id, readCapacity, writeCapacity, latency });
  }
  const capacities = servers.flatMap(({ readCapacity, writeCapacity }) => [readCapacity, writeCapacity]);
  const least = capacities.reduce((a, b) => Math.min(a, b), Infinity);
  const greatest = capacities.reduce((a, b) => Math.max(a, b), 0);
  if (least < greatest * smallestRatio)
    return outOfRange('the capacities', `numbers none of which is a million times another`);
  return E.right(servers);
}

function isPositive(value: number): boolean {
  return value > 0 && value < Infinity;
}
