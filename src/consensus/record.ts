/** What a server must find again after a crash, one record a fact; later records replace earlier ones about the same thing. */
import type { Batch } from './batch.js';
import type { CheckpointCertificate, CommitCertificate, SignedReport, Vote } from './message.js';

export type DurableRecord =
  /** The process acts in no view below `view`. */
  | { readonly _tag: 'Promise'; readonly view: number }
  | { readonly _tag: 'Vote'; readonly vote: Vote; readonly batch: Batch }
  | { readonly _tag: 'CommitCertificate'; readonly certificate: CommitCertificate }
  | { readonly _tag: 'Report'; readonly report: SignedReport }
  | { readonly _tag: 'StableCheckpoint'; readonly certificate: CheckpointCertificate };
