/** Verification of RSA signatures for clients, over WebCrypto where there is one. No node: import here or below. */
import { once } from '../../prelude/remembered.js';
import { unsignedBytes } from './key.js';
import { saltLength } from './rsa-pss.js';
import { modulusLength, type RsaVerificationKey, verifyRsa } from './rsa-verify.js';

/** The part of WebCrypto that verifies. */
export type WebCryptoVerification = Pick<typeof globalThis.crypto.subtle, 'importKey' | 'verify'>;

/** WebCrypto's names: of the key, and of what is asked of it. */
const webCryptoNames = {
  RS256: { key: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, use: { name: 'RSASSA-PKCS1-v1_5' } },
  PS256: { key: { name: 'RSA-PSS', hash: 'SHA-256' }, use: { name: 'RSA-PSS', saltLength } },
} as const;

/**
 * WebCrypto where it takes the key; whatever it cannot do, or where there is none (`null`), is computed over bigint.
 *
 * @returns a verifier that neither throws nor rejects, whatever the bytes.
 */
export function portableRsaVerifier(
  key: RsaVerificationKey,
  webCrypto: WebCryptoVerification | null,
): (message: Uint8Array, signature: Uint8Array) => Promise<boolean> {
  const portable = (message: Uint8Array, signature: Uint8Array): boolean => verifyRsa(key, message, signature);
  const { algorithm } = key;
  if (webCrypto === null || algorithm === 'RSA-OAEP-256') {
    return (message, signature) => Promise.resolve(portable(message, signature));
  }
  const { key: keyName, use } = webCryptoNames[algorithm];
  const jwk = { kty: 'RSA', n: base64Url(unsignedBytes(key.modulus)), e: base64Url(unsignedBytes(key.exponent)) };
  const imported = once(() => webCrypto.importKey('jwk', jwk, keyName, false, ['verify']));
  const verifyThere = async (message: Uint8Array, signature: Uint8Array): Promise<boolean> =>
    webCrypto.verify(use, await imported(), new Uint8Array(signature), new Uint8Array(message));
  return async (message, signature) => {
    if (signature.length !== modulusLength(key)) return false;
    return verifyThere(message, signature).catch(() => portable(message, signature));
  };
}

function base64Url(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
