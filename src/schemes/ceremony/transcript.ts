/** What the log has said so far that later rounds need: all of it public. Filled by the rounds, each its own part. */
import type { Digest } from '../../prelude/digest.js';
import type { Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { DealRules } from './rounds/deal-rules.js';
import type { AbortReason } from './fault.js';
import type { QuotientTranscript } from './quotient/transcript.js';
import type { Settlement } from './settlement.js';

/** The one-time public keys of one process, by the sender that each was made for. */
export interface AnnouncedKeys {
  /** A receiver's, by dealer. */
  readonly deal: ReadonlyMap<ProcessId, Uint8Array>;
  /** In a masked-quotient reshare an old holder's, by each other one. */
  readonly mask: ReadonlyMap<ProcessId, Uint8Array>;
  /** In the log, from 0. */
  readonly position: number;
}

/** The public part of one dealing. */
export interface PublicDealing<G> {
  /** One for each column of the next sharing. */
  readonly commitments: readonly G[];
  /** What else the kind of ceremony publishes of a dealing, of a fixed length. */
  readonly attachment: Uint8Array;
}

/** What one dealer posted. */
export interface Deal<G> {
  readonly dealings: readonly PublicDealing<G>[];
  /** By receiver: the sub-shares of its rows of every dealing, sealed. */
  readonly boxes: ReadonlyMap<ProcessId, Uint8Array>;
  /** In the log, from 0. */
  readonly position: number;
}

export class Transcript<G, Key> {
  /** By process, of those who announced keys in time. */
  readonly keys = new Map<ProcessId, AnnouncedKeys>();
  /** Where keys are generated: what each dealer committed to, and the position in the log. */
  readonly commits = new Map<ProcessId, { readonly digest: Digest; readonly position: number }>();
  /** In a masked-quotient reshare: what was said of the masks. */
  quotient: QuotientTranscript<G> | undefined;
  /** From DEAL on: what is dealt, and by whom. */
  rules: DealRules<G> | undefined;
  /** By dealer, the deals that stand. */
  readonly deals = new Map<ProcessId, Deal<G>>();
  /** In the last round: what they come to, or why they come to nothing. */
  settled: Either<AbortReason, Settlement<G, Key>> | undefined;
  /** Whether that is the key from now on, whatever comes. */
  isCommitted = false;
  /** Who has acknowledged that. */
  readonly acknowledged = new Set<ProcessId>();
  /** Digest of all that was taken before the last round, in order. */
  dealt: Digest;

  constructor(ceremonyId: Digest) {
    this.dealt = ceremonyId;
  }
}
