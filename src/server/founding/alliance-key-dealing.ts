/** The alliance key of an alliance for trying, made in one place: whoever runs this could keep all of it (SECURITY). */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId, Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { Policy } from '../../quorum/policy/policy.js';
import { defaultBlsSuite } from '../../schemes/bls/ciphersuite.js';
import { dealBls } from '../../schemes/bls/dealer.js';
import type { BlsDealError } from '../../schemes/bls/errors.js';
import { loadBackends } from '../../schemes/bls/load-backends.js';
import { dealMultisig } from '../../schemes/multisig/policy-key.js';
import type { AlliancePublicKey } from '../../schemes/public-key.js';
import type { AllianceKeyShare } from '../../schemes/registry.js';
import { dealShoupRsa, usualExponent } from '../../schemes/shoup-rsa/dealer.js';
import type { ShoupRsaDealError } from '../../schemes/shoup-rsa/errors.js';
import { prepareSharing } from '../../schemes/shoup-rsa/key-checks.js';
import { generateSafePrimes, type SafePrimes } from '../../schemes/shoup-rsa/safe-primes.js';
import type { FoundingError } from '../directory/errors.js';

export type AllianceScheme =
  | { readonly _tag: 'multisig' }
  | { readonly _tag: 'bls' }
  /** `primes` spares the search. */
  | { readonly _tag: 'shoup-rsa'; readonly modulusBits: number; readonly primes?: SafePrimes };

/** How far the search for safe primes is, the one part that takes long. */
export interface SearchProgress {
  readonly elapsedMs: number;
  /** Of the two. */
  readonly foundCount: number;
}

export interface KeyTerms {
  readonly policy: Policy;
  readonly epoch: number;
  readonly universe: Universe;
}

export interface DealtAllianceKey {
  readonly publicKey: AlliancePublicKey;
  readonly shares: ReadonlyMap<ProcessId, AllianceKeyShare>;
}

/** Deals a key that signs statements. */
export async function dealAllianceKey(
  scheme: AllianceScheme,
  { policy, epoch, universe }: KeyTerms,
  { random, onProgress }: { random: RandomBytes; onProgress: (progress: SearchProgress) => void },
): Promise<Either<FoundingError, DealtAllianceKey>> {
  if (scheme._tag === 'multisig') return E.right(dealMultisig({ usage: 'statement', epoch, policy }, random));
  if (scheme._tag === 'bls') {
    await loadBackends([defaultBlsSuite]);
    return E.mapLeft(dealingError)(dealBls({ policy, universe, usage: 'statement', epoch, random }));
  }
  const possible = prepareSharing(policy, universe, usualExponent, 1n);
  if (E.isLeft(possible)) return E.left(dealingError(possible.left));
  const primes = scheme.primes ?? (await searchPrimes(scheme.modulusBits, onProgress));
  const material = { _tag: 'safe-primes', ...primes } as const;
  return E.mapLeft(dealingError)(dealShoupRsa({ material, policy, universe, usage: 'statement', epoch, random }));
}

const progressEveryMs = 500;

/** Looks for two safe primes, telling how it goes. */
export async function searchPrimes(
  modulusBits: number,
  onProgress: (progress: SearchProgress) => void,
): Promise<SafePrimes> {
  const startMs = performance.now();
  let foundCount = 0;
  const report = (): void => {
    onProgress({ elapsedMs: performance.now() - startMs, foundCount });
  };
  report();
  const timer = setInterval(report, progressEveryMs);
  try {
    return await generateSafePrimes(modulusBits, (count) => {
      foundCount = count;
      report();
    });
  } finally {
    clearInterval(timer);
  }
}

function dealingError(error: ShoupRsaDealError | BlsDealError): FoundingError {
  if (error._tag !== 'UnshareablePolicy') return { _tag: 'CannotDeal', reason: error._tag };
  const { reason } = error;
  const detail = reason._tag === 'PolicyTooLarge' ? `${reason._tag}, ${reason.limit}` : reason._tag;
  return { _tag: 'CannotDeal', reason: `the quorums of the trust model cannot be shared along: ${detail}` };
}
