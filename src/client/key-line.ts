/** Under which keys the log of an alliance is certified, one after another: a key that has gone out of use certifies nothing that came after. */
import { present } from '../prelude/invariant.js';
import { publicVerifier, type PublicVerifier } from '../schemes/public-verifier.js';
import { keyIdOf } from '../schemes/public-key.js';
import { equalBytes } from '../prelude/bytes.js';
import type { Digest } from '../prelude/digest.js';
import type { AlliancePublicKey } from '../schemes/public-key.js';

/** All that an application must know to believe a decided log, whoever hands it over. */
export interface TrustAnchor {
  readonly allianceId: Digest;
  readonly allianceKey: AlliancePublicKey;
  /** Of other epochs, as far as they are proven: what one of them signed counts as well. They may grow in number. */
  readonly otherKeys?: () => readonly AlliancePublicKey[];
}

interface KnownKey {
  /** It certifies slots above this one. */
  readonly after: number;
  readonly anchor: TrustAnchor;
  readonly verify: PublicVerifier;
}

export class KeyLine {
  private readonly known: KnownKey[] = [];

  constructor(first: TrustAnchor) {
    this.known.push({ after: 0, anchor: first, verify: publicVerifier(first.allianceKey) });
  }

  /** From the slot after this one on the alliance has another key, or the same. */
  follow(after: number, anchor: TrustAnchor): void {
    const last = present(this.known.at(-1), 'a line has a key');
    if (after < last.after || equalBytes(keyIdOf(last.anchor.allianceKey), keyIdOf(anchor.allianceKey))) return;
    this.known.push({ after, anchor, verify: publicVerifier(anchor.allianceKey) });
  }

  /** Of the certificate of a slot. */
  of(slot: number): Omit<KnownKey, 'after'> {
    return present(
      this.known.findLast(({ after }) => after < slot),
      'a line begins before the log',
    );
  }
}
