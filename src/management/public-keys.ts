/**
 * The public keys of an epoch, as whoever judges evidence needs them: from the alliance document alone, and without Node.
 * With `leaderSchedule(alliance.trust.leaders)` it is what `verifyEvidence` asks for.
 */
import type { Digest } from '../prelude/digest.js';
import { present } from '../prelude/invariant.js';
import type { QuorumSystem } from '../quorum/quorum-system.js';
import { ed25519VerifyPortable } from '../schemes/ed25519/ed25519-portable.js';
import { MultisigVerifier } from '../schemes/multisig/multisig-verifier.js';
import type { ShareJudge } from '../schemes/contract/distributed-signer.js';
import { shareJudge } from '../schemes/share-judge.js';
import type { Alliance } from './alliance.js';
import { allianceIdOf } from './alliance-codec.js';
import { type IdentityVerifier, identityVerifier, slowMultisigOf } from './alliance-keys.js';

export interface PublicAllianceKeys {
  readonly allianceId: Digest;
  readonly epoch: number;
  readonly system: QuorumSystem;
  readonly identities: IdentityVerifier;
  readonly keys: { readonly slow: ShareJudge };
}

/** Who can be held to what they signed in the epoch of `alliance`. */
export function publicKeysOf(alliance: Alliance): PublicAllianceKeys {
  return {
    allianceId: allianceIdOf(alliance),
    epoch: alliance.epoch,
    system: alliance.trust.system,
    identities: identityVerifier(alliance, ed25519VerifyPortable),
    keys: { slow: slowJudge(alliance) },
  };
}

function slowJudge(alliance: Alliance): ShareJudge {
  const multisig = slowMultisigOf(alliance);
  if (multisig !== undefined) return new MultisigVerifier(multisig, ed25519VerifyPortable);
  const slowKey = present(alliance.slowKey, 'an alliance has a slow key of one form');
  return shareJudge(slowKey, alliance.trust.system.processes.universe);
}
