/** As leader proposes one batch to some and another to the rest; as acceptor tells each what it wants to hear. */
import type { Batch } from '../../../src/consensus/batch.js';
import type { Message } from '../../../src/consensus/message.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { acceptedFor, isInOtherHalf, type MakeAdversary, type Powers, signProposal } from './adversary.js';

export const equivocator: MakeAdversary = (powers) => ({
  outgoing: (to, message) => (isInOtherHalf(powers, to, viewOf(message)) ? otherwise(powers, to, message) : [message]),
});

function viewOf(message: Message): number {
  return message._tag === 'Propose' || message._tag === 'Accepted' ? message.view : 0;
}

function otherwise(powers: Powers, to: ProcessId, message: Message): readonly Message[] {
  if (message._tag === 'Accepted') {
    const { view, slot } = message;
    const other = powers.conspiracy.proposals.get(`${view}.${slot}`);
    return [other === undefined ? message : acceptedFor(powers, view, slot, other)];
  }
  if (message._tag !== 'Propose' || to === powers.config.me) return [message];
  const { view, slot } = message;
  const batch = otherBatch(message.batch);
  const signature = signProposal(powers, view, slot, batch);
  powers.conspiracy.proposals.set(`${view}.${slot}`, { batch, signature });
  const second = { ...message, batch, signature };
  // Now and then the same batch in the next slot as well, or both to one process.
  if (powers.random.chance(0.1))
    return [second, { ...second, slot: slot + 1, signature: signProposal(powers, view, slot + 1, batch) }];
  return powers.random.chance(0.1) ? [message, second] : [second];
}

function otherBatch({ requests }: Batch): Batch {
  return { requests: requests.length > 1 ? requests.slice(1) : requests.length === 1 ? [] : requests };
}
