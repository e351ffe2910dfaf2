/**
 * Partial powers to the whole one (Shoup 2000, section 2, with the integer combination of any policy in place of Lagrange's).
 *
 * x_r = ±u^(2 s_r) gives w = Π x_r^(2 λ_r) = u^(4 D S), where S is D0 times the private exponent: w^e = u^(e') with
 * e' = 4 D D0, which is prime to e. With a e' + b e = 1, y = w^a u^b has y^e = u.
 */
import { invariant } from '../../prelude/invariant.js';
import { modularInverse } from '../sharing/modular-inverse.js';
import type { LoadedKey } from './loaded-key.js';

/** A power to be multiplied with others; the exponent may be negative. */
interface Power {
  readonly base: bigint;
  readonly exponent: bigint;
}

/**
 * y with y^e = u, which is checked; `undefined` where some share is wrong.
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
  const powers = [...lambda].map(([row, factor]) => ({ base: values.get(row) ?? 0n, exponent: 2n * factor }));
  const [over, under] = [productOfPowers(key, powers, 1n), productOfPowers(key, powers, -1n)];
  const numerator = key.exponentiation.powerPublic(over, a);
  const denominator = key.exponentiation.powerPublic(under, a) * key.exponentiation.powerPublic(input, -b);
  const inverse = modularInverse(denominator, modulus);
  if (inverse === undefined) return undefined;
  const root = (numerator * inverse) % modulus;
  return key.exponentiation.powerPublic(root, exponent) === input ? root : undefined;
}

/** The product of the powers whose exponents have this sign, without the sign. */
function productOfPowers(key: LoadedKey, powers: readonly Power[], sign: 1n | -1n): bigint {
  return powers
    .filter(({ exponent }) => exponent * sign > 0n)
    .reduce(
      (whole, { base, exponent }) =>
        (whole * key.exponentiation.powerPublic(base, exponent * sign)) % key.group.modulus,
      1n,
    );
}
