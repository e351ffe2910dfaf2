/** Some hundred schedules over the matrix; `npm run sim -- --schedules N` runs as many as one likes. */
import { describe, expect, it } from 'vitest';
import { present } from '../../src/prelude/invariant.js';
import { calm, quickParameters, type Scenario, someLoad } from '../support/simulation/scenario.js';
import { simulate } from '../support/simulation/simulation.js';
import { p } from '../support/scene.js';
import { adversaryNames } from './adversaries/adversaries.js';
import { profiles, randomScenario, scenarioFor, trustTexts } from './matrix.js';

const thresholds = trustTexts.slice(0, 4);

describe('the machine, simulated', () => {
  for (const [index, adversary] of (['none', ...adversaryNames] as const).entries()) {
    it(`holds against ${adversary}`, () => {
      for (const [row, trust] of thresholds.entries()) {
        for (const round of [0, 1]) {
          const profile = present(profiles[(index + row + 3 * round) % profiles.length], 'a profile');
          const seed = 1000 * index + 10 * row + round;
          const { violation } = simulate(scenarioFor({ seed, trust, adversary, profile }));
          expect(violation, `seed ${seed}, ${trust}, ${profile}`).toBeUndefined();
        }
      }
    });
  }

  it('holds for organizations', () => {
    for (const [row, trust] of trustTexts.slice(4).entries()) {
      for (const adversary of ['equivocator', 'liar'] as const) {
        const { violation } = simulate(scenarioFor({ seed: 50 + row, trust, adversary, profile: 'lossy' }));
        expect(violation, `${trust}, ${adversary}`).toBeUndefined();
      }
    }
  });

  it('holds over real multisignatures', () => {
    for (const adversary of ['badShares', 'treacherous'] as const) {
      const scenario = scenarioFor({ seed: 7, trust: thresholds[0] ?? '', adversary, profile: 'calm' });
      const small = { ...scenario, scheme: 'ed25519' as const, load: { ...someLoad, requestsPerSession: 2 } };
      expect(simulate(small).violation).toBeUndefined();
    }
  });

  it('repeats itself exactly', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const scenario = randomScenario(seed);
      expect(simulate(scenario)).toEqual(simulate(scenario));
    }
  });

  it('decides in two message delays where nothing fails', () => {
    const scenario: Scenario = {
      seed: 1,
      trust: thresholds[0] ?? '',
      byzantine: [],
      adversary: 'none',
      faults: { ...calm, delayMs: [20, 20], diskMs: 0 },
      load: { ...someLoad, sessions: 1, requestsPerSession: 1, gapMs: 0 },
      scheme: 'mock',
      parameters: quickParameters,
    };
    const { endMs, highestView } = simulate(scenario);
    expect(highestView).toBe(1);
    // To the leader, two delays to decide, two to gather shares, one to hand the certificate out; pacing and signing besides.
    expect(endMs).toBeLessThan(6 * 20 + 10 + 3 * 3);
  });

  it('sees agreement break where more are Byzantine than the trust model allows', () => {
    const violations = Array.from({ length: 30 }, (_, seed) => {
      const scenario = scenarioFor({ seed, trust: thresholds[0] ?? '', adversary: 'treacherous', profile: 'lossy' });
      return simulate({ ...scenario, byzantine: [p('a'), p('b')], isBeyondModel: true }).violation;
    });
    expect(violations.some((violation) => violation?.includes('otherwise'))).toBe(true);
  });
});
