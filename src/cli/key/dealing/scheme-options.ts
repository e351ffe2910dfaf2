/** The options of `koinon key deal` that say which kind of key: which of them go together, and what they mean. */
import { E, type Either } from '../../../prelude/fp.js';
import { assertNever } from '../../../prelude/invariant.js';
import { type BlsSuite, defaultBlsSuite } from '../../../schemes/bls/ciphersuite.js';
import type { SchemeId } from '../../../schemes/registry.js';
import type { RsaAlgorithm } from '../../../schemes/shoup-rsa/key.js';
import { badInput, type Failure } from '../../outcome.js';
import { type OfflineUsage, type SchemeTerms, usagesOf } from './key-dealing.js';
import { importKey } from './key-import.js';

export interface SchemeOptions {
  readonly scheme: SchemeId;
  readonly usage: OfflineUsage;
  readonly pss?: boolean;
  readonly bits?: string;
  readonly from?: string;
  readonly unsafePrimes?: boolean;
  readonly suite?: BlsSuite;
}

const usualBits = 2048;

/** Reads the key of `--from` too, if there is one. */
export async function schemeTermsOf(options: SchemeOptions): Promise<Either<Failure, SchemeTerms>> {
  const complaint = strayOption(options);
  if (complaint !== undefined) return badInput(complaint);
  switch (options.scheme) {
    case 'multisig':
      return E.right({ _tag: 'multisig' });
    case 'bls':
      return E.right({ _tag: 'bls', suite: suiteOf(options) });
    case 'shoup-rsa':
      return rsaTerms(options);
    default:
      return assertNever(options.scheme);
  }
}

/** What is asked for that the scheme does not have. */
function strayOption({ scheme, usage, ...options }: SchemeOptions): string | undefined {
  if (!usagesOf[scheme].includes(usage)) {
    return `--usage ${usage}: keys of scheme ${scheme} are for ${usagesOf[scheme].join(', ')}`;
  }
  const owned = [
    ['shoup-rsa', '--pss', options.pss],
    ['shoup-rsa', '--bits', options.bits],
    ['shoup-rsa', '--from', options.from],
    ['shoup-rsa', '--unsafe-primes', options.unsafePrimes],
    ['bls', '--suite', options.suite],
  ] as const;
  const stray = owned.find(([owner, , value]) => owner !== scheme && value !== undefined);
  if (stray !== undefined) return `${stray[1]}: only with --scheme ${stray[0]}`;
  if (options.unsafePrimes === true && options.from === undefined) {
    return '--unsafe-primes: only with --from: a new key has safe primes';
  }
  if (options.bits !== undefined && options.from !== undefined)
    return '--bits: not with --from: the key has its length';
  return options.pss === true && usage !== 'document' ? '--pss: only with --usage document' : undefined;
}

/** Where nothing is said: what native code is quickest at; for rounds, what drand's present network has. */
function suiteOf({ suite, usage }: SchemeOptions): BlsSuite {
  return suite ?? (usage === 'document' ? defaultBlsSuite : 'min-sig-nul');
}

async function rsaTerms(options: SchemeOptions): Promise<Either<Failure, SchemeTerms>> {
  const algorithm = algorithmOf(options);
  if (options.from === undefined) {
    const modulusBits = options.bits === undefined ? usualBits : Number(options.bits);
    return E.right({ _tag: 'shoup-rsa', algorithm, source: { modulusBits } });
  }
  const imported = await importKey(options.from, options.unsafePrimes === true);
  return E.isLeft(imported) ? imported : E.right({ _tag: 'shoup-rsa', algorithm, source: imported.right });
}

function algorithmOf({ usage, pss }: SchemeOptions): RsaAlgorithm {
  if (usage === 'decryption') return 'RSA-OAEP-256';
  return pss === true ? 'PS256' : 'RS256';
}
