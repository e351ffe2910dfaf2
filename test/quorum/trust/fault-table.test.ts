import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessSet } from '../../../src/prelude/process.js';
import { type CoveringFaults, QuorumSystem } from '../../../src/quorum/quorum-system.js';
import { maskOf } from '../../../src/quorum/tree/subset-transform.js';
import { faultTable, formatFaultTableError } from '../../../src/quorum/trust/fault-table.js';
import { thresholdSystem } from '../../../src/quorum/trust/threshold.js';
import { budgetOf, unlimited } from '../../../src/quorum/verdict.js';
import { expectCover } from '../../support/covers.js';
import { allSets, NaiveSystem, servers, setOfMask } from '../../support/quorum.js';
import { right } from '../../support/right.js';

const six = servers(6);

/** Any families of sets over six servers, of which every slow set is a Byzantine one too. */
const families = fc
  .tuple(fc.array(fc.nat({ max: 62 }), { minLength: 1, maxLength: 5 }), fc.array(fc.nat({ max: 62 }), { maxLength: 3 }))
  .map(([byzantine, slow]) => new NaiveSystem(six, { byzantine: [...byzantine, ...slow], slow: [0, ...slow] }));

const counts = [
  { byzantine: 0 },
  { byzantine: 1 },
  { byzantine: 0, slow: 1 },
  { byzantine: 1, slow: 1 },
  { byzantine: 3 },
  { byzantine: 3, slow: 2 },
];

function expectRealCover(system: QuorumSystem, set: ProcessSet, faults: CoveringFaults): void {
  const cover = right(faultTable(system, unlimited)).findCover(set, faults);
  expect(cover._tag).toBe(system.isCoveredBy(set, faults) ? 'found' : 'none');
  if (cover._tag === 'found') expectCover(cover.sets, system, set, faults);
}

describe('the table of fault sets', () => {
  it('covers exactly what real fault sets cover, and shows them', () => {
    fc.assert(
      fc.property(families, fc.nat({ max: 63 }), fc.nat({ max: 63 }), (system, a, b) => {
        const accused = setOfMask(six, a & b & -(a & b));
        for (const faults of counts) {
          expectRealCover(system, setOfMask(six, a), faults);
          expectRealCover(system, six.all, { ...faults, accused });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('has every covered set of a question', () => {
    fc.assert(
      fc.property(families, fc.nat({ max: 63 }), (system, mask) => {
        const table = right(faultTable(system, unlimited));
        for (const faults of counts.map((one) => ({ ...one, accused: setOfMask(six, mask & -mask) }))) {
          const covered = table.covered(faults);
          for (const set of allSets(six)) {
            expect(covered?.[maskOf(set, six.all)] === 1).toBe(system.isCoveredBy(set, faults));
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('finds a slow set that cannot be Byzantine', () => {
    const within = new NaiveSystem(six, { byzantine: [0b000111], slow: [0b000011] });
    const beyond = new NaiveSystem(six, { byzantine: [0b000111], slow: [0b001001] });
    expect(right(faultTable(within, unlimited)).slowBeyondByzantine()).toBeUndefined();
    expect(right(faultTable(beyond, unlimited)).slowBeyondByzantine()?.toString()).toBe('{s4}');
  });

  it('shows where a system is not monotone', () => {
    const odd = system(4, (set) => set.size !== 1);
    const table = faultTable(odd, unlimited);
    expect(table).toMatchObject(E.left({ _tag: 'NotMonotone', faults: { byzantine: 1 } }));
    if (E.isLeft(table) && table.left._tag === 'NotMonotone') {
      expect([table.left.covered.size, table.left.uncovered.size]).toEqual([2, 1]);
      expect(formatFaultTableError(table.left)).toMatch(
        /^the quorum system is not monotone: \{.*\} is covered but \{s\d\} is not$/,
      );
    }
  });

  it('takes the one question about 20 processes, and none about more', () => {
    const { all } = servers(20);
    const table = right(faultTable(thresholdSystem(all.universe, { f: 7, t: 2 }), unlimited));
    expect(table.findCover(all, { byzantine: 3 })).toMatchObject({ _tag: 'found' });
    const tooMany = faultTable(thresholdSystem(servers(21), { f: 7 }), unlimited);
    expect(E.isLeft(tooMany) && formatFaultTableError(tooMany.left)).toBe(
      '21 processes, and all sets are tried of at most 20',
    );
  });

  it('says when it had no time, for the table or for covering', () => {
    let now = 0;
    const four = thresholdSystem(servers(4), { f: 1 });
    const late = faultTable(
      four,
      budgetOf(1, () => (now += 2)),
    );
    expect(late).toMatchObject({ left: { _tag: 'OutOfTime' } });
    now = 0;
    const table = right(
      faultTable(
        four,
        budgetOf(10, () => now),
      ),
    );
    now = 11;
    expect(table.findCover(four.processes, { byzantine: 3 })).toMatchObject({ _tag: 'unknown' });
    expect(table.covered({ byzantine: 1, slow: 1 })).toBeUndefined();
  });
});

function system(count: number, isFaulty: (set: ProcessSet) => boolean): QuorumSystem {
  return new (class extends QuorumSystem {
    readonly processes = servers(count).all;
    override isCoveredBy(set: ProcessSet): boolean {
      return isFaulty(set);
    }
  })();
}
