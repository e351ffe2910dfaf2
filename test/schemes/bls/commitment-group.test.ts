import { describe, expect, it } from 'vitest';
import { bigIntToBytes, toHex } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { groupOrder } from '../../../src/schemes/bls/ciphersuite.js';
import { keyGroupOf, keyGroupOver } from '../../../src/schemes/bls/commitment-group.js';
import { identityEncoding } from '../../../src/schemes/bls/point-encoding.js';
import { checkDealing, checkDealingInBatch, commitTo } from '../../../src/schemes/sharing/commitments.js';
import { compile } from '../../../src/schemes/sharing/compile.js';
import { dealOverResidues } from '../../../src/schemes/sharing/dealing.js';
import { residues } from '../../../src/schemes/sharing/ring.js';
import { right } from '../../support/right.js';
import { gate } from '../sharing/policies.js';
import { blst, mcl, noble, pairingOf, seededRandom, smallOrder } from './setup.js';

describe.each([
  ['blst', pairingOf(blst, 'min-pk-pop')],
  ['mcl, keys in G2', pairingOf(mcl, 'min-sig-nul')],
  ['noble', pairingOf(noble, 'min-pk-pop')],
] as const)('the group of keys by %s', (_, pairing) => {
  const group = keyGroupOver(pairing);
  const hex = (element: ReturnType<typeof group.commit>) => toHex(group.encode(element));

  it('commits to residues: what is the same modulo r has the same commitment', () => {
    expect(hex(group.commit(5n))).toBe(toHex(pairing.keys.encode(pairing.keyOf(bigIntToBytes(5n, 32)), 'compressed')));
    expect(group.equals(group.commit(5n + 3n * groupOrder), group.commit(5n))).toBe(true);
    expect(group.equals(group.commit(0n), group.identity)).toBe(true);
    expect(group.equals(group.commit(groupOrder), group.identity)).toBe(true);
    expect(group.equals(group.commit(5n), group.commit(6n))).toBe(false);
  });

  it('multiplies and takes powers, negative ones too', () => {
    const [three, four] = [group.commit(3n), group.commit(4n)];
    expect(hex(group.multiply(three, four))).toBe(hex(group.commit(7n)));
    expect(hex(group.multiply(three, three))).toBe(hex(group.commit(6n)));
    expect(hex(group.power(three, 11n))).toBe(hex(group.commit(33n)));
    expect(group.equals(group.multiply(group.power(three, -2n), group.commit(6n)), group.identity)).toBe(true);
    expect(group.equals(group.power(three, 0n), group.identity)).toBe(true);
    expect(hex(group.power(three, groupOrder + 2n))).toBe(hex(group.commit(6n)));
    expect(hex(group.multiply(group.identity, four))).toBe(hex(four));
    expect(group.equals(group.power(group.identity, -5n), group.identity)).toBe(true);
  });

  it('reads what it wrote, the identity included, and nothing outside the group', () => {
    const element = group.commit(12n);
    const bytes = group.encode(element);
    expect(bytes.length).toBe(group.elementLength);
    expect(group.equals(present(group.decode(bytes), 'an element'), element)).toBe(true);
    expect(
      group.equals(present(group.decode(identityEncoding(pairing.keys.name, 'compressed')), 'it'), group.identity),
    ).toBe(true);
    const outside = new Uint8Array(group.elementLength);
    outside.set([0x80]);
    outside.set([pairing.keys.name === 'G1' ? 4 : 2], group.elementLength - 1);
    const malformed = [
      outside,
      smallOrder[pairing.keys.name],
      bytes.subarray(1),
      new Uint8Array(group.elementLength),
      new Uint8Array(0),
    ];
    for (const other of malformed) expect(group.decode(other)).toBeUndefined();
  });

  it('lets the receivers of a dealing check it', () => {
    const sharing = right(compile(gate(2, 'a', 'b', gate(2, 'c', 'd')), residues));
    const { coefficients, shares } = dealOverResidues(sharing, groupOrder, 77n, seededRandom('group'));
    const commitments = commitTo(group, coefficients);
    const received = (all: readonly bigint[]) => ({
      commitments,
      shares: new Map(all.entries()),
      range: () => ({ low: 0n, high: groupOrder }),
    });
    for (const check of [checkDealing, checkDealingInBatch] as const) {
      expect(E.isRight(check(sharing, group, received(shares), seededRandom('check')))).toBe(true);
      const wrong = shares.map((share, row) => (row === 2 ? (share + 1n) % groupOrder : share));
      expect(check(sharing, group, received(wrong), seededRandom('check'))).toEqual(
        E.left({ _tag: 'ShareNotCommitted', row: 2 }),
      );
    }
  });
});

describe('the group of keys of a suite', () => {
  it('is G1 or G2', () => {
    expect([keyGroupOf('min-pk-pop').elementLength, keyGroupOf('min-sig-pop').elementLength]).toEqual([48, 96]);
  });
});
