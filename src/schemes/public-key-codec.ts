/** The public keys of all schemes as JSON. */
import type * as t from 'io-ts';
import { blsPublicKeyCodec } from './bls/key-codec.js';
import { multisigPublicKeyCodec } from './multisig/key-codec.js';
import type { AlliancePublicKey, ThresholdPublicKey } from './public-key.js';
import { shoupRsaPublicKeyCodec } from './shoup-rsa/key-codec.js';
import { taggedCodec } from './tagged-codec.js';

export const alliancePublicKeyCodec: t.Type<AlliancePublicKey, unknown> = taggedCodec<AlliancePublicKey>(
  'a public key',
  {
    multisig: multisigPublicKeyCodec,
    'shoup-rsa': shoupRsaPublicKeyCodec,
    bls: blsPublicKeyCodec,
  },
);

export const thresholdPublicKeyCodec: t.Type<ThresholdPublicKey, unknown> = taggedCodec<ThresholdPublicKey>(
  'the public key of a threshold scheme',
  { 'shoup-rsa': shoupRsaPublicKeyCodec, bls: blsPublicKeyCodec },
);
