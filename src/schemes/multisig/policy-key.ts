/** Multisignature keys along an access policy, over OpenSSL: verifiers, signers, and keys for trying things out. */
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId, Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import { policyMembers } from '../../quorum/policy/policy.js';
import { publicKeyFromSeed } from '../ed25519/ed25519.js';
import { ed25519Seed, seedLength } from '../ed25519/encoding.js';
import type { MultisigKeyError } from './errors.js';
import { describeMultisig, MultisigKeyShare, type MultisigPublicKey } from './key.js';
import type { MultisigVerifier } from './multisig-verifier.js';
import { type MultisigSigner, multisigSigner } from './signer.js';
import { multisigVerifier } from './verifier.js';

export function makeMultisigVerifier(
  publicKey: MultisigPublicKey,
  universe: Universe,
): Either<MultisigKeyError, MultisigVerifier> {
  const key = describeMultisig(publicKey, universe);
  return E.isLeft(key) ? key : E.right(multisigVerifier(key.right));
}

export function makeMultisigSigner(
  publicKey: MultisigPublicKey,
  share: MultisigKeyShare,
  universe: Universe,
): Either<MultisigKeyError, MultisigSigner> {
  const key = describeMultisig(publicKey, universe);
  return E.isLeft(key) ? key : multisigSigner(key.right, share.process, share.seed);
}

/** What a key is made for. */
export type MultisigTerms = Pick<MultisigPublicKey, 'usage' | 'epoch' | 'policy'>;

export interface DealtMultisig {
  readonly publicKey: MultisigPublicKey;
  readonly shares: ReadonlyMap<ProcessId, MultisigKeyShare>;
}

/** Draws a seed for every member of a checked policy. For trying things out: servers draw their own and tell nobody. */
export function dealMultisig(terms: MultisigTerms, random: RandomBytes): DealtMultisig {
  const shares = policyMembers(terms.policy).map((id) => {
    const seed = present(ed25519Seed(random(seedLength)), 'randomness comes in the length asked for');
    return new MultisigKeyShare(id, seed);
  });
  const publicKeys = new Map(shares.map((share) => [share.process, publicKeyFromSeed(share.seed)]));
  return { publicKey: { _tag: 'multisig', ...terms, publicKeys }, shares: new Map(shares.map((s) => [s.process, s])) };
}
