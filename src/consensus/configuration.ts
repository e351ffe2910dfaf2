/** What an epoch's consensus is made of: who, by which quorums, with which keys, and within which bounds. */
import type { Digest } from '../prelude/digest.js';
import type { ProcessId } from '../prelude/process.js';
import type { QuorumSystem } from '../quorum/quorum-system.js';
import type { DistributedSigner, DistributedVerifier } from '../schemes/contract/distributed-signer.js';
import type { ClientId } from './batch.js';
import type { StateTarget } from './manifest.js';

/** The processes' identities: quick Ed25519, injected, so that the machine itself holds no key and knows no curve. */
export interface Identities {
  /** Names the list of identity keys of the epoch. */
  readonly keyId: Digest;
  sign(statement: Uint8Array): Uint8Array;
  verify(process: ProcessId, statement: Uint8Array, signature: Uint8Array): boolean;
}

/** The applications' enrolled keys. */
export interface Clients {
  /** Names a client's key; `undefined` for a stranger. */
  keyId(client: ClientId): Digest | undefined;
  verify(client: ClientId, statement: Uint8Array, signature: Uint8Array): boolean;
}

/** One signer for each kind of certificate, with independent secrets. */
export interface KeyRing {
  /**
   * ACCEPTED, COMMIT, CHECKPOINT and SNAPSHOT, along the slow quorums: multisignatures, or a key that is shared along the policy of
   * those quorums, dealt anew for each epoch. Its shares are made in line, and certificates combined in line, so it must be quick.
   */
  readonly slow: DistributedSigner;
  /** The alliance key, along the vouching sets: PROGRESS, DECIDED and HANDOFF. Shares and combining are asked for as effects. */
  readonly alliance: DistributedVerifier;
}

export interface Parameters {
  /** W: how many slots above the stable checkpoint may be open. At least twice `checkpointInterval`, at most 4096. */
  readonly windowSlots: number;
  /** K. */
  readonly checkpointInterval: number;
  /** How many slots the leader keeps undecided at once. */
  readonly maxInFlight: number;
  /** How long the leader lets requests gather while earlier slots are undecided. */
  readonly lingerMs: number;
  /** How long undecided work is waited for in the first view; doubled for each view that fails, up to `maxTimeoutMs`. */
  readonly baseTimeoutMs: number;
  readonly maxTimeoutMs: number;
  /** How often a process that waits says where it is. */
  readonly statusMs: number;
  /** How often a process with nothing to wait for does. */
  readonly idleStatusMs: number;
  /** The least time between two DECIDED certificates. */
  readonly attestMs: number;
  /** Bytes of requests that wait to be proposed; more are refused. */
  readonly maxPendingBytes: number;
  /** Whoever is missing more slots than these transfers a state instead of the log, where a certified one is known. */
  readonly transferSlots: number;
}

export const defaultParameters: Parameters = {
  windowSlots: 256,
  checkpointInterval: 64,
  maxInFlight: 32,
  lingerMs: 4,
  baseTimeoutMs: 1000,
  maxTimeoutMs: 60_000,
  statusMs: 100,
  idleStatusMs: 1000,
  attestMs: 20,
  maxPendingBytes: 64 * 1024 * 1024,
  transferSlots: 16_384,
};

export interface Configuration {
  readonly allianceId: Digest;
  /** From 1. */
  readonly epoch: number;
  /** The state that the epoch begins with, from the HANDOFF of the one before; none for the first epoch. */
  readonly start?: StateTarget;
  readonly me: ProcessId;
  readonly system: QuorumSystem;
  /**
   * Every slow quorum is a fast one: no commit certificate is ever made, so that ACCEPTED needs no share of a slow key whose shares
   * are no signatures. False if absent. The same for all processes.
   */
  readonly isAlwaysFast?: boolean;
  /** The leader of view v is entry v-1, cyclically. Eligible leaders only, organizations taking turns. */
  readonly leaders: readonly ProcessId[];
  readonly identities: Identities;
  readonly clients: Clients;
  readonly keys: KeyRing;
  readonly parameters: Parameters;
}
