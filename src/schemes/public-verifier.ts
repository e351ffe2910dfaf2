/**
 * Verification of combined signatures for clients: asynchronous, over WebCrypto and noble, and wherever JavaScript runs.
 * No node: import here or below. Agrees with every server's verifier on every signature.
 */
import { E } from '../prelude/fp.js';
import { assertNever } from '../prelude/invariant.js';
import { Universe } from '../prelude/process.js';
import type { BlsPublicKey } from './bls/key.js';
import { blsVerification } from './bls/ordinary-verify.js';
import type { Signature } from './contract/distributed-signer.js';
import { ed25519VerifyPortable } from './ed25519/ed25519-portable.js';
import { describeMultisig, type MultisigPublicKey } from './multisig/key.js';
import { MultisigVerifier } from './multisig/multisig-verifier.js';
import type { AlliancePublicKey } from './public-key.js';
import { portableRsaVerifier, type WebCryptoVerification } from './shoup-rsa/portable-verifier.js';
import { isForSigning } from './contract/usage.js';

/** Whether `signature` is the key's over `message`. Neither throws nor rejects, whatever the bytes. */
export type PublicVerifier = (message: Uint8Array, signature: Uint8Array) => Promise<boolean>;

/**
 * A verifier of signatures by `publicKey`; of a key that is not for signing nothing is one.
 *
 * @param webCrypto - the platform's own if absent; where there is none (`null`; browsers outside secure contexts), RSA is
 *   computed over bigint.
 */
export function publicVerifier(
  publicKey: AlliancePublicKey,
  webCrypto: WebCryptoVerification | null = platformWebCrypto(),
): PublicVerifier {
  return isForSigning(publicKey.usage) ? resultVerifier(publicKey, webCrypto) : () => Promise.resolve(false);
}

/** Of what a key makes of a message, whatever it is for: the caller has asked that. */
export function resultVerifier(
  publicKey: AlliancePublicKey,
  webCrypto: WebCryptoVerification | null = platformWebCrypto(),
): PublicVerifier {
  switch (publicKey._tag) {
    case 'multisig':
      return multisigPublicVerifier(publicKey);
    case 'shoup-rsa':
      return portableRsaVerifier(publicKey, webCrypto);
    case 'bls':
      return blsPublicVerifier(publicKey);
    default:
      return assertNever(publicKey);
  }
}

/** A key whose policy names a member without a key verifies nothing: servers refuse it altogether. */
function multisigPublicVerifier(publicKey: MultisigPublicKey): PublicVerifier {
  const key = describeMultisig(publicKey, new Universe([...publicKey.publicKeys.keys()]));
  if (E.isLeft(key)) return () => Promise.resolve(false);
  const verifier = new MultisigVerifier(key.right, ed25519VerifyPortable);
  return (message, signature) => Promise.resolve(verifier.verify(message, signature as Signature));
}

/** Over whatever computes pairings in this process: `bls/load-backends` makes that more than plain JavaScript. */
function blsPublicVerifier({ suite, groupKey }: BlsPublicKey): PublicVerifier {
  const verify = blsVerification(suite, groupKey);
  return (message, signature) => Promise.resolve(verify(message, signature));
}

function platformWebCrypto(): WebCryptoVerification | null {
  const platform: { readonly crypto?: { readonly subtle?: WebCryptoVerification } } = globalThis;
  return platform.crypto?.subtle ?? null;
}
