import { describe, expect, it } from 'vitest';
import { bytesToBigInt, concatBytes, utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import type { Signature, SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { reconstruction } from '../../../src/schemes/sharing/reconstruction.js';
import { combineRows } from '../../../src/schemes/shoup-rsa/combination.js';
import { loadKey } from '../../../src/schemes/shoup-rsa/loaded-key.js';
import { verifyRsa } from '../../../src/schemes/shoup-rsa/rsa-verify.js';
import { Universe } from '../../../src/prelude/process.js';
import { decodeShare } from '../../../src/schemes/shoup-rsa/share-encoding.js';
import { right } from '../../support/right.js';
import { safePrimes1024 } from '../../support/rsa-keys.js';
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

const set = (...members: readonly string[]) => universe.of(members.map(id));
const elsewhere = utf8('elsewhere');

describe.each([
  { name: '3 of 5', policy: threeOfFive, qualified: ['abc', 'bde', 'acde', 'abcde'], unqualified: ['', 'ab', 'ce'] },
  { name: 'all of 3', policy: gate(3, 'a', 'b', 'c'), qualified: ['abc', 'abcde'], unqualified: ['ab', 'bc', 'de'] },
  { name: 'any of 2', policy: gate(1, 'a', 'b'), qualified: ['a', 'b', 'bc'], unqualified: ['', 'cde'] },
  { name: 'one member', policy: gate(1, 'a'), qualified: ['a'], unqualified: ['bcde'] },
  {
    name: 'gates of every kind, members at several of them',
    policy: gate(2, gate(2, 'a', 'b', 'c'), gate(2, 'a', 'd'), gate(1, 'b', 'e'), gate(3, 'c', 'd', 'e')),
    qualified: ['ab', 'ad' + 'b', 'ace', 'cde', 'abcde'],
    unqualified: ['a', 'bd', 'ac', 'de'],
  },
])('shares along $name', ({ policy, qualified, unqualified }) => {
  const key = testKey(policy);
  const holders = (text: string) => Array.from(text).filter((name) => key.shares.has(id(name)));

  it('combine to the one signature of the message, for every qualified set', () => {
    const signatures = qualified.map((text) => {
      expect(key.verifier.canCombine(set(...Array.from(text)))).toBe(true);
      const { signature, invalid } = right(key.verifier.combine(message, sharesOf(key, message, ...holders(text))));
      expect(invalid.isEmpty).toBe(true);
      return signature;
    });
    for (const signature of signatures) {
      expect(signature).toEqual(signatures[0]);
      expect(key.verifier.verify(message, signature)).toBe(true);
      expect(verifyRsa(key.publicKey, message, signature)).toBe(true);
    }
  });

  it('do not combine for an unqualified set', () => {
    for (const text of unqualified) {
      expect(key.verifier.canCombine(set(...Array.from(text)))).toBe(false);
      const shares = sharesOf(key, message, ...holders(text));
      const expected = { _tag: 'NotQualified', signers: set(...holders(text)), invalid: universe.none };
      expect(key.verifier.combine(message, shares)).toEqual(E.left(expected));
    }
  });

  it('are valid, each by itself', () => {
    for (const [from, share] of sharesOf(key, message, ...holders('abcde'))) {
      expect(key.verifier.verifyShare(message, from, share)).toBe('valid');
      expect(key.verifier.verifyShare(elsewhere, from, share)).toBe('invalid');
    }
  });
});

describe('combine', () => {
  const key = testKey(threeOfFive);
  const good = sharesOf(key, message, ...names);
  const bad = sharesOf(key, elsewhere, ...names);
  const mixed = (text: string) =>
    new Map(Array.from(text).map((name) => [id(name.toLowerCase()), share(name)] as const));
  const share = (name: string): SignatureShare => {
    const found = (name === name.toLowerCase() ? good : bad).get(id(name.toLowerCase()));
    if (found === undefined) throw new Error('no share');
    return found;
  };

  it.each([
    // Capitals are bad shares, and those that stand behind `/` are named.
    ['Abcd', 'a'],
    ['ABcde', 'ab'],
    ['cdeAB', 'ab'],
    ['aBcDe', 'bd'],
  ])('of %s succeeds and names %s', (text, culprits) => {
    const { signature, invalid } = right(key.verifier.combine(message, mixed(text)));
    expect(key.verifier.verify(message, signature)).toBe(true);
    expect(invalid.equals(set(...Array.from(culprits)))).toBe(true);
  });

  it.each([
    ['Abc', 'a', 'bc'],
    ['ABCde', 'abc', 'de'],
    ['ABCDE', 'abcde', ''],
  ])('of %s fails, naming all of %s', (text, culprits, rest) => {
    const expected = { _tag: 'NotQualified', signers: set(...Array.from(rest)), invalid: set(...Array.from(culprits)) };
    expect(key.verifier.combine(message, mixed(text))).toEqual(E.left(expected));
  });

  it('names malformed shares even where it never needed them', () => {
    const shares = new Map([...good, [id('e'), new Uint8Array(3) as SignatureShare] as const]);
    expect(right(key.verifier.combine(message, shares)).invalid.equals(set('e'))).toBe(true);
  });

  it('ignores what strangers send, and processes that hold no rows', () => {
    const few = testKey(gate(2, 'a', 'b', 'c'));
    const share = good.get(id('d')) ?? fail();
    const shares = new Map([[id('d'), share], [id('zoe'), share], ...sharesOf(few, message, 'a', 'c')]);
    expect(right(few.verifier.combine(message, shares)).invalid.isEmpty).toBe(true);
  });

  it('names every bad share among the nine that it combined, and beyond', () => {
    const many = Array.from({ length: 12 }, (_, index) => `m${index}`);
    const among = testKey(gate(9, ...many), { universe: testUniverse(many) });
    const wrong = ['m1', 'm7', 'm10'];
    const shares = sharesOf(among, message, ...many);
    for (const [from, one] of sharesOf(among, elsewhere, ...wrong)) shares.set(from, one);
    const { signature, invalid } = right(among.verifier.combine(message, shares));
    expect(among.verifier.verify(message, signature)).toBe(true);
    expect([...invalid]).toEqual(wrong);
  });
});

describe('a key whose dealt secret is a multiple of the private exponent', () => {
  it('combines to the same signature', () => {
    const key = testKey(threeOfFive);
    const shares = sharesOf(key, message, 'a', 'b', 'd');
    const { signature } = right(key.verifier.combine(message, shares));
    const plain = right(loadKey(key.publicKey, universe, seededRandom('blinding')));
    const secretScale = 7n;
    const commitments = key.publicKey.commitments.map((one) => plain.group.power(one, secretScale));
    const loaded = right(loadKey({ ...key.publicKey, secretScale, commitments }, universe, seededRandom('blinding')));
    const lambda = reconstruction(loaded.sharing, (process) => shares.has(process)) ?? new Map<number, bigint>();
    const rows = [...shares].flatMap(([from, share]) => right(decodeShare(plain, from, share)));
    const values = new Map(rows.map(({ row, value }) => [row, loaded.group.power(value, secretScale)] as const));
    const combined = combineRows(loaded, lambda, values, subjectOf(loaded, message).value);
    expect(combined).toBe(bytesToBigInt(signature));
  });
});

describe('a key whose exponent divides its scale', () => {
  it('is never combined with: that it is loaded is a bug of ours', () => {
    const key = testKey(threeOfFive);
    const loaded = right(loadKey(key.publicKey, universe, seededRandom('blinding')));
    const damaged = { ...loaded, publicKey: { ...key.publicKey, secretScale: key.publicKey.exponent } };
    expect(() => combineRows(damaged, new Map(), new Map(), 2n)).toThrow(
      'the exponent of a loaded key is prime to its scale',
    );
  });
});

describe('portable verification', () => {
  it('takes no other length than that of the modulus', () => {
    const key = testKey(threeOfFive);
    const { signature } = right(key.verifier.combine(message, sharesOf(key, message, 'a', 'b', 'd')));
    expect(verifyRsa(key.publicKey, message, signature)).toBe(true);
    for (const other of [concatBytes(Uint8Array.of(0), signature), signature.subarray(1), new Uint8Array(0)]) {
      expect(verifyRsa(key.publicKey, message, other)).toBe(false);
      expect(key.verifier.verify(message, other as Signature)).toBe(false);
    }
  });
});

describe('shares without proofs', () => {
  const proving = testKey(threeOfFive);
  const key = testKey(threeOfFive, {}, { withProof: false });
  const bare = sharesOf(key, message, ...names);
  const bad = sharesOf(key, elsewhere, ...names);

  it('are shorter, combine as well, and prove nothing', () => {
    for (const [from, share] of bare) {
      expect(share.length).toBe(129);
      expect(key.verifier.verifyShare(message, from, share)).toBe('unattributable');
      expect(key.verifier.verifyShare(elsewhere, from, share)).toBe('unattributable');
    }
    const { signature, invalid } = right(key.verifier.combine(message, bare));
    expect(key.verifier.verify(message, signature)).toBe(true);
    expect(invalid.isEmpty).toBe(true);
  });

  it('combine without a single bad one, which is not named', () => {
    const shares = new Map([...bare, [id('b'), bad.get(id('b')) ?? fail()] as const]);
    const { signature, invalid } = right(key.verifier.combine(message, shares));
    expect(key.verifier.verify(message, signature)).toBe(true);
    expect(invalid.isEmpty).toBe(true);
  });

  it('are suspected together where they are needed, until proofs tell', () => {
    const shares = new Map([...sharesOf(key, message, 'a', 'c'), [id('b'), bad.get(id('b')) ?? fail()] as const]);
    const suspects = set('a', 'b', 'c');
    expect(key.verifier.combine(message, shares)).toEqual(E.left({ _tag: 'BadShares', suspects }));
    const proven = new Map(
      [...suspects].map((from) => [from, right(signerOf(key, from).proveShare(message))] as const),
    );
    proven.set(id('b'), right(signerOf(key, 'b').proveShare(elsewhere)));
    const expected = { _tag: 'NotQualified', signers: set('a', 'c'), invalid: set('b') };
    expect(key.verifier.combine(message, proven)).toEqual(E.left(expected));
  });

  it('stand beside proven ones: a bad proven one is named, and good proven ones are never suspected', () => {
    const provenGood = sharesOf(proving, message, 'a', 'c');
    const mixture = new Map([...provenGood, [id('b'), bad.get(id('b')) ?? fail()] as const]);
    expect(key.verifier.combine(message, mixture)).toEqual(E.left({ _tag: 'BadShares', suspects: set('b') }));
    const alone = new Map([
      ...sharesOf(proving, message, 'a'),
      ...sharesOf(key, message, 'c'),
      [id('b'), bad.get(id('b')) ?? fail()] as const,
    ]);
    expect(key.verifier.combine(message, alone)).toEqual(E.left({ _tag: 'BadShares', suspects: set('b', 'c') }));
    const enough = new Map([...sharesOf(key, elsewhere, 'a', 'b'), ...sharesOf(proving, message, 'c', 'd', 'e')]);
    expect(right(key.verifier.combine(message, enough)).invalid.isEmpty).toBe(true);
    const other = new Map([...sharesOf(proving, elsewhere, 'a'), ...sharesOf(key, message, 'b', 'c', 'd')]);
    expect([...right(key.verifier.combine(message, other)).invalid]).toEqual(['a']);
  });
});

describe('keys of other than safe primes', () => {
  const material = { _tag: 'imported-primes', ...safePrimes1024 } as const;
  const key = testKey(threeOfFive, { material });

  it('sign, but no share proves anything, whatever it claims', () => {
    const shares = sharesOf(key, message, ...names);
    for (const [from, share] of shares) {
      expect(key.verifier.verifyShare(message, from, share)).toBe('unattributable');
      expect([share.length, right(signerOf(key, from).proveShare(message)).length]).toEqual([129, 129]);
    }
    expect(key.verifier.verify(message, right(key.verifier.combine(message, shares)).signature)).toBe(true);
    const proven = right(signerOf(testKey(threeOfFive), 'a').signShare(message));
    expect(key.verifier.verifyShare(message, id('a'), proven)).toBe('unattributable');
  });

  it('blame nobody for what claims to be proven', () => {
    const claimed = right(signerOf(testKey(threeOfFive), 'b').signShare(elsewhere));
    const shares = new Map([...sharesOf(key, message, 'a', 'c'), [id('b'), claimed] as const]);
    expect(key.verifier.combine(message, shares)).toEqual(E.left({ _tag: 'BadShares', suspects: set('a', 'b', 'c') }));
  });

  it('blame nobody', () => {
    const shares = new Map([...sharesOf(key, message, 'a', 'c'), ...sharesOf(key, elsewhere, 'b')]);
    expect(key.verifier.combine(message, shares)).toEqual(E.left({ _tag: 'BadShares', suspects: set('a', 'b', 'c') }));
  });
});

describe('signers', () => {
  it('sign statements with a statement key and documents with a document key, and nothing else', () => {
    const documents = signerOf(testKey(threeOfFive), 'a');
    const statements = signerOf(testKey(threeOfFive, { usage: 'statement' }), 'a');
    for (const sign of ['signShare', 'proveShare'] as const) {
      expect(documents[sign](statement)).toEqual(E.left({ _tag: 'WrongUsage', usage: 'document' }));
      expect(statements[sign](message)).toEqual(E.left({ _tag: 'WrongUsage', usage: 'statement' }));
      expect(E.isRight(documents[sign](message)) && E.isRight(statements[sign](statement))).toBe(true);
    }
  });
});

function testUniverse(members: readonly string[]) {
  return new Universe(members.map(id));
}

function fail(): never {
  throw new Error('missing');
}
