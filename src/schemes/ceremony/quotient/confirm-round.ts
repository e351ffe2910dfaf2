/**
 * CONFIRM: every contributor says that all masks are posted, and that those sealed for it are right, or opens one that is not
 * by the one-time key that it announced for it. Whoever is wrong then, sender or complainer, the attempt is over: a mask was
 * opened. No remainder leaves before all have confirmed. Body: the digest of all that was taken so far, and a list of
 * complaints. A confirmation of something else does not count, and blames nobody: the log may have been shown otherwise.
 */
import { equalBytes } from '../../../prelude/bytes.js';
import { type MalformedBytes, readAll, type Reader, Writer } from '../../../prelude/canonical.js';
import { digestLength } from '../../../prelude/digest.js';
import { E, type Either } from '../../../prelude/fp.js';
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { dealRound } from '../rounds/deal-round.js';
import { isPairedWith, oneTimeKeyLength } from '../sealing/one-time-key.js';
import { openMask } from './mask.js';
import { quotientRules } from './rules.js';
import { contributorsBefore, type QuotientTranscript } from './transcript.js';
import { afterAll, type Blame, type Round, type RoundEnd, type RoundMessage, tooFew } from '../rounds/round.js';
import type { CeremonySetting } from '../setting.js';
import type { Transcript } from '../transcript.js';

/** A contributor whose mask was bad, and the private key that shows it. */
export interface MaskComplaint {
  readonly sender: ProcessId;
  readonly secret: Uint8Array;
}

interface Confirmation {
  readonly digest: Uint8Array;
  /** None if all is well. In the order of the contributors. */
  readonly complaints: readonly MaskComplaint[];
}

export function confirmRound<G, Key>(
  setting: CeremonySetting<G, Key>,
  transcript: Transcript<G, Key>,
  quotient: QuotientTranscript<G>,
): Round {
  const senders = new Set(quotient.plan.contributors.map(({ process }) => process));
  const masked = transcript.dealt;
  quotient.masked = masked;
  const culprits = new Set<ProcessId>();
  const judge = (from: ProcessId, complaint: MaskComplaint, blame: Blame): void => {
    const { sender, secret } = complaint;
    const keys = present(transcript.keys.get(from), 'keys of a contributor');
    const evidence = [present(quotient.masks.get(sender), 'masks that a complaint is about').position, keys.position];
    const announced = present(keys.mask.get(sender), 'a key for every other holder');
    const opened = isPairedWith(secret, announced)
      ? openMask(setting, quotient, { from: sender, to: from, secret })
      : E.right(0n);
    const [culprit, fault] = E.isLeft(opened)
      ? ([sender, { _tag: 'BadMask', receiver: from, why: opened.left }] as const)
      : ([from, { _tag: 'FalseComplaint', against: sender }] as const);
    culprits.add(culprit);
    blame(culprit, fault, evidence);
  };
  const receive = ({ from, body }: RoundMessage, blame: Blame): Either<MalformedBytes, void> => {
    const read = readAll(body, (reader) => readConfirmation(reader, contributorsBefore(quotient.plan, from)));
    if (E.isLeft(read)) {
      culprits.add(from);
      return read;
    }
    const { digest, complaints } = read.right;
    for (const complaint of complaints) judge(from, complaint, blame);
    if (equalBytes(digest, masked)) quotient.confirmed.add(from);
    return E.right(undefined);
  };
  const close = (): RoundEnd =>
    [...senders].every((process) => quotient.confirmed.has(process))
      ? { _tag: 'next', round: dealRound(setting, transcript, quotientRules(setting, quotient)) }
      : tooFew('confirm', senders, quotient.confirmed);
  const { outcome } = afterAll(senders, close);
  return {
    kinds: ['confirm'],
    senders,
    isSingle: true,
    maxBodyLength: digestLength + 4 + senders.size * (2 + oneTimeKeyLength),
    receive,
    outcome: (heard) =>
      culprits.size > 0
        ? { _tag: 'aborted', reason: { _tag: 'CulpritNeeded', processes: [...culprits] } }
        : outcome(heard),
    close,
  };
}

/** @param before - the contributors whose masks the writer received. */
export function writeConfirmation(before: readonly ProcessId[], { digest, complaints }: Confirmation): Uint8Array {
  return new Writer()
    .fixed(digest)
    .list(complaints, (writer, { sender, secret }) => writer.u16(before.indexOf(sender)).fixed(secret))
    .finish();
}

function readConfirmation(reader: Reader, before: readonly ProcessId[]): Confirmation {
  const digest = reader.fixed(digestLength);
  let last = -1;
  const complaints = reader.list(before.length, (each) => {
    const index = each.u16();
    const sender = before[index];
    if (sender === undefined || index <= last) return each.fail('a contributor whose mask was received');
    last = index;
    return { sender, secret: each.fixed(oneTimeKeyLength) };
  });
  return { digest, complaints };
}
