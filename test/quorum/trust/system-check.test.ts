import { describe, expect, it } from 'vitest';
import type { ProcessSet } from '../../../src/prelude/process.js';
import { type CoveringFaults, QuorumSystem } from '../../../src/quorum/quorum-system.js';
import { checkQuorumSystem } from '../../../src/quorum/trust/system-check.js';
import { thresholdSystem } from '../../../src/quorum/trust/threshold.js';
import { budgetOf, unlimited } from '../../../src/quorum/verdict.js';
import { servers } from '../../support/quorum.js';
import { Prng } from '../../support/simulation/random.js';
import { trust } from '../../support/trust.js';

/** A threshold of f Byzantine and t slow processes, which `answer` may falsify. */
class Altered extends QuorumSystem {
  readonly processes: ProcessSet;
  private readonly truth: QuorumSystem;

  constructor(
    count: number,
    limits: { readonly f: number; readonly t: number },
    private readonly answer: (truth: boolean, set: ProcessSet, faults: CoveringFaults) => boolean,
  ) {
    super();
    this.truth = thresholdSystem(servers(count), limits);
    this.processes = this.truth.processes;
  }

  override isCoveredBy(set: ProcessSet, faults: CoveringFaults): boolean {
    return this.answer(this.truth.isCoveredBy(set, faults), set, faults);
  }
}

function check(system: QuorumSystem, budget = unlimited): ReturnType<typeof checkQuorumSystem> {
  const source = new Prng(1);
  return checkQuorumSystem(system, budget, (length) => new Uint8Array(length).map(() => source.between(0, 255)));
}

const seven = { f: 2, t: 1 };

describe('the check of a quorum system', () => {
  it('agrees with trees, thresholds and listed sets', () => {
    const organizations = trust('f=1 t=1 of (a: f=1 of 3, b: f=1 t=1 of 3, c, d)').system;
    for (const system of [organizations, thresholdSystem(servers(7), seven), thresholdSystem(servers(1), { f: 0 })]) {
      expect(check(system)).toEqual({ _tag: 'agrees', extent: 'every set' });
    }
  });

  it('agrees by samples beyond 14 processes', () => {
    expect(check(thresholdSystem(servers(15), { f: 3, t: 1 }))).toEqual({ _tag: 'agrees', extent: 'samples' });
    expect(check(trust('f=2 of (a: f=1 of 6, b: f=1 of 6, c: f=1 of 6, d: f=1 of 6)').system)._tag).toBe('agrees');
  });

  it.each([7, 16])('finds what a system of %i processes leaves uncovered, with the sets that cover it', (count) => {
    const forgetful = new Altered(count, seven, (truth, set, { byzantine, slow = 0 }) =>
      byzantine === 3 && slow === 2 ? truth && set.size < 8 && set.size < count : truth,
    );
    const found = check(forgetful);
    expect(found).toMatchObject({ _tag: 'wrong', faults: { byzantine: 3, slow: 2 } });
    if (found._tag !== 'wrong') return;
    const union = found.cover.reduce((all, { members }) => all.union(members), found.set.universe.none);
    expect(found.set.isSubsetOf(union)).toBe(true);
    expect(found.cover.map(({ kind }) => kind)).toEqual(['byzantine', 'byzantine', 'byzantine', 'slow', 'slow']);
    for (const { kind, members } of found.cover) expect(members.size).toBeLessThanOrEqual(kind === 'slow' ? 1 : 2);
  });

  it('finds that the accused are not heeded where they should be: more is covered than can be', () => {
    const deaf = new Altered(7, seven, (truth, set, { byzantine, slow = 0, accused }) =>
      accused === undefined ? truth : set.size <= 2 * byzantine + slow,
    );
    expect(check(deaf)).toMatchObject({ _tag: 'conservative' });
  });

  it('tells an answer on the safe side from a wrong one, and prefers to report the wrong one', () => {
    const generous = new Altered(7, seven, (truth, set, { byzantine }) => truth || (byzantine === 3 && set.size <= 7));
    expect(check(generous)).toMatchObject({ _tag: 'conservative', faults: { byzantine: 3 } });
    const both = new Altered(7, seven, (truth, set, faults) => {
      if (faults.accused !== undefined) return truth && set.size < 4;
      return truth || (faults.byzantine === 3 && set.size <= 7);
    });
    expect(check(both)._tag).toBe('wrong');
  });

  it('finds that nothing, or something, is covered by no faults', () => {
    expect(check(new Altered(4, { f: 1, t: 0 }, () => false))).toMatchObject({
      _tag: 'wrong',
      faults: { byzantine: 0 },
    });
    const idle = new Altered(
      4,
      { f: 1, t: 0 },
      (truth, _set, { byzantine, slow }) => truth || byzantine + (slow ?? 0) === 0,
    );
    expect(check(idle)).toMatchObject({ _tag: 'conservative', faults: { byzantine: 0 } });
    const shy = new Altered(4, { f: 1, t: 0 }, (truth, set, { byzantine }) => byzantine !== 1 && truth && set.size < 9);
    expect(check(shy)).toMatchObject({ _tag: 'wrong', faults: { byzantine: 1 } });
  });

  it.each([7, 16])('finds that a system of %i processes is not monotone', (count) => {
    const odd = new Altered(count, seven, (truth, set, { byzantine }) => truth && (byzantine === 0 || set.size !== 1));
    expect(check(odd)).toMatchObject({ _tag: count === 7 ? 'NotMonotone' : 'wrong' });
    const gap = new Altered(count, seven, (truth, set, { byzantine }) => truth && (byzantine !== 3 || set.size !== 3));
    expect(check(gap)).toMatchObject({ _tag: 'NotMonotone', faults: { byzantine: 3 } });
  });

  it.each([7, 16])('says when it had no time for %i processes', (count) => {
    let now = 0;
    const budget = budgetOf(3, () => (now += 1));
    expect(check(thresholdSystem(servers(count), seven), budget)).toMatchObject({ _tag: 'unknown' });
  });
});
