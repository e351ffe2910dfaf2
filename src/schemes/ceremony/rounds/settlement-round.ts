/**
 * COMPLAIN and ACKNOWLEDGE, the last round. A receiver whose box of some dealer is bad posts the one-time private key that it
 * announced for that dealer: everybody opens the one box and judges alike, so a complaint is its own proof, and dealer or
 * complainer is the culprit (rule A6). A receiver that holds good sub-shares of every deal that stands acknowledges the key that
 * these come to. A deal that falls makes that another key, and all acknowledgements void. So no true complaint is ever too late,
 * nobody gains from closing early, and the key moves at the first position at which those who acknowledged the present one are
 * qualified whoever of them is Byzantine (rule A2).
 */
import { equalBytes } from '../../../prelude/bytes.js';
import { type MalformedBytes, readAll } from '../../../prelude/canonical.js';
import { digestLength } from '../../../prelude/digest.js';
import { E, type Either } from '../../../prelude/fp.js';
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { type Complaint, judgeComplaint, maxComplaintLength, readComplaint } from './complaint.js';
import { boxReceivers } from './deal-message.js';
import type { DealRules } from './deal-rules.js';
import { type Blame, type Round, type RoundEnd, type RoundMessage, tooFew } from './round.js';
import type { CeremonySetting } from '../setting.js';
import { settle, settlementOf } from '../settlement.js';
import type { Transcript } from '../transcript.js';

/**
 * After COMMIT acknowledgements still say who need not be repaired, and complaints who did wrong; the key stays.
 *
 * @param rules - of the deals; none where there are none, and a dealt key is only acknowledged.
 */
export function settlementRound<G, Key>(
  setting: CeremonySetting<G, Key>,
  transcript: Transcript<G, Key>,
  rules?: DealRules<G>,
): Round {
  const senders = rules === undefined ? setting.receivers : boxReceivers(setting, transcript);
  const complain = rules === undefined ? undefined : complaints(setting, transcript, rules);
  const receive = ({ kind, from, body }: RoundMessage, blame: Blame): Either<MalformedBytes, boolean> => {
    if (kind === 'acknowledge') return acknowledge(transcript, from, body);
    return complain === undefined ? E.right(false) : complain(from, body, blame);
  };
  const outcome = (): RoundEnd | undefined => {
    const settled = present(transcript.settled, 'the round has begun');
    if (E.isLeft(settled)) return { _tag: 'aborted', reason: settled.left };
    const { receivers } = setting.rules;
    const isEnough = receivers.isCommitQuorum(receivers.universe.of(transcript.acknowledged));
    return isEnough ? { _tag: 'committed' } : undefined;
  };
  return {
    kinds: ['acknowledge', 'complain'],
    senders: new Set(senders),
    isSingle: false,
    maxBodyLength: Math.max(digestLength, maxComplaintLength),
    begin: () => {
      settle(setting, transcript, rules);
    },
    receive,
    outcome,
    close: () => outcome() ?? tooFew('acknowledge', senders, transcript.acknowledged),
  };
}

/** Of another key, such as the one before the last deal fell, an acknowledgement is void; that is nobody's fault. */
function acknowledge<G, Key>(
  transcript: Transcript<G, Key>,
  from: ProcessId,
  body: Uint8Array,
): Either<MalformedBytes, boolean> {
  const read = readAll(body, (reader) => reader.fixed(digestLength));
  if (E.isLeft(read)) return read;
  const { acknowledged } = transcript;
  const isNew = !acknowledged.has(from) && equalBytes(read.right, settlementOf(transcript).acknowledgement);
  if (isNew) acknowledged.add(from);
  return E.right(isNew);
}

/**
 * Judges complaints of deals that stand; after its first false one a receiver is not judged any more, so that there are never
 * more judgements than dealers and receivers together. A false complaint has no other consequence.
 */
function complaints<G, Key>(
  setting: CeremonySetting<G, Key>,
  transcript: Transcript<G, Key>,
  rules: DealRules<G>,
): (from: ProcessId, body: Uint8Array, blame: Blame) => Either<MalformedBytes, boolean> {
  const refuted = new Set<ProcessId>();
  const proven = new Set<ProcessId>();
  const judge = (from: ProcessId, complaint: Complaint, blame: Blame): boolean => {
    const { dealer } = complaint;
    const deal = transcript.deals.get(dealer);
    if (deal === undefined || proven.has(dealer) || refuted.has(from)) return false;
    const { why, evidence } = judgeComplaint(setting, transcript, rules, deal, { ...complaint, from });
    if (why === undefined) {
      refuted.add(from);
      blame(from, { _tag: 'FalseComplaint', against: dealer }, evidence);
      return true;
    }
    proven.add(dealer);
    blame(dealer, { _tag: 'BadBox', receiver: from, why }, evidence);
    if (!transcript.isCommitted) {
      transcript.deals.delete(dealer);
      settle(setting, transcript, rules);
    }
    return true;
  };
  return (from, body, blame) => {
    const read = readAll(body, (reader) => readComplaint(reader, rules.dealers));
    if (E.isLeft(read)) return read;
    return E.right(judge(from, read.right, blame));
  };
}
