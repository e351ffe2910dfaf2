/** As leader leaves gaps: it proposes for slots further up than the next, and fills the window with nothing. */
import { noop } from '../../../src/consensus/batch.js';
import { type MakeAdversary, signProposal } from './adversary.js';

export const leapfrogger: MakeAdversary = (powers) => ({
  outgoing: (_to, message) => {
    if (message._tag !== 'Propose') return [message];
    const slot = message.slot + 3;
    const signature = signProposal(powers, message.view, slot, noop);
    return [{ ...message, slot, batch: noop, signature }];
  },
});
