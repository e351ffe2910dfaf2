import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, utf8 } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { ed25519Sign, ed25519Verify, publicKeyFromSeed } from '../../../src/schemes/ed25519/ed25519.js';
import { ed25519SignPortable, ed25519VerifyPortable } from '../../../src/schemes/ed25519/ed25519-portable.js';
import {
  type Ed25519PublicKey,
  ed25519PublicKey,
  type Ed25519Seed,
  ed25519Seed,
} from '../../../src/schemes/ed25519/encoding.js';
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

describe.each([
  ['node', ed25519Verify],
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

describe('T23: the two backends', () => {
  const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => ed25519Seed(bytes) as Ed25519Seed);

  it('make the same signatures and agree on them, whole and with a bit flipped', () => {
    const property = fc.property(seeds, fc.uint8Array(), fc.nat(511), (secret, message, bit) => {
      const key = publicKeyFromSeed(secret);
      const signature = ed25519Sign(secret, message);
      expect(ed25519SignPortable(secret, message)).toEqual(signature);
      expect(ed25519Verify(key, message, signature)).toBe(true);
      expect(ed25519VerifyPortable(key, message, signature)).toBe(true);
      const bad = flipped(signature, bit);
      expect(ed25519VerifyPortable(key, message, bad)).toBe(ed25519Verify(key, message, bad));
    });
    fc.assert(property, { numRuns: 100 });
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
