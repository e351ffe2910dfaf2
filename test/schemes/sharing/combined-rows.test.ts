import { describe, expect, it } from 'vitest';
import { present } from '../../../src/prelude/invariant.js';
import { dealingRanges, shareBounds } from '../../../src/schemes/sharing/bounds.js';
import {
  combinedBounds,
  combinedKey,
  combinedSecret,
  factorsByOwner,
} from '../../../src/schemes/sharing/combined-rows.js';
import { commitTo, rowKey } from '../../../src/schemes/sharing/commitments.js';
import { compile } from '../../../src/schemes/sharing/compile.js';
import { dealOverIntegers, rowProduct, shiftedDealing } from '../../../src/schemes/sharing/dealing.js';
import { bitLength } from '../../../src/schemes/sharing/integers.js';
import { reconstruction } from '../../../src/schemes/sharing/reconstruction.js';
import { integers } from '../../../src/schemes/sharing/ring.js';
import { right } from '../../support/right.js';
import { seededRandom } from '../shoup-rsa/setup.js';
import { gate, seededNumbers } from './policies.js';
import { toyGroup } from './toy-group.js';

/** `a` holds three rows that count, `b` two. */
const policy = gate(3, gate(2, 'a', 'b', 'c'), gate(2, 'a', 'd', 'b'), gate(2, 'a', 'e', 'f'), 'g');
const sharing = right(compile(policy, integers));
const box = dealingRanges(sharing, 64);
const bounds = shareBounds(sharing, box);
const secret = 2n ** 64n + 99n;
const dealing = shiftedDealing(
  sharing,
  dealOverIntegers(sharing, box, secret, seededRandom('combined')),
  bounds.columnShift,
);
const shares = new Map(dealing.shares.entries());
const lambda = present(
  reconstruction(sharing, (process) => process !== 'c' && process !== 'g'),
  'a qualified set',
);
const factors = factorsByOwner(sharing, lambda);

describe('the combined rows of a process', () => {
  it('add up to D times the secret, in shares and in the exponents of their keys', () => {
    const sums = [...factors.values()].map((own) => present(combinedSecret(own, shares), 'a share of every row'));
    expect(sums.reduce((sum, one) => sum + one, 0n)).toBe(sharing.scale * secret);
    const commitments = commitTo(toyGroup, dealing.coefficients);
    const key = (row: number) => rowKey(toyGroup, commitments, present(sharing.rows[row], 'a row'));
    for (const [index, own] of [...factors.values()].entries()) {
      const [sum, combined] = [present(sums[index], 'a sum'), combinedKey(toyGroup, own, key)];
      expect(combined).toBe(toyGroup.power(toyGroup.commit(1n), sum));
    }
  });

  it('are the rows of one process each, with their factors', () => {
    expect([...factors.keys()].toSorted()).toEqual(['a', 'b', 'd', 'e']);
    for (const [process, own] of factors) {
      for (const [row, factor] of own) {
        expect(sharing.rows[row]?.owner).toBe(process);
        expect(lambda.get(row)).toBe(factor);
      }
    }
    expect([...factors.values()].reduce((count, own) => count + own.size, 0)).toBe(lambda.size);
  });

  it('have no secret where a row has no share', () => {
    const own = present(factors.get(present([...factors.keys()][0], 'a process')), 'its factors');
    expect(combinedSecret(own, new Map([...shares].slice(1)))).toBeUndefined();
  });

  it('T22: have a bound of their own, above that of any of their rows', () => {
    for (const own of factors.values()) {
      const { bits } = combinedBounds(bounds, own);
      const exact = [...own].reduce((sum, [row, factor]) => {
        const magnitude = factor < 0n ? -factor : factor;
        return sum + (magnitude << BigInt(bounds.shareBits[row] ?? 0));
      }, 0n);
      expect(bits).toBeLessThanOrEqual(bitLength(exact));
      expect(bits).toBeGreaterThan(Math.max(...[...own.keys()].map((row) => bounds.shareBits[row] ?? 0)));
    }
  });

  it('T22: stay within it at both ends of what may be dealt', () => {
    const number = seededNumbers(5);
    for (let count = 0; count < 200; count++) {
      const extreme = bounds.columnShift.map((moved, column) => {
        const { low, high } = column === 0 ? box.secret : box.coefficients;
        return moved + (number() < 0.5 ? low : high - 1n);
      });
      const drawn = new Map(sharing.rows.map((row, index) => [index, rowProduct(row, extreme)] as const));
      for (const own of factors.values()) {
        const { range, bits } = combinedBounds(bounds, own);
        const sum = present(combinedSecret(own, drawn), 'a share of every row');
        expect(sum >= range.low && sum < range.high).toBe(true);
        expect(bitLength(sum < 0n ? -sum : sum)).toBeLessThanOrEqual(bits);
      }
    }
  });
});
