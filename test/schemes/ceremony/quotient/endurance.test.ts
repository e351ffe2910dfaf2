import { expect, it } from 'vitest';
import { safePrimes1024 } from '../../../support/rsa-keys.js';
import { endure } from './endurance.js';

it('T8: a key endures refreshes and reshares by a malicious half, in shares of bounded size', () => {
  const records = endure(safePrimes1024, 9);
  expect(records).toHaveLength(9);
  for (const { bits, bound } of records) expect(bits).toBeLessThanOrEqual(bound);
});
