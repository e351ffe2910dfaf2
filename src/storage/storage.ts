/** What a server keeps on disk. Records are opaque here; `consensus/codec` knows what is in them. */

/**
 * An append-only sequence of records, for what must be durable before something is said.
 * Appends are grouped: those made while a write runs go out together in the next.
 */
export interface Journal {
  /** Every record that was durable when the journal was opened, oldest first. A torn tail, which was never reported durable, is cut off. */
  readonly recovered: readonly Uint8Array[];
  /** Resolves when the record, and all before it, survive a crash. After one rejection everything is rejected. */
  append(record: Uint8Array): Promise<void>;
  /** Replaces everything before this call by `records`, atomically: after a crash either all of the old or all of the new is there. */
  rewrite(records: readonly Uint8Array[]): Promise<void>;
  /** Bytes written since the last rewrite: when to think of the next. */
  readonly size: number;
  close(): Promise<void>;
}

/** One decided slot as it is stored and served. */
export interface StoredSlot {
  /** From 1. */
  readonly slot: number;
  readonly record: Uint8Array;
}

/**
 * The decided log and small tables; ordered by slot, without gaps. Its lowest slots can be dropped, and what was said of the
 * last one dropped, its base, takes their place.
 */
export interface LogStore {
  /** Lowest slot that is stored; while none is, the one that will be stored next. */
  readonly first: number;
  /** Highest stored slot; while none is, `first - 1`. */
  readonly last: number;
  /** What was kept of slot `first - 1`; `undefined` where nothing was ever dropped. */
  readonly base: Uint8Array | undefined;
  /** Stores slot `last + 1` (the caller's duty). Resolves when durable. */
  append(entry: StoredSlot): Promise<void>;
  /** Records of slots `from` onwards, at most `maxCount` of them and `maxBytes` together, but always the first; none where `from` is below `first`. Throws where one is damaged: the disk is lost. */
  read(from: number, limits: { readonly maxCount: number; readonly maxBytes: number }): readonly StoredSlot[];
  /** Small values by name, such as the last certificate. Resolves when durable. */
  put(name: string, value: Uint8Array): Promise<void>;
  get(name: string): Uint8Array | undefined;
  /**
   * Drops every slot up to `upTo`, which is one of those stored, and the values with these names. Resolves when durable;
   * after a crash all of it has happened or nothing. Cost: linear, in one transaction.
   */
  prune(upTo: number, base: Uint8Array, names?: readonly string[]): Promise<void>;
  /** Drops every slot; the next to be stored is `slot + 1`. Otherwise as {@link prune}. */
  reset(slot: number, base: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
