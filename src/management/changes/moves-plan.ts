/**
 * How the keys of one change are to be moved (spec/management.md, "Changes of epoch"): public, the same on every server, and made
 * from the document in force, the draft, and what was brought while the change was gathering.
 */
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Policy } from '../../quorum/policy/policy.js';
import type { TrustModel } from '../../quorum/trust/trust-model.js';
import type { BlsSuite } from '../../schemes/bls/ciphersuite.js';
import type { KeyUsage } from '../../schemes/contract/distributed-signer.js';
import type { Ed25519PublicKey } from '../../schemes/ed25519/encoding.js';
import type { AlliancePublicKey } from '../../schemes/public-key.js';
import type { EpochKeys } from '../alliance-succession.js';

/** What becomes of one key. */
export type PlannedMove = {
  /** Names the key in the document: `alliance`, `slow`, `document NAME`. */
  readonly role: string;
  /** Along which it is shared in the next epoch; its weights already reduced. */
  readonly policy: Policy;
} & (
  | {
      /** Multisignatures: each holder keeps its key, or brings one. */
      readonly _tag: 'collect';
      readonly usage: KeyUsage;
      /** Of those who bring one; all others keep that of the present epoch. */
      readonly brought: ReadonlyMap<ProcessId, Ed25519PublicKey>;
    }
  | {
      /** `refresh` becomes a reshare where somebody who would deal is absent, or the policy is another. */
      readonly _tag: 'refresh' | 'reshare';
      /** Who has lost its share: it only receives. */
      readonly absent: readonly ProcessId[];
    }
  | { readonly _tag: 'generate'; readonly usage: KeyUsage; readonly suite: BlsSuite }
  /** Made by a dealer, for the next epoch; its shares have been handed over. */
  | { readonly _tag: 'accept'; readonly publicKey: AlliancePublicKey }
);

export interface MovesPlan {
  readonly allianceId: Digest;
  /** The number of the change. */
  readonly change: number;
  /** Digest of the draft: with it servers, identities and trust models are agreed. */
  readonly draft: Digest;
  /** Of the draft. */
  readonly epoch: number;
  /** Those of the document in force, and of the draft. */
  readonly trust: { readonly present: Pick<TrustModel, 'system'>; readonly next: TrustModel };
  /** All keys of the document in force, by role; those that are not moved go out of use. */
  readonly keys: ReadonlyMap<string, AlliancePublicKey>;
  /** In any order. */
  readonly moves: readonly PlannedMove[];
  /** Servers of both documents whose identity differs between them: they deal nothing. */
  readonly replaced: readonly ProcessId[];
  /** Proven in ceremonies of the same epoch before, under the identity that the draft lists. */
  readonly culprits: readonly ProcessId[];
  /** The keys of the epochs up to that of the document in force. */
  readonly earlier: readonly EpochKeys[];
  /** What the log takes in one message. */
  readonly maxMessageBytes: number;
}

/** The keys in the order in which they are moved. */
export function orderedMoves({ moves }: MovesPlan): readonly PlannedMove[] {
  return [...moves].sort((one, other) => (one.role < other.role ? -1 : 1));
}

/** What each ceremony of a key is bound to: nothing of another change, role or draft means anything in it. */
export function ceremonyContext(plan: MovesPlan, role: string): Uint8Array {
  return writeChange(new Writer().text('koinon key move v1'), plan).text(role).finish();
}

/** Names all the moves of a change. */
export function movesDigest(plan: MovesPlan): Digest {
  const roles = orderedMoves(plan).map(({ role }) => role);
  const writer = writeChange(new Writer().text('koinon key moves v1'), plan);
  return digest(writer.list(roles, (each, role) => each.text(role)).finish());
}

function writeChange(writer: Writer, { allianceId, change, draft, epoch }: MovesPlan): Writer {
  return writer.fixed(allianceId).u64(change).fixed(draft).u64(epoch);
}
