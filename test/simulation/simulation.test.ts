/** Some hundred schedules over the matrix; `npm run sim -- --schedules N` runs as many as one likes. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { present } from '../../src/prelude/invariant.js';
import { loadBackends } from '../../src/schemes/bls/load-backends.js';
import { trustOf } from '../support/simulation/configuration.js';
import { calm, quickParameters, type Scenario, someLoad } from '../support/simulation/scenario.js';
import { simulate, simulateAny, Simulation } from '../support/simulation/simulation.js';
import { adversaryNames } from './adversaries/adversaries.js';
import { profiles, randomScenario, scenarioFor } from './matrix.js';
import { largeTrustModels, smallTrustModels, trustModels } from './trust-models.js';

const fourServers = 'f=1 t=1 of (a, b, c, d)';

const quiet: Scenario = {
  seed: 1,
  trust: fourServers,
  byzantine: [],
  adversary: 'none',
  faults: calm,
  load: { ...someLoad, sessions: 1, requestsPerSession: 2 },
  scheme: 'mock',
  parameters: quickParameters,
};

describe('the machine, simulated', () => {
  for (const [index, adversary] of (['none', ...adversaryNames] as const).entries()) {
    it(`holds against ${adversary}`, () => {
      for (const [row, { trust }] of trustModels.entries()) {
        if ((row + index) % 3 !== 0) continue;
        const profile = present(profiles[(index + row) % profiles.length], 'a profile');
        const seed = 1000 * index + row;
        const { violation } = simulate(scenarioFor({ seed, trust, adversary, profile }));
        expect(violation, `seed ${seed}, ${trust}, ${profile}`).toBeUndefined();
      }
    });
  }

  for (const [index, adversary] of (['none', ...adversaryNames] as const).entries()) {
    it(`goes from epoch to epoch, and from state to state, against ${adversary}`, () => {
      for (const [row, feature] of (['epochs', 'snapshots'] as const).entries()) {
        const { trust } = present(smallTrustModels[(index + row) % smallTrustModels.length], 'a model');
        const profile = present(profiles[(index + row) % profiles.length], 'a profile');
        const seed = 100 * index + row;
        const { violation } = simulate(scenarioFor({ seed, trust, adversary, profile, feature }));
        expect(violation, `seed ${seed}, ${trust}, ${profile}, ${feature}`).toBeUndefined();
      }
    });
  }

  it('serves its clients though every leader that may be Byzantine is as slow as patience allows, and nobody complains', () => {
    for (const { trust } of smallTrustModels) {
      const [leader] = trustOf({ trust }).system.processes.universe.ids;
      const byzantine = [present(leader, 'a leader')];
      const load = { ...someLoad, sessions: 1, isRetransmitted: false };
      const { violation, highestView, endMs } = simulate({ ...quiet, trust, byzantine, adversary: 'slowLeader', load });
      expect(violation, trust).toBeUndefined();
      expect(highestView, trust).toBeLessThanOrEqual(1);
      // One request after another, each within the patience of the first view.
      expect(endMs, trust).toBeLessThan((load.requestsPerSession + 1) * 200);
    }
  });

  for (const [row, { family, trust }] of largeTrustModels.entries()) {
    it(`holds for large models: ${family}, ${trust}`, () => {
      for (const adversary of ['treacherous', 'withholder'] as const) {
        const { violation } = simulate(scenarioFor({ seed: 50 + row, trust, adversary, profile: 'lossy' }));
        expect(violation, adversary).toBeUndefined();
      }
    });
  }

  it('holds over real multisignatures', () => {
    for (const adversary of ['badShares', 'treacherous'] as const) {
      const scenario = scenarioFor({ seed: 7, trust: fourServers, adversary, profile: 'calm' });
      const small = { ...scenario, scheme: 'ed25519' as const, load: quiet.load };
      expect(simulate(small).violation).toBeUndefined();
    }
  });

  // No slow quorum is a fast one here: certificates are made of shares, and COMMIT decides.
  it.each(['bls', 'shoup-rsa'] as const)(
    'holds over real keys of %s, for certificates and alliance',
    async (scheme) => {
      await loadBackends();
      const trust = 'f=1 t=0 of (a, b, c, d)';
      const scenario = scenarioFor({ seed: 7, trust, adversary: 'badShares', profile: 'calm' });
      const { violation, coverage } = simulate({ ...scenario, scheme, load: quiet.load });
      expect(violation).toBeUndefined();
      expect(coverage).toEqual(expect.arrayContaining(['Commit', 'Certificate']));
    },
  );

  it('repeats itself exactly, also where every process decodes and checks for itself', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const scenario = randomScenario(seed);
      expect(simulate(scenario, { isEachForItself: true })).toEqual(simulate(scenario));
    }
  });

  it('L6: says little when nothing is asked for', () => {
    for (const { trust } of trustModels) {
      const simulation = new Simulation({ ...quiet, trust });
      expect(simulation.run().violation).toBeUndefined();
      // What is under way comes to rest.
      simulation.idle(500);
      const { size } = simulation.servers;
      // One STATUS to each every 200 ms; of none follows more.
      expect(simulation.idle(1_000), trust).toBeLessThanOrEqual(6 * size * size);
    }
  });
});

const scenarios = new URL('scenarios/', import.meta.url);

describe('what was once found', () => {
  it('stays mended', async () => {
    for (const name of readdirSync(scenarios).filter((file) => file.endsWith('.json'))) {
      const { scenario } = JSON.parse(readFileSync(new URL(name, scenarios), 'utf8')) as { scenario: Scenario };
      expect((await simulateAny(scenario)).violation, name).toBeUndefined();
    }
  });
});
