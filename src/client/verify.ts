/**
 * The verifying half of a client: it trusts the alliance's public key and id, and no server. It runs wherever JavaScript does:
 * nothing here, nor below, imports Node.
 */
import type { Digest } from '../prelude/digest.js';
import { E, type Either } from '../prelude/fp.js';
import { chainNext, chainStart, decidedStatement } from '../consensus/statement.js';
import { batchDigest } from '../consensus/batch.js';
import { type Delivered, DeliveryTable } from '../consensus/delivery.js';
import { type DecidedRange, leadsToCertificate, type PrefixCertificate } from '../consensus/range.js';
import type { AlliancePublicKey } from '../schemes/public-key.js';
import { keyIdOf } from '../schemes/public-key.js';
import { publicVerifier, type PublicVerifier } from '../schemes/public-verifier.js';
import { KeyLine, type TrustAnchor } from './key-line.js';

export type { TrustAnchor } from './key-line.js';

/** Why a range is not believed. */
export type VerifyError =
  | { readonly _tag: 'DoesNotContinue'; readonly expected: number; readonly from: number }
  | { readonly _tag: 'ChainDiffers'; readonly slot: number }
  | { readonly _tag: 'BadSignature'; readonly slot: number };

/** What a verified range adds to the log. */
export interface VerifiedRange {
  readonly delivered: readonly Delivered[];
  /** The last slot that is verified now; the certificate may be of a later one. */
  readonly upTo: number;
  readonly certificate: PrefixCertificate;
}

/** The bytes whose signature by the alliance key a DECIDED certificate carries. */
export function certificateStatement(
  { allianceId, allianceKey }: Pick<TrustAnchor, 'allianceId' | 'allianceKey'>,
  { slot, chain }: Omit<PrefixCertificate, 'signature'>,
): Uint8Array {
  return decidedStatement({ allianceId, keyId: keyIdOf(allianceKey) }, { slot, chain });
}

/** Follows a decided log, range by range, and delivers what is proven. */
export class LogVerifier {
  private readonly others = new Map<AlliancePublicKey, PublicVerifier>();

  private constructor(
    private readonly keys: KeyLine,
    private next: number,
    private chain: Digest,
    private readonly delivery: DeliveryTable,
  ) {}

  /**
   * From slot 1: every command exactly once.
   *
   * @param keys - that grow as the alliance takes other keys; the anchor's for ever if absent.
   */
  static fromStart(anchor: TrustAnchor, keys = new KeyLine(anchor)): LogVerifier {
    return new LogVerifier(keys, 1, chainStart(anchor.allianceId), DeliveryTable.empty());
  }

  /**
   * From slot `from`, after a chain digest that any server may claim (a wrong one leads to no certificate). What was delivered
   * before is unknown: a command that was decided a second time after `from` is delivered again.
   */
  static fromMiddle(anchor: TrustAnchor, from: number, previous: Digest, keys = new KeyLine(anchor)): LogVerifier {
    return new LogVerifier(keys, from, previous, DeliveryTable.joining());
  }

  /** The first slot not yet verified. */
  get nextSlot(): number {
    return this.next;
  }

  /** Checks a range; nothing of a range that is not believed is taken. */
  async take(range: DecidedRange): Promise<Either<VerifyError, VerifiedRange>> {
    const doesNotContinue = (): Either<VerifyError, never> =>
      E.left({ _tag: 'DoesNotContinue', expected: this.next, from: range.from });
    if (range.from !== this.next) return doesNotContinue();
    const { slot } = range.certificate;
    if (!leadsToCertificate(range, this.chain)) return E.left({ _tag: 'ChainDiffers', slot });
    if (!(await this.isSigned(range.certificate))) return E.left({ _tag: 'BadSignature', slot });
    // Another range may have been taken while the signature was checked.
    if (range.from !== this.next) return doesNotContinue();
    const delivered = this.advance(range);
    return E.right({ delivered, upTo: this.next - 1, certificate: range.certificate });
  }

  private async isSigned(certificate: PrefixCertificate): Promise<boolean> {
    const { slot, signature } = certificate;
    const { anchor, verify } = this.keys.of(slot);
    if (await verify(certificateStatement(anchor, certificate), signature)) return true;
    const { allianceId, otherKeys } = anchor;
    for (const allianceKey of otherKeys?.() ?? []) {
      const verifyOther = this.others.get(allianceKey) ?? publicVerifier(allianceKey);
      this.others.set(allianceKey, verifyOther);
      if (await verifyOther(certificateStatement({ allianceId, allianceKey }, certificate), signature)) return true;
    }
    return false;
  }

  private advance(range: DecidedRange): readonly Delivered[] {
    return range.batches.flatMap((batch) => {
      const slot = this.next;
      this.chain = chainNext(this.chain, slot, batchDigest(batch));
      this.next += 1;
      return this.delivery.deliver(slot, batch);
    });
  }
}

export function describeVerifyError(error: VerifyError): string {
  switch (error._tag) {
    case 'DoesNotContinue':
      return `the range begins with slot ${error.from} where slot ${error.expected} was due`;
    case 'ChainDiffers':
      return `the batches do not lead to the certificate of slot ${error.slot}`;
    case 'BadSignature':
      return `the certificate of slot ${error.slot} is not signed by the alliance key`;
  }
}
