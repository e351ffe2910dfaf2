/** Key shares under a passphrase: AES-256-GCM with the file's public part as additional data. A key seals once: the nonce is zero. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { concatBytes, fromUtf8, utf8 } from '../../prelude/bytes.js';
import { canonicalJson, decodeJson } from '../../prelude/codec.js';
import { E, type Either } from '../../prelude/fp.js';
import { allianceKeyShareCodec } from '../key-share-codec.js';
import type { KeyShareFile, SealedKeyShareFile } from './key-file.js';
import { keyFileJson } from './key-file-codec.js';
import type { MasterKey } from './sealing.js';

const tagLength = 16;
const cipher = 'aes-256-gcm';
const zeroNonce = new Uint8Array(12);

export function sealKeyShare({ key, share }: KeyShareFile, master: MasterKey): SealedKeyShareFile {
  const { process } = share;
  const open = { _tag: 'sealed-key-share', process, key, sealing: master.sealing } as const;
  const publicPart = publicPartOf(open);
  const gcm = createCipheriv(cipher, master.fileKey(publicPart), zeroNonce);
  gcm.setAAD(publicPart);
  const plain = utf8(JSON.stringify(allianceKeyShareCodec.encode(share)));
  const sealed = concatBytes(gcm.update(plain), gcm.final(), gcm.getAuthTag());
  plain.fill(0);
  return { ...open, sealed };
}

/** Why a sealed key share did not open. */
type OpenRefused =
  /** The passphrase is another, or the file was changed. */
  | { readonly _tag: 'DoesNotOpen' }
  /** Whoever sealed it put something else inside. */
  | { readonly _tag: 'NoShareInside' };

/** @param master - derived with the file's own parameters. */
export function openKeyShare(file: SealedKeyShareFile, master: MasterKey): Either<OpenRefused, KeyShareFile> {
  const publicPart = publicPartOf(file);
  const plain = decipher(file.sealed, master.fileKey(publicPart), publicPart);
  if (plain === undefined) return E.left({ _tag: 'DoesNotOpen' });
  const share = decodeJson(allianceKeyShareCodec, fromUtf8(plain) ?? '');
  plain.fill(0);
  if (E.isLeft(share) || share.right.process !== file.process) return E.left({ _tag: 'NoShareInside' });
  return E.right({ _tag: 'key-share', key: file.key, share: share.right });
}

function decipher(sealed: Uint8Array, key: Uint8Array, publicPart: Uint8Array): Uint8Array | undefined {
  if (sealed.length < tagLength) return undefined;
  const gcm = createDecipheriv(cipher, key, zeroNonce, { authTagLength: tagLength });
  gcm.setAAD(publicPart);
  gcm.setAuthTag(sealed.subarray(-tagLength));
  try {
    return concatBytes(gcm.update(sealed.subarray(0, -tagLength)), gcm.final());
  } catch {
    return undefined;
  }
}

/** Everything but what is sealed, in canonical JSON. */
function publicPartOf(file: Omit<SealedKeyShareFile, 'sealed'>): Uint8Array {
  return utf8(canonicalJson(keyFileJson({ ...file, sealed: new Uint8Array(0) })));
}
