/** Key usages as JSON. */
import type * as t from 'io-ts';
import { refined, text } from '../../prelude/codec.js';
import type { KeyUsage } from './distributed-signer.js';

/** The usages that keys of a scheme may have. */
export function usageCodec(allowed: readonly KeyUsage[]): t.Type<KeyUsage, unknown> {
  const name = `a usage (${allowed.join(', ')})`;
  return refined(text(16), name, (found) => allowed.find((usage) => usage === found));
}
