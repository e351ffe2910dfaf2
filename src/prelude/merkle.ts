/**
 * Merkle trees (RFC 6962, section 2.1): the root of a list, and paths by which one item is shown to belong to it.
 * Leaves and inner nodes are hashed under different prefixes, so neither can be taken for the other.
 */
import { equalBytes } from './bytes.js';
import { digest, type Digest } from './digest.js';

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

/** The largest power of two below `count` (which is at least 2). */
function splitPoint(count: number): number {
  return 2 ** (31 - Math.clz32(count - 1));
}

/** The root of `items`; of none, the digest of nothing. Cost: linear. */
export function merkleRoot(items: readonly Uint8Array[]): Digest {
  const [first] = items;
  if (first === undefined) return digest();
  if (items.length === 1) return digest(leafPrefix, first);
  const split = splitPoint(items.length);
  return digest(nodePrefix, merkleRoot(items.slice(0, split)), merkleRoot(items.slice(split)));
}

/** The siblings of item `index` (from 0), from the leaf upwards. */
export function merklePath(items: readonly Uint8Array[], index: number): readonly Digest[] {
  if (items.length <= 1) return [];
  const split = splitPoint(items.length);
  const [left, right] = [items.slice(0, split), items.slice(split)];
  return index < split
    ? [...merklePath(left, index), merkleRoot(right)]
    : [...merklePath(right, index - split), merkleRoot(left)];
}

/** Where an item is claimed to stand: position `index` (from 0) of a list of `count`. */
export interface MerklePosition {
  readonly index: number;
  readonly count: number;
}

/** Whether `item` stands at `position` of the list with this `root`. */
export function isInMerkleTree(
  root: Digest,
  position: MerklePosition,
  item: Uint8Array,
  path: readonly Digest[],
): boolean {
  const { index, count } = position;
  if (index >= count) return false;
  const computed = rootFrom(position, digest(leafPrefix, item), path);
  return computed !== undefined && equalBytes(computed, root);
}

function rootFrom({ index, count }: MerklePosition, leaf: Digest, path: readonly Digest[]): Digest | undefined {
  if (count === 1) return path.length === 0 ? leaf : undefined;
  const sibling = path.at(-1);
  if (sibling === undefined) return undefined;
  const split = splitPoint(count);
  const below = path.slice(0, -1);
  if (index < split) {
    const left = rootFrom({ index, count: split }, leaf, below);
    return left === undefined ? undefined : digest(nodePrefix, left, sibling);
  }
  const right = rootFrom({ index: index - split, count: count - split }, leaf, below);
  return right === undefined ? undefined : digest(nodePrefix, sibling, right);
}
