/** Dealing and its checks over a toy group: squares modulo a safe prime, and over the integers and the field of its toyOrder. */
import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { dealingRanges, shareBounds } from '../../../src/schemes/sharing/bounds.js';
import {
  batchWeight,
  checkDealing,
  checkDealingInBatch,
  commitTo,
  type ReceivedShares,
  rowKey,
} from '../../../src/schemes/sharing/commitments.js';
import { compile } from '../../../src/schemes/sharing/compile.js';
import {
  dealOverIntegers,
  dealOverResidues,
  dividedByScale,
  shiftedDealing,
} from '../../../src/schemes/sharing/dealing.js';
import { residue } from '../../../src/schemes/sharing/integers.js';
import { reconstruction } from '../../../src/schemes/sharing/reconstruction.js';
import { integers, residues } from '../../../src/schemes/sharing/ring.js';
import { right } from '../../support/right.js';
import { seededRandom } from '../shoup-rsa/setup.js';
import { gate } from './policies.js';
import { toyGroup, toyOrder } from './toy-group.js';

const policy = gate(2, gate(2, 'a', 'b', 'c'), gate(2, 'a', 'd'), 'e');
const random = seededRandom('toy');

const secret = 2n ** 64n + 12345n;

const settings = [
  {
    name: 'the integers',
    deal: () => {
      const sharing = right(compile(policy, integers));
      const box = dealingRanges(sharing, 64);
      const bounds = shareBounds(sharing, box);
      const range = (row: number) => bounds.rows[row] ?? { low: 0n, high: 0n };
      const drawn = dealOverIntegers(sharing, box, secret, random);
      return {
        sharing,
        result: sharing.scale * secret,
        range,
        dealing: shiftedDealing(sharing, drawn, bounds.columnShift),
      };
    },
  },
  {
    name: 'a field',
    deal: () => {
      const sharing = right(compile(policy, residues));
      const dealing = dealOverResidues(sharing, toyOrder, dividedByScale(sharing, toyOrder, secret), random);
      return { sharing, result: secret, range: () => ({ low: 0n, high: toyOrder }), dealing };
    },
  },
];

describe.each(settings)('a dealing over $name', ({ deal }) => {
  const { sharing, result, range, dealing } = deal();
  const commitments = commitTo(toyGroup, dealing.coefficients);
  const shares = new Map(dealing.shares.entries());
  const received: ReceivedShares<bigint> = { commitments, shares, range };
  const checks = [
    (given: ReceivedShares<bigint>) => checkDealing(sharing, toyGroup, given),
    (given: ReceivedShares<bigint>) => checkDealingInBatch(sharing, toyGroup, given, random),
  ];

  it('gives its secret to a qualified set, in shares and in the exponents of row keys', () => {
    const lambda = reconstruction(sharing, (process) => process !== 'b' && process !== 'e');
    let [sum, key] = [0n, 1n];
    for (const [row, factor] of lambda ?? []) {
      const entries = sharing.rows[row];
      if (entries === undefined) throw new Error('no such row');
      sum += factor * (shares.get(row) ?? 0n);
      key = toyGroup.multiply(key, toyGroup.power(rowKey(toyGroup, commitments, entries), factor));
    }
    expect(sharing.ring === integers ? sum : residue(sum, toyOrder)).toBe(result);
    expect(key).toBe(toyGroup.commit(result));
  });

  it.each(checks)('is accepted as dealt, whole and row by row', (check) => {
    expect(check(received)).toEqual(E.right(undefined));
    for (const [row, share] of shares) {
      expect(check({ ...received, shares: new Map([[row, share]]) })).toEqual(E.right(undefined));
    }
  });

  it.each(checks)('names the row whose share is not the committed one', (check) => {
    for (const [row, share] of shares) {
      const wrong = new Map([...shares, [row, share + 1n] as const]);
      expect(check({ ...received, shares: wrong })).toEqual(E.left({ _tag: 'ShareNotCommitted', row }));
    }
  });

  it.each(checks)('refuses shares out of range, congruent or not', (check) => {
    const { low, high } = range(0);
    for (const share of [low - 1n, high, (shares.get(0) ?? 0n) + toyOrder * high]) {
      const wrong = new Map([...shares, [0, share] as const]);
      expect(check({ ...received, shares: wrong })).toEqual(E.left({ _tag: 'ShareOutOfRange', row: 0 }));
    }
  });

  it.each(checks)('refuses another number of commitments, and rows that there are not', (check) => {
    const expected = sharing.columnCount;
    for (const wrong of [commitments.slice(1), [...commitments, 1n], []]) {
      expect(check({ ...received, commitments: wrong })).toEqual(E.left({ _tag: 'WrongCommitmentCount', expected }));
    }
    expect(check({ ...received, shares: new Map([[99, 1n]]) })).toEqual(E.left({ _tag: 'NoSuchRow', row: 99 }));
  });

  it.each(checks)('refuses a changed commitment', (check) => {
    const changed = [...commitments.slice(0, -1), toyGroup.multiply(commitments.at(-1) ?? 1n, 4n)];
    expect(check({ ...received, commitments: changed })).toMatchObject(E.left({ _tag: 'ShareNotCommitted' }));
  });

  it('is checked in one batch with a weight of 128 bits for each row, and not row by row', () => {
    const lengths: number[] = [];
    let commits = 0;
    const counting = { ...toyGroup, commit: (exponent: bigint) => ((commits += 1), toyGroup.commit(exponent)) };
    const counted = (length: number) => (lengths.push(length), random(length));
    expect(checkDealingInBatch(sharing, counting, received, counted)).toEqual(E.right(undefined));
    expect(commits).toBe(1);
    expect(lengths).toEqual([...shares].map(() => 16));
  });

  it('is not accepted in a batch where errors cancel, nor whatever weights are drawn', () => {
    const [[first, one], [second, two]] = [...shares] as [[number, bigint], [number, bigint]];
    const cancelling = new Map([...shares, [first, one + 1n] as const, [second, two - 1n] as const]);
    const refused = E.left({ _tag: 'ShareNotCommitted', row: first });
    expect(checkDealingInBatch(sharing, toyGroup, { ...received, shares: cancelling }, random)).toEqual(refused);
    const wrong = new Map([...shares, [first, one + 1n] as const]);
    const zeros = (length: number) => new Uint8Array(length);
    expect(checkDealingInBatch(sharing, toyGroup, { ...received, shares: wrong }, zeros)).toEqual(refused);
  });
});

it('weights of batches are from 1 to 2^128, of all 16 bytes that are drawn', () => {
  const drawn: number[] = [];
  const all = (byte: number) => (length: number) => {
    drawn.push(length);
    return new Uint8Array(length).fill(byte);
  };
  expect(batchWeight(all(0))).toBe(1n);
  expect(batchWeight(all(0xff))).toBe(1n << 128n);
  expect(drawn).toEqual([16, 16]);
});
