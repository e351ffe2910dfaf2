/** Test T1 over fewer trees; random-trees.slow.test.ts has all of them. */
import { describe, expect, it } from 'vitest';
import { integers, residues } from '../../../src/schemes/sharing/ring.js';
import { checkAlgebra, checkShareLengths } from './tree-laws.js';

describe('random policy trees', () => {
  it.each([integers, residues])('T1: reconstruct exactly and are swept within the bounds over $name', (ring) => {
    const { reconstructions, sweeps } = checkAlgebra(ring, { count: 300, seed: 1 });
    expect(Math.min(reconstructions, sweeps)).toBeGreaterThan(500);
  });

  it('T1: hide the secret by σ bits, in shares of one length whatever box they come from', () => {
    checkShareLengths({ count: 150, seed: 2 });
  });
});
