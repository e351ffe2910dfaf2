/** Signers of multisignatures: a verifier and one process's Ed25519 seed. */
import { equalBytes } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { DistributedSigner, SignatureShare, SignRefused } from '../contract/distributed-signer.js';
import { ed25519Sign, ed25519Verify, publicKeyFromSeed } from '../ed25519/ed25519.js';
import type { Ed25519Seed } from '../ed25519/encoding.js';
import { checkUsage } from '../contract/usage.js';
import type { MultisigKeyError } from './errors.js';
import { type MultisigDescription, MultisigVerifier } from './multisig-verifier.js';

/** Keeps its seed where neither `inspect` nor JSON reaches. */
export class MultisigSigner extends MultisigVerifier implements DistributedSigner {
  readonly #seed: Ed25519Seed;

  constructor(
    key: MultisigDescription,
    readonly me: ProcessId,
    seed: Ed25519Seed,
  ) {
    super(key, ed25519Verify);
    this.#seed = seed;
  }

  signShare(message: Uint8Array): Either<SignRefused, SignatureShare> {
    const allowed = checkUsage(this.usage, message);
    return E.isLeft(allowed) ? allowed : E.right(ed25519Sign(this.#seed, message) as SignatureShare);
  }

  /** Every share is a signature of its own. */
  proveShare(message: Uint8Array): Either<SignRefused, SignatureShare> {
    return this.signShare(message);
  }
}

/** A signer for any predicate; refuses a seed that is not the one of `me` in this key. */
export function multisigSigner(
  key: MultisigDescription,
  me: ProcessId,
  seed: Ed25519Seed,
): Either<MultisigKeyError, MultisigSigner> {
  const expected = key.publicKeys.get(me);
  return expected !== undefined && equalBytes(expected, publicKeyFromSeed(seed))
    ? E.right(new MultisigSigner(key, me, seed))
    : E.left({ _tag: 'ShareOfAnotherKey', process: me });
}
