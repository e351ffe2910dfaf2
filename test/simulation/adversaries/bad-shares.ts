/** Sends shares that are no shares wherever it is asked for one; where it must sign for them, it does so, or not. */
import { digest } from '../../../src/prelude/digest.js';
import type { Message } from '../../../src/consensus/message.js';
import { attributedStatement } from '../../../src/consensus/statement.js';
import type { SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import type { MakeAdversary, Powers } from './adversary.js';

export const badShares: MakeAdversary = (powers) => ({
  outgoing: (to, message) => {
    const { config, random } = powers;
    if (to === config.me || !('share' in message)) return [message];
    const share = random.bytes(message.share.length) as SignatureShare;
    if (message._tag !== 'Accepted' && message._tag !== 'Commit') return [{ ...message, share }];
    if (message.attribution === undefined || random.chance(0.3)) return [{ ...message, share }];
    return [{ ...message, share, attribution: attributionOf(powers, message, share) }];
  },
});

/** The adversary's own signature over ATTRIBUTED. */
function attributionOf(
  { config }: Powers,
  { _tag, view, slot, digest: value }: Extract<Message, { _tag: 'Accepted' | 'Commit' }>,
  share: SignatureShare,
): Uint8Array {
  const { allianceId, epoch, identities } = config;
  const kind = _tag === 'Accepted' ? ('accepted' as const) : ('commit' as const);
  const context = { allianceId, epoch, keyId: identities.keyId };
  return identities.sign(attributedStatement(context, { kind, view, slot, digest: value }, digest(share)));
}
