/** As leader proposes three batches, each to a third of the processes; as acceptor tells each third what it wants to hear. */
import { type Batch, noop } from '../../../src/consensus/batch.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { acceptedFor, type MakeAdversary, partOf, type Powers, signProposal } from './adversary.js';

export const threeFaced: MakeAdversary = (powers) => ({
  outgoing: (to, message) => {
    if (to === powers.config.me || (message._tag !== 'Propose' && message._tag !== 'Accepted')) return [message];
    const { view, slot } = message;
    const face = `${powers.config.epoch} ${view}.${slot}.${partOf(powers, to, view, 3)}`;
    if (message._tag === 'Accepted') {
      const proposal = powers.conspiracy.proposals.get(face);
      return [proposal === undefined ? message : acceptedFor(powers, view, slot, proposal)];
    }
    const batch = batchFor(powers, to, view, message.batch);
    const signature = signProposal(powers, view, slot, batch);
    powers.conspiracy.proposals.set(face, { batch, signature });
    return [{ ...message, batch, signature }];
  },
});

function batchFor(powers: Powers, to: ProcessId, view: number, batch: Batch): Batch {
  const { requests } = batch;
  return [batch, noop, { requests: [...requests, ...requests] }][partOf(powers, to, view, 3)] ?? batch;
}
