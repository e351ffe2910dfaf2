/** The public half of a Shoup RSA key: judging shares, combining them, verifying signatures with node:crypto. */
import { randomBytes } from 'node:crypto';
import { bigIntToBytes } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId, ProcessSet, Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import { isQualified } from '../../quorum/policy/policy.js';
import type {
  CombineResult,
  DistributedVerifier,
  KeyId,
  ShareVerdict,
  Signature,
  SignatureShare,
} from '../distributed-signer.js';
import { reconstruction } from '../sharing/reconstruction.js';
import { combineRows } from './combination.js';
import { shoupRsaSuite } from './derived-base.js';
import type { ShoupRsaKeyError } from './errors.js';
import type { ShoupRsaPublicKey } from './key.js';
import { loadKey, type LoadedKey } from './loaded-key.js';
import { nodeRsaVerifier } from './public-key-pem.js';
import { decodeShare } from './share-encoding.js';
import { findInvalid, judgeShare, provenRows, type SharesBySender } from './share-judge.js';
import { type ProofSubject, proofSubject } from './share-proof.js';

/** Loads a public key for verifying. Its members must be processes of the universe, which may have others. */
export function makeShoupRsaVerifier(
  publicKey: ShoupRsaPublicKey,
  universe: Universe,
  random: RandomBytes = randomBytes,
): Either<ShoupRsaKeyError, ShoupRsaVerifier> {
  return E.map((key: LoadedKey) => new ShoupRsaVerifier(key, random))(loadKey(publicKey, universe, random));
}

export class ShoupRsaVerifier implements DistributedVerifier {
  readonly schemeId = shoupRsaSuite;
  readonly keyId: KeyId;
  readonly epoch: number;
  private readonly verifySignature: (message: Uint8Array, signature: Uint8Array) => boolean;

  /** @param random - for the weights of batches, and for blinding where OpenSSL cannot be used. */
  constructor(
    protected readonly key: LoadedKey,
    protected readonly random: RandomBytes,
  ) {
    this.keyId = key.keyId;
    this.epoch = key.publicKey.epoch;
    this.verifySignature = nodeRsaVerifier(key.publicKey);
  }

  canCombine(signers: ProcessSet): boolean {
    return isQualified(this.key.publicKey.policy, signers);
  }

  /** `unattributable` is what a well-formed share without proofs gets: nothing can be shown about it, good or bad. */
  verifyShare(message: Uint8Array, from: ProcessId, share: SignatureShare): ShareVerdict {
    return judgeShare(this.key, proofSubject(this.key, message), from, share);
  }

  /**
   * First any qualified set of what is well formed. Where that fails, every proof is checked and its sender named if it is
   * wrong, and the rest is combined; shares without proofs are suspected together, after leaving out each of them in turn.
   */
  combine(message: Uint8Array, shares: ReadonlyMap<ProcessId, SignatureShare>): CombineResult {
    const { universe } = this.key;
    const known = new Map([...shares].filter(([from]) => universe.has(from) && this.key.rowsOf(from).length > 0));
    const subject = proofSubject(this.key, message);
    const formed = this.decodeAll(known);
    const malformed = universe.of(known.keys()).minus(universe.of(formed.keys()));
    const signature = this.tryCombine(message, subject, formed);
    if (signature !== undefined) return E.right({ signature, invalid: malformed });
    return this.combineCarefully(message, subject, formed, malformed);
  }

  verify(message: Uint8Array, signature: Signature): boolean {
    return this.verifySignature(message, signature);
  }

  private combineCarefully(
    message: Uint8Array,
    subject: ProofSubject,
    formed: SharesBySender,
    malformed: ProcessSet,
  ): CombineResult {
    const { universe } = this.key;
    const proven = new Map([...formed].filter(([, rows]) => this.canBeJudged(rows)));
    const invalid = malformed.union(universe.of(this.findInvalid(subject, formed, proven)));
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
      const signature = this.tryCombine(message, subject, candidate);
      if (signature !== undefined) return E.right({ signature, invalid });
    }
    const suspects = universe.of(unproven.size > 0 ? unproven.keys() : remaining.keys());
    return E.left({ _tag: 'BadShares', suspects });
  }

  /** Those that were combined in vain are judged apart from the others, among whom perhaps all is well. */
  private findInvalid(subject: ProofSubject, formed: SharesBySender, proven: SharesBySender): readonly ProcessId[] {
    const lambda = reconstruction(this.key.sharing, (process) => formed.has(process));
    const used = [...(lambda?.keys() ?? [])].flatMap((row) => this.key.sharing.rows[row]?.owner ?? []);
    const combined = this.key.universe.of(used);
    const [suspected, others] = [within(proven, combined), without(proven, combined)];
    return [
      ...findInvalid(this.key, subject, suspected, true, this.random),
      ...findInvalid(this.key, subject, others, false, this.random),
    ];
  }

  /** The signature that these shares give, if they may sign together and it verifies. */
  private tryCombine(message: Uint8Array, { encoded }: ProofSubject, shares: SharesBySender): Signature | undefined {
    const lambda = reconstruction(this.key.sharing, (process) => shares.has(process));
    if (lambda === undefined) return undefined;
    const values = new Map([...shares.values()].flatMap((rows) => rows.map(({ row, value }) => [row, value] as const)));
    const combined = combineRows(this.key, lambda, values, encoded);
    if (combined === undefined) return undefined;
    const signature = bigIntToBytes(combined, this.key.modulusLength) as Signature;
    return this.verify(message, signature) ? signature : undefined;
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

function without(shares: SharesBySender, excluded: ProcessSet): SharesBySender {
  return new Map([...shares].filter(([from]) => !excluded.has(from)));
}

function within(shares: SharesBySender, included: ProcessSet): SharesBySender {
  return new Map([...shares].filter(([from]) => included.has(from)));
}
