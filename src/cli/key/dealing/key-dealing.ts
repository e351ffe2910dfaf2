/** Dealing a key offline, by any scheme: what is asked for, and whether schemes have it. */
import { randomBytes } from 'node:crypto';
import { E, type Either } from '../../../prelude/fp.js';
import { assertNever } from '../../../prelude/invariant.js';
import { type ProcessId, Universe } from '../../../prelude/process.js';
import { type Policy, policyMembers } from '../../../quorum/policy/policy.js';
import type { BlsSuite } from '../../../schemes/bls/ciphersuite.js';
import { dealBls } from '../../../schemes/bls/dealer.js';
import { loadBackends } from '../../../schemes/bls/load-backends.js';
import type { KeyUsage } from '../../../schemes/contract/distributed-signer.js';
import { dealMultisig } from '../../../schemes/multisig/policy-key.js';
import type { AllianceKeyShare, AlliancePublicKey, SchemeId } from '../../../schemes/registry.js';
import { dealShoupRsa, usualExponent } from '../../../schemes/shoup-rsa/dealer.js';
import { prepareSharing } from '../../../schemes/shoup-rsa/key-checks.js';
import type { ImportedKey } from '../../../schemes/shoup-rsa/key-import.js';
import type { RsaAlgorithm } from '../../../schemes/shoup-rsa/key.js';
import { type SearchProgress, searchPrimes } from '../../../server/founding/alliance-key-dealing.js';
import { badInput, type Failure } from '../../outcome.js';
import { type DealError, describeKeyError } from '../key-errors.js';

/** What a key is for when it is dealt offline: statements are signed by servers alone. */
export type OfflineUsage = Exclude<KeyUsage, 'statement'>;

/** The usages that keys of a scheme may be dealt for. */
export const usagesOf: Readonly<Record<SchemeId, readonly OfflineUsage[]>> = {
  multisig: ['document'],
  'shoup-rsa': ['document', 'beacon', 'decryption'],
  bls: ['document', 'beacon', 'time-lock'],
};

interface RsaTerms {
  readonly _tag: 'shoup-rsa';
  readonly algorithm: RsaAlgorithm;
  /** The key itself, or how long the modulus of a new one is. */
  readonly source: ImportedKey | { readonly modulusBits: number };
}

export type SchemeTerms = { readonly _tag: 'multisig' } | { readonly _tag: 'bls'; readonly suite: BlsSuite } | RsaTerms;

interface DealTerms {
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
  const universe = new Universe(policyMembers(policy));
  switch (scheme._tag) {
    case 'multisig':
      return dealt(E.right(dealMultisig({ usage, epoch: 0, policy }, randomBytes)));
    case 'shoup-rsa':
      return dealRsa(terms, scheme, universe);
    case 'bls':
      await loadBackends([scheme.suite]);
      return dealt(dealBls({ suite: scheme.suite, usage, policy, universe, epoch: 0 }));
    default:
      return assertNever(scheme);
  }
}

async function dealRsa(
  { policy, usage, onProgress }: DealTerms,
  { algorithm, source }: RsaTerms,
  universe: Universe,
): Promise<Either<Failure, DealtShares>> {
  const exponent = 'material' in source ? source.exponent : usualExponent;
  // Before minutes are spent on primes.
  const possible = prepareSharing(policy, universe, exponent, 1n);
  if (E.isLeft(possible)) return dealt(possible);
  const material =
    'material' in source
      ? source.material
      : ({ _tag: 'safe-primes', ...(await searchPrimes(source.modulusBits, onProgress)) } as const);
  return dealt(dealShoupRsa({ material, exponent, policy, universe, usage, algorithm, epoch: 0 }));
}

/** Of what only a key from elsewhere can have. */
const blamedOption: Readonly<Partial<Record<DealError['_tag'], string>>> = {
  BadExponent: '--from',
  BadModulus: '--from',
  SmallFactor: '--from',
  NotSafePrimes: '--from',
  NotPrimes: '--from',
};

function dealt(
  result: Either<DealError, { readonly publicKey: AlliancePublicKey; readonly shares: DealtShares['shares'] }>,
): Either<Failure, DealtShares> {
  if (E.isLeft(result))
    return badInput(`${blamedOption[result.left._tag] ?? '--policy'}: ${describeKeyError(result.left)}`);
  const { publicKey: key, shares } = result.right;
  return E.right({ key, shares });
}
