/**
 * Multisignatures: Ed25519 signatures side by side. No dealing, every bad share names its sender, and any predicate over
 * sets of processes can say who may sign together, also one that no sharing could follow. The signature grows with the
 * signers. The primitive is an argument, so the same code runs over OpenSSL and, for clients, over noble.
 */
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import { E } from '../../prelude/fp.js';
import { invariant, present } from '../../prelude/invariant.js';
import type { ProcessId, ProcessSet, Universe } from '../../prelude/process.js';
import type {
  CombineResult,
  DistributedVerifier,
  KeyId,
  KeyUsage,
  ShareVerdict,
  Signature,
  SignatureShare,
} from '../contract/distributed-signer.js';
import { type Ed25519PublicKey, type Ed25519Verify, signatureLength } from '../ed25519/encoding.js';
import { type CertificatePart, decodeCertificate, encodeCertificate } from './certificate.js';
import { VerifiedShares } from './verified-shares.js';

export const multisigSchemeId = 'multisig';

const suite = 'koinon multisig ed25519 v1';

/** What makes a multisignature key. */
export interface MultisigDescription {
  /** Contains every holder of a key. */
  readonly universe: Universe;
  readonly epoch: number;
  readonly usage: KeyUsage;
  readonly publicKeys: ReadonlyMap<ProcessId, Ed25519PublicKey>;
  /** Who may sign together: monotone. */
  readonly canCombine: (signers: ProcessSet) => boolean;
  /** Names the rule that `canCombine` follows; part of the key's identity. */
  readonly ruleDigest: Digest;
}

/** Digest of suite, scheme, usage, rule and the holders with their keys, ordered by id. */
export function multisigKeyId(key: Pick<MultisigDescription, 'usage' | 'publicKeys' | 'ruleDigest'>): KeyId {
  const writer = new Writer().text(suite).text(multisigSchemeId).text(key.usage).fixed(key.ruleDigest);
  writer.list(orderedHolders(key.publicKeys), (out, [id, publicKey]) => out.text(id).bytes(publicKey));
  return digest(writer.finish());
}

type Holder = readonly [id: ProcessId, publicKey: Ed25519PublicKey];

/** The holders of a key in ascending order of their ids (code units): that of its digest and of certificates. */
export function orderedHolders(publicKeys: ReadonlyMap<ProcessId, Ed25519PublicKey>): readonly Holder[] {
  return [...publicKeys].sort(([a], [b]) => (a < b ? -1 : 1));
}

export class MultisigVerifier implements DistributedVerifier {
  readonly schemeId = multisigSchemeId;
  readonly keyId: KeyId;
  readonly epoch: number;
  readonly usage: KeyUsage;
  private readonly holders: readonly Holder[];
  private readonly positions: ReadonlyMap<ProcessId, number>;
  private readonly verified = new VerifiedShares();

  constructor(
    private readonly key: MultisigDescription,
    private readonly verifySignature: Ed25519Verify,
  ) {
    this.keyId = multisigKeyId(key);
    this.epoch = key.epoch;
    this.usage = key.usage;
    this.holders = orderedHolders(key.publicKeys);
    this.positions = new Map(this.holders.map(([id], position) => [id, position]));
    invariant(
      this.holders.every(([id]) => key.universe.has(id)),
      'every holder belongs to the universe',
    );
  }

  /** Processes that hold no key do not count; nobody at all never suffices, whatever the predicate says. */
  canCombine(signers: ProcessSet): boolean {
    const holders = [...signers].filter((id) => this.positions.has(id));
    return holders.length > 0 && this.key.canCombine(this.key.universe.of(holders));
  }

  verifyShare(message: Uint8Array, from: ProcessId, share: SignatureShare): ShareVerdict {
    const holder = this.positions.get(from);
    return holder !== undefined && this.isValid({ holder, share }, message) ? 'valid' : 'invalid';
  }

  /**
   * Every share is judged (there is no combined signature that could vouch for all at once), then holders are left out,
   * the last first, as long as the rest may sign: so certificates are short. Shares of strangers are ignored.
   */
  combine(message: Uint8Array, shares: ReadonlyMap<ProcessId, SignatureShare>): CombineResult {
    const offered = this.parts(shares);
    const parts = offered.filter((part) => this.isValid(part, message));
    const signers = this.setOf(parts);
    const invalid = this.setOf(offered).minus(signers);
    if (!this.canCombine(signers)) return E.left({ _tag: 'NotQualified', signers, invalid });
    const needed = this.leanest(signers);
    const used = parts.filter((part) => needed.has(this.idOf(part)));
    return E.right({ signature: encodeCertificate(this.holders.length, used), invalid });
  }

  verify(message: Uint8Array, signature: Signature): boolean {
    const parts = decodeCertificate(this.holders.length, signature);
    if (parts === undefined || !this.canCombine(this.setOf(parts))) return false;
    return parts.every((part) => this.isValid(part, message));
  }

  /** The shares of holders, in the order of holders. */
  private parts(shares: ReadonlyMap<ProcessId, SignatureShare>): readonly CertificatePart[] {
    return this.holders.flatMap(([id], holder) => {
      const share = shares.get(id);
      return share === undefined ? [] : [{ holder, share }];
    });
  }

  private isValid({ holder, share }: CertificatePart, message: Uint8Array): boolean {
    if (share.length !== signatureLength) return false;
    const [, publicKey] = present(this.holders[holder], 'a part belongs to a holder');
    return this.verified.remembered({ holder, share }, message, () => this.verifySignature(publicKey, message, share));
  }

  private leanest(signers: ProcessSet): ProcessSet {
    return [...signers].reduceRight((kept, id) => {
      const fewer = kept.without(id);
      return this.canCombine(fewer) ? fewer : kept;
    }, signers);
  }

  private setOf(parts: readonly CertificatePart[]): ProcessSet {
    return this.key.universe.of(parts.map((part) => this.idOf(part)));
  }

  private idOf(part: CertificatePart): ProcessId {
    return present(this.holders[part.holder], 'a part belongs to a holder')[0];
  }
}
