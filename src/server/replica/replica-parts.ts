/** What a replica is made of, and whom it tells what. */
import type { Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Request } from '../../consensus/batch.js';
import type { ConsensusCodec } from '../../consensus/codec.js';
import type { DeliveredRun } from '../../consensus/delivery.js';
import type { Fault } from '../../consensus/effect.js';
import type { Handoff } from '../../consensus/handoff.js';
import type { PrefixCertificate } from '../../consensus/range.js';
import type { FabMachine } from '../../consensus/step.js';
import type { AsyncDistributedVerifier } from '../../schemes/contract/async-signer.js';
import type { SignatureShare, SignRefused } from '../../schemes/contract/distributed-signer.js';
import type { Journal } from '../../storage/storage.js';
import type { DecidedLog } from '../log/decided-log.js';
import type { ReplicatedState } from '../state/replicated-state.js';
import type { StopReason } from './stop-reason.js';

/** The alliance key, whose operations are slow and answer later; a server that lacks its share signs nothing. */
export interface AllianceKey extends Pick<AsyncDistributedVerifier, 'combine' | 'verify'> {
  signShare(message: Uint8Array): Promise<Either<NoShare | SignRefused, SignatureShare>>;
  proveShare(message: Uint8Array): Promise<Either<NoShare | SignRefused, SignatureShare>>;
}

interface NoShare {
  readonly _tag: 'NoShare';
}

/** What a replica tells whoever runs it. */
export interface ReplicaObserver {
  /** Whether anybody waits for certificates here. */
  hasListeners(): boolean;
  onCertified(certificate: PrefixCertificate): void;
  /** A slot is durable that is certified already. */
  onCovered(): void;
  /** The commands of a slot are decided, and durable here. */
  onPlaced(delivered: readonly DeliveredRun[]): void;
  onRefused(request: Request, reason: string): void;
  onView(view: number, leader: ProcessId): void;
  onBlame(process: ProcessId, fault: Fault): void;
  onStatesDiffer(slot: number, processes: readonly ProcessId[]): void;
  /** The epoch has ended: this replica is to be stopped. */
  onHandedOver(handoff: Handoff): void;
  /** The replica has stopped for good: its trust model was violated, or what it stands on failed. Called at most once. */
  onStopped(reason: StopReason): void;
}

export interface ReplicaParts {
  readonly me: ProcessId;
  readonly machine: Pick<FabMachine, 'step' | 'isUnheard' | 'durableRecords' | 'view' | 'waitingRequests'>;
  readonly codec: ConsensusCodec;
  readonly journal: Journal;
  readonly log: DecidedLog;
  readonly state: Pick<ReplicatedState, 'decide' | 'certified' | 'transfer' | 'abandon' | 'install'>;
  readonly allianceKey: AllianceKey;
  readonly send: (to: ProcessId, frame: Uint8Array) => void;
  readonly observer: ReplicaObserver;
  /** Milliseconds that never go back. */
  readonly clock: () => number;
}
