/** The decided log of a simulated server: appended to, pruned from its beginning, and replaced by a state now and then. */
import { equalBytes } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import { type Batch, batchDigest } from '../../../src/consensus/batch.js';
import type { Digest } from '../../../src/prelude/digest.js';
import type { DecidedRange, PrefixCertificate } from '../../../src/consensus/range.js';
import type { Prefix } from '../../../src/consensus/statement.js';
import type { AppendOnly } from './disk.js';
import { FoldedDisk } from './folded-disk.js';

interface Entry {
  readonly slot: number;
  readonly chain: Digest;
  readonly batch: Batch;
}

interface LogView {
  /** The slot before the first that is held. */
  base: Prefix;
  entries: Entry[];
}

export type LogChange =
  | ({ readonly _tag: 'Append' } & Entry)
  | { readonly _tag: 'Prune'; readonly upTo: number }
  /** The log begins anew after a slot. */
  | ({ readonly _tag: 'Reset' } & Prefix);

/** Slots in one answer to a fetch. */
const rangeSlots = 5;

interface KnownCertificate {
  readonly certificate: PrefixCertificate;
  readonly keyId: Digest;
}

export class DecidedLog {
  readonly disk: FoldedDisk<LogView, LogChange>;
  private certificates: KnownCertificate[] = [];

  constructor(disk: AppendOnly<LogChange>, start: Digest) {
    const empty = (): LogView => ({ base: { slot: 0, chain: start }, entries: [] });
    this.disk = new FoldedDisk(disk, empty, apply);
  }

  get base(): Prefix {
    return this.disk.view.base;
  }

  /** The last slot that is durable. */
  get last(): number {
    return this.base.slot + this.disk.view.entries.length;
  }

  /** What is held above `slot`. */
  above(slot: number): readonly Entry[] {
    return this.disk.view.entries.slice(Math.max(0, slot - this.base.slot));
  }

  chains(): Map<number, Digest> {
    const { base, entries } = this.disk.view;
    return new Map([[base.slot, base.chain], ...entries.map(({ slot, chain }) => [slot, chain] as const)]);
  }

  putCertificate(certificate: PrefixCertificate, keyId: Digest): void {
    this.certificates.push({ certificate, keyId });
  }

  /** The newest certificate under a key. */
  newestCertificate(keyId: Digest): PrefixCertificate | undefined {
    return this.certified(keyId, 0).at(-1);
  }

  /** The slots from `from` on that lead to a certificate under the key. */
  range(from: number, keyId: Digest): DecidedRange | undefined {
    const certificate = this.certified(keyId, from)[0];
    if (from <= this.base.slot || certificate === undefined) return undefined;
    const entries = this.above(from - 1).slice(0, certificate.slot - from + 1);
    return {
      from,
      batches: entries.slice(0, rangeSlots).map(({ batch }) => batch),
      tail: entries.slice(rangeSlots).map(({ batch }) => batchDigest(batch)),
      certificate,
    };
  }

  private certified(keyId: Digest, from: number): readonly PrefixCertificate[] {
    return this.certificates
      .filter((known) => known.keyId === keyId || equalBytes(known.keyId, keyId))
      .map(({ certificate }) => certificate)
      .filter(({ slot }) => slot >= from && slot <= this.last)
      .sort((a, b) => a.slot - b.slot);
  }
}

function apply(view: LogView, change: LogChange): void {
  const last = view.entries.at(-1)?.slot ?? view.base.slot;
  switch (change._tag) {
    case 'Append':
      // A disk that broke its promise may have lost what comes before.
      if (change.slot === last + 1) view.entries.push(change);
      return;
    case 'Prune': {
      if (change.upTo <= view.base.slot || change.upTo > last) return;
      const gone = view.entries.splice(0, change.upTo - view.base.slot);
      const { slot, chain } = present(gone.at(-1), 'the last pruned slot');
      view.base = { slot, chain };
      return;
    }
    case 'Reset':
      view.base = { slot: change.slot, chain: change.chain };
      view.entries = [];
      return;
  }
}
