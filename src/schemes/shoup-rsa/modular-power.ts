/** Modular exponentiation over bigint, in time that depends on the exponent: for public exponents and portable clients. */

/** `base^exponent mod modulus` for a non-negative exponent, by windows of five bits; bit by bit for a short one. */
export function modularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const width = exponent < 1n << 32n ? 1 : 5;
  const radix = 2 ** width;
  const powers = powersOf(base % modulus, modulus, radix);
  let result = 1n % modulus;
  for (const digit of exponent.toString(radix)) {
    for (let squaring = 0; squaring < width; squaring++) result = (result * result) % modulus;
    result = (result * (powers[Number.parseInt(digit, radix)] ?? 1n)) % modulus;
  }
  return result;
}

/** base^0, base^1, …, base^(count - 1). */
function powersOf(base: bigint, modulus: bigint, count: number): readonly bigint[] {
  const powers = [1n % modulus];
  for (let index = 1; index < count; index++) powers.push(((powers[index - 1] ?? 1n) * base) % modulus);
  return powers;
}
