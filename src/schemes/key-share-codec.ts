/** The key shares of all schemes as JSON. Writes secrets out: only for files that their owner alone can read. */
import type * as t from 'io-ts';
import type { BlsKeyShare } from './bls/key.js';
import { blsKeyShareCodec } from './bls/key-codec.js';
import type { MultisigKeyShare } from './multisig/key.js';
import { multisigKeyShareCodec } from './multisig/key-codec.js';
import type { ShoupRsaKeyShare } from './shoup-rsa/key.js';
import { shoupRsaKeyShareCodec } from './shoup-rsa/key-codec.js';
import { taggedCodec } from './tagged-codec.js';

export type AllianceKeyShare = MultisigKeyShare | ShoupRsaKeyShare | BlsKeyShare;

export const allianceKeyShareCodec: t.Type<AllianceKeyShare, unknown> = taggedCodec<AllianceKeyShare>('a key share', {
  multisig: multisigKeyShareCodec,
  'shoup-rsa': shoupRsaKeyShareCodec,
  bls: blsKeyShareCodec,
});
