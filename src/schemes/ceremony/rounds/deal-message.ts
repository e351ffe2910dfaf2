/**
 * The body of a DEAL: for each dealing its commitments by column and its attachment, then for each receiver in order one box.
 * Everything is of a length that follows from the terms and from who announced keys.
 */
import { type Reader, Writer } from '../../../prelude/canonical.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { DealRules } from './deal-rules.js';
import { isUsablePublicKey, oneTimeKeyLength } from '../sealing/one-time-key.js';
import { boxOverhead } from '../sealing/sealed-box.js';
import type { CeremonySetting } from '../setting.js';
import { subSharesLength } from '../sealing/sub-shares.js';
import type { Deal, PublicDealing, Transcript } from '../transcript.js';

/** What a dealer writes. */
export type DealBody<G> = Pick<Deal<G>, 'dealings' | 'boxes'>;

/** Receivers that announced keys, in the order in which their boxes stand. */
export function boxReceivers<G, Key>(
  { receivers }: CeremonySetting<G, Key>,
  { keys }: Transcript<G, Key>,
): readonly ProcessId[] {
  return receivers.filter((receiver) => keys.has(receiver));
}

/** @param body - its boxes in the order of {@link boxReceivers}. */
export function writeDeal<G, Key>({ scheme }: CeremonySetting<G, Key>, { dealings, boxes }: DealBody<G>): Uint8Array {
  const writer = new Writer();
  for (const { commitments, attachment } of dealings) {
    for (const commitment of commitments) writer.fixed(scheme.encodeElement(commitment));
    writer.fixed(attachment);
  }
  for (const box of boxes.values()) writer.fixed(box);
  return writer.finish();
}

export function readDeal<G, Key>(
  reader: Reader,
  setting: CeremonySetting<G, Key>,
  transcript: Transcript<G, Key>,
  rules: DealRules<G>,
  dealer: ProcessId,
): DealBody<G> {
  const { scheme } = setting;
  const secrets = rules.secretsOf(dealer);
  const dealings = secrets.map((): PublicDealing<G> => {
    const commitments = Array.from({ length: scheme.next.columnCount }, () => scheme.readElement(reader));
    return { commitments, attachment: reader.fixed(rules.attachmentLength) };
  });
  const boxes = boxReceivers(setting, transcript).map((receiver) => {
    const length = boxOverhead + subSharesLength(setting, secrets, receiver);
    const box = reader.fixed(length);
    const isUsable = isUsablePublicKey(box.subarray(0, oneTimeKeyLength));
    return [receiver, isUsable ? box : reader.fail('a box under a usable key')] as const;
  });
  return { dealings, boxes: new Map(boxes) };
}

/** Bytes of the body that a dealer posts. */
export function dealLength<G, Key>(
  setting: CeremonySetting<G, Key>,
  transcript: Transcript<G, Key>,
  rules: DealRules<G>,
  dealer: ProcessId,
): number {
  const secrets = rules.secretsOf(dealer);
  const { elementLength, next } = setting.scheme;
  const open = secrets.length * (next.columnCount * elementLength + rules.attachmentLength);
  return boxReceivers(setting, transcript).reduce(
    (sum, receiver) => sum + boxOverhead + subSharesLength(setting, secrets, receiver),
    open,
  );
}
