import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../src/prelude/bytes.js';
import { isInMerkleTree, merkleLeaf, MerkleTree, merkleTree } from '../../src/prelude/merkle.js';

const items = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, index) => Uint8Array.of(index, 7));

/** RFC 6962, section 2.1, word for word. */
function naiveRoot(list: readonly Uint8Array[]): Buffer {
  const sha = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
  const [only] = list;
  if (only === undefined) return sha();
  if (list.length === 1) return sha(Uint8Array.of(0), only);
  let split = 1;
  while (split * 2 < list.length) split *= 2;
  return sha(Uint8Array.of(1), naiveRoot(list.slice(0, split)), naiveRoot(list.slice(split)));
}

describe('a Merkle tree', () => {
  it('has the root of RFC 6962', () => {
    for (let count = 0; count <= 17; count++)
      expect(toHex(merkleTree(items(count)).root)).toBe(naiveRoot(items(count)).toString('hex'));
    expect(toHex(merkleTree([]).root)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('shows each item at its own place and nowhere else', () => {
    for (let count = 1; count <= 9; count++) {
      const list = items(count);
      const root = merkleTree(list).root;
      for (const [index, item] of list.entries()) {
        const path = merkleTree(list).path(index);
        for (let claimed = 0; claimed <= count; claimed++) {
          expect(isInMerkleTree(root, { index: claimed, count }, item, path)).toBe(claimed === index);
        }
        expect(isInMerkleTree(root, { index, count }, Uint8Array.of(99), path)).toBe(false);
        expect(isInMerkleTree(root, { index, count }, item, [...path, root])).toBe(false);
        if (path.length > 0) expect(isInMerkleTree(root, { index, count }, item, path.slice(1))).toBe(false);
      }
    }
  });

  it('does not take an inner node for an item', () => {
    const list = items(4);
    const [left, right] = [merkleTree(list.slice(0, 2)).root, merkleTree(list.slice(2)).root];
    const node = Uint8Array.of(...left, ...right);
    expect(isInMerkleTree(merkleTree(list).root, { index: 0, count: 1 }, node, [])).toBe(false);
  });

  it('of leaf digests has the root, and the paths of RFC 6962, section 2.1.1', () => {
    for (let count = 1; count <= 17; count++) {
      const list = items(count);
      const tree = new MerkleTree(concatBytes(...list.map(merkleLeaf)));
      expect([tree.count, toHex(tree.root)]).toEqual([count, naiveRoot(list).toString('hex')]);
      for (const [index, item] of list.entries()) {
        expect(tree.leaf(index)).toEqual(merkleLeaf(item));
        expect(tree.path(index).map(toHex)).toEqual(naivePath(list, index).map((node) => node.toString('hex')));
        expect(merkleTree(list).path(index)).toEqual(tree.path(index));
      }
    }
    expect(toHex(new MerkleTree(new Uint8Array(0)).root)).toBe(toHex(merkleTree([]).root));
    expect(() => new MerkleTree(new Uint8Array(33))).toThrow('whole digests');
    expect(() => new MerkleTree(new Uint8Array(32)).path(1)).toThrow('begins at a leaf');
  });

  it('refuses a position that is none, and a path with a digest of another length', () => {
    const list = items(3);
    const root = merkleTree(list).root;
    const [item, path] = [list[0] ?? new Uint8Array(), merkleTree(list).path(0)];
    for (const index of [3, 2 ** 32, 2 ** 53 - 1])
      expect(isInMerkleTree(root, { index, count: 3 }, item, path)).toBe(false);
    expect(
      isInMerkleTree(
        root,
        { index: 0, count: 3 },
        item,
        path.map((node) => node.slice(1) as never),
      ),
    ).toBe(false);
    expect(isInMerkleTree(root, { index: 0, count: 3 }, item, path)).toBe(true);
  });
});

/** RFC 6962, section 2.1.1, word for word. */
function naivePath(list: readonly Uint8Array[], index: number): readonly Buffer[] {
  if (list.length === 1) return [];
  let split = 1;
  while (split * 2 < list.length) split *= 2;
  return index < split
    ? [...naivePath(list.slice(0, split), index), naiveRoot(list.slice(split))]
    : [...naivePath(list.slice(split), index - split), naiveRoot(list.slice(0, split))];
}
