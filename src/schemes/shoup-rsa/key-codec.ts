/** Shoup RSA keys and key shares as JSON. Numbers are lower-case hexadecimal of whole bytes without leading zero bytes. */
import * as t from 'io-ts';
import { bytesToBigInt } from '../../prelude/bytes.js';
import { hexBytes, integer, list, record, refined, text } from '../../prelude/codec.js';
import { E } from '../../prelude/fp.js';
import { policyCodec } from '../../quorum/policy/policy-codec.js';
import { linearKeyShareCodec } from '../contract/linear-key-share-codec.js';
import type { IntegerRange } from '../sharing/ranges.js';
import { sharingLimits } from '../sharing/compile.js';
import { taggedCodec } from '../tagged-codec.js';
import { usageCodec } from '../contract/usage-codec.js';
import { shoupRsaSuite } from './derived-base.js';
import {
  type RsaAlgorithm,
  rsaAlgorithms,
  type ShoupRsaKeyShare,
  type ShoupRsaPublicKey,
  type ShoupRsaRanges,
  unsignedBytes,
} from './key.js';
import { maxModulusBits } from './rsa-verify.js';

const maxModulusBytes = maxModulusBits / 8;
const maxExponentBytes = 4;
const maxScaleBytes = sharingLimits.maxScaleBits / 8;
/** N, and what the bounds of a dealing add to it: random bits, and the powers of positions and scales of every level. */
const maxShareBytes = 2 * (maxModulusBytes + maxScaleBytes);

/** A positive integer of at most `maxBytes` bytes. */
function positive(maxBytes: number): t.Type<bigint, unknown> {
  const bytes = hexBytes(maxBytes);
  const name = `a positive number in hexadecimal, at most ${maxBytes} bytes, without leading zeros`;
  return new t.Type<bigint, unknown>(
    name,
    (value): value is bigint => typeof value === 'bigint' && value > 0n,
    (value, context) => {
      const found = bytes.decode(value);
      if (E.isLeft(found) || (found.right[0] ?? 0) === 0) return t.failure(value, context, name);
      return t.success(bytesToBigInt(found.right));
    },
    (value) => bytes.encode(unsignedBytes(value)),
  );
}

/** An integer of at most `maxBytes` bytes: a minus sign if it is negative, and its hexadecimal; `00` for zero. */
function signed(maxBytes: number): t.Type<bigint, unknown> {
  const magnitude = positive(maxBytes);
  const name = `a number in hexadecimal with a minus sign if negative, at most ${maxBytes} bytes, without leading zeros`;
  return new t.Type<bigint, unknown>(
    name,
    (value): value is bigint => typeof value === 'bigint',
    (value, context) => {
      if (typeof value !== 'string') return t.failure(value, context, name);
      if (value === '00') return t.success(0n);
      const isNegative = value.startsWith('-');
      const found = magnitude.decode(isNegative ? value.slice(1) : value);
      if (E.isLeft(found)) return t.failure(value, context, name);
      return t.success(isNegative ? -found.right : found.right);
    },
    (value) => {
      if (value === 0n) return '00';
      return value > 0n ? magnitude.encode(value) : `-${String(magnitude.encode(-value))}`;
    },
  );
}

const rangeCodec: t.Type<IntegerRange, unknown> = refined(
  record('a range {low, high}', { low: signed(maxShareBytes), high: signed(maxShareBytes) }),
  'a range that is not empty',
  (range) => (range.low < range.high ? range : undefined),
);

const rangesCodec: t.Type<ShoupRsaRanges, unknown> = taggedCodec<ShoupRsaRanges>('ranges', {
  integers: record('ranges', { _tag: t.literal('integers'), secret: rangeCodec, coefficients: rangeCodec }),
  modular: record('ranges', { _tag: t.literal('modular') }),
});

const algorithmCodec: t.Type<RsaAlgorithm, unknown> = refined(
  text(16),
  `an algorithm (${rsaAlgorithms.join(', ')})`,
  (found) => rsaAlgorithms.find((algorithm) => algorithm === found),
);

const publicKeyJson: t.Type<ShoupRsaPublicKey, unknown> = record('a Shoup RSA key', {
  _tag: t.literal(shoupRsaSuite),
  usage: usageCodec(['statement', 'document', 'beacon', 'decryption']),
  algorithm: algorithmCodec,
  modulus: positive(maxModulusBytes),
  exponent: positive(maxExponentBytes),
  policy: policyCodec,
  epoch: integer(0),
  secretScale: positive(maxScaleBytes),
  ranges: rangesCodec,
  provenSafePrimes: t.boolean,
  commitments: list(positive(maxModulusBytes), sharingLimits.maxNodeCount, 1),
});

/** Bounds only, so that the key can be named: `makeShoupRsaVerifier` judges the numbers. */
export const shoupRsaPublicKeyCodec: t.Type<ShoupRsaPublicKey, unknown> = refined(
  publicKeyJson,
  'a Shoup RSA key with commitments below its modulus',
  (key) => (key.commitments.every((commitment) => commitment < key.modulus) ? key : undefined),
);

/** Writes the secrets out: only for a file that its owner alone can read. */
export const shoupRsaKeyShareCodec: t.Type<ShoupRsaKeyShare, unknown> = linearKeyShareCodec(
  'a Shoup RSA key share',
  shoupRsaSuite,
  maxShareBytes,
);
