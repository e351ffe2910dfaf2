/** What one process knows of its epoch. Only the modules beside this file change it, and only inside `step`. */
import { toHex } from '../prelude/bytes.js';
import type { Digest } from '../prelude/digest.js';
import type { MerkleTree } from '../prelude/merkle.js';
import type { ProcessId } from '../prelude/process.js';
import type { SignatureShare } from '../schemes/contract/distributed-signer.js';
import type { Batch } from './batch.js';
import type { DeliveryTable } from './delivery.js';
import type { Boundary } from './epoch-change.js';
import type { Handoff, Succession } from './handoff.js';
import type { SnapshotCertificate, StateTarget } from './manifest.js';
import type {
  CheckpointCertificate,
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
import type { DecidedRange, PrefixCertificate } from './range.js';
import type { RequestPool } from './request-pool.js';
import type { AttributedShare } from './signed-ballot.js';
import type { Ballot, Checkpoint, Prefix, Progress, Snapshot } from './statement.js';

/** What a progress statement says of each slot of (low, top], and the tree whose root it signs. */
export interface Verdicts {
  readonly list: readonly Verdict[];
  readonly tree: MerkleTree;
}

/** A ballot with the sender's share of the slow key over it. */
export interface SharedBallot extends Ballot, AttributedShare {}

/** A SNAPSHOT with the sender's share of the slow key over it. */
interface SharedSnapshot extends Snapshot {
  readonly share: SignatureShare;
}

/** One open slot. What is not there yet is `undefined`: objects of one shape are read the quickest. */
export interface SlotState {
  readonly slot: number;
  /** When this process first accepted something in it. */
  votedMs: number | undefined;
  /** What this process accepted last, the number of the `Persist` that makes it durable, and its share once it was sent. */
  vote: (Vote & { readonly persisted: number; shared: AttributedShare | undefined }) | undefined;
  /** The highest commit certificate held. */
  commit: CommitCertificate | undefined;
  /** What this process committed last. */
  committed: (SharedBallot & { readonly persisted: number }) | undefined;
  /** The leader's proposal seen in the highest view, to notice a second one. */
  proposal: (Ballot & { readonly signature: Uint8Array }) | undefined;
  /** The latest ACCEPTED and COMMIT of each process. */
  readonly accepted: Map<ProcessId, SharedBallot>;
  readonly commits: Map<ProcessId, SharedBallot>;
  /** Batches by digest in hexadecimal. */
  readonly batches: Map<string, Batch>;
  decided: { readonly digest: Digest; readonly path: 'fast' | 'slow' } | undefined;
  /** This process's own PROPOSE, to be sent again byte for byte. */
  sent: Extract<Message, { _tag: 'Propose' }> | undefined;
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
  asked:
    | {
        readonly progress: Progress;
        readonly verdicts: Verdicts;
        readonly reports: readonly SignedReport[];
        readonly evidence: readonly Equivocation[];
        readonly shares: Map<ProcessId, SignatureShare>;
        combining: boolean;
      }
    | undefined;
}

/** What the leader of a view proposes from. */
export interface Proposals {
  readonly view: number;
  /** Why it may, in a view after the first. */
  readonly certified: { readonly certificate: ProgressCertificate; readonly verdicts: Verdicts } | undefined;
  /** Slots of (low, top] that are still to be proposed again, ascending. */
  again: readonly { readonly slot: number; readonly verdict: Verdict }[];
  /** The next fresh slot. */
  nextSlot: number;
  /** Until when requests may gather; `undefined` while none waits. */
  lingerUntilMs: number | undefined;
}

/** A DECIDED certificate in the making. */
export interface Attestation {
  readonly prefix: Prefix;
  readonly shares: Map<ProcessId, SignatureShare>;
  readonly asked: Set<ProcessId>;
  /** When processes were last asked for their shares. */
  askedMs: number;
  /** Shares did not combine, and nobody could tell whose were bad: they are asked for with their proofs. */
  isProven: boolean;
  combining: boolean;
}

/** Certificates that others have handed over. */
interface ClaimedCertificates {
  /** The newest of each process that waits to be checked. */
  readonly claimed: Map<ProcessId, PrefixCertificate>;
  checking:
    | { readonly from: ProcessId; readonly certificate: PrefixCertificate; readonly statement: Uint8Array }
    | undefined;
  /** Who has handed over a false one. */
  readonly liars: Set<ProcessId>;
}

/** The log from slot `from` on is missing here. */
export interface RangeFetch {
  readonly from: number;
  /** Who was asked last, for this or an earlier slot. */
  readonly last: ProcessId;
  /** Who has been asked for this slot in this turn, in vain so far. */
  readonly asked: ReadonlySet<ProcessId>;
  /** Everyone has been asked for this slot, and it has not come. */
  readonly isFruitless: boolean;
}

/** How often something was done since a time, which is that of the first. */
export interface RecentCount {
  readonly sinceMs: number;
  readonly count: number;
}

/** Why an alliance-key share is being made, and for whom. */
export type SigningTask =
  | { readonly _tag: 'decided'; readonly prefix: Prefix; readonly isProven: boolean; readonly for: Set<ProcessId> }
  | { readonly _tag: 'progress'; readonly progress: Progress; readonly for: Set<ProcessId> }
  | { readonly _tag: 'handoff'; readonly for: Set<ProcessId> };

/** The end of the epoch, once this process may sign it. */
export interface Handover {
  readonly succession: Succession;
  readonly sinceMs: number;
  /** This process's own share, once made. */
  share?: SignatureShare;
  /** When processes were last asked for their shares; `undefined` where this process has not asked. */
  askedMs?: number;
  readonly shares: Map<ProcessId, SignatureShare>;
  combining: boolean;
}

/** What is not there yet is `undefined`, as in {@link SlotState}. */
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
  certificate: ProgressCertificate | undefined;
  /** The TIMEOUTs that let this process into its view. */
  entry: readonly SignedTimeout[];
  /** Each process's complaint of the highest view; one's own too. */
  readonly timeouts: Map<ProcessId, SignedTimeout>;
  readonly evidence: Map<ProcessId, Equivocation>;
  /** Processes with the kinds of evidence that have been found against them. */
  readonly proven: Set<string>;
  /** How many invalid messages each process sent lately. */
  readonly invalid: Map<ProcessId, RecentCount>;
  /** How many records of evidence against each process were checked lately. */
  readonly evidenceChecks: Map<ProcessId, RecentCount>;
  /** Whom this process has reminded of what they said, since their links came up. */
  readonly reminded: Set<ProcessId>;
  /** When each process last reminded this one. */
  readonly reminders: Map<ProcessId, number>;
  /** This process's report for its view. */
  report: { readonly signed: SignedReport; readonly persisted: number } | undefined;
  /** Others' reports for the highest view each has sent one for; read by the leader of that view. */
  readonly reports: Map<ProcessId, SignedReport>;
  collection: Collection;
  proposals: Proposals | undefined;
  /** How often each process asked for certification in which view. */
  readonly certifyCounts: Map<ProcessId, { readonly view: number; readonly count: number }>;

  /** The stable checkpoint: slots up to here are closed. */
  low: number;
  checkpoint: CheckpointCertificate | undefined;
  lastCheckpointSent: number;
  readonly checkpoints: Map<ProcessId, Checkpoint & { readonly share: SignatureShare }>;

  /** How the epoch ends, by this process's own log. */
  boundary: Boundary | undefined;
  /** When the boundary was learned, or the checkpoint last moved. */
  boundaryMs: number;
  /** Processes that wait for this one's share of HANDOFF. */
  readonly handoffRequests: Set<ProcessId>;
  handover: Handover | undefined;
  handoff: Handoff | undefined;

  /** The last states that this process itself has, by ascending slot. */
  snapshots: readonly StateTarget[];
  lastSnapshotSent: number;
  /** The last SNAPSHOTs of each process, by ascending slot, above the certified one. */
  readonly snapshotShares: Map<ProcessId, readonly SharedSnapshot[]>;
  /** The newest certified state known, whoever has it. */
  snapshotCertificate: SnapshotCertificate | undefined;
  /** What people were last told of states that differ. */
  differing: { readonly slot: number; readonly processes: ReadonlySet<ProcessId> } | undefined;

  readonly slots: Map<number, SlotState>;
  /** Batches that are asked for, by digest in hexadecimal. */
  readonly wanted: Map<string, WantedBatch>;
  /** How many batches and ranges each process was sent lately. */
  readonly answers: Map<ProcessId, RecentCount>;
  /** The first slot of the log that is still held. */
  firstHeld: number;
  /** The highest state that is being fetched. */
  transfer: StateTarget | undefined;
  /** The slot of the state that is being installed: until then nothing is delivered. */
  installing: number | undefined;
  /** The contiguous decided prefix. */
  decidedUpTo: number;
  readonly chains: Map<number, Digest>;
  readonly delivery: DeliveryTable;
  storedUpTo: number;
  lastDecidedMs: number;

  /** The newest DECIDED certificate. */
  decidedCertificate: PrefixCertificate | undefined;
  attestation: Attestation | undefined;
  /** When the last certificate came, or what was uncertified first appeared. */
  attestedMs: number;
  readonly attestRequests: Map<ProcessId, { readonly slot: number; readonly isProven: boolean }>;
  readonly certificates: ClaimedCertificates;
  /** Processes that let a request for a share go unanswered or answered it badly: they are asked last. */
  readonly slack: Set<ProcessId>;
  /** Processes whose share of the slow key was found bad: Byzantine, and left out of its certificates. */
  readonly barred: Set<ProcessId>;
  /** This process's last shares of the slow key for CHECKPOINT and SNAPSHOT, by digest of the statement. */
  readonly ownShares: Map<string, SignatureShare>;
  readonly signing: Map<string, SigningTask>;

  readonly pool: RequestPool;
  /** The last STATUS of each process, and when it was last sent what it lacked. */
  readonly peers: Map<ProcessId, { readonly decided: number; readonly helpedMs: number }>;
  fetch: RangeFetch | undefined;
  /** The last range that came, until all of it that this epoch may use is delivered, and who sent it. */
  arrived: { readonly range: DecidedRange; readonly from: ProcessId } | undefined;
  statusDueMs: number;
  idleStatusDueMs: number;
  /** Where the process was at its last look, and for how many looks it has been there. */
  lastStatus: { readonly view: number; readonly decided: number; readonly looks: number } | undefined;
  persistCount: number;
  timerAtMs: number | undefined;
}

