/** A group of known prime order to commit in: squares modulo a safe prime, the largest below 2^127. */
import { invariant } from '../../../src/prelude/invariant.js';
import type { CommitmentGroup } from '../../../src/schemes/sharing/commitments.js';
import { residue } from '../../../src/schemes/sharing/integers.js';
import { modularPower } from '../../../src/schemes/shoup-rsa/modular-power.js';

const prime = 170141183460469231731687303715884103007n;

export const toyOrder = (prime - 1n) / 2n;

export const toyGroup: CommitmentGroup<bigint> = {
  identity: 1n,
  multiply: (a, b) => (a * b) % prime,
  power: (base, exponent) => modularPower(base, residue(exponent, toyOrder), prime),
  commit: (secret) => {
    invariant(secret >= 0n, 'secrets that are committed to are not negative');
    return modularPower(4n, residue(secret, toyOrder), prime);
  },
  equals: (a, b) => a === b,
};
