/** PS256: the encoding against other people's, the salt, and keys that sign with it. */
import { constants, createPrivateKey, createPublicKey, hkdfSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bigIntToBytes, bytesToBigInt, fromHex, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { Signature } from '../../../src/schemes/contract/distributed-signer.js';
import { publicVerifier } from '../../../src/schemes/public-verifier.js';
import { bitLength } from '../../../src/schemes/sharing/integers.js';
import { modularInverse } from '../../../src/schemes/sharing/modular-inverse.js';
import { keyIdOf, unsignedBytes } from '../../../src/schemes/shoup-rsa/key.js';
import { modularPower } from '../../../src/schemes/shoup-rsa/modular-power.js';
import { portableRsaVerifier } from '../../../src/schemes/shoup-rsa/portable-verifier.js';
import { nodeRsaVerifier, publicKeyJwk, publicKeyPem } from '../../../src/schemes/shoup-rsa/public-key-pem.js';
import { encodePs256, isPs256Encoding } from '../../../src/schemes/shoup-rsa/rsa-pss.js';
import { verifyRsa } from '../../../src/schemes/shoup-rsa/rsa-verify.js';
import { saltOf, signedMessage } from '../../../src/schemes/shoup-rsa/signed-message.js';
import { right } from '../../support/right.js';
import { otherSafePrimes1024, safePrimes1024 } from '../../support/rsa-keys.js';
import { vectors } from '../../support/vectors.js';
import { gate } from '../sharing/policies.js';
import { ordinaryKey } from './pem-keys.js';
import { hasOpenssl, opensslVerifies, pssOptions } from './openssl.js';
import { id, loadedOf, message, seededRandom, sharesOf, testKey, threeOfFive } from './setup.js';

interface VerificationGroup {
  readonly sLen: number;
  readonly publicKey: { readonly modulus: string; readonly publicExponent: string };
  readonly tests: readonly { tcId: number; msg: string; sig: string; result: 'valid' | 'acceptable' | 'invalid' }[];
}

const bytes = (hex: string) => present(fromHex(hex), 'hexadecimal');
const wycheproof = vectors('wycheproof/rsa_pss_2048_sha256_mgf1_32_test.json') as
  | { testGroups: VerificationGroup[] }
  | undefined;

describe.skipIf(wycheproof === undefined)('Wycheproof, PSS with SHA-256 and 32 bytes of salt', () => {
  it.each(wycheproof?.testGroups ?? [])('is met by the portable verifier and node:crypto alike', (group) => {
    expect(group.sLen).toBe(32);
    const [modulus, exponent] = [BigInt(`0x${group.publicKey.modulus}`), BigInt(`0x${group.publicKey.publicExponent}`)];
    const key = { algorithm: 'PS256', modulus, exponent } as const;
    const nodeKey = createPublicKey(publicKeyPem(key));
    const pss = { key: nodeKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    for (const { tcId, msg, sig, result } of group.tests) {
      const accepted = verifyRsa(key, bytes(msg), bytes(sig));
      expect(accepted, `${tcId}`).toBe(verify('sha256', bytes(msg), pss, bytes(sig)));
      expect(accepted, `${tcId}`).toBe(result === 'valid');
    }
  });
});

describe('the encoding', () => {
  const jwk = createPrivateKey(ordinaryKey).export({ format: 'jwk' });
  const number = (text: string | undefined) => bytesToBigInt(Buffer.from(text ?? '', 'base64url'));
  const [modulus, exponent] = [number(jwk.n), number(jwk.e)];

  it('is that of openssl, given its salt', () => {
    const pss = { key: ordinaryKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    for (const text of ['', 'one', 'two']) {
      const signature = sign('sha256', utf8(text), pss);
      expect(verifyRsa({ algorithm: 'PS256', modulus, exponent }, utf8(text), signature)).toBe(true);
      const opened = modularPower(bytesToBigInt(signature), exponent, modulus);
      expect(isPs256Encoding(opened, digest(utf8(text)), modulus)).toBe(true);
      expect(isPs256Encoding(opened, digest(utf8(`${text}.`)), modulus)).toBe(false);
    }
  });

  it.each([1024, 1023, 1022, 1021, 1020, 1019, 1018, 1017, 1025, 522])(
    'fits a modulus of %i bits, and nothing else is taken for it',
    (modulusBits) => {
      const top = 1n << BigInt(modulusBits - 1);
      const of = top + 1n;
      const [messageDigest, salt] = [digest(utf8('message')), new Uint8Array(32).fill(7)];
      const encoded = encodePs256(messageDigest, salt, of);
      expect(encoded < top).toBe(true);
      expect(encoded % 256n).toBe(0xbcn);
      expect(isPs256Encoding(encoded, messageDigest, of)).toBe(true);
      for (const bit of [0, 9, 263, 270, modulusBits - 3, modulusBits - 2]) {
        expect(isPs256Encoding(encoded ^ (1n << BigInt(bit)), messageDigest, of), `bit ${bit}`).toBe(false);
      }
      for (const other of [encoded + top, encoded + (1n << 1100n), 0n]) {
        expect(isPs256Encoding(other, messageDigest, of)).toBe(false);
      }
    },
  );

  it.each([1024, 1025])(
    'is as long as a modulus of %i bits allows for one salt of two, and recognized for all',
    (modulusBits) => {
      const of = (1n << BigInt(modulusBits - 1)) + 1n;
      const messageDigest = digest(utf8('message'));
      const encodings = Array.from({ length: 16 }, (_, salt) =>
        encodePs256(messageDigest, new Uint8Array(32).fill(salt), of),
      );
      expect(Math.max(...encodings.map(bitLength))).toBe(modulusBits - 1);
      expect(encodings.every((encoded) => isPs256Encoding(encoded, messageDigest, of))).toBe(true);
    },
  );

  it.each([20, 31, 33, 0])('refuses a salt of %i bytes, whoever verifies', async (saltLength) => {
    const pss = { key: ordinaryKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
    const signature = sign('sha256', message, pss);
    const key = { algorithm: 'PS256', modulus, exponent } as const;
    expect([verifyRsa(key, message, signature), nodeRsaVerifier(key)(message, signature)]).toEqual([false, false]);
    for (const webCrypto of [globalThis.crypto.subtle, null]) {
      expect(await portableRsaVerifier(key, webCrypto)(message, signature)).toBe(false);
    }
  });
});

describe('the salt', () => {
  const key = testKey(threeOfFive, { algorithm: 'PS256' });
  const loaded = loadedOf(key);

  it('is HKDF of key and message, and of nothing else', () => {
    const [one, two] = [digest(utf8('one')), digest(utf8('two'))];
    const expected = hkdfSync('sha256', one, keyIdOf(key.publicKey), utf8('koinon shoup-rsa pss salt v1'), 32);
    expect(saltOf(loaded, one)).toEqual(new Uint8Array(expected));
    expect(saltOf(loaded, two)).not.toEqual(saltOf(loaded, one));
    const other = testKey(threeOfFive, {
      algorithm: 'PS256',
      material: { _tag: 'safe-primes', ...otherSafePrimes1024 },
    });
    expect(saltOf(loadedOf(other), one)).not.toEqual(saltOf(loaded, one));
  });

  it('T19: is the same in every epoch and session, so that holders of one epoch need agree on nothing', () => {
    const next = testKey(gate(2, 'a', 'b', 'c'), { algorithm: 'PS256', epoch: 2, random: seededRandom('next') });
    expect(signedMessage(loadedOf(next), message)).toEqual(signedMessage(loaded, message));
    const [first, second] = [
      sharesOf(key, message, 'a', 'c'),
      sharesOf(testKey(threeOfFive, { algorithm: 'PS256' }), message, 'd'),
    ];
    const { signature } = right(key.verifier.combine(message, new Map([...first, ...second])));
    expect(right(next.verifier.combine(message, sharesOf(next, message, 'a', 'b'))).signature).toEqual(signature);
  });

  it('T19: is not on the wire: a share is as long as one of RS256', () => {
    const length = (of: ReturnType<typeof testKey>) => [...sharesOf(of, message, 'a').values()][0]?.length;
    expect(length(key)).toBe(length(testKey(threeOfFive)));
  });
});

describe('a PS256 key', () => {
  const key = testKey(threeOfFive, { algorithm: 'PS256' });
  const rs256 = testKey(threeOfFive);
  const { signature } = right(key.verifier.combine(message, sharesOf(key, message, 'a', 'b', 'd')));

  it('has another id than an RS256 key of the same numbers, and shares that are of no use to it', () => {
    expect(key.verifier.keyId).not.toEqual(rs256.verifier.keyId);
    for (const [from, share] of sharesOf(key, message, 'a', 'b')) {
      expect(key.verifier.verifyShare(message, from, share)).toBe('valid');
      expect(rs256.verifier.verifyShare(message, from, share)).toBe('invalid');
    }
  });

  it('gives one signature, whoever signs, which node:crypto, WebCrypto and bigint verify, and not as RS256', async () => {
    for (const quorum of ['abc', 'cde', 'abcde']) {
      const combined = key.verifier.combine(message, sharesOf(key, message, ...Array.from(quorum)));
      expect(right(combined).signature).toEqual(signature);
    }
    const nodeKey = createPublicKey(publicKeyPem(key.publicKey));
    const pss = { key: nodeKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    expect(verify('sha256', message, pss, signature)).toBe(true);
    expect(verify('sha256', message, nodeKey, signature)).toBe(false);
    expect([verifyRsa(key.publicKey, message, signature), verifyRsa(rs256.publicKey, message, signature)]).toEqual([
      true,
      false,
    ]);
    for (const webCrypto of [globalThis.crypto.subtle, null]) {
      expect(await publicVerifier(key.publicKey, webCrypto)(message, signature)).toBe(true);
      expect(await publicVerifier(key.publicKey, webCrypto)(utf8('x'), signature)).toBe(false);
      expect(await publicVerifier(rs256.publicKey, webCrypto)(message, signature)).toBe(false);
    }
    expect(rs256.verifier.verify(message, signature)).toBe(false);
  });

  it('accepts any salt of 32 bytes, as PS256 does, from every verifier', async () => {
    const { p, q } = safePrimes1024;
    const { modulus } = key.publicKey;
    const encoded = encodePs256(digest(message), new Uint8Array(32).fill(1), modulus);
    const exponent = present(modularInverse(65537n, (p - 1n) * (q - 1n)), 'an inverse');
    const other = bigIntToBytes(modularPower(encoded, exponent, modulus), 128) as Signature;
    expect(key.verifier.verify(message, other)).toBe(true);
    expect(verifyRsa(key.publicKey, message, other)).toBe(true);
    expect(await publicVerifier(key.publicKey)(message, other)).toBe(true);
  });

  it('is PS256 in its JWK, which node:crypto reads', () => {
    const jwk = publicKeyJwk(key.publicKey);
    expect(jwk).toEqual({
      kty: 'RSA',
      use: 'sig',
      alg: 'PS256',
      n: Buffer.from(unsignedBytes(key.publicKey.modulus)).toString('base64url'),
      e: 'AQAB',
    });
    const read = createPublicKey({ format: 'jwk', key: { ...jwk } });
    expect(read.equals(createPublicKey(publicKeyPem(key.publicKey)))).toBe(true);
    const decryption = testKey(threeOfFive, { usage: 'decryption' }).publicKey;
    expect(publicKeyJwk(decryption)).toMatchObject({ use: 'enc', alg: 'RSA-OAEP-256' });
  });

  it.skipIf(!hasOpenssl)('gives signatures that openssl verifies', () => {
    expect(opensslVerifies(publicKeyPem(key.publicKey), message, signature, pssOptions)).toBe(true);
    const changed = signature.map((byte, index) => (index === 9 ? byte ^ 1 : byte));
    expect(opensslVerifies(publicKeyPem(key.publicKey), message, changed, pssOptions)).toBe(false);
  });

  it('names a bad share, as any key', () => {
    const shares = new Map([...sharesOf(key, utf8('x'), 'a'), ...sharesOf(key, message, 'b', 'c')]);
    const combined = key.verifier.combine(message, shares);
    expect(E.isLeft(combined) && combined.left).toMatchObject({ _tag: 'NotQualified' });
    expect(E.isLeft(combined) && combined.left._tag === 'NotQualified' && [...combined.left.invalid]).toEqual([
      id('a'),
    ]);
  });
});
