/** A share of a key that may come to be, as it lies on disk until its epoch begins: secret, for its owner alone. */
import type * as t from 'io-ts';
import { hexDigest, record, text } from '../../prelude/codec.js';
import type { Digest } from '../../prelude/digest.js';
import { type AllianceKeyShare, allianceKeyShareCodec } from '../../schemes/registry.js';

export interface KeptShareFile {
  readonly role: string;
  readonly ceremonyId: Digest;
  readonly acknowledgement: Digest;
  readonly share: AllianceKeyShare;
}

const maxRoleLength = 80;

export const keptShareCodec: t.Type<KeptShareFile, unknown> = record('a share of a key that may come to be', {
  role: text(maxRoleLength),
  ceremonyId: hexDigest,
  acknowledgement: hexDigest,
  share: allianceKeyShareCodec,
});
