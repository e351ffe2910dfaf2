/**
 * What a scheme brings to ceremonies, which are written once for all schemes: its group, how numbers are dealt over its ring,
 * and how dealings that were added up become its next public key. Made for one ceremony, by the scheme's own module here.
 */
import type { Reader } from '../../prelude/canonical.js';
import type { Digest } from '../../prelude/digest.js';
import type { Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { LinearKeyShare } from '../contract/linear-key-share.js';
import type { CommitmentGroup } from '../sharing/commitments.js';
import type { LinearSharing } from '../sharing/compile.js';
import type { Dealing } from '../sharing/dealing.js';
import type { CoefficientRanges, IntegerRange } from '../sharing/ranges.js';
import type { AbortReason } from './fault.js';

/** One sharing of a key, as everybody sees it. */
export interface SharedKey<G> {
  /** The dealing digest. */
  readonly digest: Digest;
  readonly sharing: LinearSharing;
  /**
   * Where the secret and the shares by row are as integers. None where they are residues, where nobody knows that they add up
   * over the integers, or where the group may have elements of small order: then nothing can be divided.
   */
  readonly integers: { readonly secret: IntegerRange; readonly rows: readonly IntegerRange[] } | undefined;
  /** v_r: the commitment to the share of a row, counted from 0. */
  rowKey(row: number): G;
  /** Whether a number is the share of a row: in its range, and what the row's key commits to. */
  isShare(row: number, share: bigint): boolean;
}

/** What a dealer deals: nothing, so as to refresh; its share of an old row; a number of its own; or what is in given ranges. */
export type DealtSecret =
  | { readonly _tag: 'zero' }
  | { readonly _tag: 'row'; readonly row: number }
  | { readonly _tag: 'fresh' }
  | { readonly _tag: 'ranged'; readonly ranges: CoefficientRanges };

/** What everybody knows of a dealing before it is made. */
export interface DealingForm {
  /** Where its coefficients are drawn, and its column 0 is. */
  readonly ranges: CoefficientRanges;
  /** Where the sub-share of each row of the next sharing is. Bounds what a receiver accepts, and how it is written. */
  readonly rows: readonly IntegerRange[];
}

/** A dealing with the weight that it has in the sum. */
export interface Contribution<G> {
  readonly dealer: ProcessId;
  /** Which of the dealer's dealings, from 0. */
  readonly dealing: number;
  readonly weight: bigint;
  readonly form: DealingForm;
  /** C_j by column of the next sharing. */
  readonly commitments: readonly G[];
}

/** What the next sharing is put together from: the sum of the weighted dealings, and a public number added to column 0. */
export interface Combination<G> {
  readonly contributions: readonly Contribution<G>[];
  readonly constant: bigint;
}

/** The next sharing, once everybody can compute it. */
export interface NextKey<G, Key> extends SharedKey<G> {
  readonly publicKey: Key;
  /**
   * The share of a row, from the weighted sum of its sub-shares and, in a refresh, the old share of the row; 0 in all else.
   * `undefined` where it is not in its range or is not what the row's key commits to.
   */
  shareOf(row: number, sum: bigint, old: bigint): bigint | undefined;
  /** @param shares - by row, from {@link shareOf}. */
  keyShare(process: ProcessId, shares: ReadonlyMap<number, bigint>): LinearKeyShare<string>;
}

export interface CeremonyScheme<G, Key> {
  readonly group: CommitmentGroup<G>;
  /** Bytes of a group element. */
  readonly elementLength: number;
  encodeElement(element: G): Uint8Array;
  /** Reads an element in its one form, and makes sure that it is one of the group. */
  readElement(reader: Reader): G;

  /** The order of the group where everybody knows it; only then can a key be generated without a dealer. */
  readonly order: bigint | undefined;

  /** The sharing that the ceremony starts from; none where a key is generated. */
  readonly old: SharedKey<G> | undefined;
  /** The sharing that it goes to. */
  readonly next: LinearSharing;

  formOf(secret: DealtSecret): DealingForm;
  /** Column 0 of a dealing of a number of the dealer's own. */
  drawRoot(random: RandomBytes): bigint;
  /** What goes into column 0 of a dealing of `secret`. */
  rootOf(secret: bigint): bigint;
  /** Whether `root` is the commitment to column 0 of a dealing of what `key` commits to. */
  isRootOf(root: G, key: G): boolean;
  /** Draws the coefficients of a dealing. @param root - column 0. */
  deal(form: DealingForm, root: bigint, random: RandomBytes): Dealing;
  /** Base to a number that may be negative; in time that may depend on its sign and size, of which the ranges are public. */
  commit(number: bigint): G;
  nextKey(combination: Combination<G>): Either<AbortReason, NextKey<G, Key>>;
}
