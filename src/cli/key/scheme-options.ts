/** The options of `koinon key deal` that say which kind of key: which of them go together, and what they mean. */
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import { defaultBlsSuite } from '../../schemes/bls/ciphersuite.js';
import type { SchemeId } from '../../schemes/registry.js';
import type { RsaAlgorithm } from '../../schemes/shoup-rsa/key.js';
import { badInput, type Failure } from '../outcome.js';
import { type OfflineUsage, type SchemeTerms, usagesOf } from './key-dealing.js';
import { importKey } from './key-import.js';

export interface SchemeOptions {
  readonly scheme: SchemeId;
  readonly usage: OfflineUsage;
  readonly pss?: boolean;
  readonly bits?: string;
  readonly from?: string;
  readonly unsafePrimes?: boolean;
}

const usualBits = 2048;

/** Reads the key of `--from` too, if there is one. */
export async function schemeTermsOf(options: SchemeOptions): Promise<Either<Failure, SchemeTerms>> {
  const complaint = strayOption(options);
  if (complaint !== undefined) return badInput(complaint);
  switch (options.scheme) {
    case 'multisig':
      return E.right({ _tag: 'multisig' });
    case 'shoup-rsa':
      return rsaTerms(options);
    case 'bls':
      return E.right({ _tag: 'bls', suite: defaultBlsSuite });
    default:
      return assertNever(options.scheme);
  }
}

/** What is asked for that the scheme does not have. */
function strayOption({ scheme, usage, ...options }: SchemeOptions): string | undefined {
  if (!usagesOf[scheme].includes(usage)) {
    return `--usage ${usage}: keys of scheme ${scheme} are for ${usagesOf[scheme].join(', ')}`;
  }
  const ofRsa = [
    ['--pss', options.pss],
    ['--bits', options.bits],
    ['--from', options.from],
    ['--unsafe-primes', options.unsafePrimes],
  ] as const;
  const stray = scheme === 'shoup-rsa' ? undefined : ofRsa.find(([, value]) => value !== undefined);
  if (stray !== undefined) return `${stray[0]}: only with --scheme shoup-rsa`;
  if (options.unsafePrimes === true && options.from === undefined) {
    return '--unsafe-primes: only with --from: a new key has safe primes';
  }
  if (options.bits !== undefined && options.from !== undefined)
    return '--bits: not with --from: the key has its length';
  return options.pss === true && usage === 'decryption' ? '--pss: a key for decryption signs nothing' : undefined;
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
