import { describe, expect, it } from 'vitest';
import { type Inequality, IntegerProgram, StepBudget } from '../../../../src/quorum/policy/weights/program.js';
import { seededNumbers } from '../../../schemes/sharing/policies.js';
import { lists } from './sets.js';

const plenty = () => new StepBudget(1_000_000);

function programWith(costs: readonly number[], inequalities: readonly Inequality[]): IntegerProgram {
  const program = new IntegerProgram(costs);
  for (const inequality of inequalities) program.add(inequality);
  return program;
}

function holds({ coefficients, atLeast }: Inequality, values: readonly number[]): boolean {
  return coefficients.reduce((sum, one, index) => sum + one * (values[index] ?? 0), 0) >= atLeast;
}

function costOf(costs: readonly number[], values: readonly number[]): number {
  return costs.reduce((sum, cost, index) => sum + cost * (values[index] ?? 0), 0);
}

describe('IntegerProgram', () => {
  it('finds the least cost that enumeration finds, and values that have it, with inequalities that come one by one', () => {
    const number = seededNumbers(3);
    const limit = 14;
    let [solved, unsolvable] = [0, 0];
    for (let count = 0; count < 150; count++) {
      const costs = Array.from({ length: 3 }, () => 1 + Math.floor(number() * 4));
      const program = new IntegerProgram(costs);
      const inequalities: Inequality[] = [];
      for (let rows = 0; rows < 5; rows++) {
        const coefficients = costs.map(() => Math.floor(number() * 9) - 4);
        inequalities.push({ coefficients, atLeast: Math.floor(number() * 9) - 3 });
        program.add(inequalities.at(-1) ?? { coefficients, atLeast: 0 });
        const feasible = [...lists(3, limit)].filter((values) => inequalities.every((one) => holds(one, values)));
        const best = Math.min(...feasible.map((values) => costOf(costs, values)), limit);
        const outcome = program.solve(limit, plenty());
        if (outcome._tag !== 'least') {
          unsolvable += 1;
          expect(outcome).toEqual({ _tag: 'none' });
          expect(best).toBe(limit);
          continue;
        }
        solved += 1;
        expect(outcome.cost).toBe(best);
        expect(costOf(costs, outcome.values)).toBe(best);
        expect(inequalities.every((one) => holds(one, outcome.values))).toBe(true);
        expect(outcome.values.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
      }
    }
    expect(Math.min(solved, unsolvable)).toBeGreaterThan(50);
  });

  it('rounds up where fractions would cost less: 2x + 2y >= 5 costs 3', () => {
    const program = programWith([1, 1], [{ coefficients: [2, 2], atLeast: 5 }]);
    expect(program.solve(100, plenty())).toMatchObject({ _tag: 'least', cost: 3 });
    expect(program.solve(3, plenty())).toEqual({ _tag: 'none' });
  });

  it('finds that nothing is possible', () => {
    const inequalities = [
      { coefficients: [1], atLeast: 3 },
      { coefficients: [-1], atLeast: -2 },
    ];
    expect(programWith([1], inequalities).solve(100, plenty())).toEqual({ _tag: 'none' });
  });

  it('gives up where its steps are spent', () => {
    const inequalities = Array.from({ length: 8 }, (_, row) => ({
      coefficients: Array.from({ length: 8 }, (__, column) => ((row * 7 + column * 5) % 11) + 1),
      atLeast: 37,
    }));
    const costs = [3, 5, 4, 7, 6, 5, 3, 4];
    expect(programWith(costs, inequalities).solve(1000, new StepBudget(300))).toEqual({ _tag: 'spent' });
    expect(programWith(costs, inequalities).solve(1000, plenty())).toMatchObject({ _tag: 'least' });
  });

  it('never answers otherwise than with all the steps it wants, however few it has', () => {
    const inequalities = [
      { coefficients: [3, 5, 7], atLeast: 11 },
      { coefficients: [5, -2, 3], atLeast: 2 },
      { coefficients: [-2, 7, 3], atLeast: 4 },
    ];
    const costs = [5, 8, 11];
    const complete = programWith(costs, inequalities).solve(100, plenty());
    expect(complete).toMatchObject({ _tag: 'least' });
    let spent = 0;
    for (let steps = 1; steps < 400; steps++) {
      const outcome = programWith(costs, inequalities).solve(100, new StepBudget(steps));
      if (outcome._tag === 'spent') spent += 1;
      else expect(outcome).toEqual(complete);
    }
    expect(spent).toBeGreaterThan(20);
  });
});
