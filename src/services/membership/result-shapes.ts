/** What came of an act. */
import type { Digest } from '../../prelude/digest.js';
import type { GovernanceEvent } from '../../management/governance/event.js';

export type ActResult =
  | { readonly _tag: 'taken'; readonly events: readonly ToldEvent[] }
  /** A piece that is not the last. */
  | { readonly _tag: 'waiting' }
  /** `error` names it, `says` is for people. */
  | { readonly _tag: 'refused'; readonly error: string; readonly says: string };

export const toldEvents = [
  'time-agreed',
  'number-used',
  'proposed',
  'proposal-refused',
  'proposal-opened',
  'ballot-cast',
  'proposal-accepted',
  'proposal-ended',
  'suspended',
  'suspension-ended',
  'hold-ended',
  'signing-begun',
  'share-taken',
  'change-opened',
  'turn-missed',
  'examined-again',
  'acknowledged',
  'joined',
  'moving',
  'moved-on',
  'prepared',
  'activated',
  'change-abandoned',
  'enacted',
  'erased',
  'ready',
] as const satisfies readonly GovernanceEvent['_tag'][];

/** What happened, by name, and to what. */
export interface ToldEvent {
  readonly event: GovernanceEvent['_tag'];
  readonly proposal?: ToldProposal;
  readonly organization?: string;
  /** How a proposal ended, and why; or why a change was abandoned. */
  readonly why?: string;
}

export interface ToldProposal {
  readonly number: number;
  readonly id: Digest;
}
