/** Asks for everything, all the time, and names slots that nobody needs. */
import type { Message } from '../../../src/consensus/message.js';
import type { SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { digest } from '../../../src/prelude/digest.js';
import type { MakeAdversary } from './adversary.js';

export const flooder: MakeAdversary = ({ random, everyone, send, view }) => ({
  tick: () => {
    const slot = random.between(1, 60);
    const value = digest(random.bytes(4));
    const share = random.bytes(4) as SignatureShare;
    const ballot = { view: random.pick([1, view(), view() + 1, 1000]), slot, digest: value };
    const floods: readonly Message[] = [
      { _tag: 'Status', view: 1, decided: random.pick([0, slot, 2 ** 40]), low: 0, stuck: true },
      { _tag: 'FetchRange', from: slot },
      { _tag: 'FetchBatch', digest: value },
      { _tag: 'Attest', slot, isProven: true },
      { _tag: 'Accepted', ...ballot, leaderSignature: random.bytes(64), share },
      { _tag: 'Commit', ...ballot, share },
      { _tag: 'Checkpoint', slot: 4 * slot, chain: value, boundary: random.pick([0, 4 * slot]), share },
    ];
    for (const process of everyone) send(process, random.pick(floods));
  },
});
