import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { flipBit, sampledBits } from '../../spec/laws/tampered-shares.js';
import { bigIntToBytes, bytesToBigInt, concatBytes, utf8 } from '../../src/prelude/bytes.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type {
  DistributedSigner,
  DistributedVerifier,
  Signature,
} from '../../src/schemes/contract/distributed-signer.js';
import { dealMultisig } from '../../src/schemes/multisig/policy-key.js';
import { publicVerifier } from '../../src/schemes/public-verifier.js';
import { type AlliancePublicKey, makeSigner, makeVerifier } from '../../src/schemes/registry.js';
import { right } from '../support/right.js';
import { testKey as blsTestKey } from './bls/setup.js';
import { otherSafePrimes1024 } from '../support/rsa-keys.js';
import { message, seededRandom, testKey, type TestKey, universe } from './shoup-rsa/setup.js';
import { gate } from './sharing/policies.js';

const policy = gate(2, 'a', 'b', 'c');
const shoupRsa = testKey(policy);
const multisig = dealMultisig({ usage: 'document', epoch: 1, policy }, seededRandom('multisig'));
const subtle = globalThis.crypto.subtle;

/** WebCrypto that knows neither keys nor signatures. */
const broken = {
  importKey: () => Promise.reject(new Error('not supported')),
  verify: () => Promise.reject(new Error('not supported')),
} as unknown as typeof subtle;

/** WebCrypto that takes keys and then cannot use them. */
const brokenLater = {
  importKey: subtle.importKey.bind(subtle),
  verify: () => Promise.reject(new Error('not supported')),
} as unknown as typeof subtle;

/** WebCrypto that fails before it returns a promise. */
const throwing = {
  importKey: () => {
    throw new TypeError('not supported');
  },
} as unknown as typeof subtle;

const shoupSigners = [...shoupRsa.signers.values()];
const multisigSigners = [...multisig.shares.values()].map((share) =>
  right(makeSigner(multisig.publicKey, share, universe)),
);

const bls = blsTestKey(policy);
const blsSigners = [...bls.signers.values()];

const subjects: readonly Subject[] = [
  { name: 'multisig', publicKey: multisig.publicKey, signers: multisigSigners },
  { name: 'bls', publicKey: bls.publicKey, signers: blsSigners },
  { name: 'shoup-rsa over WebCrypto', publicKey: shoupRsa.publicKey, signers: shoupSigners },
  { name: 'shoup-rsa without WebCrypto', publicKey: shoupRsa.publicKey, signers: shoupSigners, webCrypto: null },
  { name: 'shoup-rsa, keys not taken', publicKey: shoupRsa.publicKey, signers: shoupSigners, webCrypto: broken },
  { name: 'shoup-rsa, verify fails', publicKey: shoupRsa.publicKey, signers: shoupSigners, webCrypto: brokenLater },
  { name: 'shoup-rsa, import throws', publicKey: shoupRsa.publicKey, signers: shoupSigners, webCrypto: throwing },
];

interface Subject {
  readonly name: string;
  readonly publicKey: AlliancePublicKey;
  readonly signers: readonly DistributedSigner[];
  readonly webCrypto?: typeof subtle | null;
}

function signed(verifier: DistributedVerifier, signers: readonly DistributedSigner[], text: Uint8Array): Signature {
  const shares = signers.map((signer) => [signer.me, right(signer.signShare(text))] as const);
  return right(verifier.combine(text, new Map(shares))).signature;
}

describe.each(subjects.map((subject) => [subject.name, subject] as const))(
  'the public verifier of %s',
  (_, subject) => {
    const node = right(makeVerifier(subject.publicKey, universe));
    const verify = publicVerifier(subject.publicKey, subject.webCrypto);
    const signature = signed(node, subject.signers, message);

    it('accepts what the alliance signed, and nothing else', async () => {
      expect(node.verify(message, signature)).toBe(true);
      expect(await verify(message, signature)).toBe(true);
      expect(await verify(utf8('another message'), signature)).toBe(false);
      expect(await verify(new Uint8Array(0), signature)).toBe(false);
    });

    it('refuses signatures with a bit changed, cut, lengthened or empty, as servers do', async () => {
      const flipped = sampledBits(signature.length, 24).map((bit) => flipBit(signature, bit));
      const [zero, zeroes] = [Uint8Array.of(0), new Uint8Array(signature.length)];
      const resized = [signature.subarray(1), signature.subarray(0, -1), concatBytes(signature, zero)];
      for (const bytes of [...flipped, ...resized, concatBytes(zero, signature), new Uint8Array(0), zeroes]) {
        expect(node.verify(message, bytes as Signature)).toBe(false);
        expect(await verify(message, bytes)).toBe(false);
      }
    });

    it('agrees with servers on garbage, and never rejects', async () => {
      const length = signature.length;
      const garbage = fc.oneof(
        fc.uint8Array({ maxLength: 80 }),
        fc.uint8Array({ minLength: length, maxLength: length }),
      );
      const property = fc.asyncProperty(garbage, fc.uint8Array(), async (bytes, text) => {
        expect(await verify(text, bytes)).toBe(node.verify(text, bytes as Signature));
      });
      await fc.assert(property, { numRuns: 50 });
    });

    it('accepts every signature that servers make', async () => {
      for (const text of [new Uint8Array(0), utf8('x'), new Uint8Array(5000).fill(1)]) {
        expect(await verify(text, signed(node, subject.signers.slice(1), text))).toBe(true);
      }
    });
  },
);

