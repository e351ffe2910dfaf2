/**
 * Verification of combined signatures for clients: asynchronous, over WebCrypto and noble, and wherever JavaScript runs.
 * No node: import here or below. Agrees with every server's verifier on every signature.
 */
import { E } from '../prelude/fp.js';
import { assertNever } from '../prelude/invariant.js';
import { Universe } from '../prelude/process.js';
import type { Signature } from './distributed-signer.js';
import { ed25519VerifyPortable } from './ed25519/ed25519-portable.js';
import { describeMultisig, type MultisigPublicKey } from './multisig/key.js';
import { MultisigVerifier } from './multisig/multisig-verifier.js';
import type { AlliancePublicKey } from './public-key.js';
import { unsignedBytes } from './shoup-rsa/key.js';
import { modulusLength, type RsaPublicKey, verifyRs256 } from './shoup-rsa/rsa-verify.js';

/** Whether `signature` is the key's over `message`. Neither throws nor rejects, whatever the bytes. */
export type PublicVerifier = (message: Uint8Array, signature: Uint8Array) => Promise<boolean>;

/** The part of WebCrypto that verifies. */
type WebCrypto = Pick<typeof globalThis.crypto.subtle, 'importKey' | 'verify'>;

/**
 * A verifier of `publicKey`.
 *
 * @param webCrypto - the platform's own if absent; where there is none (`null`; browsers outside secure contexts), RS256 is
 *   computed over bigint.
 */
export function publicVerifier(
  publicKey: AlliancePublicKey,
  webCrypto: WebCrypto | null = platformWebCrypto(),
): PublicVerifier {
  switch (publicKey._tag) {
    case 'multisig':
      return multisigPublicVerifier(publicKey);
    case 'shoup-rsa':
      return rs256PublicVerifier(publicKey, webCrypto);
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

const rs256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;

/** WebCrypto where it takes the key; whatever it cannot do is computed over bigint. */
function rs256PublicVerifier(key: RsaPublicKey, webCrypto: WebCrypto | null): PublicVerifier {
  const portable = (message: Uint8Array, signature: Uint8Array): boolean => verifyRs256(key, message, signature);
  if (webCrypto === null) return (message, signature) => Promise.resolve(portable(message, signature));
  const jwk = { kty: 'RSA', n: base64Url(unsignedBytes(key.modulus)), e: base64Url(unsignedBytes(key.exponent)) };
  const imported = settled(() => webCrypto.importKey('jwk', jwk, rs256, false, ['verify']));
  return async (message, signature) => {
    if (signature.length !== modulusLength(key)) return false;
    const parsed = await imported;
    if (parsed === undefined) return portable(message, signature);
    const verdict = await settled(() =>
      webCrypto.verify(rs256.name, parsed, new Uint8Array(signature), new Uint8Array(message)),
    );
    return verdict ?? portable(message, signature);
  };
}

/** The value of a promise, or `undefined` where making it or waiting for it fails. */
async function settled<A>(make: () => Promise<A>): Promise<A | undefined> {
  try {
    return await make();
  } catch {
    return undefined;
  }
}

function platformWebCrypto(): WebCrypto | null {
  const platform: { readonly crypto?: { readonly subtle?: WebCrypto } } = globalThis;
  return platform.crypto?.subtle ?? null;
}

function base64Url(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
