/**
 * The alliance document: everything public that all servers of an alliance must hold alike, and that an application needs to
 * reach and to verify it. Its canonical bytes are canonical JSON (`prelude/codec`), its digest binds every link and statement.
 */
import { utf8 } from '../prelude/bytes.js';
import { canonicalJson } from '../prelude/codec.js';
import { digest, type Digest } from '../prelude/digest.js';
import type { ProcessId } from '../prelude/process.js';
import type { TrustModel } from '../quorum/trust/trust-model.js';
import type { Ed25519PublicKey } from '../schemes/ed25519/encoding.js';
import type { AlliancePublicKey, ThresholdPublicKey } from '../schemes/public-key.js';

/** Newer documents are refused by older software. */
export const allianceVersion = 1;

export interface ServerEntry {
  /** `organization/server`. */
  readonly id: ProcessId;
  readonly host: string;
  readonly port: number;
  /** Signs PROPOSE, TIMEOUT and REPORT. */
  readonly identityKey: Ed25519PublicKey;
  /** Its part of a slow key of multisignatures; none where the alliance has one slow key. */
  readonly slowKey?: Ed25519PublicKey;
}

export interface OrganizationEntry {
  readonly name: string;
  /** PEM; the organization's own authority for the TLS certificates of its servers and applications. */
  readonly certificateAuthority: string;
  readonly servers: readonly ServerEntry[];
}

export interface ApplicationEntry {
  /** `organization/application`. */
  readonly id: ProcessId;
  /** Signs requests. */
  readonly key: Ed25519PublicKey;
}

/** Overrides of the consensus defaults that all servers must share. */
export interface AllianceParameters {
  readonly windowSlots: number;
  readonly checkpointInterval: number;
  readonly baseTimeoutMs: number;
  /** S, a multiple of K: after every slot that is a multiple of it servers take a snapshot. See {@link defaultSnapshotInterval}. */
  readonly snapshotInterval?: number;
}

/** S of an alliance whose document says nothing of it. */
export function defaultSnapshotInterval({
  checkpointInterval,
}: Pick<AllianceParameters, 'checkpointInterval'>): number {
  return 256 * checkpointInterval;
}

export interface Alliance {
  readonly version: typeof allianceVersion;
  /** Absent in the founding document, whose digest it is. */
  readonly allianceId?: Digest;
  readonly epoch: number;
  readonly trust: TrustModel;
  readonly organizations: readonly OrganizationEntry[];
  readonly applications: readonly ApplicationEntry[];
  /** Signs PROGRESS and DECIDED, along the vouching sets: the one key that applications need. */
  readonly allianceKey: AlliancePublicKey;
  /**
   * Signs ACCEPTED, CHECKPOINT and SNAPSHOT along the slow quorums, and was dealt for this epoch alone; absent where servers sign them
   * side by side.
   */
  readonly slowKey?: ThresholdPublicKey;
  readonly parameters: AllianceParameters;
}

/** Digest of the current document, given its JSON form: what servers compare when they meet. */
export function documentDigest(json: unknown): Digest {
  return digest(utf8(canonicalJson(json)));
}

/** All servers, in the order of the document. */
export function serversOf(alliance: Pick<Alliance, 'organizations'>): readonly ServerEntry[] {
  return alliance.organizations.flatMap(({ servers }) => servers);
}
