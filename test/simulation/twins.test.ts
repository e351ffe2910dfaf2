/** Twins: a process, or a whole organization, runs twice and tells each half of the others something else. `npm run sim -- --twins` runs all. */
import { describe, expect, it } from 'vitest';
import { simulate } from '../support/simulation/simulation.js';
import { calm, quickParameters, someLoad } from '../support/simulation/scenario.js';
import { p } from '../support/scene.js';
import { twinCases, twinScenario } from './twins/cases.js';

const stride = 6_947;

describe('twins', () => {
  it('has more than 200,000 distinct scenarios, of servers and of organizations', () => {
    expect(twinCases).toEqual({ enumerated: 786_432, distinct: 417_792 });
    expect(
      new Set(Array.from({ length: 24 }, (_, index) => twinScenario(index).byzantine.join())).size,
    ).toBeGreaterThan(6);
  });

  it('runs every scenario once', () => {
    const rounds = (index: number) => JSON.stringify(twinScenario(index).rounds);
    const all = new Set(Array.from({ length: twinCases.distinct / 12 }, (_, index) => rounds(12 * index)));
    expect(all.size).toBe(twinCases.distinct / 12);
  });

  it('breaks nothing', () => {
    for (let index = 0; index < twinCases.distinct; index += stride) {
      const { violation } = simulate(twinScenario(index));
      expect(violation, `scenario ${index}`).toBeUndefined();
    }
  });

  it('breaks agreement one server below the bound', () => {
    const violations = Array.from({ length: 60 }, (_, seed) => {
      const scenario = {
        seed,
        trust: 'f=1 t=1 of (a, b, c)',
        byzantine: [p('a')],
        adversary: 'twins' as const,
        faults: calm,
        load: { ...someLoad, gapMs: 5 },
        scheme: 'mock' as const,
        parameters: quickParameters,
      };
      return simulate(scenario).violation ?? 'none';
    });
    expect(violations.filter((violation) => violation.startsWith('I')).length).toBeGreaterThan(0);
  });
});
