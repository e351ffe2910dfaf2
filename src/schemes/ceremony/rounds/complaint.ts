/** A complaint of a bad box, and how everybody judges it: exactly, in one order, from what the log says. */
import type { Reader } from '../../../prelude/canonical.js';
import { Writer } from '../../../prelude/canonical.js';
import { E, type Either } from '../../../prelude/fp.js';
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { DealRules } from './deal-rules.js';
import type { BoxFault } from '../fault.js';
import { isPairedWith, oneTimeKeyLength } from '../sealing/one-time-key.js';
import { openBox } from '../sealing/sealed-box.js';
import type { CeremonySetting } from '../setting.js';
import { checkSubShares, type SubShares } from '../sealing/sub-shares.js';
import type { Deal, Transcript } from '../transcript.js';

/** A dealer whose box was bad, and the private key that shows it. */
export interface Complaint {
  readonly dealer: ProcessId;
  readonly secret: Uint8Array;
}

export const maxComplaintLength = 2 + oneTimeKeyLength;

/** Body: the dealer's place in the order of the dealers, from 0, and the private key. */
export function writeComplaint(dealers: readonly ProcessId[], { dealer, secret }: Complaint): Uint8Array {
  return new Writer().u16(dealers.indexOf(dealer)).fixed(secret).finish();
}

export function readComplaint(reader: Reader, dealers: readonly ProcessId[]): Complaint {
  const dealer = dealers[reader.u16()] ?? reader.fail('a dealer');
  return { dealer, secret: reader.fixed(oneTimeKeyLength) };
}

/** The verdict on a complaint, and the entries that it rests on besides the complaint itself. */
interface ComplaintVerdict {
  /** What is wrong with the box; `undefined` where nothing is, or where the key posted is not the one that was announced. */
  readonly why: BoxFault | undefined;
  readonly evidence: readonly number[];
}

export function judgeComplaint<G, Key>(
  setting: CeremonySetting<G, Key>,
  { keys }: Transcript<G, Key>,
  rules: DealRules<G>,
  deal: Deal<G>,
  { from, dealer, secret }: Complaint & { readonly from: ProcessId },
): ComplaintVerdict {
  const announced = present(keys.get(from), 'who receives has announced keys');
  const evidence = [announced.position, deal.position];
  const publicKey = present(announced.deal.get(dealer), 'a key for every dealer');
  if (!isPairedWith(secret, publicKey)) return { why: undefined, evidence };
  const opened = openDeal(setting, rules, deal, { from: dealer, to: from, secret });
  return { why: E.isLeft(opened) ? opened.left : undefined, evidence };
}

/** Opens and checks one receiver's box of a deal: what a receiver does alone, and everybody when it complains. */
export function openDeal<G, Key>(
  setting: CeremonySetting<G, Key>,
  rules: DealRules<G>,
  { boxes, dealings }: Deal<G>,
  { from, to, secret }: { readonly from: ProcessId; readonly to: ProcessId; readonly secret: Uint8Array },
): Either<BoxFault, SubShares> {
  const box = present(boxes.get(to), 'a box for every receiver');
  const plaintext = openBox({ ceremonyId: setting.id, purpose: 'deal', sender: from, receiver: to }, secret, box);
  if (plaintext === undefined) return E.left({ _tag: 'DoesNotOpen' });
  const checked = checkSubShares(setting, rules.secretsOf(from), to, dealings, plaintext);
  plaintext.fill(0);
  return checked;
}
