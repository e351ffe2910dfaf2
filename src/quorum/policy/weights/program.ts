/**
 * Small integer programs, solved exactly: branch and bound (Land & Doig, 1960) over the dual simplex method in whole numbers
 * (Edmonds' integer pivoting: all entries share one denominator, and divisions by it are exact). No solver, no rounding.
 */

/** `coefficients` times the variables is `atLeast` or more. Variables are whole and not negative. */
export interface Inequality {
  readonly coefficients: readonly number[];
  readonly atLeast: number;
}

/** A number of pivots times entries that a search may take. */
export class StepBudget {
  constructor(private steps: number) {}

  /** Whether something is left after spending. */
  spend(steps: number): boolean {
    this.steps -= steps;
    return this.steps > 0;
  }
}

export type ProgramOutcome =
  | { readonly _tag: 'least'; readonly values: readonly number[]; readonly cost: number }
  | { readonly _tag: 'none' }
  | { readonly _tag: 'spent' };

interface DictionaryRow {
  readonly variable: number;
  /** The constant, then one entry for each column. */
  readonly entries: readonly bigint[];
}

/** Every basic variable as a combination of the others, all times `denominator`; the cost likewise, never negative in them. */
interface Dictionary {
  readonly denominator: bigint;
  /** Variables that are 0. */
  readonly columns: readonly number[];
  readonly rows: readonly DictionaryRow[];
  readonly cost: readonly bigint[];
}

/** Minimizes a cost over inequalities that may be added one by one. */
export class IntegerProgram {
  private root: Dictionary;
  private variableCount: number;

  /** @param costs - of the variables, whole and not negative. */
  constructor(private readonly costs: readonly number[]) {
    this.variableCount = costs.length;
    this.root = {
      denominator: 1n,
      columns: costs.map((_, index) => index),
      rows: [],
      cost: [0n, ...costs.map(BigInt)],
    };
  }

  add(inequality: Inequality): void {
    this.root = withRow(this.root, inequality, this.variableCount++);
  }

  /** The least cost below `limit`, and values that have it. */
  solve(limit: number, budget: StepBudget): ProgramOutcome {
    let best: ProgramOutcome = { _tag: 'none' };
    const optimum = optimized(this.root, budget);
    if (optimum === 'spent') return { _tag: 'spent' };
    if (optimum === 'infeasible') return best;
    this.root = optimum;
    const pending: Dictionary[] = [optimum];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const found = optimized(next, budget);
      if (found === 'spent') return { _tag: 'spent' };
      if (found === 'infeasible' || costOf(found) >= (best._tag === 'least' ? best.cost : limit)) continue;
      const fractional = this.firstFraction(found);
      if (fractional === undefined) best = { _tag: 'least', values: this.valuesOf(found), cost: costOf(found) };
      else pending.push(...this.branches(found, fractional));
    }
    return best;
  }

  private firstFraction({ rows, denominator }: Dictionary): DictionaryRow | undefined {
    const fractional = rows.filter(
      ({ variable, entries }) => variable < this.costs.length && (entries[0] ?? 0n) % denominator !== 0n,
    );
    return fractional.sort((a, b) => a.variable - b.variable)[0];
  }

  /** A variable between two whole numbers is at most the one or at least the other. The second is looked at first. */
  private branches(found: Dictionary, { variable, entries }: DictionaryRow): readonly Dictionary[] {
    const below = Number((entries[0] ?? 0n) / found.denominator);
    const unit = this.costs.map((_, index) => (index === variable ? 1 : 0));
    const opposite = unit.map((one) => -one);
    const slack = this.variableCount++;
    return [
      withRow(found, { coefficients: opposite, atLeast: -below }, slack),
      withRow(found, { coefficients: unit, atLeast: below + 1 }, slack),
    ];
  }

  private valuesOf({ rows, denominator }: Dictionary): readonly number[] {
    const values = this.costs.map(() => 0);
    for (const { variable, entries } of rows) {
      if (variable < values.length) values[variable] = Number((entries[0] ?? 0n) / denominator);
    }
    return values;
  }
}

/** Rounded up: costs of whole values are whole. */
function costOf({ cost, denominator }: Dictionary): number {
  return Number(((cost[0] ?? 0n) + denominator - 1n) / denominator);
}

/** Adds the slack of an inequality, in terms of the columns, as a basic variable. */
function withRow(dictionary: Dictionary, { coefficients, atLeast }: Inequality, slack: number): Dictionary {
  const { denominator, columns, rows } = dictionary;
  const entries = [
    BigInt(-atLeast) * denominator,
    ...columns.map((one) => BigInt(coefficients[one] ?? 0) * denominator),
  ];
  for (const row of rows) {
    const coefficient = BigInt(coefficients[row.variable] ?? 0);
    if (coefficient === 0n) continue;
    for (const [index, entry] of row.entries.entries()) entries[index] = (entries[index] ?? 0n) + coefficient * entry;
  }
  return { ...dictionary, rows: [...rows, { variable: slack, entries }] };
}

/** Dual simplex by the smallest index (Bland), so that it ends: until no basic variable is negative. */
function optimized(start: Dictionary, budget: StepBudget): Dictionary | 'infeasible' | 'spent' {
  let dictionary = start;
  for (;;) {
    const leaving = leavingRow(dictionary);
    if (leaving === undefined) return dictionary;
    const entering = enteringColumn(dictionary, leaving);
    if (entering === undefined) return 'infeasible';
    if (!budget.spend(dictionary.rows.length * dictionary.columns.length)) return 'spent';
    dictionary = pivoted(dictionary, leaving, entering);
  }
}

function leavingRow({ rows }: Dictionary): DictionaryRow | undefined {
  let leaving: DictionaryRow | undefined;
  for (const row of rows) {
    if ((row.entries[0] ?? 0n) < 0n && row.variable < (leaving?.variable ?? Infinity)) leaving = row;
  }
  return leaving;
}

/** The column, from 0, whose cost rises least for what it adds to the row; of equals the smallest variable. */
function enteringColumn({ columns, cost }: Dictionary, { entries }: DictionaryRow): number | undefined {
  let best: { column: number; cost: bigint; gain: bigint } | undefined;
  for (const [column, variable] of columns.entries()) {
    const candidate = { column, cost: cost[column + 1] ?? 0n, gain: entries[column + 1] ?? 0n };
    if (candidate.gain <= 0n) continue;
    const difference = best === undefined ? -1n : candidate.cost * best.gain - best.cost * candidate.gain;
    const isSmaller = difference === 0n && variable < (columns[best?.column ?? 0] ?? 0);
    if (difference < 0n || isSmaller) best = candidate;
  }
  return best?.column;
}

function pivoted(dictionary: Dictionary, leaving: DictionaryRow, entering: number): Dictionary {
  const { denominator, columns, rows, cost } = dictionary;
  const at = entering + 1;
  const pivot = leaving.entries[at] ?? 1n;
  const replaced = (entries: readonly bigint[]): readonly bigint[] => {
    const factor = entries[at] ?? 0n;
    return entries.map((entry, index) =>
      index === at ? factor : (entry * pivot - factor * (leaving.entries[index] ?? 0n)) / denominator,
    );
  };
  const entered = leaving.entries.map((entry, index) => (index === at ? denominator : -entry));
  return {
    denominator: pivot,
    columns: columns.map((variable, index) => (index === entering ? leaving.variable : variable)),
    rows: rows.map((row) =>
      row === leaving
        ? { variable: columns[entering] ?? 0, entries: entered }
        : { variable: row.variable, entries: replaced(row.entries) },
    ),
    cost: replaced(cost),
  };
}
