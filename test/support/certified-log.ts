/** A decided log with certificates by a real alliance key: what servers store, and listeners are sent. */
import { digest } from '../../src/prelude/digest.js';
import { utf8 } from '../../src/prelude/bytes.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { type Batch, batchDigest } from '../../src/consensus/batch.js';
import type { DecidedRange, PrefixCertificate } from '../../src/consensus/range.js';
import { chainNext, chainStart } from '../../src/consensus/statement.js';
import { certificateStatement, type TrustAnchor } from '../../src/client/verify.js';
import { dealMultisig } from '../../src/schemes/multisig/policy-key.js';
import { makeSigner } from '../../src/schemes/registry.js';
import { Universe } from '../../src/prelude/process.js';
import { testRequest } from './cluster.js';
import { right } from './right.js';
import { policy } from './trust.js';

const universe = new Universe(['a/1', 'b/1', 'c/1', 'd/1'] as ProcessId[]);

/** The same `label` always gives the same alliance, and the same `keys` the same keys. */
export class CertifiedLog {
  readonly anchor: TrustAnchor;
  readonly batches: Batch[] = [];
  private readonly chains = [chainStart(digest(utf8('never used')))];
  private readonly dealt;

  constructor(label = 'alliance', epoch = 1, keys = label) {
    const random = (length: number): Uint8Array => digest(utf8(`${keys} ${(this.drawn += 1)}`)).subarray(0, length);
    this.dealt = dealMultisig({ usage: 'statement', epoch, policy: policy('2 of (a/1, b/1, c/1, d/1)') }, random);
    this.anchor = { allianceId: digest(utf8(label)), allianceKey: this.dealt.publicKey };
    this.chains[0] = chainStart(this.anchor.allianceId);
  }
  private drawn = 0;

  get last(): number {
    return this.batches.length;
  }

  /** Decides `count` slots more, one command each, or `batch` in one slot. */
  decide(count: number, batch?: Batch): this {
    for (let left = count; left > 0; left--) {
      const slot = this.batches.length + 1;
      const decided = batch ?? { requests: [testRequest(slot, [`command ${slot}`])] };
      this.chains.push(chainNext(this.chainAt(slot - 1), slot, batchDigest(decided)));
      this.batches.push(decided);
    }
    return this;
  }

  chainAt(slot: number) {
    return present(this.chains[slot], 'the slot is decided');
  }

  certificate(slot: number): PrefixCertificate {
    const prefix = { slot, chain: this.chainAt(slot) };
    const statement = certificateStatement(this.anchor, prefix);
    const signers = [...this.dealt.shares.values()]
      .slice(0, 2)
      .map((share) => right(makeSigner(this.dealt.publicKey, share, universe)));
    const shares = new Map(signers.map((signer) => [signer.me, right(signer.signShare(statement))]));
    return { ...prefix, signature: right(present(signers[0], 'two sign').combine(statement, shares)).signature };
  }

  /** Batches from `from` to `upTo`, and digests up to the certificate's slot. */
  range(from: number, upTo: number, certified = upTo): DecidedRange {
    return {
      from,
      batches: this.batches.slice(from - 1, upTo),
      tail: this.batches.slice(upTo, certified).map(batchDigest),
      certificate: this.certificate(certified),
    };
  }
}
