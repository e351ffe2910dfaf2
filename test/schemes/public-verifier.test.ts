import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { flipBit, sampledBits } from '../../spec/laws/tampered-shares.js';
import { concatBytes, utf8 } from '../../src/prelude/bytes.js';
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
import { message, seededRandom, testKey, universe } from './shoup-rsa/setup.js';
import { gate } from './sharing/policies.js';

const policy = gate(2, 'a', 'b', 'c');
const shoupRsa = testKey(policy);
const multisig = dealMultisig({ usage: 'document', epoch: 1, policy }, seededRandom('multisig'));

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
];

interface Subject {
  readonly name: string;
  readonly publicKey: AlliancePublicKey;
  readonly signers: readonly DistributedSigner[];
  readonly webCrypto?: null;
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

/** What a file imports or re-exports at run time or for its types. */
function importsOf(file: string): readonly string[] {
  const statements = readFileSync(file, 'utf8').matchAll(/^(?:(?:import|export)\b[^;]*?from|import) '([^']+)'/gms);
  return [...statements].map((statement) => statement[1] ?? '');
}
