import { expect, it } from 'vitest';
import { safePrimes2048 } from '../../../support/rsa-keys.js';
import { endure } from './endurance.js';

it('T8: a 2048-bit key endures 200 refreshes and reshares by a malicious half, in shares of bounded size', () => {
  const records = endure(safePrimes2048, 200);
  expect(records).toHaveLength(200);
  for (const { bits, bound } of records) expect(bits).toBeLessThanOrEqual(bound);
  const figures = records.map(
    ({ kind, policy, bits, bound }, epoch) => `${epoch + 1} ${kind} ${policy} ${bits} <= ${bound}`,
  );
  console.info(figures.join('\n'));
});
