/** Verifiers of multisignatures over OpenSSL, for servers; clients have `schemes/public-verifier`. */
import { ed25519Verify } from '../ed25519/ed25519.js';
import { type MultisigDescription, MultisigVerifier } from './multisig-verifier.js';

/** A verifier for any predicate, such as a quorum of a trust model. */
export function multisigVerifier(key: MultisigDescription): MultisigVerifier {
  return new MultisigVerifier(key, ed25519Verify);
}
