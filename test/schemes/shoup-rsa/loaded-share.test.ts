/** Whose rows a share is of, and of a key that is none. */
import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { InvariantViolation, present } from '../../../src/prelude/invariant.js';
import { LinearKeyShare, type SecretRow } from '../../../src/schemes/contract/linear-key-share.js';
import { makeRsaMap } from '../../../src/schemes/shoup-rsa/loaded-share.js';
import { gate } from '../sharing/policies.js';
import { id, loadedOf, seededRandom, testKey, universe } from './setup.js';

const { publicKey, shares } = testKey(gate(2, gate(2, 'a', 'b'), gate(2, 'a', 'c'), 'd'));
const share = present(shares.get(id('a')), 'a share');
const [first, second] = share.rows as readonly [SecretRow, SecretRow];
const load = (rows: readonly SecretRow[], process = share.process) =>
  makeRsaMap(
    publicKey,
    new LinearKeyShare('shoup-rsa', share.keyId, share.epoch, process, rows),
    universe,
    seededRandom('load'),
  );

describe('a share', () => {
  it('is of all rows of its process and of no other', () => {
    expect(share.rows).toHaveLength(2);
    expect(E.isRight(load([first, second]))).toBe(true);
    expect(E.isRight(load([second, first]))).toBe(true);
    const other = (row: number) => ({ ...second, row });
    const refused = E.left({ _tag: 'ShareOfAnotherKey', process: share.process });
    for (const rows of [
      [],
      [first],
      [first, first],
      [first, other(99)],
      [other(99), second],
      [first, second, other(99)],
    ]) {
      expect(load(rows)).toEqual(refused);
    }
  });

  it('is none where its process has no rows', () => {
    for (const name of ['e', 'zoe']) {
      expect(load([], id(name))).toEqual(E.left({ _tag: 'ShareOfAnotherKey', process: name }));
    }
  });

  it('of a key that is none is refused for the key', () => {
    expect(makeRsaMap({ ...publicKey, exponent: 4n }, share, universe, seededRandom('load'))).toEqual(
      E.left({ _tag: 'BadExponent', exponent: 4n }),
    );
  });
});

describe('a loaded key', () => {
  it('has keys of the rows of its sharing: another row is a bug of ours', () => {
    const loaded = loadedOf(testKey(gate(2, 'a', 'b')));
    expect(loaded.group.contains(loaded.rowKey(1))).toBe(true);
    expect(() => loaded.rowKey(2)).toThrow(new InvariantViolation('a row of the sharing'));
  });
});
