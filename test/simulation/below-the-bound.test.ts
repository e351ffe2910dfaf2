/** L5: trust models one below their bounds are refused by the validator, and rightly: forced to run, they fail. */
import { describe, expect, it } from 'vitest';
import { validateTrust } from '../../src/quorum/trust/trust-report.js';
import { trustOf } from '../support/simulation/configuration.js';
import { simulate } from '../support/simulation/simulation.js';
import { p } from '../support/scene.js';
import { scenarioFor } from './matrix.js';
import { largeTrustModels, trustModels, trustModelsBelow } from './trust-models.js';

const mostSeeds = 200;
const adversaries = ['treacherous', 'ambusher', 'equivocator'] as const;
const profiles = ['lossy', 'calm', 'partitioned'] as const;

/** The first failure of agreement, or of progress, under faults that the model allows. */
function firstFailure(trust: string): string | undefined {
  for (let seed = 0; seed < mostSeeds; seed++) {
    const adversary = adversaries[seed % 3] ?? 'equivocator';
    const scenario = scenarioFor({ seed, trust, adversary, profile: profiles[Math.floor(seed / 3) % 3] ?? 'calm' });
    const { violation } = simulate(scenario);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

describe('L5: the bounds', () => {
  it('admit every model that is simulated', () => {
    for (const { trust } of [...trustModels, ...largeTrustModels])
      expect(validateTrust(trustOf({ trust })).accepted, trust).toBe(true);
  });

  for (const { family, trust } of trustModelsBelow) {
    it(`one below is refused, and fails: ${family}, ${trust}`, () => {
      expect(validateTrust(trustOf({ trust })).accepted).toBe(false);
      expect(firstFailure(trust)).toMatch(/^(I\d|L2|L3)/);
    });
  }
});

describe('where more are Byzantine than the trust model allows', () => {
  it('agreement is seen to break, and each time more than may be are proven Byzantine by what others received (I13)', () => {
    const violations = Array.from({ length: 40 }, (_, seed) => {
      const trust = 'f=1 t=1 of (a, b, c, d)';
      const scenario = scenarioFor({ seed, trust, adversary: 'treacherous', profile: 'lossy' });
      const { violation } = simulate({ ...scenario, byzantine: [p('a'), p('b')], isBeyondModel: true });
      return violation ?? 'none';
    });
    expect(violations.filter((violation) => /^I1:/.test(violation)).length).toBeGreaterThan(0);
    expect(violations.filter((violation) => /^I1[23]:/.test(violation))).toEqual([]);
  });
});
