/**
 * Proofs that a partial power is correct (Shoup 2000, section 2; spec/schemes.md, "Proof"): the discrete
 * logarithm of x_r² to the base u⁴ equals that of v_r to the base v, made non-interactive by hashing.
 *
 * Deviation: (|v'|, |x'|, z) is sent instead of (c, z), so that many proofs can be checked together; c is always recomputed.
 */
import { bigIntToBytes, bytesToBigInt } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import type { RandomBytes } from '../../prelude/random.js';
import { batchWeight } from '../sharing/commitments.js';
import { shoupRsaSuite } from './derived-base.js';
import type { LoadedKey } from './loaded-key.js';
import type { ProofNonce } from './nonce-pool.js';
import type { ResidueGroup } from './residue-group.js';
import { shareBitsOf } from './row-bounds.js';
import { challengeBits, type RowShare, type ShareProof } from './share-encoding.js';

/** What u ↦ u^d is applied to. */
export interface MapInput {
  /** What for. Stands in every proof, so that none serves another use. */
  readonly role: string;
  /** Names what u stands for: the digest of a message or of a ciphertext. */
  readonly digest: Digest;
  /** u, in [1, N). */
  readonly value: bigint;
}

/** The input as the proofs see it. */
export interface ProofSubject extends MapInput {
  /** |u²|, whose powers partial powers are. */
  readonly square: bigint;
  /** |u⁴|, the base that they are proved to. */
  readonly proofBase: bigint;
}

export function proofSubject({ group }: Pick<LoadedKey, 'group'>, input: MapInput): ProofSubject {
  const square = group.multiply(input.value, input.value);
  return {
    ...input,
    square,
    get proofBase() {
      return group.multiply(square, square);
    },
  };
}

/** A row share whose proof is there. */
export type ProvenRowShare = RowShare & { readonly proof: ShareProof };

/** One row's partial power, and the secret that made it. */
export interface SecretPower {
  readonly row: number;
  /** |u^(2 secret)|. */
  readonly value: bigint;
  readonly secret: bigint;
}

/** Proves that `value` is u to the power of twice the row's secret, with a nonce that nothing else was or will be proved with. */
export function proveRow(
  key: LoadedKey,
  subject: ProofSubject,
  { row, value, secret }: SecretPower,
  { nonce, base }: ProofNonce,
): ProvenRowShare {
  const message = key.group.canonical(key.exponentiation.power(subject.proofBase, nonce));
  const challenge = challengeOf(key, subject, { row, value }, { base, message });
  return { row, value, proof: { base, message, response: nonce + challenge * secret } };
}

/**
 * Whether all of the shares are what their senders' secrets make of the input: whether v^z = v' v_r^c and
 * (u⁴)^z = x' x_r^(2c) for each of them. All equations are checked as one, by weights that are drawn here: the second kind's by
 * one weight δ against the first, and those of each share but the first by its own (Bellare, Garay and Rabin, EUROCRYPT
 * 1998). Right shares always pass; others with a probability of 2^-127 at most, since the group has no elements of small order.
 *
 * Both sides are compared squared. Squares of units are in the group, so nothing has to be asked of v' and x', and any
 * number of shares is judged by one predicate: a Jacobi symbol costs as much as the powers that a batch is left with.
 * Another root of v'² than ±v' would factor N.
 */
export function verifyRows(
  key: LoadedKey,
  subject: ProofSubject,
  shares: readonly ProvenRowShare[],
  random: RandomBytes,
): boolean {
  const { group } = key;
  if (!shares.every(({ value }) => group.contains(value))) return false;
  const mixing = batchWeight(random);
  let [response, committed, raised] = [0n, group.identity, group.identity];
  for (const [index, share] of shares.entries()) {
    const { row, value, proof } = share;
    const challenge = challengeOf(key, subject, share, proof);
    const weight = index === 0 ? 1n : batchWeight(random);
    const ofKey = group.multiply(proof.base, group.power(key.rowKey(row), challenge));
    const ofInput = group.multiply(proof.message, group.power(group.multiply(value, value), challenge));
    response += weight * proof.response;
    committed = group.multiply(committed, group.power(ofKey, weight));
    raised = group.multiply(raised, group.power(ofInput, weight));
  }
  const base = group.multiply(group.base, group.power(subject.proofBase, mixing));
  const expected = group.multiply(committed, group.power(raised, mixing));
  return haveEqualSquares(group, group.power(base, response), expected);
}

function haveEqualSquares(group: ResidueGroup, a: bigint, b: bigint): boolean {
  return group.equals(group.multiply(a, a), group.multiply(b, b));
}

const challengeTag = 'koinon shoup-rsa share proof v1';

/** c: the first 128 bits of the digest of everything that the proof is about, each part of fixed width. */
export function challengeOf(
  key: LoadedKey,
  { role, digest: inputDigest, value: input }: MapInput,
  { row, value }: Pick<RowShare, 'row' | 'value'>,
  { base, message }: Pick<ShareProof, 'base' | 'message'>,
): bigint {
  const element = (number: bigint) => bigIntToBytes(number, key.modulusLength);
  const writer = new Writer()
    .text(challengeTag)
    .text(shoupRsaSuite)
    .text(key.publicKey.usage)
    .text(role)
    .fixed(key.keyId)
    .fixed(key.policyDigest)
    .u64(key.publicKey.epoch)
    .fixed(key.dealingDigest)
    .u32(row)
    .u32(shareBitsOf(key.bounds, row))
    .fixed(inputDigest);
  for (const number of [input, key.rowKey(row), key.group.multiply(value, value), base, message]) {
    writer.fixed(element(number));
  }
  return bytesToBigInt(digest(writer.finish()).subarray(0, challengeBits / 8));
}
