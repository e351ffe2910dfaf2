/** Believing that a state is certified: by the slow key of an epoch whose document is known. */
import { E } from '../../prelude/fp.js';
import { type SnapshotCertificate, stateDigest } from '../../consensus/manifest.js';
import { snapshotStatement } from '../../consensus/statement.js';
import type { Alliance } from '../../management/alliance.js';
import { slowMultisigOf } from '../../management/alliance-keys.js';
import type { DistributedVerifier } from '../../schemes/contract/distributed-signer.js';
import { ed25519Verify } from '../../schemes/ed25519/ed25519.js';
import { MultisigVerifier } from '../../schemes/multisig/multisig-verifier.js';
import { makeVerifier } from '../../schemes/registry.js';
import type { AllianceDocument } from '../directory/directory-documents.js';

/** Whether a slow quorum of the epoch of one of these documents has the state. */
export function isCertifiedState(
  { slot, chain, manifest, signature }: SnapshotCertificate,
  documents: readonly Pick<AllianceDocument, 'alliance' | 'allianceId'>[],
): boolean {
  const snapshot = { slot, chain, state: stateDigest(slot, manifest) };
  return documents.some(({ alliance, allianceId }) => {
    const verifier = slowVerifierOf(alliance);
    if (verifier === undefined) return false;
    const context = { allianceId, keyId: verifier.keyId, epoch: alliance.epoch };
    return verifier.verify(snapshotStatement(context, snapshot), signature);
  });
}

function slowVerifierOf(alliance: Alliance): DistributedVerifier | undefined {
  const multisig = slowMultisigOf(alliance);
  if (multisig !== undefined) return new MultisigVerifier(multisig, ed25519Verify);
  if (alliance.slowKey === undefined) return undefined;
  const made = makeVerifier(alliance.slowKey, alliance.trust.system.processes.universe);
  return E.isRight(made) ? made.right : undefined;
}
