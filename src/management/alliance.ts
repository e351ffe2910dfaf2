/**
 * The alliance document: everything public that all servers of an alliance must hold alike, and that an application needs to
 * reach and to verify it. Its canonical bytes are canonical JSON (`prelude/codec`), its digest binds every link and statement.
 */
import { utf8 } from '../prelude/bytes.js';
import { canonicalJson } from '../prelude/codec.js';
import { digest, type Digest } from '../prelude/digest.js';
import type { ProcessId } from '../prelude/process.js';
import type { Policy } from '../quorum/policy/policy.js';
import type { TrustModel } from '../quorum/trust/trust-model.js';
import type { Ed25519PublicKey } from '../schemes/ed25519/encoding.js';
import type { AlliancePublicKey, ThresholdPublicKey } from '../schemes/public-key.js';
import type { Administrator } from './acts/authority.js';
import type { ActionKind } from './proposals/action-kinds.js';
import type { DocumentGate } from './proposals/gate-names.js';

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
  /** Who speaks for it, each named once. */
  readonly administrators: readonly Administrator[];
  /** Over their names: who of them together. */
  readonly rule: Policy;
  /** Offline: it can restart the alliance with others, and signs nothing else. */
  readonly recoveryKey?: Ed25519PublicKey;
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

/** A key that signs what people bring, shared among the servers. */
export interface DocumentKeyEntry {
  readonly name: string;
  /** Its usage is `document`. */
  readonly publicKey: AlliancePublicKey;
  /** Over organizations: who may have something signed; the amendment policy if absent. */
  readonly approval?: Policy;
}

/** How the alliance is changed (spec/management.md). Policies are over organizations, by name. */
export interface GovernanceTerms {
  /** Of the dry run: software that knows another does not start. */
  readonly rules: typeof governanceRules;
  /** Which organizations may fail together; derived from the trust model if absent. */
  readonly structure?: TrustModel;
  /** Derived from the structure where absent. */
  readonly amendment?: Policy;
  /** For kinds of action that have one of their own. */
  readonly amendmentOf: ReadonlyMap<ActionKind, Policy>;
  readonly emergency?: Policy;
  readonly recovery?: Policy;
  readonly terms: GovernanceLengths;
  readonly limits: GovernanceLimits;
  /** Gates of the document that were overridden when it was made. */
  readonly overrides: readonly DocumentGate[];
  /** Ids of keys that are known to an attacker. */
  readonly distrusted: readonly Digest[];
}

export const governanceRules = 1;

/** All in milliseconds of agreed time, but the first. */
export interface GovernanceLengths {
  /** How often servers read their clocks. */
  readonly readingMs: number;
  /** The longest that a proposal may be open, and accepted. */
  readonly proposalMs: number;
  /** Of gathering, and of moving. */
  readonly changeMs: number;
  /** How long ACTIVATE waits for servers that are not ready. */
  readonly readyMs: number;
  /** The longest suspension. */
  readonly suspensionMs: number;
  /** From one change to the next refresh; 0 for none. */
  readonly refreshMs: number;
  /** From the moment at which a restart is seen. */
  readonly restartMs: number;
}

/** What an organization may have without asking the others. */
export interface GovernanceLimits {
  readonly serversPerOrganization: number;
  /** Counting all that it ever had. */
  readonly applicationsPerOrganization: number;
}

export interface Alliance {
  readonly version: typeof allianceVersion;
  /** Absent in the founding document, whose digest it is. */
  readonly allianceId?: Digest;
  /** Digest of the document of the epoch before; absent in the founding document. */
  readonly previous?: Digest;
  /** The number of the change that led to it; 0 for the founding document. */
  readonly change: number;
  /** Digest of what was said while the keys of that change moved; absent where no log has moved them. */
  readonly transcript?: Digest;
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
  /** In the order of their names. */
  readonly documentKeys: readonly DocumentKeyEntry[];
  readonly governance: GovernanceTerms;
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
