/**
 * Small linear programs, solved exactly: use some columns as much as possible in all, no resource beyond its supply. The revised simplex
 * method (Dantzig and Orchard-Hays, 1954) on fractions; the supplies are positive, so it may begin with nothing used.
 */
import { invariant, present } from '../../../prelude/invariant.js';
import { commonDenominator, Fraction } from './fraction.js';

export interface PackingProgram {
  /** What one unit of each column takes of every resource; of one at least it takes some. */
  readonly columns: readonly (readonly bigint[])[];
  /** Of each resource; positive. */
  readonly supplies: readonly Fraction[];
}

export interface Packing {
  /** The sum of {@link uses}: the largest possible. */
  readonly total: Fraction;
  /** By column; those that are not used are absent. */
  readonly uses: ReadonlyMap<number, Fraction>;
}

/** Undefined if the optimum is not reached in so many pivots. */
export function solvePacking(program: PackingProgram, maxPivots: number): Packing | undefined {
  const simplex = new Simplex(program);
  for (let pivots = 0; pivots <= maxPivots; pivots++) {
    const entering = simplex.improvingVariable();
    if (entering === undefined) return simplex.packing();
    simplex.bring(entering);
  }
  return undefined;
}

/** Variables are numbered: first what is left of each resource, then the columns. */
class Simplex {
  private readonly resourceCount: number;
  /** The variables that may be other than 0, one a row. */
  private readonly basis: number[];
  private readonly values: Fraction[];
  /** Of the matrix of the basic variables' columns. */
  private readonly inverse: Fraction[][];

  constructor(private readonly program: PackingProgram) {
    const { supplies } = program;
    this.resourceCount = supplies.length;
    this.basis = supplies.map((_, row) => row);
    this.values = [...supplies];
    this.inverse = supplies.map((_, row) => supplies.map((_other, at) => (row === at ? Fraction.one : Fraction.zero)));
  }

  /** That of which more would gain most; undefined at the optimum. */
  improvingVariable(): number | undefined {
    const prices = this.prices();
    const unit = commonDenominator(prices);
    const whole = prices.map(({ numerator, denominator }) => numerator * (unit / denominator));
    let best: number | undefined;
    let bestGain = 0n;
    const consider = (variable: number, gain: bigint): void => {
      if (gain > bestGain) [best, bestGain] = [variable, gain];
    };
    for (const [row, price] of whole.entries()) consider(row, -price);
    for (const [index, column] of this.program.columns.entries()) {
      const cost = column.reduce((sum, taken, row) => sum + taken * (whole[row] ?? 0n), 0n);
      consider(this.resourceCount + index, unit - cost);
    }
    return best;
  }

  /** What one more unit of each resource would gain: the dual solution. */
  private prices(): readonly Fraction[] {
    const prices = this.program.supplies.map(() => Fraction.zero);
    for (const [row, variable] of this.basis.entries()) {
      if (variable < this.resourceCount) continue;
      for (const [at, entry] of this.rowOf(row).entries()) prices[at] = (prices[at] ?? Fraction.zero).plus(entry);
    }
    return prices;
  }

  /** Brings a variable into the basis, in place of the one that it first drives to 0. */
  bring(variable: number): void {
    const change = this.inverse.map((row) => this.changeAlong(row, variable));
    const leaving = this.leavingRow(change);
    const pivot = present(change[leaving], 'the leaving row has its change').inverse;
    const pivotRow = this.rowOf(leaving).map((entry) => entry.times(pivot));
    const step = this.valueOf(leaving).times(pivot);
    for (const [row, factor] of change.entries()) {
      if (row === leaving || factor.equals(Fraction.zero)) continue;
      this.values[row] = this.valueOf(row).minus(factor.times(step));
      this.inverse[row] = this.rowOf(row).map((entry, at) =>
        entry.minus(factor.times(present(pivotRow[at], 'rows have one length'))),
      );
    }
    this.values[leaving] = step;
    this.inverse[leaving] = pivotRow;
    this.basis[leaving] = variable;
  }

  /** How much less the basic variable of a row of the inverse is for one unit of `variable`. */
  private changeAlong(row: readonly Fraction[], variable: number): Fraction {
    if (variable < this.resourceCount) return present(row[variable], 'a resource has its place in every row');
    const column = present(this.program.columns[variable - this.resourceCount], 'a variable has its column');
    return row.reduce((sum, entry, at) => {
      const taken = column[at] ?? 0n;
      return taken === 0n ? sum : sum.plus(entry.times(Fraction.of(taken)));
    }, Fraction.zero);
  }

  private leavingRow(change: readonly Fraction[]): number {
    let leaving: number | undefined;
    let least: Fraction | undefined;
    for (const [row, factor] of change.entries()) {
      if (factor.compare(Fraction.zero) <= 0) continue;
      const steps = this.valueOf(row).dividedBy(factor);
      if (least === undefined || steps.compare(least) < 0) [leaving, least] = [row, steps];
    }
    invariant(leaving !== undefined, 'every column takes some of a resource');
    return leaving;
  }

  packing(): Packing {
    const uses = new Map<number, Fraction>();
    let total = Fraction.zero;
    for (const [row, variable] of this.basis.entries()) {
      const use = this.valueOf(row);
      if (variable < this.resourceCount || use.equals(Fraction.zero)) continue;
      uses.set(variable - this.resourceCount, use);
      total = total.plus(use);
    }
    return { total, uses };
  }

  private rowOf(row: number): readonly Fraction[] {
    return present(this.inverse[row], 'every basic variable has a row');
  }

  private valueOf(row: number): Fraction {
    return present(this.values[row], 'every basic variable has a value');
  }
}
