/**
 * Linear programs, solved by HiGHS (https://highs.dev, compiled to WebAssembly). The solver is loaded when it is first asked for, and
 * not before: whoever only builds and checks quorum systems never pays for it.
 */
import type { Highs, HighsCallbackMap, Model } from 'highs';
import { E, type Either, TE, type TaskEither } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { Budget } from '../verdict.js';

/** One nonzero coefficient of a column. */
export interface Entry {
  /** From 0. */
  readonly row: number;
  readonly value: number;
}

/** A variable: never negative. */
export interface Column {
  readonly cost: number;
  /** At most one in a row. */
  readonly entries: readonly Entry[];
  /** Unbounded if absent. */
  readonly upper?: number;
  /** Any real number if absent. */
  readonly integer?: boolean;
}

/** What the sum of a row must lie between; -Infinity and Infinity for no bound. */
export interface Row {
  readonly lower: number;
  readonly upper: number;
}

export interface LinearProgram {
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
}

export type Outcome =
  | {
      readonly _tag: 'optimal';
      readonly objective: number;
      /** Of the columns, in their order. */
      readonly values: ArrayLike<number>;
      /** What one more unit of a row's bound adds to the objective; of no meaning with integer columns. */
      readonly duals: ArrayLike<number>;
    }
  | { readonly _tag: 'infeasible' }
  /** The budget ended first. */
  | { readonly _tag: 'unfinished' }
  | { readonly _tag: 'failed'; readonly reason: string };

/** @param index - in range: a program has a value for each row and column. */
export function valueAt(values: ArrayLike<number>, index: number): number {
  return present(values[index], 'a value for each row and column');
}

/** A program that is being minimized, and may grow between two solutions: the second starts where the first ended. */
export interface LinearModel {
  minimize(budget: Budget): Outcome;
  addColumns(columns: readonly Column[]): void;
  /** @param index - of the column, from 0 in order of addition. */
  setCost(index: number, cost: number): void;
  setUpper(index: number, upper: number): void;
}

export interface Solver {
  /** Holds the model's memory for the time of `use` only. */
  withModel<A>(program: LinearProgram, use: (model: LinearModel) => A): A;
}

export interface SolverUnavailable {
  readonly _tag: 'SolverUnavailable';
  readonly reason: string;
}

type LoadHighs = () => Promise<Highs>;

let loading: Promise<Either<SolverUnavailable, Solver>> | undefined;

/** Loads the solver once; later calls give the same one. */
export const loadSolver: TaskEither<SolverUnavailable, Solver> = () =>
  (loading ??= TE.tryCatch(() => import('highs').then(started), unavailable)());

/** The package's types describe its CommonJS half, in which the function stands one `default` further in. */
function started(module: { readonly default: unknown }): Promise<Solver> {
  return (module.default as LoadHighs)().then((highs) => new HighsSolver(highs));
}

function unavailable(error: unknown): SolverUnavailable {
  return { _tag: 'SolverUnavailable', reason: String(error) };
}

class HighsSolver implements Solver {
  constructor(private readonly highs: Highs) {}

  withModel<A>(program: LinearProgram, use: (model: LinearModel) => A): A {
    const model = this.highs.createModel();
    try {
      return use(new HighsModel(this.highs, model, program));
    } finally {
      model.dispose();
    }
  }
}

/** HiGHS takes no infinite limit. */
const foreverSeconds = 1e9;

/** Smaller than HiGHS's defaults: probabilities of quorums are compared at 1e-9. */
const tolerance = 1e-10;

class HighsModel implements LinearModel {
  constructor(
    private readonly highs: Highs,
    private readonly model: Model,
    program: LinearProgram,
  ) {
    model.options.set({
      output_flag: false,
      primal_feasibility_tolerance: tolerance,
      dual_feasibility_tolerance: tolerance,
      mip_rel_gap: 0,
      mip_abs_gap: 0,
      small_matrix_value: 1e-12,
    });
    const { rows } = program;
    model.addRows({
      lower: Float64Array.from(rows, ({ lower }) => lower),
      upper: Float64Array.from(rows, ({ upper }) => upper),
      matrix: {
        format: 'csr',
        numRows: rows.length,
        numCols: 0,
        starts: new Int32Array(rows.length + 1),
        indices: new Int32Array(),
        values: new Float64Array(),
      },
    });
    this.addColumns(program.columns);
  }

  addColumns(columns: readonly Column[]): void {
    if (columns.length === 0) return;
    const first = this.model.getDimensions();
    const starts = [0];
    for (const { entries } of columns) starts.push(present(starts.at(-1), 'starts begin with 0') + entries.length);
    const entries = columns.flatMap((column) => column.entries);
    this.model.addCols({
      cost: Float64Array.from(columns, ({ cost }) => cost),
      lower: new Float64Array(columns.length),
      upper: Float64Array.from(columns, ({ upper = Infinity }) => upper),
      matrix: {
        format: 'csc',
        numRows: first.numRows,
        numCols: columns.length,
        starts: Int32Array.from(starts),
        indices: Int32Array.from(entries, ({ row }) => row),
        values: Float64Array.from(entries, ({ value }) => value),
      },
    });
    for (const [index, { integer }] of columns.entries())
      if (integer === true)
        this.model.changeColIntegrality(first.numCols + index, this.highs.constants.variableType.integer);
  }

  setCost(index: number, cost: number): void {
    this.model.changeColCost(index, cost);
  }

  setUpper(index: number, upper: number): void {
    this.model.changeColBounds(index, 0, upper);
  }

  minimize(budget: Budget): Outcome {
    if (budget.isSpent()) return { _tag: 'unfinished' };
    const ran = E.tryCatch(() => this.run(budget), String);
    if (E.isLeft(ran)) return { _tag: 'failed', reason: ran.left };
    const { modelStatus } = this.highs.constants;
    switch (ran.right) {
      case modelStatus.optimal:
        return this.solution();
      case modelStatus.infeasible:
        return { _tag: 'infeasible' };
      case modelStatus.timeLimit:
      case modelStatus.interrupted:
        return { _tag: 'unfinished' };
      default:
        return { _tag: 'failed', reason: `HiGHS ended with status ${ran.right}` };
    }
  }

  /** The budget's clock is asked while HiGHS works; HiGHS's own limit is for stretches in which it does not ask. */
  private run(budget: Budget): number {
    const { callbackType } = this.highs.constants;
    const stop = (event: { interrupt(): void }): undefined => {
      if (budget.isSpent()) event.interrupt();
      return undefined;
    };
    const leftMs = budget.limitMs - budget.elapsedMs();
    this.model.zeroAllClocks();
    this.model.options.set('time_limit', Math.min(Math.max(leftMs, 1) / 1000, foreverSeconds));
    const callbacks: HighsCallbackMap = { [callbackType.simplexInterrupt]: stop, [callbackType.mipInterrupt]: stop };
    this.model.run(callbacks);
    return this.model.getModelStatus();
  }

  private solution(): Outcome {
    const { colValue, rowDual } = this.model.getSolution();
    return { _tag: 'optimal', objective: this.model.getObjectiveValue(), values: colValue, duals: rowDual };
  }
}
