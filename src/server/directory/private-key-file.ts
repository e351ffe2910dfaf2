/** Ed25519 private keys as files: PKCS#8 in PEM (RFC 8410), which openssl reads and writes too. */
import { createPrivateKey } from 'node:crypto';
import { concatBytes } from '../../prelude/bytes.js';
import { type Ed25519Seed, ed25519Seed } from '../../schemes/ed25519/encoding.js';

/** What precedes the 32 bytes of the seed in DER. */
const pkcs8Prefix = Uint8Array.of(
  ...[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20],
);

/** Secret. */
export function printPrivateKey(seed: Ed25519Seed): string {
  const der = Buffer.from(concatBytes(pkcs8Prefix, seed));
  return `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`;
}

/** The seed in a PEM text; `undefined` for anything but an unencrypted Ed25519 private key. */
export function parsePrivateKey(pem: string): Ed25519Seed | undefined {
  try {
    const key = createPrivateKey(pem);
    const { d } = key.asymmetricKeyType === 'ed25519' ? key.export({ format: 'jwk' }) : {};
    return d === undefined ? undefined : ed25519Seed(Buffer.from(d, 'base64url'));
  } catch {
    return undefined;
  }
}
