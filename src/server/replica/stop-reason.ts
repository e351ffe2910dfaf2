/** Why a server has stopped for good, and what its peers did wrong, in words for people. */
import { assertNever } from '../../prelude/invariant.js';
import type { Fault, HaltReason } from '../../consensus/effect.js';
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

function describeUnknown(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function describeFault(fault: Fault): string {
  if (fault._tag === 'InvalidMessage') return fault.reason;
  const { view, slot } = fault.evidence;
  return `it proposed two batches for slot ${slot} of view ${view}`;
}
