/**
 * Merkle trees (RFC 6962, section 2.1): the root of a list, and paths by which one item is shown to belong to it.
 * Leaves and inner nodes are hashed under different prefixes, so neither can be taken for the other.
 */
import { empty, equalBytes } from './bytes.js';
import { digest, type Digest, digestLength } from './digest.js';
import { invariant } from './invariant.js';

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

/** The digest that stands for `item` in its tree. */
export function merkleLeaf(item: Uint8Array): Digest {
  return digest(leafPrefix, item);
}

/**
 * A tree over leaf digests, for lists whose items are too large to be hashed again for every path. Its levels are kept, 64
 * bytes a leaf, so that a path costs as many steps as the tree is high.
 */
export class MerkleTree {
  /** Level 0 holds the leaves, each next one the nodes over pairs; an odd node at the end rises as it is. */
  private readonly levels: readonly Uint8Array[];
  /** How many leaves there are. */
  readonly count: number;

  /** @param leaves - the {@link merkleLeaf} of each item, one after another; read, never changed. */
  constructor(leaves: Uint8Array) {
    invariant(leaves.length % digestLength === 0, 'leaves are whole digests');
    this.count = leaves.length / digestLength;
    const levels = [leaves];
    for (let level = leaves; level.length > digestLength; ) {
      level = nextLevel(level);
      levels.push(level);
    }
    this.levels = levels;
  }

  /** Of none, the digest of nothing. */
  get root(): Digest {
    return this.count === 0 ? digest() : nodeAt(this.levels.at(-1), 0);
  }

  /** All leaf digests, one after another: not to be changed. */
  get leaves(): Uint8Array {
    return this.levels[0] ?? empty;
  }

  /** The digest of item `index` (from 0). */
  leaf(index: number): Digest {
    return nodeAt(this.levels[0], index);
  }

  /** The siblings of item `index` (from 0), from the leaf upwards. */
  path(index: number): readonly Digest[] {
    invariant(index >= 0 && index < this.count, 'a path begins at a leaf');
    const path: Digest[] = [];
    let position = index;
    for (const level of this.levels) {
      const sibling = position % 2 === 0 ? position + 1 : position - 1;
      if (sibling * digestLength < level.length) path.push(nodeAt(level, sibling));
      position = Math.floor(position / 2);
    }
    return path;
  }
}

function nextLevel(level: Uint8Array): Uint8Array {
  const pair = 2 * digestLength;
  const next = new Uint8Array(Math.ceil(level.length / pair) * digestLength);
  for (let from = 0; from < level.length; from += pair) {
    const nodes = level.subarray(from, from + pair);
    next.set(nodes.length < pair ? nodes : digest(nodePrefix, nodes), from / 2);
  }
  return next;
}

function nodeAt(level: Uint8Array | undefined, index: number): Digest {
  const node = level?.slice(index * digestLength, (index + 1) * digestLength);
  invariant(node?.length === digestLength, 'a node of the tree is asked for');
  return node as Digest;
}

/** The tree over `items`. Cost: linear. */
export function merkleTree(items: readonly Uint8Array[]): MerkleTree {
  const leaves = new Uint8Array(items.length * digestLength);
  for (const [index, item] of items.entries()) leaves.set(merkleLeaf(item), index * digestLength);
  return new MerkleTree(leaves);
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
  if (position.index >= position.count) return false;
  const computed = rootFrom(position, merkleLeaf(item), path);
  return computed !== undefined && equalBytes(computed, root);
}

function rootFrom({ index, count }: MerklePosition, leaf: Digest, path: readonly Digest[]): Digest | undefined {
  let node = leaf;
  let used = 0;
  for (
    let [position, width] = [index, count];
    width > 1;
    position = Math.floor(position / 2), width = Math.ceil(width / 2)
  ) {
    if (position % 2 === 0 && position + 1 === width) continue;
    const sibling = path[used];
    if (sibling === undefined) return undefined;
    node = position % 2 === 0 ? digest(nodePrefix, node, sibling) : digest(nodePrefix, sibling, node);
    used += 1;
  }
  return used === path.length ? node : undefined;
}
