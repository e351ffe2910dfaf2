/**
 * Ed25519 for servers: over libsodium where the optional package sodium-native is installed and passes the self-test, otherwise over
 * OpenSSL. Whoever starts a process awaits {@link loadEd25519}; all backends agree bit for bit.
 */
import { once } from '../../prelude/remembered.js';
import type { Ed25519Backend, Ed25519PublicKey, Ed25519Seed } from './encoding.js';
import { opensslBackend } from './openssl.js';
import { passesSelfTest } from './self-test.js';
import { sodiumBackend } from './sodium.js';

export { publicKeyFromSeed } from './openssl.js';

let backend: Ed25519Backend = opensslBackend;

/** Whether `signature` is one by `publicKey` over `message`; never throws, whatever the bytes. */
export function ed25519Verify(publicKey: Ed25519PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  return backend.verify(publicKey, message, signature);
}

/** The 64 bytes of the signature over `message`; deterministic. */
export function ed25519Sign(seed: Ed25519Seed, message: Uint8Array): Uint8Array {
  return backend.sign(seed, message);
}

/** Takes a quicker backend, if there is one that judges by the rule. Never rejects. */
export const loadEd25519: () => Promise<void> = once(async () => {
  const loaded = await loadSodium().catch(() => undefined);
  if (loaded !== undefined && passesSelfTest(loaded)) backend = loaded;
});

export async function loadSodium(): Promise<Ed25519Backend> {
  return sodiumBackend((await import('sodium-native')).default);
}
