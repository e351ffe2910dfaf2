/** T18: the nonces of proofs are used once, whatever happens to the process that made them ahead. */
import { deserialize, serialize } from 'node:v8';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bigIntToBytes, bytesToBigInt, concatBytes, utf8 } from '../../../src/prelude/bytes.js';
import { Writer } from '../../../src/prelude/canonical.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { maxReadyNonces, NoncePool } from '../../../src/schemes/shoup-rsa/nonce-pool.js';
import { drawNonce } from '../../../src/schemes/shoup-rsa/proof-nonce.js';
import { decodeShare } from '../../../src/schemes/shoup-rsa/share-encoding.js';
import { makeShoupRsaSigner, type ShoupRsaSigner } from '../../../src/schemes/shoup-rsa/signer.js';
import { right } from '../../support/right.js';
import { safePrimes1024 } from '../../support/rsa-keys.js';
import { gate } from '../sharing/policies.js';
import { id, loadedOf, seededRandom, testKey, threeOfFive, universe } from './setup.js';

const key = testKey(threeOfFive);
const loaded = loadedOf(key);
const share = key.shares.get(id('a'));
if (share === undefined) throw new Error('a share');

const makeSigner = (seed: string) => right(makeShoupRsaSigner(key.publicKey, share, universe, seededRandom(seed)));

/** |v'| of the proof in a share. */
function commitmentOf(signer: ShoupRsaSigner, text: string): bigint {
  const signed = right(signer.signShare(utf8(text)));
  expect(key.verifier.verifyShare(utf8(text), id('a'), signed)).toBe('valid');
  const [row] = right(decodeShare(loaded, id('a'), signed));
  if (row?.proof === undefined) throw new Error('a proof');
  return row.proof.base;
}

