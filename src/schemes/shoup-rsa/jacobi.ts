import { residue } from '../sharing/integers.js';

/** The Jacobi symbol of `value` over an odd positive modulus; 0 exactly where they have a common factor. Not constant time. */
export function jacobi(value: bigint, modulus: bigint): -1 | 0 | 1 {
  let [a, n] = [residue(value, modulus), modulus];
  let isNegative = false;
  while (a !== 0n) {
    while ((a & 1n) === 0n) {
      a >>= 1n;
      const rest = n & 7n;
      if (rest === 3n || rest === 5n) isNegative = !isNegative;
    }
    if ((a & 3n) === 3n && (n & 3n) === 3n) isNegative = !isNegative;
    [a, n] = [n % a, a];
  }
  if (n !== 1n) return 0;
  return isNegative ? -1 : 1;
}
