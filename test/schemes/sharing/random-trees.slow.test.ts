import { describe, expect, it } from 'vitest';
import { integers, residues } from '../../../src/schemes/sharing/ring.js';
import { checkAlgebra, checkShareLengths } from './tree-laws.js';

describe('five thousand random policy trees', () => {
  it.each([integers, residues])('T1: reconstruct exactly and are swept within the bounds over $name', (ring) => {
    const { reconstructions, sweeps } = checkAlgebra(ring, { count: 5000, seed: 3 });
    expect(Math.min(reconstructions, sweeps)).toBeGreaterThan(10_000);
  });

  it('T1: hide the secret by σ bits, in shares of one length whatever box they come from', () => {
    checkShareLengths({ count: 5000, seed: 4 });
  });
});
