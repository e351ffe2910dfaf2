/** Why a server has stopped for good, and what its peers did wrong, in words for people. */
import { assertNever } from '../../prelude/invariant.js';
import type { Fault, HaltReason } from '../../consensus/effect.js';
import type { EvidenceRecord } from '../../consensus/evidence-record.js';
import type { StateError } from '../state/installation.js';
import { describeStorageError } from '../../storage/errors.js';

export type StopReason =
  | HaltReason
  | { readonly _tag: 'StorageFailed' | 'AllianceKeyFailed' | 'ExecutionFailed'; readonly error: unknown };

/** Whether the trust model was violated, or this server's own past is in doubt: it must not go on by itself. */
export function isHalt(reason: StopReason): reason is HaltReason {
  return !('error' in reason);
}

/** What it means that no state could be put in the place of the own one. */
export function stopReasonOf(error: StateError): StopReason {
  switch (error._tag) {
    case 'Divergence':
      return { _tag: 'Divergence', slot: error.slot };
    case 'StorageFailed':
      return { _tag: 'StorageFailed', error: new Error(describeStorageError(error.error)) };
    case 'CorruptLog':
      return { _tag: 'StorageFailed', error: new Error(error.detail) };
    case 'DamagedState':
      return { _tag: 'StorageFailed', error: new Error('a state is not what was stored') };
    default:
      return assertNever(error);
  }
}

export function describeStop(reason: StopReason): string {
  switch (reason._tag) {
    case 'Disagreement':
      return `two decisions of slot ${reason.slot} are proven: more servers are Byzantine than the trust model allows`;
    case 'Divergence':
      return `the state after slot ${reason.slot} is another one here than at a quorum of servers: an application is not deterministic, or this disk is damaged`;
    case 'TrustModelViolated': {
      const accused = reason.evidence.map(({ leader }) => leader).join(', ');
      return `more servers are proven Byzantine than the trust model allows: ${accused}`;
    }
    case 'Amnesia':
      return `${describeForgotten(reason)}: its disk was lost, or an old one put in its place; it stays out until a new epoch admits it with new keys`;
    case 'StorageFailed':
      return `the disk failed: ${describeUnknown(reason.error)}`;
    case 'AllianceKeyFailed':
      return `signing with the alliance key failed: ${describeUnknown(reason.error)}`;
    case 'ExecutionFailed':
      return `executing what was decided failed: ${describeUnknown(reason.error)}`;
    default:
      return assertNever(reason);
  }
}

function describeForgotten({ what, view, slot }: Extract<HaltReason, { _tag: 'Amnesia' }>): string {
  const where = slot === undefined ? `for view ${view}` : `in slot ${slot}, view ${view}`;
  return `this server was shown its own signature on ${what === 'report' ? 'a REPORT' : what.toUpperCase()} ${where}, of which it knows nothing`;
}

function describeUnknown(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function describeFault(fault: Fault): string {
  return fault._tag === 'InvalidMessage' ? fault.reason : describeEvidence(fault.record);
}

function describeEvidence(record: EvidenceRecord): string {
  switch (record._tag) {
    case 'Equivocation':
      return `it proposed two batches for slot ${record.slot} of view ${record.view}`;
    case 'DoubleVote': {
      const { kind, view, slot } = record.first;
      return `it ${kind === 'commit' ? 'committed' : 'accepted'} two batches for slot ${slot} of view ${view}`;
    }
    case 'DoubleReport':
      return `it reported two things for view ${record.view}`;
    case 'HiddenVote': {
      const { ballot, report } = record;
      return `its report for view ${report.view} hides what it signed for slot ${ballot.slot} in view ${ballot.view}`;
    }
    case 'InvalidShare':
      return `its share for slot ${record.ballot.slot} of view ${record.ballot.view} is none`;
    default:
      return assertNever(record);
  }
}
