/** The name of one dealing among all of the same key. */
import { bigIntToBytes } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import { policyDigest } from '../../quorum/policy/policy-digest.js';
import type { KeyId } from '../contract/distributed-signer.js';
import { magnitude } from '../sharing/integers.js';
import { type ShoupRsaPublicKey, type ShoupRsaRanges, unsignedBytes } from './key.js';
import { modulusLength } from './rsa-verify.js';

const dealingTag = 'koinon shoup-rsa dealing v1';

/** Digest of everything that a public key says: what the key id names, and policy, epoch, D0, ranges and commitments. */
export function dealingDigestOf(publicKey: ShoupRsaPublicKey, keyId: KeyId): Digest {
  const { policy, epoch, secretScale, ranges, provenSafePrimes, commitments } = publicKey;
  const length = modulusLength(publicKey);
  const writer = new Writer()
    .text(dealingTag)
    .fixed(keyId)
    .fixed(policyDigest(policy))
    .u64(epoch)
    .bytes(unsignedBytes(secretScale));
  writeRanges(writer, ranges);
  return digest(
    writer
      .bool(provenSafePrimes)
      .list(commitments, (each, commitment) => each.fixed(bigIntToBytes(commitment, length)))
      .finish(),
  );
}

function writeRanges(writer: Writer, ranges: ShoupRsaRanges): void {
  writer.text(ranges._tag);
  if (ranges._tag === 'modular') return;
  for (const { low, high } of [ranges.secret, ranges.coefficients]) {
    for (const end of [low, high]) writer.bool(end < 0n).bytes(unsignedBytes(magnitude(end)));
  }
}
