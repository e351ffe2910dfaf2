/** BLS keys and key shares as JSON; points are compressed, in hexadecimal. */
import * as t from 'io-ts';
import { hexBytes, integer, list, record, refined, text } from '../../prelude/codec.js';
import { policyCodec } from '../../quorum/policy/policy-codec.js';
import { linearKeyShareCodec } from '../contract/linear-key-share-codec.js';
import { sharingLimits } from '../sharing/compile.js';
import { usageCodec } from '../contract/usage-codec.js';
import { type BlsSuite, blsSuites, scalarLength } from './ciphersuite.js';
import { type BlsKeyShare, type BlsPublicKey, blsSchemeId, blsUsages } from './key.js';
import { pointLength } from './point-encoding.js';

const suiteCodec: t.Type<BlsSuite, unknown> = refined(text(32), `a BLS suite (${blsSuites.join(', ')})`, (found) =>
  blsSuites.find((suite) => suite === found),
);

const keyPoint: t.Type<Uint8Array, unknown> = hexBytes(pointLength('G2', 'compressed'));

/** Bounds only: `makeBlsVerifier` judges the points. */
export const blsPublicKeyCodec: t.Type<BlsPublicKey, unknown> = record('a BLS key', {
  _tag: t.literal(blsSchemeId),
  usage: usageCodec(blsUsages),
  suite: suiteCodec,
  policy: policyCodec,
  epoch: integer(0),
  groupKey: keyPoint,
  commitments: list(keyPoint, sharingLimits.maxNodeCount, 1),
});

/** Writes the secrets out: only for a file that its owner alone can read. */
export const blsKeyShareCodec: t.Type<BlsKeyShare, unknown> = linearKeyShareCodec(
  'a BLS key share',
  blsSchemeId,
  scalarLength,
);
