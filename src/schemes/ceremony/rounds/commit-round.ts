/**
 * COMMIT, where a key is generated: every dealer says by a digest what it will deal, before it sees what others deal. So the last
 * to speak can only choose whether to speak, which leaves f corrupted dealers 2^f keys to choose among, and none of their making.
 */
import { type MalformedBytes, readAll } from '../../../prelude/canonical.js';
import { type Digest, digestLength } from '../../../prelude/digest.js';
import { E, type Either } from '../../../prelude/fp.js';
import type { ProcessId } from '../../../prelude/process.js';
import { dealRound } from './deal-round.js';
import { generationRules } from '../kinds/generation.js';
import { mayCloseDealing } from './deal-rules.js';
import { afterAll, type Round, type RoundEnd, type RoundMessage, tooFew } from './round.js';
import type { CeremonySetting } from '../setting.js';
import type { Transcript } from '../transcript.js';

export function commitRound<G, Key>(setting: CeremonySetting<G, Key>, transcript: Transcript<G, Key>): Round {
  const senders = new Set(setting.dealers);
  const receive = ({ from, body, position }: RoundMessage): Either<MalformedBytes, boolean> => {
    const read = readAll(body, (reader) => reader.fixed(digestLength) as Digest);
    if (E.isLeft(read)) return read;
    transcript.commits.set(from, { digest: read.right, position });
    return E.right(true);
  };
  const close = (heard: ReadonlySet<ProcessId>): RoundEnd =>
    mayCloseDealing(setting, setting.dealers, heard)
      ? { _tag: 'next', round: dealRound(setting, transcript, generationRules(setting, transcript)) }
      : tooFew('commit', senders, heard);
  return {
    kinds: ['commit'],
    senders,
    isSingle: true,
    maxBodyLength: digestLength,
    receive,
    ...afterAll(senders, close),
  };
}
