/**
 * What sets weigh by two measures at once, exactly: by their weights, which may be large, and by tickets, whole numbers that
 * are few in all. It decides whether tickets and a threshold accept the same sets as weights and theirs do, for any number of
 * children, by dynamic programming over sums of tickets (Martello & Toth, "Knapsack Problems", 1990, chapter 2).
 */

/** A set is accepted where its weights sum to `k` or more. */
export interface WeightedThreshold {
  readonly k: number;
  readonly weights: readonly number[];
}

/** For each number of tickets from 0 to all of them, the sets that have exactly so many. */
export interface TicketSums {
  /** What the lightest of them weighs; Infinity if there is none. */
  readonly lightest: Float64Array;
  /** What the heaviest of them weighs; -Infinity if there is none. */
  readonly heaviest: Float64Array;
  /** The children of the lightest, from 0; where `count` is one that some set has. */
  lightestSet(count: number): readonly number[];
  heaviestSet(count: number): readonly number[];
}

/** @param tickets - one number for each weight, not negative. Takes the number of weights times all tickets. */
export function ticketSums(weights: readonly number[], tickets: readonly number[]): TicketSums {
  const total = tickets.reduce((sum, count) => sum + count, 0);
  const lightest = new Float64Array(total + 1).fill(Infinity);
  const heaviest = new Float64Array(total + 1).fill(-Infinity);
  lightest[0] = 0;
  heaviest[0] = 0;
  const steps = tickets.map((own, index) => {
    const weight = weights[index] ?? 0;
    const taken = { light: new Uint8Array(total + 1), heavy: new Uint8Array(total + 1) };
    for (let sum = total; sum >= own; sum--) {
      const light = (lightest[sum - own] ?? Infinity) + weight;
      const heavy = (heaviest[sum - own] ?? -Infinity) + weight;
      if (light < (lightest[sum] ?? Infinity)) [lightest[sum], taken.light[sum]] = [light, 1];
      if (heavy > (heaviest[sum] ?? -Infinity)) [heaviest[sum], taken.heavy[sum]] = [heavy, 1];
    }
    return taken;
  });
  const light = steps.map((step) => step.light);
  const heavy = steps.map((step) => step.heavy);
  return {
    lightest,
    heaviest,
    lightestSet: (count) => traced(light, tickets, count),
    heaviestSet: (count) => traced(heavy, tickets, count),
  };
}

function traced(taken: readonly Uint8Array[], tickets: readonly number[], count: number): readonly number[] {
  const set: number[] = [];
  let left = count;
  for (let index = taken.length - 1; index >= 0; index--) {
    if (taken[index]?.[left] !== 1) continue;
    set.push(index);
    left -= tickets[index] ?? 0;
  }
  return set.reverse();
}

/** Sets lighter than `refusedBelow` are to be refused, sets of `acceptedFrom` or more are to be accepted. */
export interface Demand {
  readonly refusedBelow: number;
  readonly acceptedFrom: number;
}

/** What tickets make of a demand: a threshold above `mostRefused`, and of `leastAccepted` at most, meets it. */
export interface Separation {
  /** The most tickets that a set has which is to be refused. */
  readonly mostRefused: number;
  /** The fewest tickets that a set has which is to be accepted. */
  readonly leastAccepted: number;
  readonly sums: TicketSums;
}

/** @param demand - that some set, the empty one at least, is to be refused, and the set of all to be accepted. */
export function separate(weights: readonly number[], tickets: readonly number[], demand: Demand): Separation {
  const sums = ticketSums(weights, tickets);
  return {
    mostRefused: sums.lightest.findLastIndex((weight) => weight < demand.refusedBelow),
    leastAccepted: sums.heaviest.findIndex((weight) => weight >= demand.acceptedFrom),
    sums,
  };
}

/** Whether some threshold on the tickets meets the demand. */
export function isSeparated({ mostRefused, leastAccepted }: Separation): boolean {
  return mostRefused < leastAccepted;
}
