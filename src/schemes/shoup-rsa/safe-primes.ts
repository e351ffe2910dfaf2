/** The search for safe primes p = 2p' + 1, p' prime: seconds to minutes of OpenSSL's time, off the event loop. */
import { generatePrime } from 'node:crypto';
import { bitLength } from '../sharing/integers.js';

export interface SafePrimes {
  readonly p: bigint;
  readonly q: bigint;
}

/**
 * Finds two safe primes whose product has `modulusBits` bits, both at once on the thread pool.
 *
 * @param modulusBits - even.
 * @param onFound - told how many of the two are found, as soon as they are.
 */
export async function generateSafePrimes(
  modulusBits: number,
  onFound: (count: number) => void = () => undefined,
): Promise<SafePrimes> {
  let found = 0;
  const search = async (): Promise<bigint> => {
    const prime = await generateSafePrime(modulusBits / 2);
    found += 1;
    onFound(found);
    return prime;
  };
  const [p, q] = await Promise.all([search(), search()]);
  return p !== q && bitLength(p * q) === modulusBits ? { p, q } : generateSafePrimes(modulusBits, onFound);
}

function generateSafePrime(bits: number): Promise<bigint> {
  return new Promise((resolve, reject) => {
    generatePrime(bits, { safe: true, bigint: true }, (error, prime) => {
      if (error instanceof Error) reject(error);
      else resolve(prime);
    });
  });
}
