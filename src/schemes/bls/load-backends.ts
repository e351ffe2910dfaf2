/**
 * Loading what is quicker than plain JavaScript, if it is installed: @chainsafe/blst (native code) and mcl-wasm (WebAssembly) are
 * optional packages. Whoever starts a process, or a thread, awaits this before it loads keys; where nobody does, @noble/curves
 * serves.
 */
import { once } from '../../prelude/remembered.js';
import { offerBackend, pairingFor } from './backends.js';
import { blstBackend } from './blst-pairing.js';
import { type BlsSuite, blsSuites, ciphersuiteOf } from './ciphersuite.js';
import { initializeMcl } from './mcl-module.js';
import { mclBackend } from './mcl-pairing.js';
import type { PairingBackend } from './pairing.js';

/** A package takes from 20 ms (blst) to 200 ms (mcl-wasm) to load. */
const packages = [once(loadBlst), once(loadMcl)] as const;

/** Loads packages, the quickest first, until each of `suites` is served by one that passes the self-test. Never rejects. */
export async function loadBackends(suites: readonly BlsSuite[] = blsSuites): Promise<void> {
  await offerUntilServed(packages, suites);
}

/** The same from any packages; one that cannot be loaded is passed over. */
export async function offerUntilServed(
  loaders: readonly (() => Promise<PairingBackend>)[],
  suites: readonly BlsSuite[],
): Promise<void> {
  for (const load of loaders) {
    if (suites.every((suite) => pairingFor(ciphersuiteOf(suite)).backend !== 'noble')) return;
    const loaded = await load().catch(() => undefined);
    if (loaded !== undefined) offerBackend(loaded);
  }
}

export async function loadBlst(): Promise<PairingBackend> {
  return blstBackend((await import('@chainsafe/blst')).default);
}

export async function loadMcl(): Promise<PairingBackend> {
  const library = (await import('mcl-wasm')).default;
  await initializeMcl(library);
  return mclBackend(library);
}
