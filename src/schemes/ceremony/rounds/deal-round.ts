/** DEAL: each dealer posts its dealings, commitments for everybody and sub-shares sealed for each receiver. */
import { type MalformedBytes, readAll } from '../../../prelude/canonical.js';
import { E, type Either } from '../../../prelude/fp.js';
import type { ProcessId } from '../../../prelude/process.js';
import { dealLength, readDeal } from './deal-message.js';
import type { DealRules } from './deal-rules.js';
import { afterAll, type Blame, type Round, type RoundEnd, type RoundMessage, tooFew } from './round.js';
import type { CeremonySetting } from '../setting.js';
import { settlementRound } from './settlement-round.js';
import type { Transcript } from '../transcript.js';

export function dealRound<G, Key>(
  setting: CeremonySetting<G, Key>,
  transcript: Transcript<G, Key>,
  rules: DealRules<G>,
): Round {
  const senders = new Set(rules.dealers);
  const receive = ({ from, body, position }: RoundMessage, blame: Blame): Either<MalformedBytes, boolean> => {
    const read = readAll(body, (reader) => readDeal(reader, setting, transcript, rules, from));
    if (E.isLeft(read)) return read;
    const deal = { ...read.right, position };
    const verdict = rules.judge(from, deal);
    if (verdict === undefined) transcript.deals.set(from, deal);
    else blame(from, verdict.fault, verdict.evidence);
    return E.right(true);
  };
  const close = (heard: ReadonlySet<ProcessId>): RoundEnd =>
    rules.mayClose(heard)
      ? { _tag: 'next', round: settlementRound(setting, transcript, rules) }
      : tooFew('deal', senders, heard);
  return {
    kinds: ['deal'],
    senders,
    isSingle: true,
    maxBodyLength: Math.max(0, ...rules.dealers.map((dealer) => dealLength(setting, transcript, rules, dealer))),
    begin: () => {
      transcript.rules = rules;
    },
    receive,
    ...afterAll(senders, close),
  };
}
