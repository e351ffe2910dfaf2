/** Speaks to some processes only, and to others a while later. */
import type { MakeAdversary } from './adversary.js';

const periodMs = 150;

export const selective: MakeAdversary = ({ config, everyone, nowMs }) => ({
  outgoing: (to, message) => {
    const period = Math.floor(nowMs() / periodMs);
    const mask = (period * 2654435761) >>> 5;
    return to === config.me || ((mask >>> everyone.indexOf(to)) & 1) === 1 ? [message] : [];
  },
});
