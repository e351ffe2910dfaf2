/** The map behind all uses, on numbers that are no messages: roots along a policy, whatever they are for. */
import { constants, createPrivateKey, publicEncrypt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bigIntToBytes, bytesToBigInt, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { Signature, SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { bigIntExponentiation } from '../../../src/schemes/shoup-rsa/exponentiation.js';
import { makeRsaMap, makeRsaMapVerifier } from '../../../src/schemes/shoup-rsa/loaded-share.js';
import { publicKeyPem } from '../../../src/schemes/shoup-rsa/public-key-pem.js';
import { residueGroup } from '../../../src/schemes/shoup-rsa/residue-group.js';
import { RsaMap, RsaMapVerifier } from '../../../src/schemes/shoup-rsa/rsa-map.js';
import { keyIdOf } from '../../../src/schemes/shoup-rsa/key.js';
import { signedMessage } from '../../../src/schemes/shoup-rsa/signed-message.js';
import type { MapInput } from '../../../src/schemes/shoup-rsa/share-proof.js';
import { right } from '../../support/right.js';
import { safePrimes1024 } from '../../support/rsa-keys.js';
import { gate } from '../sharing/policies.js';
import { ordinaryKey } from './pem-keys.js';
import {
  id,
  loadedOf,
  message,
  names,
  seededRandom,
  sharesOf,
  testKey,
  type TestKey,
  threeOfFive,
  universe,
} from './setup.js';

const key = testKey(threeOfFive, { usage: 'decryption' });
const { modulus } = key.publicKey;
const verifier = right(makeRsaMapVerifier(key.publicKey, universe, seededRandom('weights')));
const mapOf = (of: TestKey, name: string, withProof = true) =>
  right(
    makeRsaMap(of.publicKey, present(of.shares.get(id(name)), 'a share'), universe, seededRandom(name), { withProof }),
  );
const maps = new Map(names.map((name) => [id(name), mapOf(key, name)]));

const plaintext = 123456789n ** 20n;
const ciphertext = bytesToBigInt(
  publicEncrypt({ key: publicKeyPem(key.publicKey), padding: constants.RSA_NO_PADDING }, bigIntToBytes(plaintext, 128)),
);
const input: MapInput = { role: 'decryption share', digest: digest(utf8('ciphertext')), value: ciphertext };
const partials = (text: string, of: MapInput = input) =>
  new Map(Array.from(text).map((name) => [id(name), present(maps.get(id(name)), 'a map').partial(of)] as const));

describe('the map', () => {
  it('gives the root of any unit, for every qualified set', () => {
    for (const text of ['abc', 'cde', 'abcde']) {
      const { signature, invalid } = right(verifier.combine(input, partials(text)));
      expect(bytesToBigInt(signature)).toBe(plaintext);
      expect([signature.length, invalid.isEmpty, verifier.verify(input, signature)]).toEqual([128, true, true]);
    }
    expect(E.isLeft(verifier.combine(input, partials('ab')))).toBe(true);
  });

  it('says whose it is', () => {
    for (const map of [right(makeRsaMapVerifier(key.publicKey, universe, seededRandom('weights'))), mapOf(key, 'a')]) {
      expect([map.keyId, map.usage, map.epoch]).toEqual([keyIdOf(key.publicKey), 'decryption', 1]);
    }
    expect(mapOf(key, 'a').me).toBe('a');
  });

  it('judges partial powers for the role, the name and the number that they were made for', () => {
    for (const [from, partial] of partials('ab')) {
      expect(verifier.verifyPartial(input, from, partial)).toBe('valid');
      const others: readonly MapInput[] = [
        { ...input, role: 'signature share' },
        { ...input, digest: digest(utf8('another ciphertext')) },
        { ...input, value: ciphertext + 1n },
        { ...input, value: modulus - ciphertext },
      ];
      for (const other of others) expect(verifier.verifyPartial(other, from, partial)).toBe('invalid');
    }
    expect(verifier.verifyPartial(input, id('a'), present(partials('b').get(id('b')), 'a partial'))).toBe('invalid');
  });

  it('names who sends a bad partial power', () => {
    const wrong = present(partials('a', { ...input, value: 7n }).get(id('a')), 'a partial');
    const combined = verifier.combine(input, new Map([...partials('bcd'), [id('a'), wrong] as const]));
    expect([...right(combined).invalid]).toEqual(right(combined).invalid.isEmpty ? [] : ['a']);
    const needed = verifier.combine(input, new Map([...partials('bc'), [id('a'), wrong] as const]));
    expect(E.isLeft(needed) && needed.left._tag === 'NotQualified' && [...needed.left.invalid]).toEqual(['a']);
  });

  it('takes units below N and nothing else', () => {
    const { p, q } = safePrimes1024;
    expect([1n, 2n, ciphertext, modulus - 1n].map((value) => verifier.isInput(value))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    for (const value of [0n, -1n, modulus, modulus + 1n, p, q, 5n * p]) expect(verifier.isInput(value)).toBe(false);
  });

  it('survives numbers that are no units, and the units ±1', () => {
    for (const value of [0n, 1n, modulus - 1n, safePrimes1024.p]) {
      const odd = { ...input, value };
      const shares = partials('abc', odd);
      for (const [from, share] of shares)
        expect(['valid', 'invalid']).toContain(verifier.verifyPartial(odd, from, share));
      const combined = verifier.combine(odd, shares);
      if (E.isRight(combined)) expect(verifier.verify(odd, combined.right.signature)).toBe(true);
    }
  });

  it('verifies roots alone, and of their length', () => {
    const { signature } = right(verifier.combine(input, partials('abc')));
    const longer = Uint8Array.of(0, ...signature) as Signature;
    const beyond = bigIntToBytes(plaintext + modulus, 129) as Signature;
    const changed = signature.map((byte, index) => (index === 3 ? byte ^ 1 : byte)) as Signature;
    for (const value of [longer, beyond, changed, signature.subarray(1) as Signature, new Uint8Array(0) as Signature]) {
      expect(verifier.verify(input, value)).toBe(false);
    }
    for (const tooLarge of [modulus, modulus + 1n, 2n ** 1024n - 1n]) {
      expect(verifier.verify({ ...input, value: tooLarge % modulus }, bigIntToBytes(tooLarge, 128) as Signature)).toBe(
        false,
      );
    }
  });
});

describe('a decryption key', () => {
  it('signs nothing, and verifies nothing', () => {
    const signer = present(key.signers.get(id('a')), 'a signer');
    const refused = E.left({ _tag: 'WrongUsage', usage: 'decryption' });
    expect([signer.signShare(message), signer.proveShare(message)]).toEqual([refused, refused]);
    const signing = testKey(threeOfFive);
    const shares = sharesOf(signing, message, 'a', 'b', 'c');
    const { signature } = right(signing.verifier.combine(message, shares));
    expect(key.verifier.verify(message, signature)).toBe(false);
    expect(key.verifier.canCombine(universe.all)).toBe(false);
    for (const [from, share] of [...shares, ...partials('ab')]) {
      expect(key.verifier.verifyShare(message, from, share)).toBe('invalid');
    }
    const invalid = universe.of([...shares.keys()]);
    expect(
      key.verifier.combine(message, new Map([...shares, [id('zoe'), new Uint8Array(3) as SignatureShare]])),
    ).toEqual(E.left({ _tag: 'NotQualified', signers: universe.none, invalid }));
  });
});

describe('a beacon key', () => {
  it('signs nothing either, whatever its holders make', () => {
    const beacon = testKey(threeOfFive, { usage: 'beacon' });
    const signer = present(beacon.signers.get(id('a')), 'a signer');
    const refused = E.left({ _tag: 'WrongUsage', usage: 'beacon' });
    expect([signer.signShare(message), signer.proveShare(message)]).toEqual([refused, refused]);
    expect(signedMessage(loadedOf(beacon), message)).toBeUndefined();
    expect(signedMessage(loadedOf(key), message)).toBeUndefined();
    // A share as a signature share of the message would be, and the signature that it makes.
    const about = present(signedMessage(loadedOf(testKey(threeOfFive)), message), 'a key for signatures');
    const shares = new Map(names.map((name) => [id(name), mapOf(beacon, name).partial(about)] as const));
    expect(beacon.verifier.verifyShare(message, id('a'), present(shares.get(id('a')), 'a share'))).toBe('invalid');
    expect(E.isLeft(beacon.verifier.combine(message, shares))).toBe(true);
    const map = right(makeRsaMapVerifier(beacon.publicKey, universe, seededRandom('weights')));
    const { signature } = right(map.combine(about, shares));
    expect(beacon.verifier.verify(message, signature)).toBe(false);
  });
});

describe('without OpenSSL', () => {
  const loaded = loadedOf(key);
  const exponentiation = bigIntExponentiation(modulus, seededRandom('blinding'));
  const group = residueGroup(exponentiation, loaded.group.base, true);
  const portable = { ...loaded, exponentiation, group };

  it('the map is the same, blinded, and each route understands the other', () => {
    const share = present(key.shares.get(id('a')), 'a share');
    const blinded = new RsaMap(portable, share, seededRandom('a'), true);
    expect([loaded.exponentiation.backend, portable.exponentiation.backend]).toEqual(['openssl', 'bigint']);
    const [own, other] = [blinded.partial(input), present(partials('b').get(id('b')), 'a partial')];
    const verifiers = [verifier, new RsaMapVerifier(portable, seededRandom('weights'))];
    for (const judge of verifiers) {
      expect(judge.verifyPartial(input, id('a'), own)).toBe('valid');
      expect(judge.verifyPartial(input, id('b'), other)).toBe('valid');
      const { signature } = right(judge.combine(input, new Map([...partials('bc'), [id('a'), own] as const])));
      expect(bytesToBigInt(signature)).toBe(plaintext);
    }
    // Without proofs nothing in a share is random.
    expect(blinded.partial(input, false)).toEqual(present(maps.get(id('a')), 'a map').partial(input, false));
  });
});

describe('T15: a key of ordinary primes, of which somebody knows an element of order 3', () => {
  const jwk = createPrivateKey(ordinaryKey).export({ format: 'jwk' });
  const number = (text: string | undefined) => bytesToBigInt(Buffer.from(text ?? '', 'base64url'));
  const [p, q] = [number(jwk.p), number(jwk.q)];
  // Its combination is a plain product, which cancels no small order as a threshold's would.
  const imported = testKey(gate(3, 'a', 'b', 'c'), { material: { _tag: 'imported-primes', p, q } });

  it('says of a share times that element that nothing can be shown, and blames nobody', () => {
    const n = p * q;
    const { group } = loadedOf(imported);
    const shares = sharesOf(imported, message, 'a', 'b', 'c');
    const ofOrderThree = present(elementOfOrderThree(p, q), 'an element');
    expect([ofOrderThree ** 3n % n, ofOrderThree === 1n]).toEqual([1n, false]);
    const share = present(shares.get(id('a')), 'a share');
    const value = group.multiply(bytesToBigInt(share.subarray(1)), ofOrderThree);
    const wrong = Uint8Array.of(0, ...bigIntToBytes(value, 256)) as SignatureShare;
    expect(wrong).not.toEqual(share);
    expect(imported.verifier.verifyShare(message, id('a'), wrong)).toBe('unattributable');
    const combined = imported.verifier.combine(message, new Map([...shares, [id('a'), wrong] as const]));
    const suspects = universe.of(['a', 'b', 'c'].map(id));
    expect(combined).toEqual(E.left({ _tag: 'BadShares', suspects }));
  });
});

/** A number of order 3 modulo pq, if 3 divides p - 1 or q - 1. */
function elementOfOrderThree(p: bigint, q: bigint): bigint | undefined {
  for (const [one, other] of [[p, q] as const, [q, p] as const]) {
    if ((one - 1n) % 3n !== 0n) continue;
    for (let base = 2n; base < 20n; base++) {
      const root = power(base, (one - 1n) / 3n, one);
      // 1 modulo the other prime, and of order 3 modulo this one.
      if (root !== 1n) return (1n + other * power(other, one - 2n, one) * (root - 1n + one)) % (p * q);
    }
  }
  return undefined;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n, base % modulus];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
