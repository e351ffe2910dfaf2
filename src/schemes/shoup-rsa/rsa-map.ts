/**
 * u ↦ u^d modulo N along a policy: the one map behind signatures, coins and decryption (`schemes/threshold-map`). What comes
 * out is as long as N, big-endian.
 */
import { bigIntToBytes, bytesToBigInt } from '../../prelude/bytes.js';
import { E } from '../../prelude/fp.js';
import type { ProcessId, ProcessSet } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type {
  CombineResult,
  KeyId,
  KeyUsage,
  ShareVerdict,
  Signature,
  SignatureShare,
} from '../contract/distributed-signer.js';
import { type SecretRow, secretsOf } from '../contract/linear-key-share.js';
import { gcd } from '../sharing/integers.js';
import { reconstruction } from '../sharing/reconstruction.js';
import { combineRows } from './combination.js';
import type { ShoupRsaKeyShare } from './key.js';
import type { LoadedKey } from './loaded-key.js';
import { maxReadyNonces, NoncePool } from './nonce-pool.js';
import { drawNonce } from './proof-nonce.js';
import { decodeShare, encodeShare, type RowShare } from './share-encoding.js';
import { findInvalid, judgeShare, provenRows, type SharesBySender } from './share-judge.js';
import { type MapInput, type ProofSubject, proofSubject, proveRow } from './share-proof.js';
import type { ThresholdMap, ThresholdMapVerifier } from '../contract/threshold-map.js';

/** The public half: judging partial powers and combining them. */
export class RsaMapVerifier implements ThresholdMapVerifier<MapInput> {
  readonly keyId: KeyId;
  readonly usage: KeyUsage;
  readonly epoch: number;

  /** @param random - for the weights of batches, and for blinding where OpenSSL cannot be used. */
  constructor(
    readonly key: LoadedKey,
    protected readonly random: RandomBytes,
  ) {
    this.keyId = key.keyId;
    this.usage = key.publicKey.usage;
    this.epoch = key.publicKey.epoch;
  }

  /** Whether a number may be u: in [1, N) and prime to N. What is not shares a factor with N, and is nobody's ciphertext. */
  isInput(value: bigint): boolean {
    const { modulus } = this.key.publicKey;
    return value > 0n && value < modulus && gcd(value, modulus) === 1n;
  }

  canCombine(signers: ProcessSet): boolean {
    return this.key.structure.isQualified(signers);
  }

  /** `unattributable` is what a well-formed share without proofs gets: nothing can be shown about it, good or bad. */
  verifyPartial(input: MapInput, from: ProcessId, share: SignatureShare): ShareVerdict {
    return judgeShare(this.key, proofSubject(this.key, input), from, share, this.random);
  }

  /**
   * First any qualified set of what is well formed. Where that fails, every proof is checked and its sender named if it is
   * wrong, and the rest is combined; shares without proofs are suspected together, after leaving out each of them in turn.
   */
  combine(input: MapInput, shares: ReadonlyMap<ProcessId, SignatureShare>): CombineResult {
    const { universe } = this.key;
    const known = new Map([...shares].filter(([from]) => universe.has(from) && this.key.rowsOf(from).length > 0));
    const subject = proofSubject(this.key, input);
    const formed = this.decodeAll(known);
    const malformed = universe.of(known.keys()).minus(universe.of(formed.keys()));
    const signature = this.tryCombine(subject, formed);
    if (signature !== undefined) return E.right({ signature, invalid: malformed });
    return this.combineCarefully(subject, formed, malformed);
  }

  /** Whether `value` to the power of e is u. */
  verify(input: MapInput, value: Signature): boolean {
    const root = bytesToBigInt(value);
    if (value.length !== this.key.modulusLength || root >= this.key.publicKey.modulus) return false;
    return this.key.raise(root) === input.value;
  }

  private combineCarefully(subject: ProofSubject, formed: SharesBySender, malformed: ProcessSet): CombineResult {
    const { universe } = this.key;
    const proven = new Map([...formed].filter(([, rows]) => this.canBeJudged(rows)));
    const wasQualified = this.canCombine(universe.of(formed.keys()));
    const invalid = malformed.union(universe.of(findInvalid(this.key, subject, proven, wasQualified, this.random)));
    const remaining = without(formed, invalid);
    const signers = universe.of(remaining.keys());
    if (!this.canCombine(signers)) return E.left({ _tag: 'NotQualified', signers, invalid });
    const valid = new Map([...remaining].filter(([from]) => proven.has(from)));
    const unproven = without(remaining, universe.of(valid.keys()));
    const candidates = [
      valid,
      remaining,
      ...[...unproven.keys()].map((from) => without(remaining, universe.of([from]))),
    ];
    for (const candidate of candidates) {
      const signature = this.tryCombine(subject, candidate);
      if (signature !== undefined) return E.right({ signature, invalid });
    }
    const suspects = universe.of(unproven.keys());
    return E.left({ _tag: 'BadShares', suspects });
  }

