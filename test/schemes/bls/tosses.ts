/** T17 for BLS: hostile shares, alone and in a batch with good ones, under whatever weights a verifier draws. */
import { expect } from 'vitest';
import { bigIntToBytes, utf8 } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import type { BlsSuite } from '../../../src/schemes/bls/ciphersuite.js';
import { loadKey } from '../../../src/schemes/bls/loaded-key.js';
import type { PairingBackend, SignaturePoint } from '../../../src/schemes/bls/pairing.js';
import type { RowShare } from '../../../src/schemes/bls/share-encoding.js';
import { decodeShare } from '../../../src/schemes/bls/share-encoding.js';
import { areValid, areValidTogether } from '../../../src/schemes/bls/share-judge.js';
import { right } from '../../support/right.js';
import {
  blst,
  mcl,
  message,
  pairingOf,
  seededRandom,
  sharesOf,
  smallOrder,
  testKey,
  threeOfFive,
  universe,
} from './setup.js';

/** (0, 2), a point of order 3 on the curve of G1: a weight would miss it one time in three. */
const orderThree = new Uint8Array(96);
orderThree[95] = 2;

type Spoiler = (point: SignaturePoint, index: number) => SignaturePoint;

/** What is judged: shares of a and b, one or both of them spoilt, with or without that of c. */
interface TossSetup {
  readonly spoilers: readonly (readonly [string, boolean, Spoiler])[];
  readonly judge: (
    spoil: Spoiler,
    tossCount: number,
  ) => { readonly single: boolean; readonly together: ReadonlySet<boolean> };
}

function setupOf(backend: PairingBackend, suite: BlsSuite, smallPoint: Uint8Array): TossSetup {
  const pairing = pairingOf(backend, suite);
  const { signatures } = pairing;
  const key = testKey(threeOfFive, { suite });
  const loaded = right(loadKey(key.publicKey, universe, pairing));
  const hashed = pairing.hash(message);
  const rowsOf = (...names: readonly string[]): readonly RowShare[] =>
    [...sharesOf(key, message, ...names)].flatMap(([from, share]) => decodeShare(loaded, from, share) ?? []);
  const [own, others] = [rowsOf('a', 'b'), rowsOf('c')];
  const stray = pairing.sign(bigIntToBytes(99n, 32), pairing.hash(utf8('stray')));
  const small = present(signatures.decodeUnchecked(smallPoint, 'uncompressed'), 'a point of the curve');
  const plus = (point: SignaturePoint, other: SignaturePoint, factor: bigint) =>
    signatures.sum([
      { point, factor: 1n },
      { point: other, factor },
    ]);
  const opposite = (index: number) => (index === 0 ? 1n : -1n);
  return {
    spoilers: [
      ['nothing changed', true, (point) => point],
      ['another point added to one', false, (point, index) => (index === 0 ? plus(point, stray, 1n) : point)],
      ['another point added to one and taken from another', false, (point, i) => plus(point, stray, opposite(i))],
      ['one negated', false, (point, index) => signatures.sum([{ point, factor: index === 0 ? -1n : 1n }])],
      ['each for the other', false, (_, index) => present(own[1 - index], 'two rows').point],
      ['a point of small order added to one', false, (point, index) => (index === 0 ? plus(point, small, 1n) : point)],
      ['points of small order that cancel', false, (point, index) => plus(point, small, opposite(index))],
    ],
    judge(spoil, tossCount) {
      const rows = own.map(({ row, point }, index) => ({ row, point: spoil(point, index) }));
      const together = Array.from({ length: tossCount }, (_, toss) =>
        areValidTogether(loaded, hashed, toss % 2 === 0 ? rows : [...others, ...rows], seededRandom(`toss ${toss}`)),
      );
      return { single: areValid(loaded, hashed, rows), together: new Set(together) };
    },
  };
}

const setups = [
  ['min-pk-pop by blst', setupOf(blst, 'min-pk-pop', smallOrder.G2)],
  ['min-sig-nul by mcl', setupOf(mcl, 'min-sig-nul', orderThree)],
] as const;

/** Every kind of hostile share, and what the tosses of so many coins must come to. */
export const tossCases = setups.flatMap(([suite, { spoilers, judge }]) =>
  spoilers.map(([name, isValid, spoil]) => {
    const check = (tossCount: number): void => {
      expect(judge(spoil, tossCount)).toEqual({ single: isValid, together: new Set([isValid]) });
    };
    return [`${name}, ${suite}`, check] as const;
  }),
);
