import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import {
  ed25519Sign,
  ed25519Verify,
  loadEd25519,
  loadSodium,
  publicKeyFromSeed,
} from '../../../src/schemes/ed25519/ed25519.js';
import { ed25519SignPortable, ed25519VerifyPortable } from '../../../src/schemes/ed25519/ed25519-portable.js';
import {
  type Ed25519Backend,
  type Ed25519PublicKey,
  ed25519PublicKey,
  type Ed25519Seed,
  ed25519Seed,
} from '../../../src/schemes/ed25519/encoding.js';
import { opensslBackend } from '../../../src/schemes/ed25519/openssl.js';
import { passesSelfTest } from '../../../src/schemes/ed25519/self-test.js';
import { testSeed } from '../../support/signers.js';

interface EdgeCase {
  readonly name: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
}

const vectorsFile = new URL('../../../spec/vectors/ed25519-edge.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(vectorsFile, 'utf8')) as { readonly cases: readonly EdgeCase[] };

const bytesOf = (hex: string): Uint8Array => present(fromHex(hex), 'hexadecimal');
const seed = testSeed('a/1' as ProcessId);
const publicKey = publicKeyFromSeed(seed);

const native = await loadSodium();
const portable: Ed25519Backend = { verify: ed25519VerifyPortable, sign: ed25519SignPortable };

describe.each([
  ['node', opensslBackend.verify],
  ['sodium', native.verify],
  ['portable', ed25519VerifyPortable],
] as const)('T23: Ed25519 on its edges, %s backend', (_, verify) => {
  it.each(cases.map((edge) => [edge.name, edge] as const))('%s', (_name, edge) => {
    const key = bytesOf(edge.publicKey) as Ed25519PublicKey;
    expect(verify(key, bytesOf(edge.message), bytesOf(edge.signature))).toBe(edge.valid);
  });

  it.each([0, 31, 33])('refuses a public key of %i bytes', (length) => {
    const key = publicKey.slice(0, length) as Ed25519PublicKey;
    const padded = length > 32 ? (Uint8Array.of(...publicKey, 0) as Ed25519PublicKey) : key;
    expect(verify(padded, utf8('m'), ed25519Sign(seed, utf8('m')))).toBe(false);
  });

  it('refuses signatures that are truncated, extended or empty', () => {
    const signature = ed25519Sign(seed, utf8('m'));
    expect(verify(publicKey, utf8('m'), signature)).toBe(true);
    for (const bad of [signature.subarray(0, 63), Uint8Array.of(...signature, 0), new Uint8Array(0)]) {
      expect(verify(publicKey, utf8('m'), bad)).toBe(false);
    }
  });

  it('refuses every single flipped bit of a signature, and of a key', () => {
    const signature = ed25519Sign(seed, utf8('m'));
    for (let bit = 0; bit < 512; bit += 7) {
      expect(verify(publicKey, utf8('m'), flipped(signature, bit))).toBe(false);
      const otherKey = flipped(publicKey, bit % 256) as Ed25519PublicKey;
      expect(verify(otherKey, utf8('m'), signature)).toBe(false);
    }
  });

  it('never throws on garbage', () => {
    const bytes = fc.uint8Array({ maxLength: 70 });
    const property = fc.property(bytes, bytes, bytes, (key, message, signature) => {
      expect(verify(key as Ed25519PublicKey, message, signature)).toBe(false);
    });
    fc.assert(property, { numRuns: 200 });
  });
});

describe('T23: the backends', () => {
  const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => ed25519Seed(bytes) as Ed25519Seed);

  it('make the same signatures and agree on them, whole and with a bit flipped', () => {
    const property = fc.property(seeds, fc.uint8Array(), fc.nat(511), (secret, message, bit) => {
      const key = publicKeyFromSeed(secret);
      const signature = portable.sign(secret, message);
      const bad = flipped(signature, bit);
      const isBadValid = portable.verify(key, message, bad);
      for (const { verify, sign } of [opensslBackend, native, portable]) {
        expect(sign(secret, message)).toEqual(signature);
        expect(verify(key, message, signature)).toBe(true);
        expect(verify(key, message, bad)).toBe(isBadValid);
      }
    });
    fc.assert(property, { numRuns: 100 });
  });
});

