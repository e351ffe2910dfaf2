/**
 * Which backend serves a ciphersuite: the quickest of those that were loaded and pass the self-test, @noble/curves where none
 * does. The choice is made when a ciphersuite is first asked for, and again after loading more.
 */
import type { Ciphersuite } from './ciphersuite.js';
import { nobleBackend } from './noble-pairing.js';
import { present } from '../../prelude/invariant.js';
import type { BackendName, Pairing, PairingBackend } from './pairing.js';
import { passesSelfTest } from './self-test.js';

const bySpeed: readonly BackendName[] = ['blst', 'mcl', 'noble'];

const loaded = new Map<BackendName, PairingBackend>([['noble', nobleBackend]]);
const chosen = new Map<string, Pairing>();

/** Offers a backend to keys that are loaded from now on. */
export function offerBackend(backend: PairingBackend): void {
  if (loaded.get(backend.name) === backend) return;
  loaded.set(backend.name, backend);
  chosen.clear();
}

/** The pairing that serves `ciphersuite` in this process. */
export function pairingFor(ciphersuite: Ciphersuite): Pairing {
  const name = `${ciphersuite.signatureGroup} ${ciphersuite.dst}`;
  const known = chosen.get(name);
  if (known !== undefined) return known;
  const pairing = choosePairing(
    bySpeed.flatMap((backend) => loaded.get(backend) ?? []),
    ciphersuite,
  );
  chosen.set(name, pairing);
  return pairing;
}

/** The first of `backends` that has the ciphersuite and passes the self-test; @noble/curves is not put to it. */
export function choosePairing(backends: readonly PairingBackend[], ciphersuite: Ciphersuite): Pairing {
  for (const backend of backends) {
    const pairing = backend.name === 'noble' ? undefined : backend.pairing(ciphersuite);
    if (pairing !== undefined && passesSelfTest(pairing)) return pairing;
  }
  return present(nobleBackend.pairing(ciphersuite), 'noble has every ciphersuite');
}
