/** Alliances that govern themselves, over all that consensus has to bear: some schedules, and directed ones. `npm run sim -- --governed` runs more. */
import { describe, expect, it } from 'vitest';
import type { Governed, Scenario } from '../support/simulation/scenario.js';
import { calm, quickParameters } from '../support/simulation/scenario.js';
import { simulateAny } from '../support/simulation/simulation.js';
import { p } from '../support/scene.js';
import { governedScenario } from './governed.js';

const quiet: Omit<Scenario, 'governance'> = {
  seed: 1,
  trust: 'f=1 t=0 of (a/1, b/1, c/1, d/1)',
  byzantine: [],
  adversary: 'none',
  faults: calm,
  load: { sessions: 2, requestsPerSession: 1, commandsPerRequest: 1, gapMs: 30, isRetransmitted: true },
  scheme: 'mock',
  parameters: { ...quickParameters, windowSlots: 8, checkpointInterval: 2, transferSlots: 4 },
  snapshots: { interval: 4, retainSlots: 0, stateBytes: 0, rot: 0 },
};

const wishes = (...what: readonly Governed['wishes'][number][]): Governed => ({
  keys: 'multisig',
  fromMs: 0,
  wishes: what,
  isHostile: false,
});

describe('an alliance that governs itself, simulated', () => {
  it('holds in random schedules', { timeout: 300_000 }, async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const { violation } = await simulateAny(governedScenario(seed));
      expect(violation, `seed ${seed}`).toBeUndefined();
    }
  });

  it('repeats itself exactly, also where every process decodes and checks for itself', {
    timeout: 120_000,
  }, async () => {
    const scenario = governedScenario(3);
    const first = await simulateAny(scenario);
    expect(await simulateAny(scenario, { isEachForItself: true })).toEqual(first);
  });

  it('moves a shared key by a ceremony, and repairs whoever slept through it', { timeout: 120_000 }, async () => {
    const faults = { ...calm, crashes: [{ process: p('d/1'), atMs: 150, downMs: 1_500 }], healedAtMs: 1_700 };
    const governance: Governed = { ...wishes({ what: 'refresh', organization: 'a' }), keys: 'bls' };
    const { violation, coverage } = await simulateAny({ ...quiet, faults, governance });
    expect(violation).toBeUndefined();
    expect(coverage).toEqual(expect.arrayContaining(['ceremony', 'change of epoch by vote', 'hand-off', 'crash']));
  });

  it('admits an organization whose server has learned the log, and lets another go', { timeout: 120_000 }, async () => {
    const governance = wishes({ what: 'admit', organization: 'm' }, { what: 'remove', organization: 'b' });
    const { violation, coverage } = await simulateAny({ ...quiet, governance });
    expect(violation).toBeUndefined();
    expect(coverage).toEqual(expect.arrayContaining(['learner', 'newcomer', 'leaver']));
  });

  it('is not moved by one organization, whatever that says', { timeout: 120_000 }, async () => {
    const governance = { ...wishes({ what: 'refresh', organization: 'a' }), isHostile: true };
    const { violation, coverage } = await simulateAny({ ...quiet, byzantine: [p('c/1')], governance });
    expect(violation).toBeUndefined();
    expect(coverage).toContain('hostile act');
  });
});
