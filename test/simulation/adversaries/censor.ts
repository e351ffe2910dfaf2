/** Does everything right but never proposes or passes on the requests of one session. */
import type { MakeAdversary } from './adversary.js';

const censoredSession = 1;

export const censor: MakeAdversary = () => ({
  takes: ({ session }) => session !== censoredSession,
  incoming: (_from, message) => {
    if (message._tag !== 'Forward') return [message];
    return [{ ...message, requests: message.requests.filter(({ session }) => session !== censoredSession) }];
  },
});
