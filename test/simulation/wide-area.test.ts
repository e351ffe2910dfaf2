/**
 * L1: with a correct leader the fast path decides in two message delays whatever set of 𝓣 is silent, and in three whatever set of 𝓩,
 * over five regions. Both are computed from the delays alone and met exactly, disks and signers taking no time.
 */
import { describe, expect, it } from 'vitest';
import { latencyFault } from './latency.js';
import { largeTrustModels, trustModels } from './trust-models.js';

const models = [...trustModels, ...largeTrustModels.filter(({ family }) => family === 'parameterized')];

describe('L1, over five regions', () => {
  for (const { trust } of models) {
    it(`decides in two delays under any silent set of 𝓣, in three under any of 𝓩: ${trust}`, () => {
      expect(latencyFault(trust)).toBeUndefined();
    });
  }
});
