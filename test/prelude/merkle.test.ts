import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/prelude/bytes.js';
import { isInMerkleTree, merklePath, merkleRoot } from '../../src/prelude/merkle.js';

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
      expect(toHex(merkleRoot(items(count)))).toBe(naiveRoot(items(count)).toString('hex'));
    expect(toHex(merkleRoot([]))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('shows each item at its own place and nowhere else', () => {
    for (let count = 1; count <= 9; count++) {
      const list = items(count);
      const root = merkleRoot(list);
      for (const [index, item] of list.entries()) {
        const path = merklePath(list, index);
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
    const [left, right] = [merkleRoot(list.slice(0, 2)), merkleRoot(list.slice(2))];
    const node = Uint8Array.of(...left, ...right);
    expect(isInMerkleTree(merkleRoot(list), { index: 0, count: 1 }, node, [])).toBe(false);
  });
});
