/** What one process knows of its epoch. Only the modules beside this file change it, and only inside `step`. */
import { toHex } from '../prelude/bytes.js';
import type { Digest } from '../prelude/digest.js';
import type { ProcessId } from '../prelude/process.js';
import type { SignatureShare } from '../schemes/contract/distributed-signer.js';
import type { Batch } from './batch.js';
import type { DeliveryTable } from './delivery.js';
import type {
  CommitCertificate,
  Equivocation,
  Message,
  ProgressCertificate,
  Report,
  SignedReport,
  SignedTimeout,
  Verdict,
  Vote,
} from './message.js';
import type { PrefixCertificate } from './range.js';
import type { RequestPool } from './request-pool.js';
import type { Ballot, Prefix, Progress } from './statement.js';

/** A ballot with the sender's share of the slow key over it. */
export interface SharedBallot extends Ballot {
  readonly share: SignatureShare;
}

/** One open slot. */
export interface SlotState {
  readonly slot: number;
  /** When this process first accepted something in it. */
  votedMs?: number;
  /** What this process accepted last, with its own share, and the number of the `Persist` that makes it durable. */
  vote?: Vote & { readonly share: SignatureShare; readonly persisted: number };
  /** The highest commit certificate held. */
  commit?: CommitCertificate;
  /** What this process committed last. */
  committed?: SharedBallot & { readonly persisted: number };
  /** The leader's proposal seen in the highest view, to notice a second one. */
  proposal?: Ballot & { readonly signature: Uint8Array };
  /** The latest ACCEPTED and COMMIT of each process. */
  readonly accepted: Map<ProcessId, SharedBallot>;
  readonly commits: Map<ProcessId, SharedBallot>;
  /** Batches by digest in hexadecimal. */
  readonly batches: Map<string, Batch>;
  decided?: { readonly digest: Digest; readonly path: 'fast' | 'slow' };
  /** This process's own PROPOSE, to be sent again byte for byte. */
  sent?: Extract<Message, { _tag: 'Propose' }>;
}

/** A batch that is missing: which slots need it, and who has been asked. */
interface WantedBatch {
  readonly digest: Digest;
  readonly slots: Set<number>;
  readonly asked: Set<ProcessId>;
}

/** What the leader of a view does before it may propose. */
export interface Collection {
  /** Valid reports for the view. */
  readonly reports: Map<ProcessId, { readonly signed: SignedReport; readonly report: Report }>;
  /** What the certifiers were asked, and their shares. */
  asked?: {
    readonly progress: Progress;
    readonly verdicts: readonly Verdict[];
    readonly reports: readonly SignedReport[];
    readonly evidence: readonly Equivocation[];
    readonly shares: Map<ProcessId, SignatureShare>;
    combining: boolean;
  };
}

/** What the leader of a view proposes from. */
export interface Proposals {
  readonly view: number;
  readonly certificate?: ProgressCertificate;
  readonly verdicts: readonly Verdict[];
  /** Slots of (low, top] that are still to be proposed again, ascending. */
  again: readonly { readonly slot: number; readonly verdict: Verdict }[];
  /** The next fresh slot. */
  nextSlot: number;
  /** Until when requests may gather; `undefined` while none waits. */
  lingerUntilMs?: number | undefined;
}

/** A DECIDED certificate in the making. */
export interface Attestation {
  readonly prefix: Prefix;
  readonly shares: Map<ProcessId, SignatureShare>;
  readonly asked: Set<ProcessId>;
  /** When processes were last asked for their shares. */
  askedMs: number;
  combining: boolean;
}

/** Why an alliance-key share is being made, and for whom. */
export type SigningTask =
  | { readonly _tag: 'decided'; readonly prefix: Prefix; readonly for: Set<ProcessId> }
  | { readonly _tag: 'progress'; readonly progress: Progress; readonly for: Set<ProcessId> };

