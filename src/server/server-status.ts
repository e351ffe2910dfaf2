/** What a server says of itself. */
import type { ProcessId } from '../prelude/process.js';
import type { ProvenFault, ServerStatus } from '../client/protocol.js';
import type { EpochSequence } from './epochs/epoch-sequence.js';
import type { ReplicatedState } from './state/replicated-state.js';

const noMachine = { view: 0, leader: 'nobody', decidedUpTo: 0, certified: 0, low: 0 };
/** In characters of up to three bytes: within what the protocol allows. */
const maxReasonLength = 300;
const noCounts = { fast: 0, slow: 0, transferred: 0, certificates: 0 };

export function statusOf(
  process: ProcessId,
  epochs: EpochSequence | undefined,
  state: Pick<ReplicatedState, 'status'> | undefined,
  { halted, proven }: { readonly halted: string | undefined; readonly proven: readonly ProvenFault[] },
): ServerStatus {
  const replica = epochs?.replica;
  const { view, leader, decidedUpTo, certified, low } = replica?.status ?? noMachine;
  const kept = state?.status;
  return {
    process,
    epoch: epochs?.epoch ?? 0,
    view,
    leader,
    decided: Math.max(decidedUpTo, kept?.last ?? 0),
    certified,
    checkpoint: low,
    certifiedState: kept?.certifiedState ?? 0,
    first: kept?.first ?? 1,
    ...(kept?.transfer === undefined ? {} : { transfer: kept.transfer }),
    ...(halted === undefined ? {} : { halted: halted.replace(/\p{Cc}/gu, ' ').slice(0, maxReasonLength) }),
    connected: [...(epochs?.connected ?? [])].sort(),
    ...(replica?.counts ?? noCounts),
    proven,
  };
}
