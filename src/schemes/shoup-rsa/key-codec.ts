/** Shoup RSA keys and key shares as JSON. Numbers are lower-case hexadecimal of whole bytes without leading zero bytes. */
import * as t from 'io-ts';
import { bytesToBigInt } from '../../prelude/bytes.js';
import { hexBytes, integer, list, record } from '../../prelude/codec.js';
import { E } from '../../prelude/fp.js';
import { policyCodec } from '../../quorum/policy/policy-codec.js';
import { linearKeyShareCodec } from '../linear-key-share-codec.js';
import { sharingLimits } from '../sharing/compile.js';
import { usageCodec } from '../usage-codec.js';
import { shoupRsaSuite } from './derived-base.js';
import { type ShoupRsaKeyShare, type ShoupRsaPublicKey, unsignedBytes } from './key.js';
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
      if (E.isLeft(found) || found.right.length === 0 || found.right[0] === 0) return t.failure(value, context, name);
      return t.success(bytesToBigInt(found.right));
    },
    (value) => bytes.encode(unsignedBytes(value)),
  );
}

/** Bounds only: `makeShoupRsaVerifier` judges the numbers. */
export const shoupRsaPublicKeyCodec: t.Type<ShoupRsaPublicKey, unknown> = record('a Shoup RSA key', {
  _tag: t.literal(shoupRsaSuite),
  usage: usageCodec(['statement', 'document', 'decryption']),
  modulus: positive(maxModulusBytes),
  exponent: positive(maxExponentBytes),
  policy: policyCodec,
  epoch: integer(0),
  secretScale: positive(maxScaleBytes),
  provenSafePrimes: t.boolean,
  commitments: list(positive(maxModulusBytes), sharingLimits.maxNodeCount, 1),
});

/** Writes the secrets out: only for a file that its owner alone can read. */
export const shoupRsaKeyShareCodec: t.Type<ShoupRsaKeyShare, unknown> = linearKeyShareCodec(
  'a Shoup RSA key share',
  shoupRsaSuite,
  maxShareBytes,
);
