import { expect, it } from 'vitest';
import { toHex } from '../../../src/prelude/bytes.js';
import { dealingDigestOf } from '../../../src/schemes/shoup-rsa/dealing-digest.js';
import { keyIdOf } from '../../../src/schemes/shoup-rsa/key.js';
import { testKey, threeOfFive } from './setup.js';

it('dealings from boxes that differ in one end or its sign have different digests', () => {
  const { publicKey } = testKey(threeOfFive);
  const range = { low: -5n, high: 7n };
  const ranges = [range, { low: 5n, high: 7n }, { low: -7n, high: -5n }, { low: 0n, high: 7n }, { low: -5n, high: 0n }];
  const boxes = ranges.flatMap((other) => [
    { secret: other, coefficients: range },
    { secret: range, coefficients: other },
  ]);
  const digests = boxes.map((box) =>
    toHex(dealingDigestOf({ ...publicKey, ranges: { _tag: 'integers', ...box } }, keyIdOf(publicKey))),
  );
  // The first range is there twice.
  expect(new Set(digests).size).toBe(boxes.length - 1);
});
