/** What a Byzantine process of the simulator can do: it runs the machine itself, and sees and changes all that comes and goes. */
import { batchDigest, type Batch, type Request } from '../../../src/consensus/batch.js';
import type { Message } from '../../../src/consensus/message.js';
import { acceptedStatement, proposeStatement } from '../../../src/consensus/statement.js';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import type { SimulatedConfiguration } from '../../support/simulation/configuration.js';
import type { Prng } from '../../support/simulation/random.js';

export interface Powers {
  readonly config: SimulatedConfiguration;
  readonly random: Prng;
  readonly everyone: readonly ProcessId[];
  /** Known to all Byzantine processes of the run. */
  readonly conspiracy: Map<string, Proposal>;
  readonly nowMs: () => number;
  readonly view: () => number;
  readonly send: (to: ProcessId, message: Message) => void;
}

/** A second proposal, kept for the conspirators. */
export interface Proposal {
  readonly batch: Batch;
  readonly signature: Uint8Array;
}

export interface Adversary {
  /** What leaves in place of `message`; as it is, if absent. */
  outgoing?(to: ProcessId, message: Message): readonly Message[];
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
  const { allianceId, epoch, keys } = config;
  const ballot = { view, slot, digest: batchDigest(proposal.batch) };
  const share = keys.slow.signShare(acceptedStatement({ allianceId, epoch, keyId: keys.slow.keyId }, ballot));
  return {
    _tag: 'Accepted',
    ...ballot,
    leaderSignature: proposal.signature,
    share: E.isRight(share) ? share.right : (new Uint8Array(0) as SignatureShare),
  };
}

/** Splits the processes in two, differently in each view. */
export function isInOtherHalf({ everyone }: Powers, process: ProcessId, view: number): boolean {
  return ((everyone.indexOf(process) + view) >> (view % 2)) % 2 === 1;
}