export interface State {
  halted: boolean;
  /** The promise: this process acts in no lower view. */
  view: number;
  /** Number of the `Persist` of the promise. */
  viewPersisted: number;
  viewEnteredMs: number;
  /** Views up to here began before a restart: this process proposes nothing in them. */
  spentView: number;
  /** Views failed since a slot was last decided in one. */
  failedViews: number;
  /** This view's first progress certificate seen. */
  certificate?: ProgressCertificate | undefined;
  /** The TIMEOUTs that let this process into its view. */
  entry: readonly SignedTimeout[];
  /** Each process's complaint of the highest view; one's own too. */
  readonly timeouts: Map<ProcessId, SignedTimeout>;
  readonly evidence: Map<ProcessId, Equivocation>;
  /** This process's report for its view. */
  report?: { readonly signed: SignedReport; readonly persisted: number };
  /** Others' reports for the highest view each has sent one for; read by the leader of that view. */
  readonly reports: Map<ProcessId, SignedReport>;
  collection: Collection;
  proposals?: Proposals | undefined;
  /** How often each process asked for certification in which view. */
  readonly certifyCounts: Map<ProcessId, { readonly view: number; readonly count: number }>;

  /** The stable checkpoint: slots up to here are closed. */
  low: number;
  checkpoint?: PrefixCertificate;
  lastCheckpointSent: number;
  readonly checkpoints: Map<ProcessId, Prefix & { readonly share: SignatureShare }>;

  readonly slots: Map<number, SlotState>;
  /** Batches that are asked for, by digest in hexadecimal. */
  readonly wanted: Map<string, WantedBatch>;
  /** How many batches and ranges each process was sent lately. */
  readonly answers: Map<ProcessId, { readonly sinceMs: number; readonly count: number }>;
  /** The contiguous decided prefix. */
  decidedUpTo: number;
  readonly chains: Map<number, Digest>;
  readonly delivery: DeliveryTable;
  storedUpTo: number;
  lastDecidedMs: number;

  /** The newest DECIDED certificate. */
  decidedCertificate?: PrefixCertificate;
  attestation?: Attestation | undefined;
  /** When the last certificate came, or what was uncertified first appeared. */
  attestedMs: number;
  readonly attestRequests: Map<ProcessId, number>;
  /** Processes that let a request for a share go unanswered or answered it badly: they are asked last. */
  readonly slack: Set<ProcessId>;
  readonly signing: Map<string, SigningTask>;

  readonly pool: RequestPool;
  /** The last STATUS of each process, and when it was last sent what it lacked. */
  readonly peers: Map<ProcessId, { readonly decided: number; readonly helpedMs: number }>;
  fetch?: { readonly peer: ProcessId; readonly from: number } | undefined;
  statusDueMs: number;
  idleStatusDueMs: number;
  /** Where the process was at its last look, and for how many looks it has been there. */
  lastStatus?: { readonly view: number; readonly decided: number; readonly looks: number };
  persistCount: number;
  timerAtMs?: number | undefined;
}

/** What a restarted process found in its log, replayed. */
export interface Recovered {
  readonly decidedUpTo: number;
  /** Chain digests of the last slots, `decidedUpTo` (or 0) included. */
  readonly chains: ReadonlyMap<number, Digest>;
  readonly delivery: DeliveryTable;
  readonly certificate?: PrefixCertificate;
}

export function initialState(recovered: Recovered, pool: RequestPool): State {
  const state: State = {
    halted: false,
    view: 1,
    viewPersisted: 0,
    viewEnteredMs: 0,
    spentView: 0,
    failedViews: 0,
    entry: [],
    timeouts: new Map(),
    evidence: new Map(),
    reports: new Map(),
    collection: { reports: new Map() },
    certifyCounts: new Map(),
    low: 0,
    lastCheckpointSent: 0,
    checkpoints: new Map(),
    slots: new Map(),
    wanted: new Map(),
    answers: new Map(),
    decidedUpTo: recovered.decidedUpTo,
    chains: new Map(recovered.chains),
    delivery: recovered.delivery,
    storedUpTo: recovered.decidedUpTo,
    lastDecidedMs: 0,
    attestedMs: 0,
    attestRequests: new Map(),
    slack: new Set(),
    signing: new Map(),
    pool,
    peers: new Map(),
    statusDueMs: 0,
    idleStatusDueMs: 0,
    persistCount: 0,
  };
  if (recovered.certificate !== undefined) state.decidedCertificate = recovered.certificate;
  return state;
}

/** The batch with `digest` that is held for a slot. */
export function heldBatch(slot: SlotState | undefined, digest: Digest): Batch | undefined {
  return slot?.batches.get(toHex(digest));
}
