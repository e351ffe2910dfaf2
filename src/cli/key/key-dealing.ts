/** Dealing a key offline, by any scheme: what is asked for, and whether schemes have it. */
import { randomBytes } from 'node:crypto';
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import { type ProcessId, Universe } from '../../prelude/process.js';
import { type Policy, policyMembers } from '../../quorum/policy/policy.js';
import type { BlsSuite } from '../../schemes/bls/ciphersuite.js';
import { dealBls } from '../../schemes/bls/dealer.js';
import type { KeyUsage } from '../../schemes/distributed-signer.js';
import { dealMultisig } from '../../schemes/multisig/policy-key.js';
import type { AllianceKeyShare, AlliancePublicKey, SchemeId } from '../../schemes/registry.js';
import { dealShoupRsa, type KeyMaterial, usualExponent } from '../../schemes/shoup-rsa/dealer.js';
import { prepareSharing } from '../../schemes/shoup-rsa/key-checks.js';
import type { RsaAlgorithm } from '../../schemes/shoup-rsa/key.js';
import { type SearchProgress, searchPrimes } from '../../server/alliance-key-dealing.js';
import { badInput, type Failure } from '../outcome.js';
import { describeKeyError } from './key-errors.js';

/** What a key is for when it is dealt offline: statements are signed by servers alone. */
export type OfflineUsage = Exclude<KeyUsage, 'statement'>;

/** The usages that keys of a scheme may be dealt for. */
export const usagesOf: Readonly<Record<SchemeId, readonly OfflineUsage[]>> = {
  multisig: ['document'],
  'shoup-rsa': ['document', 'decryption'],
  bls: ['document'],
};

/** A key and its exponent from elsewhere. */
export interface ImportedKey {
  readonly material: KeyMaterial;
  readonly exponent: bigint;
}

export type SchemeTerms =
  | { readonly _tag: 'multisig' }
  | { readonly _tag: 'bls'; readonly suite: BlsSuite }
  | {
      readonly _tag: 'shoup-rsa';
      readonly algorithm: RsaAlgorithm;
      /** The key itself, or how long the modulus of a new one is. */
      readonly source: ImportedKey | { readonly modulusBits: number };
    };

export interface DealTerms {
  readonly policy: Policy;
  readonly usage: OfflineUsage;
  readonly scheme: SchemeTerms;
  readonly onProgress: (progress: SearchProgress) => void;
}

export interface DealtShares {
  readonly key: AlliancePublicKey;
  readonly shares: ReadonlyMap<ProcessId, AllianceKeyShare>;
}

/** Deals a key of epoch 0. */
export async function dealOffline(terms: DealTerms): Promise<Either<Failure, DealtShares>> {
  const { policy, usage, scheme } = terms;
  switch (scheme._tag) {
    case 'multisig': {
      const { publicKey, shares } = dealMultisig({ usage, epoch: 0, policy }, randomBytes);
      return E.right({ key: publicKey, shares });
    }
    case 'shoup-rsa':
      return dealRsa(terms, scheme);
    case 'bls': {
      const dealt = dealBls({
        suite: scheme.suite,
        policy,
        usage,
        universe: new Universe(policyMembers(policy)),
        epoch: 0,
      });
      if (E.isLeft(dealt)) return badInput(describeKeyError(dealt.left));
      return E.right({ key: dealt.right.publicKey, shares: dealt.right.shares });
    }
    default:
      return assertNever(scheme);
  }
}

async function dealRsa(
  { policy, usage, onProgress }: DealTerms,
  { algorithm, source }: Extract<SchemeTerms, { readonly _tag: 'shoup-rsa' }>,
): Promise<Either<Failure, DealtShares>> {
  const universe = new Universe(policyMembers(policy));
  const exponent = 'material' in source ? source.exponent : usualExponent;
  // Before minutes are spent on primes.
  const possible = prepareSharing(policy, universe, exponent, 1n);
  if (E.isLeft(possible)) return badInput(describeKeyError(possible.left));
  const material =
    'material' in source
      ? source.material
      : ({ _tag: 'safe-primes', ...(await searchPrimes(source.modulusBits, onProgress)) } as const);
  const dealt = dealShoupRsa({ material, exponent, policy, universe, usage, algorithm, epoch: 0 });
  if (E.isLeft(dealt)) return badInput(describeKeyError(dealt.left));
  return E.right({ key: dealt.right.publicKey, shares: dealt.right.shares });
}
