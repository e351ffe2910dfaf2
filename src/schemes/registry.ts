/**
 * The registered schemes, and verifiers and signers for a key of any of them. Closed: a new scheme is one case in each
 * `switch` here, in `public-key`, in `public-verifier` and in the codecs, and the compiler names those that lack it.
 */
import { E, type Either } from '../prelude/fp.js';
import { assertNever } from '../prelude/invariant.js';
import type { Universe } from '../prelude/process.js';
import type { RandomBytes } from '../prelude/random.js';
import type { BlsKeyError } from './bls/errors.js';
import { makeBlsSigner } from './bls/signer.js';
import { makeBlsVerifier } from './bls/verifier.js';
import type { DistributedSigner, DistributedVerifier } from './contract/distributed-signer.js';
import type { AllianceKeyShare } from './key-share-codec.js';
import type { MultisigKeyError } from './multisig/errors.js';
import { makeMultisigSigner, makeMultisigVerifier } from './multisig/policy-key.js';
import type { AlliancePublicKey } from './public-key.js';
import type { ShoupRsaKeyError } from './shoup-rsa/errors.js';
import { makeShoupRsaSigner, type ShoupRsaSignerOptions } from './shoup-rsa/signer.js';
import { makeShoupRsaVerifier } from './shoup-rsa/verifier.js';

export { type AllianceKeyShare, allianceKeyShareCodec } from './key-share-codec.js';
export { type AlliancePublicKey, keyIdOf } from './public-key.js';

export type SchemeId = AlliancePublicKey['_tag'];

export const schemeIds = ['multisig', 'shoup-rsa', 'bls'] as const satisfies readonly SchemeId[];

/** No registered scheme is called so. */
export interface UnknownScheme {
  readonly _tag: 'UnknownScheme';
  readonly name: string;
  readonly known: readonly SchemeId[];
}

/** Key and key share are of different schemes. */
interface ShareOfAnotherScheme {
  readonly _tag: 'ShareOfAnotherScheme';
  readonly key: SchemeId;
  readonly share: SchemeId;
}

/** Why a key, or a share of it, is refused. */
export type KeyError = MultisigKeyError | ShoupRsaKeyError | BlsKeyError | ShareOfAnotherScheme;

/** What signers may be given besides their key; each scheme takes what concerns it. */
export interface SignerOptions extends ShoupRsaSignerOptions {
  /** Where nonces and the weights of batches come from; the operating system if absent. */
  readonly random?: RandomBytes;
}

/** The scheme that is called `name`. */
export function findScheme(name: string): Either<UnknownScheme, SchemeId> {
  const found = schemeIds.find((id) => id === name);
  return found === undefined ? E.left({ _tag: 'UnknownScheme', name, known: schemeIds }) : E.right(found);
}

/** A verifier of `publicKey`, whose holders must be processes of `universe`. */
export function makeVerifier(
  publicKey: AlliancePublicKey,
  universe: Universe,
  random?: RandomBytes,
): Either<KeyError, DistributedVerifier> {
  switch (publicKey._tag) {
    case 'multisig':
      return makeMultisigVerifier(publicKey, universe);
    case 'shoup-rsa':
      return makeShoupRsaVerifier(publicKey, universe, random);
    case 'bls':
      return makeBlsVerifier(publicKey, universe, random === undefined ? {} : { random });
    default:
      return assertNever(publicKey);
  }
}

/** The signer that holds `share` of `publicKey`. */
export function makeSigner(
  publicKey: AlliancePublicKey,
  share: AllianceKeyShare,
  universe: Universe,
  { random, ...options }: SignerOptions = {},
): Either<KeyError, DistributedSigner> {
  if (publicKey._tag === 'multisig' && share._tag === 'multisig') {
    return makeMultisigSigner(publicKey, share, universe);
  }
  if (publicKey._tag === 'shoup-rsa' && share._tag === 'shoup-rsa') {
    return makeShoupRsaSigner(publicKey, share, universe, random, options);
  }
  if (publicKey._tag === 'bls' && share._tag === 'bls') {
    return makeBlsSigner(publicKey, share, universe, random === undefined ? {} : { random });
  }
  return E.left({ _tag: 'ShareOfAnotherScheme', key: publicKey._tag, share: share._tag });
}
