/** As leader shows its proposals to nobody, or to one process; reports its votes, and hands out no batch, or a false one. */
import type { MakeAdversary } from './adversary.js';

export const withholder: MakeAdversary = ({ config, random, everyone }) => ({
  outgoing: (to, message) => {
    if (to === config.me) return [message];
    if (message._tag === 'Propose') return everyone[message.slot % (2 * everyone.length)] === to ? [message] : [];
    if (message._tag === 'BatchFound') return random.chance(0.5) ? [] : [{ ...message, batch: { requests: [] } }];
    return message._tag === 'Accepted' && random.chance(0.5) ? [] : [message];
  },
});
