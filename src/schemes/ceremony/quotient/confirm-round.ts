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
import { afterAll, type Blame, type Round, type RoundEnd, type RoundMessage, tooFew } from '../rounds/round.js';
import { isPairedWith, oneTimeKeyLength } from '../sealing/one-time-key.js';
import type { CeremonySetting } from '../setting.js';
import type { Transcript } from '../transcript.js';
import { type MaskFault, openMask } from './mask.js';
import { contributorsBefore, processesOf } from './plan.js';
import { quotientRules } from './rules.js';
import type { QuotientTranscript } from './transcript.js';

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
  const senders = new Set(processesOf(quotient.plan));
  const legible = new Set<ProcessId>();
  const convicted = new Set<ProcessId>();
  const judge = (from: ProcessId, complaint: MaskComplaint, blame: Blame): void => {
    const { sender } = complaint;
    const { why, evidence } = judgeMask(setting, transcript, quotient, from, complaint);
    const culprit = why === undefined ? from : sender;
    convicted.add(culprit);
    if (why === undefined) blame(culprit, { _tag: 'FalseComplaint', against: sender }, evidence);
    else blame(culprit, { _tag: 'BadMask', receiver: from, why }, evidence);
  };
  const receive = ({ from, body }: RoundMessage, blame: Blame): Either<MalformedBytes, boolean> => {
    const read = readAll(body, (reader) => readConfirmation(reader, contributorsBefore(quotient.plan, from)));
    if (E.isLeft(read)) return read;
    legible.add(from);
    const { digest, complaints } = read.right;
    for (const complaint of complaints) judge(from, complaint, blame);
    if (equalBytes(digest, maskedDigest(quotient))) quotient.confirmed.add(from);
    return E.right(true);
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
    maxBodyLength: confirmationLength(senders.size - 1),
    begin: () => {
      quotient.masked = transcript.dealt;
    },
    receive,
    outcome: (heard) => {
      const culprits = [...convicted, ...[...heard].filter((process) => !legible.has(process))];
      return culprits.length === 0
        ? outcome(heard)
        : { _tag: 'aborted', reason: { _tag: 'CulpritNeeded', processes: culprits } };
    },
    close,
  };
}

/** What is wrong with a mask that is complained of, or `undefined`; and the entries that show it besides the complaint. */
function judgeMask<G, Key>(
  setting: CeremonySetting<G, Key>,
  { keys }: Transcript<G, Key>,
  quotient: QuotientTranscript<G>,
  from: ProcessId,
  { sender, secret }: MaskComplaint,
): { readonly why: MaskFault | undefined; readonly evidence: readonly number[] } {
  const { mask, position } = present(keys.get(from), 'keys of a contributor');
  const evidence = [present(quotient.masks.get(sender), 'masks that a complaint is about').position, position];
  const announced = present(mask.get(sender), 'a key for every other holder');
  if (!isPairedWith(secret, announced)) return { why: undefined, evidence };
  const opened = openMask(setting, quotient, { from: sender, to: from, secret });
  return { why: E.isLeft(opened) ? opened.left : undefined, evidence };
}

/** What is confirmed. */
export function maskedDigest<G>({ masked }: QuotientTranscript<G>): Uint8Array {
  return present(masked, 'all masks are there');
}

/** Bytes of a body with so many complaints. */
export function confirmationLength(complaintCount: number): number {
  return digestLength + 4 + complaintCount * (2 + oneTimeKeyLength);
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
