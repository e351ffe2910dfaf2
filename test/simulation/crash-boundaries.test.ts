/** Crashes at every boundary between two effects of every process, enumerated over the run of one slot, each with a restart. */
import { describe, expect, it } from 'vitest';
import { calm, quickParameters, type Scenario } from '../support/simulation/scenario.js';
import { simulate } from '../support/simulation/simulation.js';
import { p } from '../support/scene.js';

const oneSlot: Scenario = {
  seed: 1,
  trust: 'f=1 t=0 of (a, b, c, d)',
  byzantine: [],
  adversary: 'none',
  faults: { ...calm, diskMs: 4 },
  load: { sessions: 1, requestsPerSession: 1, commandsPerRequest: 1, gapMs: 0, isRetransmitted: true },
  scheme: 'mock',
  parameters: { ...quickParameters, windowSlots: 4, checkpointInterval: 1 },
};

/** How many boundaries the process has; each is tried with a short and a long stay away. */
function tryEveryBoundary(scenario: Scenario, name: string): number {
  for (let boundary = 0; ; boundary++) {
    for (const downMs of [3, 300]) {
      const crash = { process: p(name), atMs: 0, afterEffects: boundary, downMs };
      const { violation, coverage } = simulate({ ...scenario, faults: { ...scenario.faults, crashes: [crash] } });
      expect(violation, `${name} after ${boundary} effects, for ${downMs} ms`).toBeUndefined();
      if (!coverage.includes('crash')) return boundary;
    }
  }
}

describe('a crash at every boundary between two effects', () => {
  for (const trust of ['f=1 t=0 of (a, b, c, d)', 'f=1 t=1 of (a, b, c, d)']) {
    for (const name of ['a', 'b', 'c', 'd']) {
      it(`of ${name} changes nothing but latency: ${trust}`, () => {
        expect(tryEveryBoundary({ ...oneSlot, trust }, name)).toBeGreaterThan(10);
      });
    }
  }

  it('of a server, while another is Byzantine, too', () => {
    const trust = 'f=1 t=1 of (a, b, c, d)';
    const scenario = { ...oneSlot, trust, adversary: 'equivocator' as const, byzantine: [p('a')] };
    expect(tryEveryBoundary(scenario, 'b')).toBeGreaterThan(10);
  });
});
