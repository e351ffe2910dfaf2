/**
 * Partial powers to the whole one (Shoup 2000, section 2, with the integer combination of any policy in place of Lagrange's).
 *
 * x_r = ±u^(2 s_r) gives w = Π x_r^(2 λ_r) = u^(4 D S), where S is D0 times the private exponent: w^e = u^(e') with
 * e' = 4 D D0, which is prime to e. With a e' + b e = 1, y = w^a u^b has y^e = u.
 */
import { invariant } from '../../prelude/invariant.js';
import { modularInverse } from '../sharing/modular-inverse.js';
import type { LoadedKey } from './loaded-key.js';

/**
 * y with y^e = u, which is checked; `undefined` where some share is wrong.
 *
 * All powers are taken at once: a is shorter than a machine word, and so lengthens the exponents of shares by nothing or
 * little where two more powers would cost as much as two more shares.
 *
 * @param lambda - the reconstruction of a qualified set.
 * @param values - |x_r| for every row that `lambda` has.
 */
export function combineRows(
  key: LoadedKey,
  lambda: ReadonlyMap<number, bigint>,
  values: ReadonlyMap<number, bigint>,
  input: bigint,
): bigint | undefined {
  const { exponent, modulus, secretScale } = key.publicKey;
  const scale = 4n * key.sharing.scale * secretScale;
  const a = modularInverse(scale, exponent);
  invariant(a !== undefined, 'the exponent of a loaded key is prime to its scale');
  const b = (1n - a * scale) / exponent;
  const product: Quotient = { over: 1n, under: 1n };
  multiplyPower(key, product, input, b);
  for (const [row, factor] of lambda) multiplyPower(key, product, values.get(row) ?? 0n, 2n * a * factor);
  const inverse = modularInverse(product.under, modulus);
  if (inverse === undefined) return undefined;
  const root = (product.over * inverse) % modulus;
  return key.raise(root) === input ? root : undefined;
}

/** A product of powers, those with negative exponents apart, so that one inversion serves them all. */
interface Quotient {
  over: bigint;
  under: bigint;
}

function multiplyPower({ exponentiation }: LoadedKey, product: Quotient, base: bigint, exponent: bigint): void {
  const { modulus } = exponentiation;
  if (exponent >= 0n) product.over = (product.over * exponentiation.powerPublic(base, exponent)) % modulus;
  else product.under = (product.under * exponentiation.powerPublic(base, -exponent)) % modulus;
}
