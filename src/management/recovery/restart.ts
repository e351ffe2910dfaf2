/**
 * RESTART: the beginning of an epoch whose predecessor cannot decide any more, signed by organizations with their recovery keys
 * (spec/management.md, "Recovery").
 */
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import { type Manifest, stateDigest } from '../../prelude/state-digest.js';
import { encodeStatement } from '../../prelude/statement.js';
import type { Signature } from '../../schemes/contract/distributed-signer.js';
import type { Ed25519PublicKey } from '../../schemes/ed25519/encoding.js';
import { type Alliance } from '../alliance.js';
import { allianceIdOf } from '../alliance-codec.js';

/** What one organization has signed. */
export interface RecoverySignature {
  readonly organization: string;
  readonly signature: Uint8Array;
}

/** From where the next epoch goes on, and when. */
export interface RestartPoint {
  /** The last slot of the log that is kept. */
  readonly slot: number;
  readonly chain: Digest;
  /** Of the state there. */
  readonly manifest: Manifest;
  /** Milliseconds since 1970: it takes effect no earlier. */
  readonly notBefore: number;
  /** DECIDED of that slot, under the alliance key of the epoch that ends; none where that epoch is begun again where it began. */
  readonly decided?: Signature;
}

export interface Restart extends RestartPoint {
  /** Ascending by organization, each once. */
  readonly signatures: readonly RecoverySignature[];
}

/** A {@link Restart} with the document that it names. */
export interface RestartFile {
  readonly restart: Restart;
  readonly document: Alliance;
}

/** Names the recovery key of an organization in what is signed with it. */
export function recoveryKeyId(organization: string, key: Ed25519PublicKey): Digest {
  return digest(new Writer().text('koinon recovery ed25519 v1').text(organization).fixed(key).finish());
}

/**
 * What an organization signs.
 *
 * @param before - the document of the epoch that ends.
 * @param configuration - digest of the next.
 */
export function restartStatement(
  before: Alliance,
  { slot, chain, manifest, notBefore }: RestartPoint,
  configuration: Digest,
  { organization, key }: { readonly organization: string; readonly key: Ed25519PublicKey },
): Uint8Array {
  const state = stateDigest(slot, manifest);
  const body = new Writer().u64(slot).fixed(chain).fixed(state).fixed(configuration).u64(notBefore).finish();
  const keyId = recoveryKeyId(organization, key);
  return encodeStatement({ allianceId: allianceIdOf(before), keyId, epoch: before.epoch }, 'restart', body);
}
