/**
 * How many quorums a unit of time the members can bear: a packing program, solved by column generation and then proven in exact
 * fractions. Primal: rates x_q ≥ 0 of quorums with Σ_{q∋i} x_q ≤ c_i; Σ x_q is reached. Dual: prices y_i ≥ 0; Σ c_i·y_i divided by the
 * price of the cheapest quorum is never exceeded. Both hold for any x and y, however the solver rounds; where they meet, the value is exact.
 */
import { commonDenominator, Fraction } from '../analysis/load/fraction.js';
import { solvePacking } from '../analysis/load/packing-program.js';
import type { Budget } from '../verdict.js';
import { nearFraction } from './near-fraction.js';
import { type Column, type LinearModel, type Outcome, type Solver, valueAt } from './solver.js';

/** How often a quorum uses each item. */
export type Uses = readonly number[];

/** Quorums over items, each item perhaps a class of members that are alike. */
export interface QuorumFamily {
  /** Of each item, in uses a unit of time; positive. */
  readonly supplies: readonly Fraction[];
  /**
   * A quorum, and what none costs less than.
   *
   * @param prices - of one use: integers from 0 whose sums over quorums are safe.
   * @returns undefined where that is beyond reach.
   */
  cheapest(prices: readonly number[]): { readonly uses: Uses; readonly cost: number } | undefined;
  /** The most that one quorum uses an item. */
  readonly maxUses: readonly number[];
  /** Quorums to begin with, and bounds that are known already. */
  readonly seeds?: readonly Uses[];
  readonly known?: CapacityBounds;
}

export interface CapacityBounds {
  readonly atLeast: Fraction;
  readonly atMost: Fraction;
}

/** Prices sum to so much over the largest quorum, in exact arithmetic. */
const priceRange = 2 ** 44;
const tolerance = 1e-10;
/** What fractions are computed with, in a fraction of a second. */
const maxExactRows = 40;
const maxExactPivots = 200;

/** Bounds of the capacity, equal where it was proven; undefined where not even a quorum was found. */
export function packQuorums(solver: Solver, family: QuorumFamily, budget: Budget): CapacityBounds | undefined {
  const rows = family.supplies.map((supply) => ({ lower: -Infinity, upper: supply.toNumber() }));
  return solver.withModel({ rows, columns: [] }, (model) => new Packing(model, family, budget).run());
}

class Packing {
  private readonly quorums: Uses[] = [];
  private readonly known = new Set<string>();
  private atLeast: Fraction | undefined;
  private atMost: Fraction | undefined;

  constructor(
    private readonly model: LinearModel,
    private readonly family: QuorumFamily,
    private readonly budget: Budget,
  ) {
    this.atLeast = family.known?.atLeast;
    this.atMost = family.known?.atMost;
    for (const seed of family.seeds ?? []) this.add(seed);
  }

  run(): CapacityBounds | undefined {
    let solved: Extract<Outcome, { _tag: 'optimal' }> | undefined;
    const first = this.quorums.length > 0 ? 'new quorum' : this.tryPrices(this.family.supplies.map(() => 1));
    for (let found = first; found === 'new quorum'; ) {
      const outcome = this.model.minimize(this.budget);
      if (outcome._tag !== 'optimal') break;
      solved = outcome;
      if (-outcome.objective >= (this.atMost?.toNumber() ?? Infinity) * (1 - tolerance)) break;
      found = this.tryPrices(this.family.supplies.map((_, index) => Math.max(0, -valueAt(outcome.duals, index))));
    }
    if (solved !== undefined) this.prove(solved);
    const { atLeast, atMost } = this;
    return atLeast === undefined || atMost === undefined ? undefined : { atLeast, atMost };
  }

