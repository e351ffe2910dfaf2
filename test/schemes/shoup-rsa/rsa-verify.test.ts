/** Verifying at the edges: lengths of moduli and signatures, and what is no signature whatever its bytes. */
import { createPrivateKey, constants, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bigIntToBytes, bytesToBigInt } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { portableRsaVerifier } from '../../../src/schemes/shoup-rsa/portable-verifier.js';
import { nodeRsaVerifier } from '../../../src/schemes/shoup-rsa/public-key-pem.js';
import { encodePs256 } from '../../../src/schemes/shoup-rsa/rsa-pss.js';
import {
  encodeRs256,
  modulusLength,
  type RsaVerificationKey,
  verifyRsa,
} from '../../../src/schemes/shoup-rsa/rsa-verify.js';
import { ordinaryKey } from './pem-keys.js';
import { message } from './setup.js';

const salt = new Uint8Array(32).fill(7);

/** A key whose signatures are the encodings themselves: e = 1. */
const plainKey = (algorithm: 'RS256' | 'PS256', modulus: bigint): RsaVerificationKey => ({
  algorithm,
  modulus,
  exponent: 1n,
});
const encodingFor = ({ algorithm, modulus }: RsaVerificationKey): bigint =>
  algorithm === 'RS256'
    ? encodeRs256(digest(message), modulusLength({ modulus }))
    : encodePs256(digest(message), salt, modulus);

const odd = (bits: number) => (1n << BigInt(bits - 1)) + 1n;
const verifies = (key: RsaVerificationKey, value: bigint) =>
  verifyRsa(key, message, bigIntToBytes(value, modulusLength(key)));

describe('portable verification', () => {
  it.each([
    ['RS256', 489],
    ['PS256', 522],
  ] as const)('of %s takes moduli from %i to 4096 bits that are odd', (algorithm, least) => {
    for (const bits of [least, 4096]) {
      const key = plainKey(algorithm, odd(bits));
      expect(verifies(key, encodingFor(key))).toBe(true);
    }
    const long = plainKey(algorithm, odd(4097));
    expect(verifies(long, encodingFor(long))).toBe(false);
    const even = plainKey(algorithm, odd(1024) + 1n);
    expect(verifies(even, encodingFor(even))).toBe(false);
    for (const bits of [1, 2, 8, 100, least - 1]) {
      const short = plainKey(algorithm, odd(bits));
      expect(verifies(short, short.modulus - 1n)).toBe(false);
      expect(verifies(short, encodingFor(plainKey(algorithm, odd(least))) % short.modulus)).toBe(false);
    }
  });

  it.each(['RS256', 'PS256'] as const)('of %s takes numbers below N alone, in as many bytes as N', (algorithm) => {
    const key = plainKey(algorithm, odd(1024));
    const value = encodingFor(key);
    expect(verifies(key, value)).toBe(true);
    expect(verifies(key, value + key.modulus)).toBe(false);
    for (const length of [129, 130]) expect(verifyRsa(key, message, bigIntToBytes(value, length))).toBe(false);
    for (const length of [0, 1, 127]) expect(verifyRsa(key, message, new Uint8Array(length))).toBe(false);
  });
});

const jwk = createPrivateKey(ordinaryKey).export({ format: 'jwk' });
const number = (text: string | undefined) => bytesToBigInt(Buffer.from(text ?? '', 'base64url'));
const numbers = { modulus: number(jwk.n), exponent: number(jwk.e) };
const paddings = {
  RS256: { padding: constants.RSA_PKCS1_PADDING },
  PS256: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
} as const;
const signWith = (algorithm: keyof typeof paddings, text: Uint8Array): Uint8Array =>
  sign('sha256', text, { key: ordinaryKey, ...paddings[algorithm] });

/** What every verifier says, which must be one. */
async function verdict(key: RsaVerificationKey, text: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const verdicts = [
    verifyRsa(key, text, signature),
    nodeRsaVerifier(key)(text, signature),
    await portableRsaVerifier(key, globalThis.crypto.subtle)(text, signature),
    await portableRsaVerifier(key, null)(text, signature),
  ];
  expect(new Set(verdicts).size).toBe(1);
  return verdicts.every((one) => one);
}

describe.each(['RS256', 'PS256'] as const)('a signature of %s', (algorithm) => {
  it('verifies under its algorithm alone: under the other it does not, and a key for OAEP has no signatures', async () => {
    const signature = signWith(algorithm, message);
    for (const other of ['RS256', 'PS256', 'RSA-OAEP-256'] as const) {
      expect(await verdict({ ...numbers, algorithm: other }, message, signature)).toBe(other === algorithm);
    }
  });

  it('is refused without its leading zero, by every verifier', async () => {
    const { text, signature } = signatureWithLeadingZero(algorithm);
    expect(await verdict({ ...numbers, algorithm }, text, signature)).toBe(true);
    expect(await verdict({ ...numbers, algorithm }, text, signature.subarray(1))).toBe(false);
  });
});

/** One of 256 begins with 0. */
function signatureWithLeadingZero(algorithm: keyof typeof paddings) {
  for (let attempt = 0; ; attempt++) {
    const text = bigIntToBytes(BigInt(attempt), 4);
    const signature = signWith(algorithm, text);
    if (signature[0] === 0) return { text, signature };
  }
}
