/** Key usages as JSON. */
import * as t from 'io-ts';
import type { KeyUsage } from './distributed-signer.js';

export const usageCodec: t.Type<KeyUsage, unknown> = t.union([
  t.literal('statement'),
  t.literal('document'),
  t.literal('beacon'),
  t.literal('time-lock'),
  t.literal('decryption'),
]);
