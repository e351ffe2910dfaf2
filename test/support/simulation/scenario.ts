/** What a simulated run is made of. The same scenario gives the same trace, byte for byte. */
import type { Parameters } from '../../../src/consensus/configuration.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Alliance } from '../../../src/management/alliance.js';
import type { SharedScheme } from './real-keys.js';
import type { Round } from './rounds.js';
import type { AdversaryName } from '../../simulation/adversaries/adversaries.js';

/** A stretch of time in which links between `group` and the others carry nothing, or nothing one way. */
export interface Partition {
  readonly fromMs: number;
  readonly toMs: number;
  readonly group: readonly ProcessId[];
  /** Whether some of the organizations that it parts have several servers. */
  readonly isOfOrganizations?: true;
  /** What is cut: both ways if absent. */
  readonly only?: 'into' | 'outOf';
}

export interface Crash {
  readonly process: ProcessId;
  /** At the next boundary between two effects, or a few later. */
  readonly atMs: number;
  /** At the boundary after so many effects of its first life instead. */
  readonly afterEffects?: number;
  /** How long until it starts again. */
  readonly downMs: number;
  /**
   * What becomes of what the disk had promised: all of it is there (if absent), its end is gone, everything is, or a bit of its
   * journal has changed, so that the server may not start again. All but the first are Byzantine faults (rule R13).
   */
  readonly disk?: 'loses its end' | 'is lost' | 'is corrupt';
}

/** A clock: it reads `skewMs + rate * now`, and leaps ahead now and then. */
export interface Clock {
  readonly skewMs: number;
  readonly rate: number;
  readonly leaps: readonly { readonly atMs: number; readonly byMs: number }[];
}

/** A stretch of time in which a disk has no room: whoever writes loses power there and starts again at its end. */
export interface FullDisk {
  readonly process: ProcessId;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Faults {
  readonly delayMs: readonly [least: number, most: number];
  /** Fixed delays of links, by sender and receiver, in place of `delayMs`. */
  readonly links?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Probabilities of each message between two processes, before `healedAtMs`. */
  readonly loss: number;
  readonly duplication: number;
  /** Probability of a delay ten times as long, by which messages overtake each other. */
  readonly straggling: number;
  readonly partitions: readonly Partition[];
  readonly crashes: readonly Crash[];
  readonly fullDisks: readonly FullDisk[];
  /** By process; a right clock if absent. */
  readonly clocks: Readonly<Record<string, Clock>>;
  /** From then on (the network's global stabilization time) nothing is lost and no delay exceeds `delayMs`. */
  readonly healedAtMs: number;
  /** How long a disk takes, at most. */
  readonly diskMs: number;
  /** How long the alliance signer takes, at most. */
  readonly signingMs: number;
}

export interface Load {
  readonly sessions: number;
  readonly requestsPerSession: number;
  readonly commandsPerRequest: number;
  /** Between two requests of one session, at most. */
  readonly gapMs: number;
  /** Whether a request is sent again while it is not delivered, each time to a set that contains a correct process. */
  readonly isRetransmitted: boolean;
}

/** What the servers do with the application's state. Without it nothing is snapshotted, pruned or transferred. */
export interface Snapshots {
  /** S: a snapshot is taken after each multiple of it; a multiple of the checkpoint interval. */
  readonly interval: number;
  /** How much of the log is kept below the oldest snapshot. */
  readonly retainSlots: number;
  /** Of the application, at least. */
  readonly stateBytes: number;
  /** Probability that a stored chunk is found damaged when its state is installed; the second time it never is. */
  readonly rot: number;
  /** Probability that the power is lost while a state is installed; never if absent. */
  readonly cuts?: number;
}

/** How epochs follow each other. */
export interface Succession {
  /** The trust model of each epoch after the first. */
  readonly trusts: readonly string[];
  /** When operators begin to prepare the second epoch; each later one is prepared as soon as the one before it has begun. */
  readonly fromMs: number;
  /** Whether the alliance key is reshared; else each epoch has another. */
  readonly keepsAllianceKey: boolean;
  /** Whether operators send controls too that have no effect. */
  readonly hasVoidControls: boolean;
}

/** What organizations of a governed alliance want, one after another: voted for by all that are correct, unless `isRejected`. */
export interface Wish {
  readonly what: 'refresh' | 'enrol' | 'admit' | 'remove' | 'parameters' | 'suspend';
  /** The organization that it is about, or that proposes it. */
  readonly organization: string;
  readonly isRejected?: true;
  /** Three organizations ask to abandon its change as soon as it is open. */
  readonly isAbandoned?: true;
}

/** An alliance that decides on its own epochs. */
export interface Governed {
  /** The scheme of the alliance key, which is real. */
  readonly keys: 'multisig' | 'bls';
  readonly fromMs: number;
  readonly wishes: readonly Wish[];
  /** Whether a Byzantine organization acts in management as well. */
  readonly isHostile: boolean;
}

export interface Scenario {
  readonly seed: number;
  /** Of the first epoch: as a trust model is written, or the name of one of `trust-models`. */
  readonly trust: string;
  readonly byzantine: readonly ProcessId[];
  readonly adversary: AdversaryName | 'none';
  readonly faults: Faults;
  /** Partitions of the first views, until the network heals. */
  readonly rounds?: readonly Round[];
  readonly load: Load;
  /** Of all keys: mock ones, multisignatures, or identities of Ed25519 and both shared keys of one scheme. Real ones are of one epoch. */
  readonly scheme: 'mock' | 'ed25519' | SharedScheme;
  /** Of the slow key, under mock keys; multisignatures if absent. */
  readonly certificates?: 'threshold';
  readonly snapshots?: Snapshots;
  /** Only with snapshots, and with mock keys. */
  readonly succession?: Succession;
  /** In the place of operators who command epochs. */
  readonly governance?: Governed;
  /** Of a governed alliance, while it runs: the documents that its log has come to, by epoch. */
  readonly documents?: readonly Alliance[];
  readonly parameters: Partial<Parameters>;
  /** More processes are Byzantine than the trust model allows: agreement is expected to break, and progress is not. */
  readonly isBeyondModel?: boolean;
}

export const calm: Faults = {
  delayMs: [1, 10],
  loss: 0,
  duplication: 0,
  straggling: 0,
  partitions: [],
  crashes: [],
  fullDisks: [],
  clocks: {},
  healedAtMs: 0,
  diskMs: 2,
  signingMs: 3,
};

/** About eight slots. */
export const someLoad: Load = {
  sessions: 2,
  requestsPerSession: 4,
  commandsPerRequest: 2,
  gapMs: 30,
  isRetransmitted: true,
};

/** Small windows and short waits, so that little time and load reach every corner. */
export const quickParameters: Partial<Parameters> = {
  windowSlots: 16,
  checkpointInterval: 4,
  maxInFlight: 4,
  lingerMs: 2,
  baseTimeoutMs: 200,
  maxTimeoutMs: 3_000,
  statusMs: 40,
  idleStatusMs: 200,
  attestMs: 10,
};

/** For delays of more than 100 ms. */
export const patientParameters: Partial<Parameters> = { baseTimeoutMs: 500, statusMs: 100, idleStatusMs: 400 };
