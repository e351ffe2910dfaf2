/** As leader proposes as late as its followers' patience just allows: it breaks no rule, and its clients wait. */
import type { MakeAdversary } from './adversary.js';

/** Of the first view's patience; the rest is for what the proposal needs on its way. */
const shareOfPatience = 0.6;

export const slowLeader: MakeAdversary = ({ config, after, send }) => ({
  outgoing: (to, message) => {
    if (message._tag !== 'Propose') return [message];
    after(shareOfPatience * config.parameters.baseTimeoutMs, () => {
      send(to, message);
    });
    return [];
  },
});
