/** What moving the keys of a change has come to: plain data, the same on every server. */
import type { Digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Policy } from '../../quorum/policy/policy.js';
import type { CeremonyKind } from '../../schemes/ceremony/terms.js';
import type { Culprit } from '../../schemes/ceremony/fault.js';
import type { MessageKind } from '../../schemes/ceremony/rounds/message-kind.js';
import type { KeyId } from '../../schemes/contract/distributed-signer.js';
import type { AlliancePublicKey } from '../../schemes/public-key.js';
import type { MoveFailure } from './moves-errors.js';

/** Which attempt at which key. */
export interface AttemptName {
  readonly role: string;
  readonly kind: CeremonyKind;
  /** From 1. */
  readonly attempt: number;
  readonly ceremonyId: Digest;
}

/** Shares that an attempt handed out: whether or not it was committed, a qualified set of its holders can know the key. */
export interface Sharing extends AttemptName {
  readonly keyId: KeyId;
  readonly policy: Policy;
  /** By name; under the identities that the draft lists. */
  readonly holders: readonly ProcessId[];
  readonly isCommitted: boolean;
}

/** Somebody who did wrong. Its evidence names entries that were taken for the attempt, from 0. */
export interface NamedCulprit extends Culprit {
  readonly role: string;
  readonly attempt: number;
}

interface MovesReport {
  /** What has come out so far, by role. They are the keys of the alliance only when the change is enacted. */
  readonly keys: ReadonlyMap<string, AlliancePublicKey>;
  readonly culprits: readonly NamedCulprit[];
  readonly sharings: readonly Sharing[];
  /** Of each key that a ceremony moved: who has not said that it holds its share, and has to be repaired. */
  readonly unacknowledged: ReadonlyMap<string, readonly ProcessId[]>;
}

export type MovesOutcome = MovesReport &
  (
    | ({ readonly _tag: 'running'; readonly round: MessageKind; readonly awaited: readonly ProcessId[] } & AttemptName)
    | { readonly _tag: 'moved' }
    | { readonly _tag: 'failed'; readonly why: MoveFailure }
  );
