/**
 * Proofs that a signature share is correct (Shoup 2000, section 2; rule C4 of the design's cryptography): the discrete
 * logarithm of x_r² to the base x⁴ equals that of v_r to the base v, made non-interactive by hashing.
 *
 * Deviation: (|v'|, |x'|, z) is sent instead of (c, z), so that many proofs can be checked together; c is always recomputed.
 */
import { bigIntToBytes, bytesToBigInt } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import { present } from '../../prelude/invariant.js';
import { randomBits, type RandomBytes } from '../../prelude/random.js';
import { batchWeightBits } from '../sharing/commitments.js';
import { expand, shoupRsaSuite } from './derived-base.js';
import type { LoadedKey } from './loaded-key.js';
import type { ResidueGroup } from './residue-group.js';
import { encodeRs256 } from './rsa-verify.js';
import { challengeBits, responseBits, type RowShare, type ShareProof } from './share-encoding.js';

/** The message as the proofs see it. */
export interface ProofSubject {
  readonly messageDigest: Digest;
  /** x: the encoded message, below N. */
  readonly encoded: bigint;
  /** |x⁴|, the base that shares are proved to. */
  readonly proofBase: bigint;
}

export function proofSubject(key: LoadedKey, message: Uint8Array): ProofSubject {
  const messageDigest = digest(message);
  const encoded = encodeRs256(messageDigest, key.modulusLength);
  return { messageDigest, encoded, proofBase: key.group.power(encoded, 4n) };
}

/** A row share whose proof is there. */
export type ProvenRowShare = RowShare & { readonly proof: ShareProof };

/** Proves that `value` is x to the power of twice the row's secret. */
export function proveRow(
  key: LoadedKey,
  subject: ProofSubject,
  { row, value, secret }: { readonly row: number; readonly value: bigint; readonly secret: bigint },
  random: RandomBytes,
): ProvenRowShare {
  const nonce = drawNonce(key, subject, { row, secret }, random);
  const base = key.group.commit(nonce);
  const message = key.group.canonical(key.exponentiation.power(subject.proofBase, nonce));
  const challenge = challengeOf(key, subject, { row, value }, { base, message });
  return { row, value, proof: { base, message, response: nonce + challenge * secret } };
}

/**
 * Whether one row's share is what its sender's secret makes of the message.
 *
 * The equations v^z = v' v_r^c and x~^z = x' x_r^(2c) are compared squared. Squares of units are in the group, so nothing
 * has to be asked of v' and x', and {@link verifyRowsTogether} is the same predicate: a Jacobi symbol costs as much as
 * the powers that a batch is left with. Another root of v'² than ±v' would factor N.
 */
export function verifyRow(key: LoadedKey, subject: ProofSubject, share: ProvenRowShare): boolean {
  const { group } = key;
  const { row, value, proof } = share;
  if (!group.contains(value)) return false;
  const challenge = challengeOf(key, subject, share, proof);
  const committed = group.multiply(proof.base, group.power(key.rowKey(row), challenge));
  if (!haveEqualSquares(group, group.power(group.base, proof.response), committed)) return false;
  const raised = group.multiply(proof.message, group.power(group.multiply(value, value), challenge));
  return haveEqualSquares(group, group.power(subject.proofBase, proof.response), raised);
}

function haveEqualSquares(group: ResidueGroup, a: bigint, b: bigint): boolean {
  return group.equals(group.multiply(a, a), group.multiply(b, b));
}

/**
 * Whether all shares are correct: {@link verifyRow} of each, but for a probability of 2^-127 over weights that are drawn here
 * (Bellare, Garay and Rabin, EUROCRYPT 1998). Sound because the group has no elements of small order.
 */
export function verifyRowsTogether(
  key: LoadedKey,
  subject: ProofSubject,
  shares: readonly ProvenRowShare[],
  random: RandomBytes,
): boolean {
  const { group } = key;
  if (!shares.every(({ value }) => group.contains(value))) return false;
  let [committedSum, raisedSum] = [0n, 0n];
  let [committed, raised] = [group.identity, group.identity];
  for (const share of shares) {
    const { row, value, proof } = share;
    const challenge = challengeOf(key, subject, share, proof);
    const [forBase, forMessage] = [drawWeight(random), drawWeight(random)];
    committedSum += forBase * proof.response;
    raisedSum += forMessage * proof.response;
    committed = group.multiply(committed, group.power(proof.base, forBase));
    committed = group.multiply(committed, group.power(key.rowKey(row), forBase * challenge));
    raised = group.multiply(raised, group.power(proof.message, forMessage));
    raised = group.multiply(raised, group.power(value, 2n * forMessage * challenge));
  }
  const isCommitted = haveEqualSquares(group, group.power(group.base, committedSum), committed);
  return isCommitted && haveEqualSquares(group, group.power(subject.proofBase, raisedSum), raised);
}

/** A weight in [1, 2^128). */
function drawWeight(random: RandomBytes): bigint {
  const weight = randomBits(random, batchWeightBits);
  return weight === 0n ? 1n : weight;
}

const nonceTag = 'koinon shoup-rsa nonce v1';

/**
 * r, uniform below 2^(B_r + 2 L1): from the secret, the statement and fresh randomness, so that neither a bad source of
 * randomness nor a repeated run gives two proofs with one nonce, which would give the secret away.
 */
function drawNonce(
  key: LoadedKey,
  { messageDigest }: ProofSubject,
  { row, secret }: { readonly row: number; readonly secret: bigint },
  random: RandomBytes,
): bigint {
  const shareBits = present(key.bounds.shareBits[row], 'a row of the sharing');
  const bits = responseBits(key, row) - 1;
  const seed = digest(
    new Writer()
      .text(nonceTag)
      .fixed(key.dealingDigest)
      .u32(row)
      .bytes(bigIntToBytes(secret, Math.ceil(shareBits / 8)))
      .fixed(messageDigest)
      .bytes(random(32))
      .finish(),
  );
  const length = Math.ceil(bits / 8);
  return bytesToBigInt(expand(seed, length)) >> BigInt(8 * length - bits);
}

const challengeTag = 'koinon shoup-rsa share proof v1';

/** What a proof is for: the role of the statement, so that no proof of another kind can stand in for it. */
const challengeRole = 'signature share';

/** c: the first 128 bits of the digest of everything that the proof is about, each part of fixed width. */
export function challengeOf(
  key: LoadedKey,
  { messageDigest, encoded }: ProofSubject,
  { row, value }: Pick<RowShare, 'row' | 'value'>,
  { base, message }: Pick<ShareProof, 'base' | 'message'>,
): bigint {
  const element = (number: bigint) => bigIntToBytes(number, key.modulusLength);
  const writer = new Writer()
    .text(challengeTag)
    .text(shoupRsaSuite)
    .text(key.publicKey.usage)
    .text(challengeRole)
    .fixed(key.keyId)
    .fixed(key.policyDigest)
    .u64(key.publicKey.epoch)
    .fixed(key.dealingDigest)
    .u32(row)
    .u32(present(key.bounds.shareBits[row], 'a row of the sharing'))
    .fixed(messageDigest);
  for (const number of [encoded, key.rowKey(row), key.group.multiply(value, value), base, message]) {
    writer.fixed(element(number));
  }
  return bytesToBigInt(digest(writer.finish()).subarray(0, challengeBits / 8));
}