  /** Bounds the capacity by these prices, rounded to integers, and adds the cheapest quorum if it would pay. */
  private tryPrices(prices: readonly number[]): 'new quorum' | 'none' {
    const { maxUses } = this.family;
    const largest = prices.reduce((sum, price, index) => sum + price * valueAt(maxUses, index), 0);
    if (!(largest > 0)) return 'none';
    const scale = priceRange / largest;
    const cheapest = this.bound(prices.map((price) => Math.round(price * scale)));
    if (cheapest === undefined) return 'none';
    const first = this.quorums.length === 0;
    return first || cheapest.cost / scale < 1 - tolerance ? this.add(cheapest.uses) : 'none';
  }

  private add(uses: Uses): 'new quorum' | 'none' {
    const key = uses.join(' ');
    if (this.known.has(key)) return 'none';
    this.known.add(key);
    this.quorums.push(uses);
    this.model.addColumns([columnOf(uses)]);
    if (this.quorums.length === 1) this.atLeast ??= this.capacityOf([Fraction.one]);
    return 'new quorum';
  }

  /** No capacity is larger than what the supplies cost in quorums. */
  private bound(prices: readonly number[]): { readonly uses: Uses; readonly cost: number } | undefined {
    const cheapest = this.family.cheapest(prices);
    if (cheapest === undefined || cheapest.cost <= 0) return cheapest;
    const worth = this.family.supplies.reduce(
      (sum, supply, index) => sum.plus(supply.times(whole(valueAt(prices, index)))),
      Fraction.zero,
    );
    const atMost = worth.dividedBy(whole(cheapest.cost));
    this.atMost = this.atMost?.min(atMost) ?? atMost;
    return cheapest;
  }

  /** Takes the solver's numbers for the fractions near them, and sees what these prove. */
  private prove({ values, duals }: Extract<Outcome, { _tag: 'optimal' }>): void {
    // After an interruption there are more quorums than values.
    const rates = this.quorums.map((_, index) => nearFraction(Math.max(0, values[index] ?? 0)));
    this.raise(this.capacityOf(rates));
    const prices = this.family.supplies.map((_, index) => nearFraction(Math.max(0, -valueAt(duals, index))));
    const unit = commonDenominator(prices);
    const integers = prices.map(({ numerator, denominator }) => Number(numerator * (unit / denominator)));
    const largest = integers.reduce((sum, price, index) => sum + price * valueAt(this.family.maxUses, index), 0);
    if (largest > 0 && Number.isSafeInteger(largest)) this.bound(integers);
    if (this.atMost?.equals(this.atLeast ?? Fraction.zero) !== true) this.raise(this.exactCapacity(rates));
  }

  private raise(reached: Fraction | undefined): void {
    if (reached !== undefined) this.atLeast = this.atLeast?.max(reached) ?? reached;
  }

  /** Of the quorums that the solver uses, by a simplex method on fractions. */
  private exactCapacity(rates: readonly Fraction[]): Fraction | undefined {
    const { supplies } = this.family;
    const used = this.quorums.filter((_, index) => rates[index]?.equals(Fraction.zero) === false);
    if (supplies.length > maxExactRows || used.length > 2 * maxExactRows || this.budget.isSpent()) return undefined;
    const columns = used.map((uses) => uses.map(BigInt));
    return solvePacking({ columns, supplies }, maxExactPivots)?.total;
  }

  /** What quorums at these rates, made as large as the supplies allow, add up to; undefined if there are none. */
  private capacityOf(rates: readonly Fraction[]): Fraction | undefined {
    let most = Fraction.zero;
    for (const [index, supply] of this.family.supplies.entries()) {
      const used = rates.reduce((sum, rate, quorum) => {
        const times = this.quorums[quorum]?.[index] ?? 0;
        return times === 0 ? sum : sum.plus(rate.times(whole(times)));
      }, Fraction.zero);
      most = most.max(used.dividedBy(supply));
    }
    if (most.equals(Fraction.zero)) return undefined;
    return rates.reduce((sum, rate) => sum.plus(rate), Fraction.zero).dividedBy(most);
  }
}

function columnOf(uses: Uses): Column {
  const entries = uses.flatMap((value, row) => (value === 0 ? [] : [{ row, value }]));
  return { cost: -1, entries };
}

function whole(value: number): Fraction {
  return Fraction.of(BigInt(value));
}
