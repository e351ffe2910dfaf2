/**
 * Loading what is quicker than plain JavaScript, if it is installed: @chainsafe/blst (native code) and mcl-wasm (WebAssembly) are
 * optional packages. Whoever starts a process awaits this before it loads keys; where nobody does, @noble/curves serves.
 */
import { offerBackend } from './backends.js';
import { blstBackend } from './blst-pairing.js';
import { mclBackend } from './mcl-pairing.js';
import { initializeMcl } from './mcl-module.js';
import type { BackendName, PairingBackend } from './pairing.js';

let loading: Promise<readonly BackendName[]> | undefined;

/** Loads what there is, once; never rejects. What was loaded is still put to a self-test before it serves. */
export function loadBackends(): Promise<readonly BackendName[]> {
  loading ??= offerAll([loadBlst, loadMcl]);
  return loading;
}

/** Offers every backend that can be loaded, and names them. */
export async function offerAll(loaders: readonly (() => Promise<PairingBackend>)[]): Promise<readonly BackendName[]> {
  const results = await Promise.allSettled(loaders.map((load) => load()));
  const backends = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  for (const backend of backends) offerBackend(backend);
  return backends.map(({ name }) => name);
}

export async function loadBlst(): Promise<PairingBackend> {
  return blstBackend((await import('@chainsafe/blst')).default);
}

export async function loadMcl(): Promise<PairingBackend> {
  const library = (await import('mcl-wasm')).default;
  await initializeMcl(library);
  return mclBackend(library);
}