  /** The root that these shares give, if they may act together and it is one. */
  private tryCombine(subject: ProofSubject, shares: SharesBySender): Signature | undefined {
    const lambda = reconstruction(this.key.sharing, (process) => shares.has(process));
    if (lambda === undefined) return undefined;
    const values = new Map([...shares.values()].flatMap((rows) => rows.map(({ row, value }) => [row, value] as const)));
    const root = combineRows(this.key, lambda, values, subject.value);
    return root === undefined ? undefined : (bigIntToBytes(root, this.key.modulusLength) as Signature);
  }

  private decodeAll(shares: ReadonlyMap<ProcessId, SignatureShare>): SharesBySender {
    const decoded = [...shares].flatMap(([from, share]) => {
      const rows = decodeShare(this.key, from, share);
      return E.isRight(rows) ? [[from, rows.right] as const] : [];
    });
    return new Map(decoded);
  }

  private canBeJudged(rows: Parameters<typeof provenRows>[0]): boolean {
    return this.key.publicKey.provenSafePrimes && provenRows(rows) !== undefined;
  }
}

/** The map with one process's rows of the exponent. */
export class RsaMap extends RsaMapVerifier implements ThresholdMap<MapInput> {
  readonly me: ProcessId;
  readonly #share: ShoupRsaKeyShare;
  readonly #nonces = new NoncePool();
  #serial = 0;

  /**
   * @param share - rows of this key, checked against its commitments.
   * @param withProof - whether partial powers carry proofs where nobody says otherwise.
   */
  constructor(
    key: LoadedKey,
    share: ShoupRsaKeyShare,
    random: RandomBytes,
    private readonly withProof: boolean,
  ) {
    super(key, random);
    this.me = share.process;
    this.#share = share;
  }

  /** The partial powers of `input`. Keys of other than safe primes have no proofs. */
  partial(input: MapInput, withProof = this.withProof): SignatureShare {
    const subject = proofSubject(this.key, input);
    const isProven = withProof && this.key.publicKey.provenSafePrimes;
    const rows = this.#share.rows.map((own) => this.partialRow(subject, own, isProven));
    return encodeShare(this.key, rows);
  }

  /**
   * Makes the commitment halves of up to `count` proofs ahead, and so each of those proofs cheaper by a third. Costs an
   * exponentiation for each of them and each row of the share.
   *
   * @returns for how many inputs they suffice now; at most 256.
   */
  precompute(count: number): number {
    const rows = this.key.rowsOf(this.me);
    if (!this.key.publicKey.provenSafePrimes) return 0;
    const wanted = Math.min(this.#nonces.readyCount(rows) + count, maxReadyNonces);
    const secrets = secretsOf(this.#share);
    while (this.#nonces.readyCount(rows) < wanted) {
      for (const [row, secret] of secrets) {
        const purpose = { _tag: 'ahead', serial: this.#serial++ } as const;
        this.#nonces.add(row, drawNonce(this.key, { row, secret }, purpose, this.random));
      }
    }
    return this.#nonces.readyCount(rows);
  }

  /** |u^(2 s)|: the square is taken first, so that the secret exponent keeps its fixed length. */
  private partialRow(subject: ProofSubject, own: SecretRow, isProven: boolean): RowShare {
    const { group, exponentiation } = this.key;
    const { row } = own;
    const value = group.canonical(exponentiation.powerOfBytes(subject.square, own.secret));
    if (!isProven) return { row, value };
    const { role, digest } = subject;
    const secret = bytesToBigInt(own.secret);
    const nonce =
      this.#nonces.take(row) ?? drawNonce(this.key, { row, secret }, { _tag: 'input', role, digest }, this.random);
    return proveRow(this.key, subject, { row, value, secret }, nonce);
  }
}

function without(shares: SharesBySender, excluded: ProcessSet): SharesBySender {
  return new Map([...shares].filter(([from]) => !excluded.has(from)));
}
