/** Servers that manage themselves in virtual time, whatever goes wrong as far as the trust model bears it. */
import { describe, expect, it, vi } from 'vitest';
import type { KeySet } from './alliance-files.js';
import { Chance } from './chance.js';
import { lies } from './liar.js';
import { calm, type Weather } from './simulation.js';
import { begin, change } from './trial.js';

vi.mock('node:fs', async (original) => {
  const { failing } = await import('./failing-disk.js');
  return failing(await original());
});

describe('agents in virtual time', () => {
  it.each<KeySet>(['rsa', 'slow'])('move their keys: %s', async (keys) => {
    const simulation = await begin(1, keys);
    await change(simulation, calm);
    simulation.checks.checkSigning();
    expect(simulation.governance.document.epoch).toBe(2);
  });
});

/** The default run, or more: `AGENT_SEEDS=100-200`. */
function seeds(): readonly number[] {
  const [from, to] = (process.env['AGENT_SEEDS'] ?? '1-2').split('-').map(Number);
  return Array.from({ length: (to ?? 0) - (from ?? 0) + 1 }, (_, index) => (from ?? 0) + index);
}

const stormy: Weather = { restart: 0.01, sleep: 0.02, failure: 0.03, refusal: 0.1 };
const weathers: readonly Weather[] = [
  stormy,
  { ...calm, restart: 0.05 },
  { ...calm, sleep: 0.05 },
  { ...calm, failure: 0.1 },
  { ...calm, refusal: 0.3 },
];

describe('whatever goes wrong', () => {
  it.each(seeds())('seed %i', { timeout: 120_000 }, async (seed) => {
    const chance = new Chance(seed + 1_000_000);
    const keys = chance.pick<KeySet>(['bls', 'rsa', 'multisig', 'slow']);
    const lie = chance.hits(0.6) ? chance.pick(lies) : undefined;
    const weather = chance.pick(weathers);
    const simulation = await begin(seed, keys, lie);
    try {
      for (let count = 0; count < 2; count++)
        await change(simulation, weather, {
          actions: [{ _tag: 'refresh', lost: chance.hits(0.3) ? [chance.pick(simulation.correct).id] : [] }],
          abandonsAfterMs: chance.hits(0.3) ? 1000 * chance.below(60) : undefined,
        });
      simulation.checks.checkSigning();
    } catch (error) {
      throw new Error(`seed ${seed}, ${keys}, ${lie ?? 'no lie'}, ${JSON.stringify(weather)}`, { cause: error });
    }
  });
});
