/** Sends shares that are no shares wherever it is asked for one. */
import type { SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import type { MakeAdversary } from './adversary.js';

export const badShares: MakeAdversary = ({ config, random }) => ({
  outgoing: (to, message) => {
    if (to === config.me || !('share' in message)) return [message];
    return [{ ...message, share: random.bytes(message.share.length) as SignatureShare }];
  },
});