describe('T18: nonces made ahead', () => {
  it('are used, each once, and proofs go on without them', () => {
    const made: number[] = [];
    const random = seededRandom('ahead');
    const counting = (length: number) => {
      made.push(length);
      return random(length);
    };
    const signer = right(makeShoupRsaSigner(key.publicKey, share, universe, counting));
    const atStart = made.length;
    expect(signer.precompute(3)).toBe(3);
    const afterwards = made.length;
    expect(afterwards - atStart).toBe(3);
    const commitments = ['one', 'two', 'three'].map((text) => commitmentOf(signer, text));
    expect(made.length).toBe(afterwards);
    commitments.push(commitmentOf(signer, 'one'), commitmentOf(signer, 'four'));
    expect(made.length).toBe(afterwards + 2);
    expect(new Set(commitments).size).toBe(5);
  });

  it('differ even where randomness repeats', () => {
    const constant = (length: number) => new Uint8Array(length);
    const signer = right(makeShoupRsaSigner(key.publicKey, share, universe, constant));
    signer.precompute(3);
    const commitments = ['one', 'two', 'three', 'four', 'five'].map((text) => commitmentOf(signer, text));
    expect(new Set(commitments).size).toBe(5);
  });

  it('belong to one secret, row and dealing, even where randomness repeats', () => {
    const constant = (length: number) => new Uint8Array(length);
    const other = loadedOf(testKey(threeOfFive, { epoch: 2 }));
    for (const purpose of [
      { _tag: 'ahead', serial: 0 },
      { _tag: 'input', role: 'role', digest: digest(utf8('input')) },
    ] as const) {
      const drawn = [
        drawNonce(loaded, { row: 0, secret: 7n }, purpose, constant),
        drawNonce(loaded, { row: 0, secret: 8n }, purpose, constant),
        drawNonce(loaded, { row: 1, secret: 7n }, purpose, constant),
        drawNonce(other, { row: 0, secret: 7n }, purpose, constant),
        drawNonce(loaded, { row: 0, secret: 7n }, purpose, seededRandom('fresh')),
        drawNonce(
          loaded,
          { row: 0, secret: 7n },
          { _tag: 'input', role: 'another', digest: digest(utf8('input')) },
          constant,
        ),
      ];
      expect(new Set(drawn.map(({ nonce }) => nonce)).size).toBe(6);
    }
  });

  it('are the first bits of MGF1 over all that they belong to, by a recipe that never changes', () => {
    const fresh = new Uint8Array(32).fill(9);
    const bits = present(loaded.bounds.shareBits[0], 'a row') + 256;
    const u32 = (value: number) => new Writer().u32(value).finish();
    const field = (bytes: Uint8Array) => concatBytes(u32(bytes.length), bytes);
    const about = digest(utf8('input'));
    const [ahead, input] = [
      [field(utf8('ahead')), u32(0), u32(7)],
      [field(utf8('input')), field(utf8('role')), about],
    ].map((purpose) => {
      const secret = bigIntToBytes(0x1234567n, 4);
      const tag = field(utf8('koinon shoup-rsa nonce v1'));
      const seed = digest(tag, loaded.dealingDigest, u32(0), field(secret), ...purpose, field(fresh));
      const blocks = Array.from({ length: 60 }, (_, index) => digest(seed, u32(index)));
      return bytesToBigInt(concatBytes(...blocks)) >> BigInt(60 * 256 - bits);
    });
    const row = { row: 0, secret: 0x1234567n };
    expect(drawNonce(loaded, row, { _tag: 'ahead', serial: 7 }, () => fresh).nonce).toBe(ahead);
    const purpose = { _tag: 'input', role: 'role', digest: about } as const;
    expect(drawNonce(loaded, row, purpose, () => fresh).nonce).toBe(input);
  });

  it('are gone after use, refill on request, and are bounded', () => {
    const signer = makeSigner('bounded');
    expect([signer.precompute(2), signer.precompute(0), signer.precompute(1)]).toEqual([2, 2, 3]);
    right(signer.signShare(utf8('one')));
    expect(signer.precompute(0)).toBe(2);
    expect(signer.precompute(10_000)).toBe(maxReadyNonces);
    const pool = new NoncePool();
    const nonces = Array.from({ length: 300 }, (_, index) => ({ nonce: BigInt(index), base: 1n }));
    for (const nonce of nonces) pool.add(0, nonce);
    expect([pool.readyCount([0]), pool.readyCount([0, 1])]).toEqual([maxReadyNonces, 0]);
    expect(nonces.map(() => pool.take(0)?.nonce).sort()).toEqual(nonces.map(({ nonce }) => nonce).sort());
    expect(pool.take(0)).toBeUndefined();
  });

  it('serve every row of a member that has several', () => {
    const several = testKey(gate(2, gate(2, 'a', 'b'), gate(2, 'a', 'c'), 'd'));
    const signer = several.signers.get(id('a'));
    expect(signer?.precompute(2)).toBe(2);
    const signed = signer && right(signer.signShare(utf8('x')));
    expect(signed && signer.verifyShare(utf8('x'), id('a'), signed)).toBe('valid');
    expect(signer?.precompute(0)).toBe(1);
  });

  it('are not made for keys whose shares carry no proofs', () => {
    const imported = testKey(threeOfFive, { material: { _tag: 'imported-primes', ...safePrimes1024 } });
    expect(imported.signers.get(id('a'))?.precompute(5)).toBe(0);
  });

  it('cannot be written down, copied or seen', () => {
    const pool = new NoncePool();
    pool.add(0, { nonce: 271828182845n, base: 314159265358n });
    const signer = makeSigner('copied');
    signer.precompute(1);
    for (const text of [
      JSON.stringify(pool),
      inspect(pool, { showHidden: true, depth: 9 }),
      serialize(pool).toString(),
    ]) {
      expect(text).not.toMatch(/271828182845|314159265358/);
    }
    expect(deserialize(serialize(pool))).not.toBeInstanceOf(NoncePool);
    expect(structuredClone(pool)).toEqual({});
    expect(Object.keys(pool)).toEqual([]);
    expect(() => structuredClone(signer)).toThrow();
  });

  it('do not survive a restart: a process that starts again from what it kept has none', () => {
    const before = makeSigner('before');
    before.precompute(4);
    const used = [commitmentOf(before, 'one'), commitmentOf(before, 'two')];
    const after = makeSigner('after');
    expect(after.precompute(0)).toBe(0);
    used.push(commitmentOf(after, 'three'), commitmentOf(after, 'one'));
    expect(new Set(used).size).toBe(4);
  });

  it('are spent even where signing is refused or the proof is never sent', () => {
    const signer = makeSigner('refused');
    signer.precompute(2);
    right(signer.signShare(utf8('never sent')));
    expect(signer.precompute(0)).toBe(1);
    expect(E.isLeft(signer.signShare(Uint8Array.from([0, ...utf8('koinon statement v1'), 0])))).toBe(true);
    expect(signer.precompute(0)).toBe(1);
  });
});
