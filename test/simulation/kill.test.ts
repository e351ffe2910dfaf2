/** Killing any one server at any moment, the leader included, changes nothing but latency. */
import { describe, expect, it } from 'vitest';
import { Prng } from '../support/simulation/random.js';
import { calm, quickParameters, type Scenario, someLoad } from '../support/simulation/scenario.js';
import { simulate } from '../support/simulation/simulation.js';
import { p } from '../support/scene.js';

const quiet: Scenario = {
  seed: 1,
  trust: 'f=1 t=1 of (a, b, c, d)',
  byzantine: [],
  adversary: 'none',
  faults: calm,
  load: { ...someLoad, sessions: 2, requestsPerSession: 5, gapMs: 30 },
  scheme: 'mock',
  parameters: quickParameters,
};

describe('a killed server', () => {
  for (const name of ['a', 'b', 'c', 'd']) {
    it(`${name}, at ten moments`, () => {
      const random = new Prng(name.charCodeAt(0));
      for (let moment = 0; moment < 10; moment++) {
        const crash = { process: p(name), atMs: random.between(1, 250), downMs: random.between(1, 600) };
        const scenario = { ...quiet, seed: moment, faults: { ...calm, diskMs: 6, crashes: [crash] } };
        const { violation } = simulate(scenario);
        expect(violation, `killed at ${crash.atMs} ms for ${crash.downMs} ms`).toBeUndefined();
      }
    });
  }

  it('or all of them at once', () => {
    for (let seed = 0; seed < 10; seed++) {
      const random = new Prng(seed);
      const atMs = random.between(5, 200);
      const crashes = ['a', 'b', 'c', 'd'].map((name) => ({
        process: p(name),
        atMs: atMs + random.between(0, 9),
        downMs: 40,
      }));
      const { violation } = simulate({ ...quiet, seed, faults: { ...calm, diskMs: 6, crashes } });
      expect(violation, `power cut at ${atMs} ms`).toBeUndefined();
    }
  });
});
