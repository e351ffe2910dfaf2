/** What a Byzantine process of the simulator can do: it runs the machine itself, and sees and changes all that comes and goes. */
import { batchDigest, type Batch, type Request } from '../../../src/consensus/batch.js';
import type { Message } from '../../../src/consensus/message.js';
import { shareBallot } from '../../../src/consensus/signed-ballot.js';
import { proposeStatement } from '../../../src/consensus/statement.js';
import { organizationOf, type ProcessId } from '../../../src/prelude/process.js';
import type { TransferFrame } from '../../../src/server/state/transfer-frames.js';
import type { SimulatedConfiguration } from '../../support/simulation/configuration.js';
import type { ReplicatedState } from '../../support/simulation/replicated-state.js';
import type { Prng } from '../../support/simulation/random.js';
import type { Round } from '../../support/simulation/rounds.js';
import type { Twin } from '../twins/twin.js';

/** For one epoch. */
export interface Powers {
  readonly config: SimulatedConfiguration;
  readonly random: Prng;
  readonly everyone: readonly ProcessId[];
  /** Of the run: what conspirators agree upon without a word. */
  readonly seed: number;
  readonly conspiracy: Conspiracy;
  readonly nowMs: () => number;
  readonly after: (delayMs: number, run: () => void) => void;
  readonly isByzantine: (process: ProcessId) => boolean;
  /** The partitions of views, while they last; where the scenario has any. */
  readonly rounds: (() => readonly Round[]) | undefined;
  readonly view: () => number;
  /** What its own server has decided and stored. */
  readonly state: () => ReplicatedState;
  /** In its own epoch unless another is named. */
  readonly send: (to: ProcessId, message: Message, epoch?: number) => void;
  readonly sendFrame: (to: ProcessId, frame: TransferFrame) => void;
}

/** Known to all Byzantine processes of the run, in all epochs. */
export interface Conspiracy {
  /** Second proposals, by view and slot. */
  readonly proposals: Map<string, Proposal>;
  /** What some of them have heard and said, with its epoch. */
  readonly seen: { readonly epoch: number; readonly message: Message }[];
  /** Second machines, by epoch and process. */
  readonly twins: Map<string, Twin>;
}

/** A second proposal, kept for the conspirators. */
export interface Proposal {
  readonly batch: Batch;
  readonly signature: Uint8Array;
}

export interface Adversary {
  /** What leaves in place of `message`; as it is, if absent. */
  outgoing?(to: ProcessId, message: Message): readonly Message[];
  /** The same for what belongs to no epoch. */
  outgoingFrame?(to: ProcessId, frame: TransferFrame): readonly TransferFrame[];
  /** What its own machine sees of a message. */
  incoming?(from: ProcessId, message: Message): readonly Message[];
  /** Whether its own machine sees a client's request. */
  takes?(request: Request): boolean;
  /** Every few milliseconds. */
  tick?(): void;
}

export type MakeAdversary = (powers: Powers) => Adversary;

/** The leader's signature on a batch. */
export function signProposal({ config }: Powers, view: number, slot: number, batch: Batch): Uint8Array {
  const { allianceId, epoch, identities } = config;
  const context = { allianceId, epoch, keyId: identities.keyId };
  return identities.sign(proposeStatement(context, { view, slot, digest: batchDigest(batch) }));
}

/** An ACCEPTED for any batch at all. */
export function acceptedFor({ config }: Powers, view: number, slot: number, proposal: Proposal): Message {
  const ballot = { view, slot, digest: batchDigest(proposal.batch) };
  const shared = shareBallot(config, 'accepted', ballot);
  return { _tag: 'Accepted', ...ballot, leaderSignature: proposal.signature, ...shared };
}

/** Splits the processes in two, whole organizations or single servers: differently in each view and run, the same for all conspirators. */
export function isInOtherHalf(powers: Powers, process: ProcessId, view: number): boolean {
  return partOf(powers, process, view, 2) === 1;
}

/** Splits the processes in `parts`, numbered from 0, in the same way. */
export function partOf({ everyone, seed }: Powers, process: ProcessId, view: number, parts: number): number {
  const mask = Math.imul(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ view, 0xc2b2ae35) >>> 8;
  const organizations = [...new Set(everyone.map(organizationOf))];
  const index = mask % 2 === 1 ? organizations.indexOf(organizationOf(process)) : everyone.indexOf(process);
  return parts === 2 ? (mask >>> (index + 1)) & 1 : ((mask >>> 1) + index * (1 + (mask & 1))) % parts;
}
