import { describe, expect, it, vi } from 'vitest';
import { loadSolver, type LinearProgram } from '../../../src/quorum/strategy/solver.js';
import { budgetOf, unlimited } from '../../../src/quorum/verdict.js';
import { right } from '../../support/right.js';

const free = { lower: -Infinity, upper: Infinity };

/** x + y ≥ 2, x ≤ 1.5, at the least cost 3x + 4y. */
const program: LinearProgram = {
  rows: [{ lower: 2, upper: Infinity }, free],
  columns: [
    { cost: 3, upper: 1.5, entries: [{ row: 0, value: 1 }] },
    { cost: 4, entries: [{ row: 0, value: 1 }] },
  ],
};

describe('the solver', () => {
  it('minimizes, again after the program has grown', async () => {
    const solver = right(await loadSolver());
    solver.withModel(program, (model) => {
      const first = model.minimize(unlimited);
      expect(first).toMatchObject({ _tag: 'optimal', objective: 6.5 });
      expect(first._tag === 'optimal' && [...Array.from(first.values), first.duals[0]]).toEqual([1.5, 0.5, 4]);
      model.addColumns([{ cost: 1, upper: 1, entries: [{ row: 0, value: 1 }] }]);
      expect(model.minimize(unlimited)).toMatchObject({ _tag: 'optimal', objective: 4 });
      model.setCost(0, 0.5);
      model.setUpper(0, 2);
      expect(model.minimize(unlimited)).toMatchObject({ _tag: 'optimal', objective: 1 });
    });
  });

  it('takes whole numbers', async () => {
    const solver = right(await loadSolver());
    const columns = program.columns.map((column) => ({ ...column, integer: true }));
    const outcome = solver.withModel({ ...program, columns }, (model) => model.minimize(unlimited));
    expect(outcome).toMatchObject({ _tag: 'optimal', objective: 7 });
  });

  it('tells what cannot be, and when its time was up', async () => {
    const solver = right(await loadSolver());
    const impossible = { ...program, rows: [{ lower: 2, upper: 1 }, free] };
    const capped = { ...program, columns: program.columns.slice(0, 1) };
    expect(solver.withModel(capped, (model) => model.minimize(unlimited))).toEqual({ _tag: 'infeasible' });
    expect(solver.withModel(impossible, (model) => model.minimize(unlimited))._tag).not.toBe('optimal');
    const late = budgetOf(0, () => 0);
    expect(solver.withModel(program, (model) => model.minimize(late))).toEqual({ _tag: 'unfinished' });
    const gain = { ...program, columns: [{ cost: -1, entries: [{ row: 1, value: 1 }] }] };
    expect(solver.withModel({ ...gain, rows: [free, free] }, (model) => model.minimize(unlimited))._tag).toBe('failed');
  });

  it('is loaded once, and not before it is asked for', async () => {
    expect(right(await loadSolver())).toBe(right(await loadSolver()));
    vi.resetModules();
    vi.doMock('highs', () => ({ default: () => Promise.reject(new Error('loaded')) }));
    await import('../../../src/exports/quorum.js');
    const { loadSolver: load } = await import('../../../src/quorum/strategy/solver.js');
    await import('../../../src/quorum/strategy/optimal-strategy.js');
    expect(await load()).toEqual({ _tag: 'Left', left: { _tag: 'SolverUnavailable', reason: 'Error: loaded' } });
    vi.doUnmock('highs');
  });
});