describe('the self-test', () => {
  it('is passed by all that ships', () => {
    for (const backend of [opensslBackend, native, portable]) expect(passesSelfTest(backend)).toBe(true);
  });

  it('is made of cases that the vectors hold', () => {
    const judged: string[] = [];
    const verify: Ed25519Backend['verify'] = (key, message, signature) => {
      const edge = cases.find((each) => bytesOf(each.signature).join() === signature.join());
      judged.push(edge?.name ?? 'unknown');
      return edge?.publicKey === toHex(key) && edge.message === toHex(message) && edge.valid;
    };
    expect(passesSelfTest({ verify, sign: opensslBackend.sign })).toBe(true);
    expect(judged).not.toContain('unknown');
  });

  const withCofactor: Ed25519Backend['verify'] = (key, message, signature) =>
    ed25519.verify(signature, message, key, { zip215: false });
  it.each<[string, Partial<Ed25519Backend>]>([
    ['an equation with the cofactor', { verify: withCofactor }],
    ['everything being valid', { verify: () => true }],
    ['nothing being valid', { verify: () => false }],
    ['S being any number', { verify: (key, m, s) => native.verify(key, m, s) || (s[63] ?? 0) === 0x18 }],
    ['keys of mixed order being refused', { verify: (key, m, s) => native.verify(key, m, s) && key[0] !== 0x88 }],
    ['another signature', { sign: () => new Uint8Array(64) }],
    ['a throwing library', { sign: () => bytesOf('x') }],
  ])('is failed with %s', (_, change) => {
    expect(passesSelfTest({ ...native, ...change })).toBe(false);
  });

  it('lets servers sign with what passes it as before', async () => {
    const before = ed25519Sign(seed, utf8('m'));
    await loadEd25519();
    expect(ed25519Sign(seed, utf8('m'))).toEqual(before);
    expect(ed25519Verify(publicKey, utf8('m'), before)).toBe(true);
  });
});

describe('keys', () => {
  const admitted = (edge: EdgeCase): boolean => ed25519PublicKey(bytesOf(edge.publicKey)) !== undefined;

  it('of small order or without canonical encoding are refused when they are read', () => {
    const refused = cases.filter((edge) => /^A (?:the identity|and R|of order|not canonical)/.test(edge.name));
    expect(refused.length).toBeGreaterThanOrEqual(14);
    expect(refused.filter(admitted)).toEqual([]);
    expect(cases.filter((edge) => edge.valid).every(admitted)).toBe(true);
  });

  it('of the greatest canonical y below p − 1 are admitted', () => {
    const greatest = Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 0xeb : index === 31 ? 0x7f : 0xff));
    expect(ed25519PublicKey(greatest)).toEqual(greatest);
    greatest[0] = 0xed;
    expect(ed25519PublicKey(greatest)).toBeUndefined();
  });

  it('are copied when they are read, so that a later change of the source does not reach them', () => {
    const source = publicKey.slice();
    const key = present(ed25519PublicKey(source), 'admissible');
    const seedSource = seed.slice();
    const secret = present(ed25519Seed(seedSource), '32 bytes');
    source.fill(0);
    seedSource.fill(0);
    expect(ed25519Verify(key, utf8('m'), ed25519Sign(secret, utf8('m')))).toBe(true);
  });

  it('seeds have 32 bytes', () => {
    expect([0, 31, 33, 64].map((length) => ed25519Seed(new Uint8Array(length)))).toEqual(Array(4).fill(undefined));
  });
});

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, index) => (index === bit >>> 3 ? byte ^ (1 << (bit & 7)) : byte));
}
