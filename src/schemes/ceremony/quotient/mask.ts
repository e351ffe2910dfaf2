/** One mask: what a contributor to a masked-quotient reshare seals for another, and how it, or everybody, judges it. */
import { bigIntToBytes, bytesToBigInt } from '../../../prelude/bytes.js';
import { E, type Either } from '../../../prelude/fp.js';
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { RandomBytes } from '../../../prelude/random.js';
import { bitLength } from '../../sharing/integers.js';
import { isInRange } from '../../sharing/ranges.js';
import type { QuotientPlan } from './plan.js';
import { maskKey, type QuotientTranscript } from './transcript.js';
import { boxOverhead, openBox, sealBox } from '../sealing/sealed-box.js';
import type { CeremonySetting } from '../setting.js';

/** What is wrong with a mask. */
export type MaskFault = 'does not open' | 'out of range' | 'not committed';

/** Bytes of a sealed mask. */
export function maskBoxLength(plan: QuotientPlan): number {
  return boxOverhead + maskLength(plan);
}

function maskLength({ mask }: QuotientPlan): number {
  return Math.ceil(bitLength(mask.high - 1n) / 8);
}

/** Seals z_ij under the receiver's one-time public key. */
export function sealMask<G, Key>(
  { id }: CeremonySetting<G, Key>,
  plan: QuotientPlan,
  {
    mask,
    ...way
  }: { readonly from: ProcessId; readonly to: ProcessId; readonly receiverKey: Uint8Array; readonly mask: bigint },
  random: RandomBytes,
): Uint8Array {
  const address = { ceremonyId: id, purpose: 'mask', sender: way.from, receiver: way.to } as const;
  const plaintext = bigIntToBytes(mask, maskLength(plan));
  const box = sealBox(address, way.receiverKey, plaintext, random);
  plaintext.fill(0);
  return box;
}

/** z_ij, opened with the receiver's one-time private key and held against its range and its commitment. */
export function openMask<G, Key>(
  { id, scheme }: CeremonySetting<G, Key>,
  quotient: QuotientTranscript<G>,
  { from, to, secret }: { readonly from: ProcessId; readonly to: ProcessId; readonly secret: Uint8Array },
): Either<MaskFault, bigint> {
  const { plan, masks } = quotient;
  const box = present(masks.get(from)?.boxes.get(to), 'a mask for every contributor after');
  const plaintext = openBox({ ceremonyId: id, purpose: 'mask', sender: from, receiver: to }, secret, box);
  if (plaintext?.length !== maskLength(plan)) return E.left('does not open');
  const mask = bytesToBigInt(plaintext);
  plaintext.fill(0);
  if (!isInRange(mask, plan.mask)) return E.left('out of range');
  return scheme.group.equals(scheme.commit(mask), maskKey(quotient, from, to))
    ? E.right(mask)
    : E.left('not committed');
}