describe('RS256 signatures', () => {
  it('plus N are refused, over WebCrypto and over bigint', async () => {
    const key = testKey(policy, { material: { _tag: 'safe-primes', ...otherSafePrimes1024 } });
    const { modulus } = key.publicKey;
    const { text, value } = signatureBelow((1n << 1024n) - modulus, key);
    for (const webCrypto of [subtle, null]) {
      const verify = publicVerifier(key.publicKey, webCrypto);
      expect(await verify(text, bigIntToBytes(value, 128))).toBe(true);
      expect(await verify(text, bigIntToBytes(value + modulus, 128))).toBe(false);
    }
  });

  it('of another length than the modulus are refused, whatever WebCrypto makes of them', async () => {
    const lenient = { importKey: subtle.importKey.bind(subtle), verify: () => Promise.resolve(true) };
    const verify = publicVerifier(shoupRsa.publicKey, lenient);
    expect(await Promise.all([127, 128, 129].map((length) => verify(message, new Uint8Array(length))))).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('are verified with a key in base64url, as RFC 7517 has it', () => {
    const keys: unknown[] = [];
    const recording = {
      importKey: (_format: string, key: unknown) => {
        keys.push(key);
        return Promise.reject(new Error('seen'));
      },
    };
    publicVerifier(shoupRsa.publicKey, recording as unknown as typeof subtle);
    const base64url = (value: bigint, length: number): string =>
      Buffer.from(bigIntToBytes(value, length)).toString('base64url');
    const { modulus, exponent } = shoupRsa.publicKey;
    expect(keys).toEqual([{ kty: 'RSA', n: base64url(modulus, 128), e: base64url(exponent, 3) }]);
  });

  it('are verified by WebCrypto where there is one', async () => {
    let calls = 0;
    const counting = {
      importKey: subtle.importKey.bind(subtle),
      verify: (...args: Parameters<typeof subtle.verify>) => {
        calls += 1;
        return subtle.verify(...args);
      },
    } as unknown as typeof subtle;
    const verify = publicVerifier(shoupRsa.publicKey, counting);
    const signature = signed(shoupRsa.verifier, shoupSigners, message);
    expect([await verify(message, signature), await verify(utf8('x'), signature)]).toEqual([true, false]);
    expect(calls).toBe(2);
  });
});

describe('a multisignature key with a member that has no key', () => {
  it('verifies nothing', async () => {
    const verifier = right(makeVerifier(multisig.publicKey, universe));
    const signature = signed(verifier, multisigSigners, message);
    const publicKeys = new Map([...multisig.publicKey.publicKeys].filter(([id]) => id !== ('c' as ProcessId)));
    expect(await publicVerifier({ ...multisig.publicKey, publicKeys })(message, signature)).toBe(false);
  });
});

describe('the public verifier', () => {
  const source = fileURLToPath(new URL('../../src/', import.meta.url));

  it('imports nothing of Node, nor does anything below it', () => {
    const reached = new Set<string>();
    const outside = new Set<string>();
    const pending = [join(source, 'schemes/public-verifier.ts')];
    for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
      if (reached.has(file)) continue;
      reached.add(file);
      for (const name of importsOf(file)) {
        if (name.startsWith('.')) pending.push(join(dirname(file), name.replace(/\.js$/, '.ts')));
        else outside.add(name);
      }
    }
    expect([...outside].filter((name) => !/^(?:@noble|fp-ts)\//.test(name))).toEqual([]);
    expect([...reached].map((file) => relative(source, file))).toContain('schemes/shoup-rsa/rsa-verify.ts');
  });
});

/** A text whose signature is below `limit`: one in three is. */
function signatureBelow(limit: bigint, key: TestKey): { readonly text: Uint8Array; readonly value: bigint } {
  for (let attempt = 0; ; attempt++) {
    const text = utf8(`attempt ${attempt}`);
    const value = bytesToBigInt(signed(key.verifier, [...key.signers.values()], text));
    if (value < limit) return { text, value };
  }
}

/** What a file imports or re-exports at run time or for its types. */
function importsOf(file: string): readonly string[] {
  const statements = readFileSync(file, 'utf8').matchAll(/^(?:(?:import|export)\b[^;]*?from|import) '([^']+)'/gms);
  return [...statements].map((statement) => statement[1] ?? '');
}
