/**
 * Tests T6 and T17 of the design's cryptography: every way to spoil a share is found, by itself and in a batch, and named;
 * honest shares never are.
 */
import { describe, expect, it } from 'vitest';
import { concatBytes, empty, utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import type { SignatureShare } from '../../../src/schemes/distributed-signer.js';
import { residue } from '../../../src/schemes/sharing/integers.js';
import { modularInverse } from '../../../src/schemes/sharing/modular-inverse.js';
import { jacobi } from '../../../src/schemes/shoup-rsa/jacobi.js';
import { loadKey } from '../../../src/schemes/shoup-rsa/loaded-key.js';
import { drawNonce } from '../../../src/schemes/shoup-rsa/proof-nonce.js';
import {
  challengeBits,
  decodeShare,
  encodeShare,
  responseBits,
  type RowShare,
  type ShareProof,
} from '../../../src/schemes/shoup-rsa/share-encoding.js';
import {
  challengeOf,
  proveRow,
  type ProvenRowShare,
  type SecretPower,
  verifyRow,
  verifyRowsTogether,
} from '../../../src/schemes/shoup-rsa/share-proof.js';
import { secretsOf } from '../../../src/schemes/linear-key-share.js';
import { right } from '../../support/right.js';
import { otherSafePrimes1024, safePrimes1024 } from '../../support/rsa-keys.js';
import { gate } from '../sharing/policies.js';
import {
  id,
  message,
  names,
  seededRandom,
  sharesOf,
  signerOf,
  statement,
  subjectOf,
  testKey,
  threeOfFive,
  universe,
} from './setup.js';

const key = testKey(threeOfFive);
const random = seededRandom('weights');
const loaded = right(loadKey(key.publicKey, universe, random));
const { group } = loaded;
const { modulus } = key.publicKey;
const subject = subjectOf(loaded, message);
const honest = right(signerOf(key, 'a').signShare(message));
const [honestRow] = right(decodeShare(loaded, id('a'), honest));
if (honestRow?.proof === undefined) throw new Error('an honest share carries a proof');
const proof: ShareProof = honestRow.proof;
const { row, value: honestX } = honestRow;

const material = { _tag: 'safe-primes', ...safePrimes1024 } as const;
const otherMaterial = { _tag: 'safe-primes', ...otherSafePrimes1024 } as const;
const from = (other: ReturnType<typeof testKey>, text = message) => right(signerOf(other, 'a').signShare(text));

/** Shares that are as well formed as a liar can make them. */
const formed = (change: Partial<RowShare>, proofChange: Partial<ShareProof> = {}): SignatureShare =>
  encodeShare(loaded, [{ ...honestRow, ...change, proof: { ...proof, ...proofChange } }]);

/** A non-residue of Jacobi symbol -1, canonical. */
const outsider =
  Array.from({ length: 50 }, (_, index) => BigInt(index + 2)).find((x) => jacobi(x, modulus) === -1) ?? 0n;

/** A share of x^(2 (s + 1)), with a proof that is honest but for that. */
function wrongExponent(): SignatureShare {
  const secret = (secretsOf(key.shares.get(id('a')) ?? fail()).get(row) ?? 0n) + 1n;
  const value = group.power(subject.value, 2n * secret);
  return encodeShare(loaded, [proved(message, { row, value, secret })]);
}

/** A proof that is made as signers make it, whatever it claims. */
function proved(text: Uint8Array, power: SecretPower): ProvenRowShare {
  const about = subjectOf(loaded, text);
  const nonce = drawNonce(loaded, power, { _tag: 'input', role: about.role, digest: about.digest }, random);
  return proveRow(loaded, about, power, nonce);
}

/** A root of unity other than ±1, which only the factors give; its Jacobi symbol is -1. */
function rootOfUnity(): bigint {
  const { p, q } = safePrimes1024;
  const root = residue(1n - 2n * p * (modularInverse(p, q) ?? 0n), modulus);
  if ((root * root) % modulus !== 1n || root === 1n || root === modulus - 1n) throw new Error('not a root of unity');
  return root;
}

function fail(): never {
  throw new Error('missing');
}

const hostile: readonly (readonly [string, SignatureShare])[] = [
  ['another message', from(key, utf8('another message'))],
  ['another sender', right(signerOf(key, 'b').signShare(message))],
  ['another key', from(testKey(threeOfFive, { material: otherMaterial }))],
  ['another dealing of the same key', from(testKey(threeOfFive, { random: seededRandom('again') }))],
  ['another epoch', from(testKey(threeOfFive, { epoch: 2 }))],
  ['another usage', from(testKey(threeOfFive, { usage: 'statement' }), statement)],
  ['another policy', from(testKey(gate(2, ...names)))],
  ['another exponent', from(testKey(threeOfFive, { exponent: 257n, material }))],
  ['a wrong exponent under an honest proof', wrongExponent()],
  ['the other square root of x²', formed({ value: group.canonical(honestX * rootOfUnity()) })],
  ['empty', empty as SignatureShare],
  ['truncated', honest.subarray(0, -1) as SignatureShare],
  ['without its first byte', honest.subarray(1) as SignatureShare],
  ['extended', concatBytes(honest, Uint8Array.of(0)) as SignatureShare],
  ['of an unknown form', Uint8Array.of(2, ...honest.subarray(1)) as SignatureShare],
  ['twice', concatBytes(honest, honest) as SignatureShare],
  ['zeroes', new Uint8Array(honest.length) as SignatureShare],
  ['ones', new Uint8Array(honest.length).fill(255) as SignatureShare],
  ['circl’s hostile share', Uint8Array.from([0xff, 0xff, 0, 1, 0, 1, 0, 1, 2]) as SignatureShare],
  ['x = 0', formed({ value: 0n })],
  ['x = 1', formed({ value: 1n })],
  ['N - x', formed({ value: modulus - honestRow.value })],
  ['x = N', formed({ value: modulus })],
  ['x a multiple of p', formed({ value: safePrimes1024.p })],
  ['x of Jacobi symbol -1', formed({ value: outsider })],
  ['x times an outsider', formed({ value: group.multiply(honestRow.value, outsider) })],
  ['x squared', formed({ value: group.multiply(honestRow.value, honestRow.value) })],
  ['v’ = 0', formed({}, { base: 0n })],
  ['v’ = 1', formed({}, { base: 1n })],
  ['-v’', formed({}, { base: modulus - proof.base })],
  ['v’ times v', formed({}, { base: group.multiply(proof.base, group.base) })],
  ['v’ of Jacobi symbol -1', formed({}, { base: group.multiply(proof.base, outsider) })],
  ['x’ = 0', formed({}, { message: 0n })],
  ['-x’', formed({}, { message: modulus - proof.message })],
  ['x’ times v', formed({}, { message: group.multiply(proof.message, group.base) })],
  ['x’ a multiple of q', formed({}, { message: safePrimes1024.q })],
  ['v’ and x’ exchanged', formed({}, { base: proof.message, message: proof.base })],
  ['z = 0', formed({}, { response: 0n })],
  ['z + 1', formed({}, { response: proof.response + 1n })],
  [
    'z as large as its field',
    formed({}, { response: (1n << BigInt(8 * Math.ceil(responseBits(loaded, row) / 8))) - 1n }),
  ],
  ['z plus the order, beyond its bound', formed({}, { response: beyond(proof.response) })],
];

/** A response that satisfies the equations but exceeds its bound, as long as it fits the field. */
function beyond(response: bigint): bigint {
  const order = ((safePrimes1024.p - 1n) / 2n) * ((safePrimes1024.q - 1n) / 2n);
  const bound = 1n << BigInt(responseBits(loaded, row));
  return response + order * ((bound - response) / order + 1n);
}

describe('a hostile share', () => {
  it.each(hostile)('%s is invalid', (_, share) => {
    expect(key.verifier.verifyShare(message, id('a'), share)).toBe('invalid');
  });

  it('with a bit changed anywhere is invalid', () => {
    for (let index = 0; index < honest.length; index += 3) {
      const changed = Uint8Array.from(honest);
      changed[index] = (changed[index] ?? 0) ^ (1 << (index % 8));
      expect(key.verifier.verifyShare(message, id('a'), changed as SignatureShare), `byte ${index}`).toBe('invalid');
    }
  });

  it.each(hostile)('%s is named where it is needed', (_, share) => {
    const shares = new Map([...sharesOf(key, message, 'b', 'c'), [id('a'), share] as const]);
    const [signers, invalid] = [universe.of([id('b'), id('c')]), universe.of([id('a')])];
    expect(key.verifier.combine(message, shares)).toEqual(
      // A spoilt proof beside the right value is not looked at.
      isRightValue(share)
        ? expect.objectContaining({ _tag: 'Right' })
        : E.left({ _tag: 'NotQualified', signers, invalid }),
    );
  });

  it.each(hostile)('%s is named where the others suffice', (_, share) => {
    const shares = new Map([[id('a'), share] as const, ...sharesOf(key, message, 'b', 'c', 'd')]);
    const { signature, invalid } = right(key.verifier.combine(message, shares));
    expect(key.verifier.verify(message, signature)).toBe(true);
    expect([...invalid]).toEqual(isRightValue(share) ? [] : [id('a')]);
  });

  it('from a stranger, or from a process without rows, is invalid', () => {
    expect(key.verifier.verifyShare(message, id('stranger'), honest)).toBe('invalid');
    const twoKey = testKey(gate(2, 'a', 'b'));
    const share = right(signerOf(twoKey, 'a').signShare(message));
    expect(twoKey.verifier.verifyShare(message, id('c'), share)).toBe('invalid');
  });
});

/** Whether a share decodes and carries x_r or its other root, which combines as well. */
function isRightValue(share: SignatureShare): boolean {
  const decoded = decodeShare(loaded, id('a'), share);
  if (E.isLeft(decoded)) return false;
  return decoded.right.every(({ value }) => (value * value) % modulus === (honestX * honestX) % modulus);
}

describe('a batch', () => {
  const others = [...sharesOf(key, message, 'b', 'c')].flatMap(([sender, share]) => proven(sender, share));

  function proven(sender: ReturnType<typeof id>, share: SignatureShare): readonly ProvenRowShare[] {
    const decoded = decodeShare(loaded, sender, share);
    return E.isRight(decoded) ? decoded.right.filter((one): one is ProvenRowShare => one.proof !== undefined) : [];
  }

  it.each(hostile)('with %s in it is judged as each by itself, whatever the coins', (_, share) => {
    const batch = [...others, ...proven(id('a'), share)];
    const expected = batch.every((one) => verifyRow(loaded, subject, one));
    for (let toss = 0; toss < 2; toss++) {
      expect(verifyRowsTogether(loaded, subject, batch, random)).toBe(expected);
    }
  });

  /** A share of the right value whose v' and x' have a factor that they should not have, and a challenge that matches them. */
  function aimed(
    sender: string,
    nonce: bigint,
    factors: { readonly ofBase: bigint; readonly ofMessage: bigint },
  ): ProvenRowShare {
    const [own] = proven(id(sender), right(signerOf(key, sender).signShare(message)));
    const secret = secretsOf(key.shares.get(id(sender)) ?? fail()).get(own?.row ?? -1) ?? 0n;
    const base = group.canonical(group.power(group.base, nonce) * factors.ofBase);
    const ofMessage = group.canonical(group.power(subject.proofBase, nonce) * factors.ofMessage);
    const one = own ?? fail();
    const challenge = challengeOf(loaded, subject, one, { base, message: ofMessage });
    return {
      row: one.row,
      value: one.value,
      proof: { base, message: ofMessage, response: nonce + challenge * secret },
    };
  }

  const nonce = 123456789n ** 40n;

  it.each([
    ['nothing', 1n, true],
    ['-1', modulus - 1n, true],
    ['an outsider', outsider, false],
    ['an element', group.base, false],
    ['a root of unity, which only the factors give', rootOfUnity(), true],
  ])('and single checks agree where %s is beside v’ or x’ and the challenge matches', (_, factor, isValid) => {
    for (const factors of [
      { ofBase: factor, ofMessage: 1n },
      { ofBase: 1n, ofMessage: factor },
    ]) {
      const share = aimed('a', nonce, factors);
      expect(verifyRow(loaded, subject, share)).toBe(isValid);
      for (let toss = 0; toss < 3; toss++) {
        expect(verifyRowsTogether(loaded, subject, [...others, share], random)).toBe(isValid);
      }
    }
  });

  it.each(['ofBase', 'ofMessage'] as const)(
    'refuses two shares whose faults cancel out where they are not weighted (%s)',
    (which) => {
      const inverse = modularInverse(group.base, modulus) ?? fail();
      const fault = (factor: bigint) => ({ ofBase: 1n, ofMessage: 1n, [which]: factor });
      const pair = [aimed('a', nonce, fault(group.base)), aimed('b', nonce + 1n, fault(inverse))];
      expect(pair.map((share) => verifyRow(loaded, subject, share))).toEqual([false, false]);
      expect(verifyRowsTogether(loaded, subject, pair, random)).toBe(false);
    },
  );

  it('accepts honest shares', () => {
    for (let round = 0; round < 3; round++) {
      const text = utf8(`round ${round}`);
      const all = [...sharesOf(key, text, ...names)].flatMap(([sender, share]) => proven(sender, share));
      const about = subjectOf(loaded, text);
      expect(all.every((one) => verifyRow(loaded, about, one))).toBe(true);
      expect(verifyRowsTogether(loaded, about, all, random)).toBe(true);
    }
  });
});

describe('a proof', () => {
  it('uses another nonce each time, even where randomness repeats', () => {
    const constant = (length: number) => new Uint8Array(length);
    const secret = 7n;
    const nonceFor = (text: string) => {
      const { role, digest } = subjectOf(loaded, utf8(text));
      return drawNonce(loaded, { row, secret }, { _tag: 'input', role, digest }, constant);
    };
    const ahead = (serial: number) => drawNonce(loaded, { row, secret }, { _tag: 'ahead', serial }, constant);
    const drawn = [nonceFor('one'), nonceFor('two'), ahead(0), ahead(1)];
    expect(new Set(drawn.map(({ nonce }) => nonce)).size).toBe(4);
    for (const { nonce, base } of drawn) expect(base).toBe(group.commit(nonce));
    const fresh = (share: SignatureShare) => right(decodeShare(loaded, id('a'), share))[0]?.proof?.base;
    expect(fresh(right(signerOf(key, 'a').signShare(message)))).not.toBe(
      fresh(right(signerOf(key, 'a').signShare(message))),
    );
  });

  it('has a challenge of 128 bits and a nonce that hides it', () => {
    expect(challengeBits).toBe(128);
    const bits = loaded.bounds.shareBits[row] ?? 0;
    expect(responseBits(loaded, row)).toBe(bits + 257);
    expect(proof.response >> BigInt(bits + 256 - 40)).toBeGreaterThan(0n);
  });
});
