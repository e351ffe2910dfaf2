/** One RSA key through many refreshes and reshares, half of whose dealers are malicious as far as nobody can prove. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { utf8 } from '../../../../src/prelude/bytes.js';
import { present } from '../../../../src/prelude/invariant.js';
import { secretsOf } from '../../../../src/schemes/contract/linear-key-share.js';
import { greatestRanges } from '../../../../src/schemes/ceremony/quotient/ranges.js';
import { shareBounds, zeroDealingRanges } from '../../../../src/schemes/sharing/bounds.js';
import { bitLength } from '../../../../src/schemes/sharing/integers.js';
import { addedRanges, scaledRanges } from '../../../../src/schemes/sharing/ranges.js';
import { nodeRsaVerifier, publicKeyPem } from '../../../../src/schemes/shoup-rsa/public-key-pem.js';
import type { SafePrimes } from '../../../../src/schemes/shoup-rsa/safe-primes.js';
import { seededNumbers } from '../../sharing/policies.js';
import { shiftBits } from '../../../../src/schemes/ceremony/quotient/plan.js';
import { atTheBound, maskingAt, quotientOf, recut } from './cheats.js';
import { dealt, faultsOf, hold, type Holding, type Hostility, policies, signed } from './scene.js';

/** What became of the key in one epoch. */
export interface EpochRecord {
  readonly kind: string;
  readonly policy: keyof typeof policies;
  /** Of the largest share. */
  readonly bits: number;
  /** Of the largest share that there may ever be along this policy, by this way. */
  readonly bound: number;
}

/** Qualified sets of each policy. */
const quorums: Readonly<Record<keyof typeof policies, readonly (readonly string[])[]>> = {
  flat: [
    ['a', 'b', 'c'],
    ['c', 'd', 'e'],
    ['a', 'c', 'e'],
  ],
  nested: [
    ['a', 'b', 'f', 'g'],
    ['c', 'd', 'e', 'f'],
    ['b', 'c', 'd'],
  ],
  weighted: [
    ['a', 'b'],
    ['a', 'd', 'e'],
    ['b', 'c', 'd'],
  ],
  other: [
    ['c', 'd', 'e'],
    ['e', 'f', 'g'],
    ['c', 'e', 'g'],
  ],
};

/** What the malicious half does, in turn. None of it can be proven. */
const wiles: readonly (() => Hostility)[] = [
  () => atTheBound,
  () => maskingAt(0xff),
  () => recut(2n),
  () => recut(-9n),
  () => maskingAt(0),
  () => recut(9n),
];

/** Refreshes in odd epochs and moves in even ones, along every policy and back, and checks key, signature and sizes in each. */
export function endure(primes: SafePrimes, epochCount: number): readonly EpochRecord[] {
  const number = seededNumbers(7);
  const message = utf8('what the alliance signs');
  const openssl = opensslVerifier();
  const route = ['nested', 'weighted', 'other', 'flat'] as const;
  let holding = dealt(policies.flat, { material: { _tag: 'safe-primes', ...primes } });
  let policy: keyof typeof policies = 'flat';
  const first = signed(holding, message, ['a', 'b', 'c']);
  const verify = openssl.verifierOf(holding);
  const bounds = new Map<string, number>();
  const records: EpochRecord[] = [];
  try {
    for (let epoch = 1; epoch <= epochCount; epoch++) {
      const kind = epoch % 2 === 1 ? 'refresh' : 'reshare-quotient';
      const before = policy;
      if (kind === 'reshare-quotient') policy = route[(epoch / 2 - 1) % route.length] ?? 'flat';
      const moved = hold(
        holding,
        { kind, nextPolicy: policies[policy], seed: 'endurance' },
        maliciousHalf(epoch, kind),
      );
      expect(faultsOf(moved)).toEqual(new Map());
      holding = present(moved.next, `a key in epoch ${epoch}`);
      const way = `${kind} ${before} ${policy}`;
      const bound = kind === 'refresh' ? bounds.get(policy) : greatestBits(holding, moved);
      if (bound !== undefined) {
        expect(bounds.get(way) ?? bound).toBe(bound);
        bounds.set(way, bound);
        bounds.set(policy, bound);
      }
      const bits = sizeOf(holding);
      records.push({ kind, policy, bits, bound: bound ?? bits });
      const quorum = present(quorums[policy][Math.floor(number() * 3)], 'a quorum');
      const signature = signed(holding, message, quorum);
      expect(signature).toEqual(first);
      expect(verify(message, signature)).toBe(true);
    }
  } finally {
    openssl.close();
  }
  return records;
}

/** Every second dealer, another half in each epoch. */
function maliciousHalf(epoch: number, kind: string): Readonly<Record<string, Hostility>> {
  const half = epoch % 4 < 2 ? ['a', 'c', 'e', 'g'] : ['b', 'd', 'f'];
  const wile = wiles[Math.floor(epoch / 2) % wiles.length] ?? (() => atTheBound);
  return Object.fromEntries(half.map((me) => [me, kind === 'refresh' ? atTheBound : wile()]));
}

/** Of the largest share in fact; each has exactly the bits that are published of its row. */
function sizeOf({ publicKey, shares }: Holding): number {
  const { ranges } = publicKey;
  const sizes = [...shares.values()].flatMap((share) => [...secretsOf(share).values()].map(bitLength));
  expect(ranges._tag).toBe('integers');
  return Math.max(...sizes);
}

/** The bound of the policy after this move and one refresh by everybody. */
function greatestBits({ publicKey }: Holding, { board }: ReturnType<typeof hold>): number {
  const { plan } = quotientOf(board);
  const { scheme } = board.setting;
  const zero = zeroDealingRanges(scheme.next, shiftBits(plan.secret));
  const refreshed = scaledRanges(zero, BigInt(plan.next.rows.length));
  expect(publicKey.ranges._tag).toBe('integers');
  return Math.max(...shareBounds(plan.next, addedRanges([greatestRanges(plan), refreshed])).shareBits);
}

/** Verification by the openssl command; where there is none, by the OpenSSL in node:crypto. */
function opensslVerifier() {
  const directory = mkdtempSync(join(tmpdir(), 'endurance-'));
  const [key, file, signatureFile] = ['key.pem', 'file', 'signature'].map((name) => join(directory, name));
  const hasCommand = spawnSync('openssl', ['version']).status === 0;
  const byCommand = (message: Uint8Array, signature: Uint8Array): boolean => {
    writeFileSync(file ?? '', message);
    writeFileSync(signatureFile ?? '', signature);
    const run = spawnSync('openssl', [
      'dgst',
      '-sha256',
      '-verify',
      key ?? '',
      '-signature',
      signatureFile ?? '',
      file ?? '',
    ]);
    return run.status === 0;
  };
  return {
    verifierOf({ publicKey }: Holding): (message: Uint8Array, signature: Uint8Array) => boolean {
      writeFileSync(key ?? '', publicKeyPem(publicKey));
      return hasCommand ? byCommand : nodeRsaVerifier(publicKey);
    },
    close: () => {
      rmSync(directory, { recursive: true });
    },
  };
}
