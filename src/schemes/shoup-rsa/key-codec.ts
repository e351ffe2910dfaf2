/** Shoup RSA keys and key shares as JSON. Numbers are lower-case hexadecimal of whole bytes without leading zero bytes. */
import * as t from 'io-ts';
import { bytesToBigInt } from '../../prelude/bytes.js';
import { hexBytes, hexDigest, integer, list, record, refined, text } from '../../prelude/codec.js';
import { E } from '../../prelude/fp.js';
import { type ProcessId, processId } from '../../prelude/process.js';
import { policyCodec } from '../../quorum/policy/policy-codec.js';
import type { KeyId, KeyUsage } from '../distributed-signer.js';
import { sharingLimits } from '../sharing/compile.js';
import { shoupRsaSuite } from './derived-base.js';
import { type SecretRow, ShoupRsaKeyShare, type ShoupRsaPublicKey, unsignedBytes } from './key.js';
import { maxModulusBits } from './rsa-verify.js';

const maxModulusBytes = maxModulusBits / 8;
const maxExponentBytes = 4;
const maxScaleBytes = sharingLimits.maxScaleBits / 8;
/** N, and what the bounds of a dealing add to it: random bits, and the powers of positions and scales of every level. */
const maxShareBytes = 2 * (maxModulusBytes + maxScaleBytes);

const processCodec: t.Type<ProcessId, unknown> = refined(text(127), 'a name or organization/server', processId);

const usageCodec: t.Type<KeyUsage, unknown> = t.union([t.literal('statement'), t.literal('document')]);

const keyIdCodec: t.Type<KeyId, unknown> = hexDigest;

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
  usage: usageCodec,
  modulus: positive(maxModulusBytes),
  exponent: positive(maxExponentBytes),
  policy: policyCodec,
  epoch: integer(0),
  secretScale: positive(maxScaleBytes),
  provenSafePrimes: t.boolean,
  commitments: list(positive(maxModulusBytes), sharingLimits.maxNodeCount, 1),
});

const secretRowCodec: t.Type<SecretRow, unknown> = record('a row {row, secret}', {
  row: integer(0, sharingLimits.maxNodeCount - 1),
  secret: hexBytes(maxShareBytes),
});

const keyShareJson = record('a Shoup RSA key share', {
  _tag: t.literal(shoupRsaSuite),
  keyId: keyIdCodec,
  epoch: integer(0),
  process: processCodec,
  rows: list(secretRowCodec, sharingLimits.maxNodeCount, 1),
});

/** Writes the secrets out: only for a file that its owner alone can read. */
export const shoupRsaKeyShareCodec: t.Type<ShoupRsaKeyShare, unknown> = new t.Type(
  'a Shoup RSA key share',
  (value): value is ShoupRsaKeyShare => value instanceof ShoupRsaKeyShare,
  (value, context) => {
    const form = keyShareJson.validate(value, context);
    if (E.isLeft(form)) return form;
    const { keyId, epoch, process, rows } = form.right;
    return t.success(new ShoupRsaKeyShare(keyId, epoch, process, rows));
  },
  ({ _tag, keyId, epoch, process, rows }) => keyShareJson.encode({ _tag, keyId, epoch, process, rows }),
);
