/** Ways to spoil a signature share, for the laws of distributed signers. */
import { concatBytes, empty } from '../../src/prelude/bytes.js';
import type { SignatureShare } from '../../src/schemes/contract/distributed-signer.js';

/** Shares that their bearer is to be caught with. */
export interface TamperedShare {
  readonly kind: string;
  readonly share: SignatureShare;
  /**
   * Whether the share's contribution itself is certainly wrong. Where it is not (a bit of a proof flipped), a scheme that
   * combines optimistically may use it and find nothing.
   */
  readonly spoiled: boolean;
  /** Whether its length alone gives it away, to whoever looks at it at all. */
  readonly malformed: boolean;
}

/** What the same process, or another one, would rightly have sent on another occasion. */
export interface MisplacedShares {
  readonly ofAnotherMessage: SignatureShare;
  readonly ofAnotherSender: SignatureShare;
  readonly ofAnotherKey: SignatureShare;
}

const flippedBitCount = 8;

export function tamperedShares(share: SignatureShare, misplaced: MisplacedShares): readonly TamperedShare[] {
  const flips = sampledBits(share.length, flippedBitCount).map((bit) => ({
    kind: `bit ${bit} flipped`,
    share: flipBit(share, bit) as SignatureShare,
    spoiled: false,
    malformed: false,
  }));
  const malformed: readonly NamedBytes[] = [
    ['truncated', share.subarray(0, share.length - 1)],
    ['extended', concatBytes(share, Uint8Array.of(0))],
    ['empty', empty],
  ];
  const wrong: readonly NamedBytes[] = [
    ['all zero', new Uint8Array(share.length)],
    ['all ones', new Uint8Array(share.length).fill(0xff)],
    ['another message', misplaced.ofAnotherMessage],
    ['another sender', misplaced.ofAnotherSender],
    ['another key', misplaced.ofAnotherKey],
  ];
  return [...malformed.map(spoiled(true)), ...wrong.map(spoiled(false)), ...flips];
}

type NamedBytes = readonly [kind: string, bytes: Uint8Array];

function spoiled(malformed: boolean): (named: NamedBytes) => TamperedShare {
  return ([kind, bytes]) => ({ kind, share: bytes as SignatureShare, spoiled: true, malformed });
}

/** `count` positions of bits spread over `byteLength` bytes, the first and the last among them. */
export function sampledBits(byteLength: number, count: number): readonly number[] {
  const last = 8 * byteLength - 1;
  const positions = Array.from({ length: count }, (_, index) => Math.round((index * last) / (count - 1)));
  return [...new Set(positions)];
}

/** A copy with one bit changed, counted from the lowest of the first byte. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy[bit >>> 3] = (copy[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}
