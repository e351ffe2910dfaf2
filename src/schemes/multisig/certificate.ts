/**
 * The combined signature of the multisignature scheme: a bitset of who signed, then their signatures.
 * The bitset is over the key's holders in the order of their ids (lowest bit of the first byte first, unused bits zero,
 * always ⌈holders / 8⌉ bytes); the 64-byte signatures follow in the same order. There is one encoding of each value.
 */
import { concatBytes } from '../../prelude/bytes.js';
import type { Signature, SignatureShare } from '../contract/distributed-signer.js';
import { signatureLength } from '../ed25519/encoding.js';

/** One holder's part, `holder` being its position (from 0) among the key's holders. */
export interface CertificatePart {
  readonly holder: number;
  readonly share: SignatureShare;
}

/** How long a combined signature is where every holder has signed, in bytes: none is longer. */
export function multisigLength(holderCount: number): number {
  return bitsetLength(holderCount) + holderCount * signatureLength;
}

/** @param parts - in ascending order of `holder`, each share 64 bytes long. */
export function encodeCertificate(holderCount: number, parts: readonly CertificatePart[]): Signature {
  const bitset = new Uint8Array(bitsetLength(holderCount));
  for (const { holder } of parts) bitset[holder >>> 3] = (bitset[holder >>> 3] ?? 0) | (1 << (holder & 7));
  return concatBytes(bitset, ...parts.map((part) => part.share)) as Signature;
}

/** The parts of a certificate, as views of `bytes`; `undefined` for anything that {@link encodeCertificate} would not write. */
export function decodeCertificate(holderCount: number, bytes: Uint8Array): readonly CertificatePart[] | undefined {
  const headLength = bitsetLength(holderCount);
  if (bytes.length < headLength) return undefined;
  const holders = members(bytes.subarray(0, headLength));
  if (bytes.length !== headLength + signatureLength * holders.length) return undefined;
  if (holders.some((holder) => holder >= holderCount)) return undefined;
  return holders.map((holder, index) => {
    const start = headLength + signatureLength * index;
    return { holder, share: bytes.subarray(start, start + signatureLength) as SignatureShare };
  });
}

function bitsetLength(holderCount: number): number {
  return Math.ceil(holderCount / 8);
}

function members(bitset: Uint8Array): readonly number[] {
  const found: number[] = [];
  for (let index = 0; index < 8 * bitset.length; index++) {
    if ((((bitset[index >>> 3] ?? 0) >>> (index & 7)) & 1) === 1) found.push(index);
  }
  return found;
}
