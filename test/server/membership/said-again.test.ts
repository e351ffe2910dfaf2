/** What an agent says again, and what it does not: the log may not have taken it, or may be in another epoch by now. */
import { describe, expect, it, vi } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { defaultBlsSuite } from '../../../src/schemes/bls/ciphersuite.js';
import { kindOf } from './said.js';
import { calm } from './simulation.js';
import { begin, change, refresh } from './trial.js';

vi.mock('node:fs', async (original) => {
  const { failing } = await import('./failing-disk.js');
  return failing(await original());
});

describe('a share of a signature', () => {
  it('is one of the epoch in which it is asked for, and not one that was made before', async () => {
    const simulation = await begin(11, 'multisig');
    const signing = () => [...simulation.governance.signings.values()][0];
    simulation.loses = (logged) => kindOf(logged) === 'share document';
    simulation.propose([{ _tag: 'sign', key: 'files', document: utf8('what people bring') }]);
    expect(await simulation.until(() => signing() !== undefined, 60_000)).toBe(true);
    await simulation.until(() => false, 5000);
    let hasForgotten = false;
    // What was said of the document is on its way, and lost.
    simulation.loses = (logged) => {
      if (kindOf(logged) !== 'share document') return false;
      return !hasForgotten || (logged.from !== 'a/1' && signing()?.shares.size === 0);
    };
    await change(simulation, calm);
    // One has forgotten what it made in the epoch before, and is heard first.
    expect(signing()).toMatchObject({ shares: new Map(), barred: new Set() });
    expect(signing()?.signature).toBeUndefined();
    await simulation.server('a/1').restart();
    hasForgotten = true;
    expect(await simulation.until(() => signing()?.signature !== undefined, 60_000)).toBe(true);
    expect([...(signing()?.barred ?? [])]).toEqual([]);
    expect(simulation.governance.document.epoch).toBe(2);
  });
});

describe('what is said in a ceremony', () => {
  it('is said again if it could not be taken', async () => {
    const simulation = await begin(12, 'bls');
    simulation.server('b/1').refusal = 1;
    simulation.propose([refresh]);
    const isMoving = () => simulation.governance.change?.state === 'moving';
    expect(await simulation.until(isMoving, 60_000)).toBe(true);
    await simulation.until(() => false, 6000);
    simulation.server('b/1').refusal = 0;
    expect(await simulation.until(() => simulation.checks.enacted.length === 1, 200_000)).toBe(true);
    expect(simulation.checks.enacted).toEqual([{ epoch: 2, origin: 'proposal', without: [] }]);
  });

  it('counts though it is late, as long as the epoch has not begun', async () => {
    const simulation = await begin(13, 'bls');
    const { checks, governance } = simulation;
    expect(governance.without).toEqual([]);
    const held: Uint8Array[] = [];
    simulation.loses = (logged) => {
      if (logged.from !== 'd/1' || kindOf(logged) !== 'ceremony acknowledge') return false;
      const isLate = simulation.governance.change?.state !== 'moving';
      if (!isLate) held.push(logged.act);
      return !isLate;
    };
    simulation.propose([refresh]);
    const isPrepared = () => simulation.governance.change?.state === 'prepared';
    expect(await simulation.until(isPrepared, 200_000)).toBe(true);
    for (const act of held) simulation.server('d/1').outbox.unshift({ act, atMs: 0 });
    expect(held).toHaveLength(1);
    expect(await simulation.until(() => checks.enacted.length === 1, 200_000)).toBe(true);
    expect(checks.enacted[0]?.without).toEqual([]);
  });
});

describe('that a share is overwritten', () => {
  it('is said of a key that never came to be, though nothing else is shared in its epoch', async () => {
    const simulation = await begin(18, 'apart');
    const { checks } = simulation;
    const sharing = () => simulation.governance.sharings[0];
    simulation.loses = (logged) => kindOf(logged) === 'ready';
    const source = { _tag: 'bls', suite: defaultBlsSuite } as const;
    simulation.propose([{ _tag: 'scheme', role: { _tag: 'alliance' }, source, distrust: false }]);
    const isPrepared = () => simulation.governance.change?.state === 'prepared';
    expect(await simulation.until(isPrepared, 200_000)).toBe(true);
    await simulation.until(() => false, 5000);
    simulation.sleep('d/1');
    simulation.propose([{ _tag: 'abandon', change: 1 }]);
    expect(await simulation.until(() => checks.abandoned.length === 1, 60_000)).toBe(true);
    simulation.loses = () => false;
    simulation.propose([refresh]);
    expect(await simulation.until(() => checks.enacted.length === 1, 200_000)).toBe(true);
    expect(sharing()).toMatchObject({ role: 'alliance', epoch: 2 });
    await simulation.until(() => sharing()?.erased.size === 3, 60_000);
    let lost = 0;
    simulation.loses = (logged) => logged.from === 'd/1' && kindOf(logged) === 'erased' && lost++ === 0;
    await simulation.wake('d/1');
    expect(await simulation.until(() => sharing()?.erased.size === 4, 60_000)).toBe(true);
    expect([simulation.governance.document.epoch, checks.opened]).toEqual([2, 2]);
  });
});
