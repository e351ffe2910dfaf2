import { expect, it } from 'vitest';
import { jacobi } from '../../../src/schemes/shoup-rsa/jacobi.js';

it('a Jacobi symbol is the product of those over the prime factors, whatever modulus and value are modulo 8', () => {
  const primes = [3, 5, 7, 11, 13, 17, 19, 23];
  const legendre = (value: number, prime: number) => {
    if (value % prime === 0) return 0;
    return Array.from({ length: prime }, (_, root) => root ** 2 % prime).includes(value % prime) ? 1 : -1;
  };
  for (const [index, p] of primes.entries()) {
    for (const q of [1, ...primes.slice(index)]) {
      for (let value = 0; value < 2 * p * q; value++) {
        const expected = legendre(value, p) * (q === 1 ? 1 : legendre(value, q));
        if (jacobi(BigInt(value), BigInt(p * q)) !== expected) expect.fail(`${value} over ${p * q}`);
      }
    }
  }
  expect([1n, 2n, 3n].map((value) => jacobi(value, 1n))).toEqual([1, 1, 1]);
});
