/** What every message of a ceremony begins with: which attempt it belongs to, and what it is. */
import { Writer } from '../../../prelude/canonical.js';
import { type Digest, digestLength } from '../../../prelude/digest.js';
import { kindByte, kindOfByte, type MessageKind } from './message-kind.js';

/** A message whose body its round has to read. */
export interface Envelope {
  readonly ceremonyId: Digest;
  readonly kind: MessageKind;
  /** A view of the bytes received. */
  readonly body: Uint8Array;
}

export const envelopeLength = digestLength + 1;

export function writeEnvelope({ ceremonyId, kind, body }: Envelope): Uint8Array {
  return new Writer().fixed(ceremonyId).u8(kindByte(kind)).fixed(body).finish();
}

/** `undefined` for what is no message of any ceremony. */
export function readEnvelope(bytes: Uint8Array): Envelope | undefined {
  const kind = kindOfByte(bytes[digestLength]);
  if (kind === undefined) return undefined;
  return { ceremonyId: bytes.subarray(0, digestLength) as Digest, kind, body: bytes.subarray(envelopeLength) };
}
