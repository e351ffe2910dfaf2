/** Modular exponentiation over bigint, in time that depends on the exponent: for public exponents and portable clients. */

const windowBits = 5;

/** `base^exponent mod modulus` for a non-negative exponent, by windows of five bits. */
export function modularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const powers = powersOf(base % modulus, modulus, exponent < 1n << 32n ? 1 : windowBits);
  const width = Math.log2(powers.length);
  const binary = exponent.toString(2);
  const digits = binary.padStart(Math.ceil(binary.length / width) * width, '0');
  let result = 1n % modulus;
  for (let position = 0; position < digits.length; position += width) {
    for (let squaring = 0; squaring < width; squaring++) result = (result * result) % modulus;
    const digit = Number.parseInt(digits.slice(position, position + width), 2);
    if (digit !== 0) result = (result * (powers[digit] ?? 1n)) % modulus;
  }
  return result;
}

/** base^0, base^1, …, base^(2^width - 1). */
function powersOf(base: bigint, modulus: bigint, width: number): readonly bigint[] {
  const powers = [1n % modulus];
  for (let index = 1; index < 2 ** width; index++) powers.push(((powers[index - 1] ?? 1n) * base) % modulus);
  return powers;
}