/** What a restarted process found in its log, replayed. */
export interface Recovered {
  readonly decidedUpTo: number;
  /** Chain digests of the last slots, `decidedUpTo` (or 0) included. */
  readonly chains: ReadonlyMap<number, Digest>;
  readonly delivery: DeliveryTable;
  /** The newest DECIDED certificate under the alliance key of this epoch. */
  readonly certificate?: PrefixCertificate;
  /** How this epoch ends, where the log up to `decidedUpTo` says so. */
  readonly boundary?: Boundary;
  /** The newest SNAPSHOT certificate of this epoch. */
  readonly snapshot?: SnapshotCertificate;
}

/** @param start - the state that the epoch begins with; none for the first. */
export function initialState(recovered: Recovered, pool: RequestPool, start?: StateTarget): State {
  return {
    halted: false,
    view: 1,
    viewPersisted: 0,
    viewEnteredMs: 0,
    spentView: 0,
    failedViews: 0,
    certificate: undefined,
    entry: [],
    timeouts: new Map(),
    evidence: new Map(),
    proven: new Set(),
    invalid: new Map(),
    evidenceChecks: new Map(),
    reminded: new Set(),
    reminders: new Map(),
    report: undefined,
    reports: new Map(),
    collection: { reports: new Map(), asked: undefined },
    proposals: undefined,
    certifyCounts: new Map(),
    low: start?.slot ?? 0,
    checkpoint: undefined,
    lastCheckpointSent: 0,
    checkpoints: new Map(),
    boundary: recovered.boundary,
    boundaryMs: 0,
    handoffRequests: new Set(),
    handover: undefined,
    handoff: undefined,
    snapshots: [],
    lastSnapshotSent: 0,
    snapshotShares: new Map(),
    snapshotCertificate: recovered.snapshot,
    differing: undefined,
    slots: new Map(),
    wanted: new Map(),
    answers: new Map(),
    firstHeld: 1,
    transfer: undefined,
    installing: undefined,
    decidedUpTo: recovered.decidedUpTo,
    chains: chainsOf(recovered.chains, start),
    delivery: recovered.delivery,
    storedUpTo: recovered.decidedUpTo,
    lastDecidedMs: 0,
    decidedCertificate: recovered.certificate,
    attestation: undefined,
    attestedMs: 0,
    attestRequests: new Map(),
    certificates: { claimed: new Map(), checking: undefined, liars: new Set() },
    slack: new Set(),
    barred: new Set(),
    ownShares: new Map(),
    signing: new Map(),
    pool,
    peers: new Map(),
    fetch: undefined,
    arrived: undefined,
    statusDueMs: 0,
    idleStatusDueMs: 0,
    lastStatus: undefined,
    persistCount: 0,
    timerAtMs: undefined,
  };
}

/** A slot of which nothing is known. */
export function openSlot(slot: number): SlotState {
  return {
    slot,
    votedMs: undefined,
    vote: undefined,
    commit: undefined,
    committed: undefined,
    proposal: undefined,
    accepted: new Map(),
    commits: new Map(),
    batches: new Map(),
    decided: undefined,
    sent: undefined,
  };
}

/** Chain digests of the log, and of the slot before the epoch's first, which may not be decided here yet. */
export function chainsOf(log: Iterable<readonly [number, Digest]>, start?: StateTarget): Map<number, Digest> {
  return new Map([...(start === undefined ? [] : [[start.slot, start.chain] as const]), ...log]);
}

/** The batch with `digest` that is held for a slot. */
export function heldBatch(slot: SlotState | undefined, digest: Digest): Batch | undefined {
  return slot?.batches.get(toHex(digest));
}
