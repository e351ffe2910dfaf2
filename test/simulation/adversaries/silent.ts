/** Says nothing at all. */
import type { MakeAdversary } from './adversary.js';

export const silent: MakeAdversary = ({ config }) => ({
  outgoing: (to, message) => (to === config.me ? [message] : []),
});
