/**
 * Tests T6, T14 and T17 of the design's cryptography: every way to spoil a share is found, by itself and in a batch, and
 * named; honest shares never are.
 */
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import type { SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { modularInverse } from '../../../src/schemes/sharing/modular-inverse.js';
import { drawNonce } from '../../../src/schemes/shoup-rsa/proof-nonce.js';
import { challengeBits, decodeShare, responseBits } from '../../../src/schemes/shoup-rsa/share-encoding.js';
import { verifyRows } from '../../../src/schemes/shoup-rsa/share-proof.js';
import { right } from '../../support/right.js';
import { gate } from '../sharing/policies.js';
import {
  aimed,
  fail,
  group,
  honest,
  honestX,
  hostile,
  isCorrect,
  key,
  loaded,
  modulus,
  nonce,
  others,
  outsider,
  proof,
  proven,
  random,
  rootOfUnity,
  row,
  subject,
} from './hostile.js';
import { id, message, names, sharesOf, signerOf, subjectOf, testKey, universe } from './setup.js';

describe('a hostile share', () => {
  it.each(hostile)('T6: %s is invalid', (_, share) => {
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
    // As many rows as they hold: none.
    for (const nothing of [share, Uint8Array.of(0) as SignatureShare, Uint8Array.of(1) as SignatureShare]) {
      for (const name of ['c', 'stranger']) {
        expect(twoKey.verifier.verifyShare(message, id(name), nothing)).toBe('invalid');
      }
    }
  });
});

describe('a malformed share', () => {
  const proofless = Uint8Array.of(0, ...honest.subarray(1, 129));
  const zero = new Uint8Array(128);
  const beyond = Uint8Array.from(honest).fill(255, 1 + 3 * 128);

  it.each([
    ['of a process that holds no rows', 'zoe', honest, 0, 'a share of a process that holds rows'],
    ['of an unknown form', 'a', Uint8Array.of(2, ...honest.subarray(1)), 1, '0 or 1'],
    ['that ends early', 'a', proofless.subarray(0, -1), 1, '128 more bytes'],
    ['that goes on', 'a', Uint8Array.of(...proofless, 0), 129, 'the end'],
    ['of no element', 'a', Uint8Array.of(0, ...zero), 129, 'a canonical element'],
    ['of a proof with no element', 'a', Uint8Array.of(...honest.subarray(0, 129), ...zero), 257, 'a canonical element'],
    ['of a response that is too long', 'a', beyond, honest.length, 'a response within its bound'],
  ])('%s is refused where it goes wrong', (_, from, bytes, offset, expected) => {
    const malformed = E.left({ _tag: 'MalformedBytes', offset, expected });
    expect(decodeShare(loaded, id(from), bytes as SignatureShare)).toEqual(malformed);
    expect(key.verifier.verifyShare(message, id(from), bytes as SignatureShare)).toBe('invalid');
  });
});

/** Whether a share decodes and carries x_r or its other root, which combines as well. */
function isRightValue(share: SignatureShare): boolean {
  const decoded = decodeShare(loaded, id('a'), share);
  if (E.isLeft(decoded)) return false;
  return decoded.right.every(({ value }) => (value * value) % modulus === (honestX * honestX) % modulus);
}

describe('a batch', () => {
  it.each(hostile)('T17: with %s in it is judged as each by itself, whatever the coins', (_, share) => {
    const batch = [...others, ...proven(id('a'), share)];
    const expected = batch.every((one) => isCorrect(subject, one));
    for (let toss = 0; toss < 2; toss++) {
      expect(verifyRows(loaded, subject, batch, random)).toBe(expected);
    }
  });

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
      expect(isCorrect(subject, share)).toBe(isValid);
      for (let toss = 0; toss < 3; toss++) {
        expect(verifyRows(loaded, subject, [...others, share], random)).toBe(isValid);
      }
    }
  });

  it.each(['ofBase', 'ofMessage'] as const)(
    'refuses two shares whose faults cancel out where they are not weighted (%s)',
    (which) => {
      const inverse = modularInverse(group.base, modulus) ?? fail();
      const fault = (factor: bigint) => ({ ofBase: 1n, ofMessage: 1n, [which]: factor });
      const pair = [aimed('a', nonce, fault(group.base)), aimed('b', nonce + 1n, fault(inverse))];
      expect(pair.map((share) => isCorrect(subject, share))).toEqual([false, false]);
      for (const batch of [pair, [...others.slice(1), ...pair], [...pair, ...others.slice(1)]]) {
        expect(verifyRows(loaded, subject, batch, random)).toBe(false);
      }
    },
  );

  it('refuses a share whose two faults cancel out where they are not weighted', () => {
    const inverse = modularInverse(group.base, modulus) ?? fail();
    const share = aimed('a', nonce, { ofBase: group.base, ofMessage: inverse });
    expect(isCorrect(subject, share)).toBe(false);
    expect(verifyRows(loaded, subject, [share], random)).toBe(false);
  });

  it('has no weight of zero, whatever is drawn', () => {
    const zeroes = (length: number) => new Uint8Array(length);
    const share = aimed('a', nonce, { ofBase: 1n, ofMessage: group.base });
    expect(verifyRows(loaded, subject, [share], zeroes)).toBe(false);
    const last = aimed('a', nonce, { ofBase: group.base, ofMessage: 1n });
    expect(verifyRows(loaded, subject, [...others, last], zeroes)).toBe(false);
  });

  it('of none is right, and one of one row is judged as that row', () => {
    expect(verifyRows(loaded, subject, [], random)).toBe(true);
    for (const share of others) expect(verifyRows(loaded, subject, [share], random)).toBe(true);
  });

  it('accepts honest shares', () => {
    for (let round = 0; round < 3; round++) {
      const text = utf8(`round ${round}`);
      const all = [...sharesOf(key, text, ...names)].flatMap(([sender, share]) => proven(sender, share));
      const about = subjectOf(loaded, text);
      expect(all.every((one) => isCorrect(about, one))).toBe(true);
      expect(verifyRows(loaded, about, all, random)).toBe(true);
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
