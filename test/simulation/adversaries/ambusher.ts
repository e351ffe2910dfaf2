/** As leader proposes one batch to some and another to the rest, and says nothing else: what may be decided stays unknown to the others. */
import type { MakeAdversary } from './adversary.js';
import { equivocator } from './equivocator.js';

export const ambusher: MakeAdversary = (powers) => {
  const proposer = equivocator(powers);
  return {
    outgoing: (to, message) => {
      if (to === powers.config.me) return [message];
      return message._tag === 'Propose' ? (proposer.outgoing?.(to, message) ?? []) : [];
    },
  };
};
