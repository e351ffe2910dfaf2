/** What is asked of keys of every size: everything that node:crypto and openssl have to say about the result. */
import { constants, createPublicKey, verify } from 'node:crypto';
import { expect } from 'vitest';
import { publicKeyPem } from '../../../src/schemes/shoup-rsa/public-key-pem.js';
import { verifyRsa } from '../../../src/schemes/shoup-rsa/rsa-verify.js';
import type { SafePrimes } from '../../../src/schemes/shoup-rsa/safe-primes.js';
import { right } from '../../support/right.js';
import { gate } from '../sharing/policies.js';
import { hasOpenssl, opensslVerifies, pssOptions } from './openssl.js';
import { message, sharesOf, testKey } from './setup.js';

/** Deals a key of these primes; its shares prove themselves and combine, and everybody verifies what comes out. */
export function expectSignatures(algorithm: 'RS256' | 'PS256', primes: SafePrimes, bits: number): void {
  const key = testKey(gate(2, 'a', 'b', 'c'), { algorithm, material: { _tag: 'safe-primes', ...primes } });
  const shares = sharesOf(key, message, 'a', 'c');
  for (const [from, share] of shares) expect(key.verifier.verifyShare(message, from, share)).toBe('valid');
  const { signature } = right(key.verifier.combine(message, shares));
  expect([8 * signature.length, verifyRsa(key.publicKey, message, signature)]).toEqual([bits, true]);
  const pem = publicKeyPem(key.publicKey);
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const padding = algorithm === 'PS256' ? pss : {};
  expect(verify('sha256', message, { key: createPublicKey(pem), ...padding }, signature)).toBe(true);
  if (!hasOpenssl) return;
  expect(opensslVerifies(pem, message, signature, algorithm === 'PS256' ? pssOptions : [])).toBe(true);
}
