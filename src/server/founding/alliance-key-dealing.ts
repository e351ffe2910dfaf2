/** The shared keys of an alliance for trying, made in one place: whoever runs this could keep all of them (SECURITY). */
import { E, type Either } from '../../prelude/fp.js';
import { invariant } from '../../prelude/invariant.js';
import type { ProcessId, Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { Policy } from '../../quorum/policy/policy.js';
import { recoveryPolicy, vouchPolicy } from '../../quorum/trust/derived-policy.js';
import type { TrustModel } from '../../quorum/trust/trust-model.js';
import { defaultBlsSuite } from '../../schemes/bls/ciphersuite.js';
import { dealBls } from '../../schemes/bls/dealer.js';
import type { KeyUsage } from '../../schemes/contract/distributed-signer.js';
import type { BlsDealError } from '../../schemes/bls/errors.js';
import { loadBackends } from '../../schemes/bls/load-backends.js';
import { dealMultisig } from '../../schemes/multisig/policy-key.js';
import type { AlliancePublicKey, ThresholdPublicKey } from '../../schemes/public-key.js';
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
  /** Statements if absent. */
  readonly usage?: KeyUsage;
}

export interface DealingOptions {
  readonly random: RandomBytes;
  readonly onProgress: (progress: SearchProgress) => void;
}

export interface DealtAllianceKey {
  readonly publicKey: AlliancePublicKey;
  readonly shares: ReadonlyMap<ProcessId, AllianceKeyShare>;
}

/** Of one key. */
type DealtThresholdKey = DealtAllianceKey & { readonly publicKey: ThresholdPublicKey };

/** What an alliance's servers hold shares of. */
export interface DealtKeys {
  readonly alliance: DealtAllianceKey;
  /** The slow key, where it is one for all. */
  readonly slow?: DealtThresholdKey;
  /** Keys that sign documents, by name, in the order of their names. */
  readonly documents: ReadonlyMap<string, DealtAllianceKey>;
}

export interface WantedKeys {
  readonly scheme: AllianceScheme;
  /** How slow quorums sign; multisignatures need no dealing. */
  readonly certificates: AllianceScheme;
  /** Of keys for documents, by name. */
  readonly documents?: ReadonlyMap<string, AllianceScheme>;
}

/** Deals the alliance key and keys for documents along the vouching sets, and the slow key along the slow quorums: independent secrets. */
export async function dealKeys(
  { scheme, certificates, documents = new Map() }: WantedKeys,
  trust: TrustModel,
  epoch: number,
  options: DealingOptions,
): Promise<Either<FoundingError, DealtKeys>> {
  const { universe } = trust.system.processes;
  const vouching = { policy: vouchPolicy(trust), epoch, universe };
  const alliance = await dealAllianceKey(scheme, vouching, options);
  if (E.isLeft(alliance)) return alliance;
  const dealt = new Map<string, DealtAllianceKey>();
  for (const [name, wanted] of [...documents].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const key = await dealAllianceKey(wanted, { ...vouching, usage: 'document' }, options);
    if (E.isLeft(key)) return key;
    dealt.set(name, key.right);
  }
  const keys = { alliance: alliance.right, documents: dealt };
  if (certificates._tag === 'multisig') return E.right(keys);
  const slow = await dealAllianceKey(certificates, { policy: recoveryPolicy(trust), epoch, universe }, options);
  if (E.isLeft(slow)) return slow;
  const { publicKey, shares } = slow.right;
  invariant(publicKey._tag !== 'multisig', 'a threshold scheme deals a threshold key');
  return E.right({ ...keys, slow: { publicKey, shares } });
}

/** Deals one key. */
export async function dealAllianceKey(
  scheme: AllianceScheme,
  { policy, epoch, universe, usage = 'statement' }: KeyTerms,
  { random, onProgress }: DealingOptions,
): Promise<Either<FoundingError, DealtAllianceKey>> {
  if (scheme._tag === 'multisig') return E.right(dealMultisig({ usage, epoch, policy }, random));
  if (scheme._tag === 'bls') {
    await loadBackends([defaultBlsSuite]);
    return E.mapLeft(dealingError)(dealBls({ policy, universe, usage, epoch, random }));
  }
  const possible = prepareSharing(policy, universe, usualExponent, 1n);
  if (E.isLeft(possible)) return E.left(dealingError(possible.left));
  const primes = scheme.primes ?? (await searchPrimes(scheme.modulusBits, onProgress));
  const material = { _tag: 'safe-primes', ...primes } as const;
  return E.mapLeft(dealingError)(dealShoupRsa({ material, policy, universe, usage, epoch, random }));
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
