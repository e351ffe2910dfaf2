/** Drawing the nonces of share proofs, when they are needed or ahead of that. */
import { bytesToBigInt } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import type { RandomBytes } from '../../prelude/random.js';
import { unsignedBytes } from './key.js';
import { mgf1 } from './mgf1.js';
import type { LoadedKey } from './loaded-key.js';
import type { ProofNonce } from './nonce-pool.js';
import { responseBits } from './share-encoding.js';

const nonceTag = 'koinon shoup-rsa nonce v1';

/** What a nonce is for: one input, or the next one, whatever it is, in the order in which nonces are made ahead. */
export type NoncePurpose =
  | { readonly _tag: 'input'; readonly role: string; readonly digest: Digest }
  | { readonly _tag: 'ahead'; readonly serial: number };

/**
 * r, uniform below 2^(B_r + 2 L1), and |v^r|. From the secret, the purpose and fresh randomness, so that neither a bad source
 * of randomness nor a repeated run gives two inputs one nonce, as far as the inputs are known.
 */
export function drawNonce(
  key: LoadedKey,
  { row, secret }: { readonly row: number; readonly secret: bigint },
  purpose: NoncePurpose,
  random: RandomBytes,
): ProofNonce {
  const writer = new Writer()
    .text(nonceTag)
    .fixed(key.dealingDigest)
    .u32(row)
    .bytes(unsignedBytes(secret))
    .text(purpose._tag);
  if (purpose._tag === 'input') writer.text(purpose.role).fixed(purpose.digest);
  else writer.u64(purpose.serial);
  const seed = digest(writer.bytes(random(32)).finish());
  const bits = responseBits(key, row) - 1;
  const length = Math.ceil(bits / 8);
  const nonce = bytesToBigInt(mgf1(seed, length)) >> BigInt(8 * length - bits);
  return { nonce, base: key.group.commit(nonce) };
}
