/** The messages between servers, and the signed pieces inside them. Their bytes are in `codec`; their rules in spec/consensus.md. */
import type { Digest } from '../prelude/digest.js';
import type { ProcessId } from '../prelude/process.js';
import type { Signature, SignatureShare } from '../schemes/contract/distributed-signer.js';
import type { Batch, Request } from './batch.js';
import type { SnapshotCertificate } from './manifest.js';
import type { DecidedRange, PrefixCertificate } from './range.js';
import type { AttributedShare, SignedBallot } from './signed-ballot.js';
import type { Ballot, Checkpoint, Prefix, Progress, Snapshot } from './statement.js';

/** What a progress certificate says of one slot (rules R7, R9). */
export type Verdict =
  | { readonly _tag: 'closed' }
  | { readonly _tag: 'pick'; readonly digest: Digest }
  | { readonly _tag: 'noop' }
  | { readonly _tag: 'free' };

/** A progress statement with the combined signature of a vouching set. */
export interface ProgressCertificate extends Progress {
  readonly signature: Signature;
}

/** What permits a PROPOSE in a view after the first: the certificate, and for a slot of (low, top] its verdict and path. */
export interface Permit {
  readonly certificate: ProgressCertificate;
  readonly shown?: { readonly verdict: Verdict; readonly path: readonly Digest[] };
}

/** A slow quorum's ACCEPTED, combined. */
export interface CommitCertificate extends Ballot {
  readonly signature: Signature;
}

/** A slow quorum's CHECKPOINT, combined: a stable checkpoint. */
export interface CheckpointCertificate extends Checkpoint {
  readonly signature: Signature;
}

/** What a process accepted last in a slot, and why it could: the leader's signature, and the permit of a view after the first. */
export interface Vote extends Ballot {
  readonly leaderSignature: Uint8Array;
  readonly permit?: Permit;
}

/** What a process tells the leader of a view that it enters (rules R4, R5). */
export interface Report {
  readonly view: number;
  /** The reporter's stable checkpoint; none: the slot before the epoch's first. */
  readonly checkpoint?: CheckpointCertificate;
  /** At most one a slot, by ascending slot. */
  readonly votes: readonly Vote[];
  /** The highest one of each slot, by ascending slot. */
  readonly commits: readonly CommitCertificate[];
}

/** A report as it travels: its canonical bytes and its author's identity signature over them. */
export interface SignedReport {
  readonly from: ProcessId;
  readonly view: number;
  /** Canonical encoding of the {@link Report}. */
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

/** Two signatures by one leader on different batches for one slot and view: proof, to anyone, that it is Byzantine. */
export interface Equivocation {
  readonly leader: ProcessId;
  readonly view: number;
  readonly slot: number;
  readonly first: { readonly digest: Digest; readonly signature: Uint8Array };
  readonly second: { readonly digest: Digest; readonly signature: Uint8Array };
}

export interface SignedTimeout {
  readonly from: ProcessId;
  readonly view: number;
  readonly signature: Uint8Array;
}

export type Message =
  | {
      readonly _tag: 'Propose';
      readonly view: number;
      readonly slot: number;
      readonly batch: Batch;
      readonly signature: Uint8Array;
      readonly permit?: Permit;
    }
  | ({ readonly _tag: 'Accepted'; readonly leaderSignature: Uint8Array } & AttributedShare & Ballot)
  | ({ readonly _tag: 'Commit' } & AttributedShare & Ballot)
  | {
      readonly _tag: 'Timeouts';
      readonly timeouts: readonly SignedTimeout[];
      readonly evidence: readonly Equivocation[];
    }
  | { readonly _tag: 'Report'; readonly report: SignedReport }
  | {
      readonly _tag: 'Certify';
      readonly view: number;
      readonly reports: readonly SignedReport[];
      readonly evidence: readonly Equivocation[];
    }
  | { readonly _tag: 'Certified'; readonly progress: Progress; readonly share: SignatureShare }
  | ({ readonly _tag: 'Checkpoint'; readonly share: SignatureShare } & Checkpoint)
  | { readonly _tag: 'StableCheckpoint'; readonly certificate: CheckpointCertificate }
  | { readonly _tag: 'Attest'; readonly slot: number; readonly isProven: boolean }
  | ({ readonly _tag: 'Attested'; readonly share: SignatureShare } & Prefix)
  | { readonly _tag: 'Certificate'; readonly certificate: PrefixCertificate }
  | { readonly _tag: 'Forward'; readonly requests: readonly Request[] }
  | {
      readonly _tag: 'Status';
      readonly view: number;
      readonly decided: number;
      readonly low: number;
      readonly stuck: boolean;
    }
  | { readonly _tag: 'FetchBatch'; readonly digest: Digest }
  | { readonly _tag: 'BatchFound'; readonly batch: Batch }
  | { readonly _tag: 'FetchRange'; readonly from: number }
  | ({ readonly _tag: 'Range' } & DecidedRange)
  | ({ readonly _tag: 'Snapshot'; readonly share: SignatureShare } & Snapshot)
  | { readonly _tag: 'Offer'; readonly certificate: SnapshotCertificate }
  | { readonly _tag: 'AskHandoffShare' }
  | { readonly _tag: 'HandoffShare'; readonly share: SignatureShare }
  /** What its receiver itself has said, as far as the sender holds it (rule R13). */
  | { readonly _tag: 'Reminder'; readonly ballots: readonly SignedBallot[]; readonly report?: SignedReport };
