/** As leader proposes what clients ask for and nothing else: it never fills the slots up to the end of an epoch. */
import type { MakeAdversary } from './adversary.js';

export const lazyLeader: MakeAdversary = () => ({
  outgoing: (_to, message) => (message._tag === 'Propose' && message.batch.requests.length === 0 ? [] : [message]),
});
