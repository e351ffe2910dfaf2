/**
 * Fast Byzantine Consensus as published, for one slot, as a test oracle: who says what. Martin and Alvisi, "Fast Byzantine
 * Consensus", TDSC 3(3), 2006.
 *
 * What was read: the paper's abstract; its thresholds, roles and pseudo-code in two public transcriptions (a TLA+ module of
 * the 5f+1 protocol, and a DistAlgo program of the parameterized one, whose comparisons are off by one in two places); the
 * note on its liveness (arXiv 1712.01367) in its abstract. The full text was not at hand: what is marked "derived" was worked
 * out from these, and sections are those that the transcriptions cite.
 */

/** Roles and their numbers: p0, p1, … propose, a0, … accept, l0, … learn. */
export type Name = string;
export type Value = string;

/** "Signed": only its author can make the network vouch for it. */
export interface SignedAccepted {
  readonly from: Name;
  readonly value: Value;
  readonly number: number;
}

/** ACCEPTED of so many acceptors that no other value can be learned in this proposal number. */
export type CommitProof = readonly SignedAccepted[];

/** REP: what an acceptor last accepted, for the leader of proposal number `number`. Signed, since it is passed on. */
export interface Reply {
  readonly from: Name;
  readonly number: number;
  readonly value?: Value;
  readonly commitProof?: CommitProof;
}

/** PC: what lets an acceptor change its mind. */
export type ProgressCertificate = readonly Reply[];

/** Suspicions of enough proposers, about one regency: they prove the next. */
export interface Suspicion {
  readonly from: Name;
  readonly regency: number;
}

export type Message =
  | {
      readonly _tag: 'PROPOSE';
      readonly value: Value;
      readonly number: number;
      readonly certificate?: ProgressCertificate;
    }
  | { readonly _tag: 'ACCEPTED'; readonly accepted: SignedAccepted }
  | { readonly _tag: 'COMMITPROOF'; readonly proof: CommitProof }
  | { readonly _tag: 'LEARNED'; readonly value: Value; readonly number: number }
  | { readonly _tag: 'SATISFIED' }
  | { readonly _tag: 'PULL' }
  | { readonly _tag: 'SUSPECT'; readonly suspicion: Suspicion }
  | { readonly _tag: 'QUERY'; readonly number: number; readonly proof: readonly Suspicion[] }
  | { readonly _tag: 'REP'; readonly reply: Reply };
