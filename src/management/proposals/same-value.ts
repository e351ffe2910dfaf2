/** Whether two parts of documents say the same. */
import { toHex } from '../../prelude/bytes.js';
import { canonicalJson } from '../../prelude/codec.js';
import { trustModelCodec } from '../../quorum/trust/trust-codec.js';
import type { TrustModel } from '../../quorum/trust/trust-model.js';

/** Of values that are made of records, lists, maps with text as keys, bytes, numbers and texts. */
export function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(plain(a)) === canonicalJson(plain(b));
}

/** As they are written: the order of a list counts. */
export function isSameTrust(a: TrustModel | undefined, b: TrustModel | undefined): boolean {
  return isSame(writtenTrust(a), writtenTrust(b));
}

function writtenTrust(trust: TrustModel | undefined): unknown {
  return trust === undefined ? null : trustModelCodec.encode(trust);
}

function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return toHex(value);
  if (value instanceof Map) return plain(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, plain(inner)]])),
  );
}
