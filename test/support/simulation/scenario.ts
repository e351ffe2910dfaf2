/** What a simulated run is made of. The same scenario gives the same trace, byte for byte. */
import type { Parameters } from '../../../src/consensus/configuration.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { AdversaryName } from '../../simulation/adversaries/adversaries.js';

/** A stretch of time in which links between `group` and the others carry nothing. */
export interface Partition {
  readonly fromMs: number;
  readonly toMs: number;
  readonly group: readonly ProcessId[];
}

export interface Crash {
  readonly process: ProcessId;
  readonly atMs: number;
  /** How long until it starts again. */
  readonly downMs: number;
}

export interface Faults {
  readonly delayMs: readonly [least: number, most: number];
  /** Probabilities of each message between two processes, before `healedAtMs`. */
  readonly loss: number;
  readonly duplication: number;
  /** Probability of a delay ten times as long, by which messages overtake each other. */
  readonly straggling: number;
  readonly partitions: readonly Partition[];
  readonly crashes: readonly Crash[];
  /** From then on (the network's global stabilization time) nothing is lost and no delay exceeds `delayMs`. */
  readonly healedAtMs: number;
  /** How long a disk takes, at most. */
  readonly diskMs: number;
}

export interface Load {
  readonly sessions: number;
  readonly requestsPerSession: number;
  readonly commandsPerRequest: number;
  /** Between two requests of one session, at most. */
  readonly gapMs: number;
  /** How many processes each request goes to at first: a set that contains a correct process. */
  readonly isRetransmitted: boolean;
}

export interface Scenario {
  readonly seed: number;
  /** As a trust model is written. */
  readonly trust: string;
  readonly byzantine: readonly ProcessId[];
  readonly adversary: AdversaryName | 'none';
  readonly faults: Faults;
  readonly load: Load;
  readonly scheme: 'mock' | 'ed25519';
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
  healedAtMs: 0,
  diskMs: 2,
};

export const someLoad: Load = {
  sessions: 3,
  requestsPerSession: 6,
  commandsPerRequest: 2,
  gapMs: 40,
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
