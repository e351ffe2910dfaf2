/** Servers that are left without a share when an epoch begins: when they are repaired, and whom that keeps from what. */
import { describe, expect, it, vi } from 'vitest';
import type { GateName } from '../../../src/management/proposals/gate-names.js';
import { lengths } from './alliance-files.js';
import { kindOf } from './said.js';
import { calm, type Simulation } from './simulation.js';
import type { LoggedAct } from './slot-execution.js';
import { begin, change, isWhole, refresh, told } from './trial.js';

vi.mock('node:fs', async (original) => {
  const { failing } = await import('./failing-disk.js');
  return failing(await original());
});

describe('a server that is left without a share', () => {
  /** What d/1 says in ceremonies of the first change is lost. */
  function leaveOut(simulation: Simulation, overrides: readonly GateName[] = []): void {
    const { checks } = simulation;
    simulation.loses = (logged) =>
      logged.from === 'd/1' && kindOf(logged).startsWith('ceremony') && checks.enacted.length === 0;
    simulation.propose([refresh], overrides);
  }

  it('is repaired by one change, which opens by itself', async () => {
    const simulation = await begin(14, 'multisig');
    const { checks } = simulation;
    leaveOut(simulation);
    expect(await simulation.until(() => checks.enacted.length > 0 && isWhole(simulation), 500_000)).toBe(true);
    await simulation.until(() => false, lengths.changeMs + 10_000);
    expect(checks.enacted).toEqual([
      { epoch: 2, origin: 'proposal', without: ['d/1'] },
      { epoch: 3, origin: 'repair', without: [] },
    ]);
    expect([checks.opened, checks.abandoned]).toEqual([2, []]);
    checks.checkSigning();
  });

  it('is repaired when it is there again, and not before', async () => {
    const simulation = await begin(15, 'bls');
    const { checks } = simulation;
    simulation.sleep('d/1');
    simulation.propose([refresh]);
    expect(await simulation.until(() => checks.enacted.length === 1, 400_000)).toBe(true);
    await simulation.until(() => false, 60_000);
    expect(checks.opened).toBe(1);
    await simulation.wake('d/1', true);
    expect(await simulation.until(() => isWhole(simulation), 400_000)).toBe(true);
    expect(checks.enacted.map(({ origin, without }) => [origin, without])).toEqual([
      ['proposal', ['d/1']],
      ['repair', []],
    ]);
  });

  /** One clock alone is nobody's time, though its server is heard of. */
  const isOther = (logged: LoggedAct) => kindOf(logged) === 'reading' && logged.from !== 'd/1';

  it('is not repaired before time is agreed, and nothing loops', async () => {
    const simulation = await begin(16, 'bls', undefined, isOther);
    const { checks } = simulation;
    // Nobody has been heard of yet.
    leaveOut(simulation, ['quorum-lost']);
    const { loses } = simulation;
    simulation.loses = (logged) => loses(logged) || isOther(logged);
    const isEnacted = await simulation.until(() => checks.enacted.length === 1, 400_000);
    expect(isEnacted, told(simulation)).toBe(true);
    await simulation.until(() => false, 60_000);
    expect([checks.opened, simulation.governance.time.nowMs]).toEqual([1, 0]);
    simulation.loses = () => false;
    expect(await simulation.until(() => isWhole(simulation), 400_000)).toBe(true);
    expect([checks.opened, checks.enacted.length]).toEqual([2, 2]);
  });

  it('because it never acknowledges, does not keep the others changing epochs', async () => {
    const simulation = await begin(17, 'bls', 'no acknowledgements');
    const { checks, liar } = simulation;
    simulation.propose([refresh]);
    expect(await simulation.until(() => checks.enacted.length === 1, 400_000)).toBe(true);
    const start = simulation.upMs;
    const repairs = () => checks.enacted.filter(({ origin }) => origin === 'repair').length;
    await simulation.until(() => false, 9 * lengths.changeMs);
    // At once, then one term after the one before, two, four; and each takes some time itself.
    expect(repairs()).toBeGreaterThan(2);
    expect(repairs()).toBeLessThanOrEqual(2 + Math.log2((simulation.upMs - start) / lengths.changeMs));
    for (const { without } of checks.enacted) expect(without).toEqual([liar?.id]);
    await change(simulation, calm);
    expect(checks.enacted.at(-1)?.origin).toBe('proposal');
  });
});
