/** T11: the secrets of one contributor serve one attempt, each step once and in its order. */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { present } from '../../../../src/prelude/invariant.js';
import { QuotientContributor } from '../../../../src/schemes/ceremony/quotient/contributor.js';
import { oneTimeKeys } from '../../../../src/schemes/ceremony/sealing/one-time-key.js';
import type { Transcript } from '../../../../src/schemes/ceremony/transcript.js';
import { secretsOf } from '../../../../src/schemes/contract/linear-key-share.js';
import type { ShoupRsaPublicKey } from '../../../../src/schemes/shoup-rsa/key.js';
import { id, seededRandom } from '../../shoup-rsa/setup.js';
import { maskKeys, quotientOf } from './cheats.js';
import { dealt, hold, policies } from './scene.js';

const start = dealt(policies.flat);
const { board } = hold(start, { nextPolicy: policies.flat });
const { transcript } = board;
const quotient = quotientOf(board);
const shares = secretsOf(present(start.shares.get(id('a')), 'a share'));

function contributor(seed = 'contributor') {
  const random = seededRandom(seed);
  const keys = oneTimeKeys(['b', 'c', 'd', 'e'].map(id), random);
  return { keys, own: new QuotientContributor(board.setting, id('a'), keys, random) };
}

/** The log as it stands, but for who has confirmed. */
function confirmedBy(names: readonly string[]): Transcript<bigint, ShoupRsaPublicKey> {
  return Object.assign(Object.create(transcript) as typeof transcript, {
    quotient: { ...quotient, confirmed: new Set(names.map(id)) },
  });
}

const inOrder = /every step of an attempt once, in their order/;

describe('T11: a contributor', () => {
  it('draws its masks once, and splits once', () => {
    const { own } = contributor();
    own.masks(transcript);
    expect(() => own.masks(transcript)).toThrow(inOrder);
    own.confirm(transcript);
    expect(() => own.confirm(transcript)).toThrow(inOrder);
    own.split(transcript, shares);
    expect(() => own.split(transcript, shares)).toThrow(inOrder);
    expect(() => own.masks(transcript)).toThrow(inOrder);
  });

  it('leaves out no step', () => {
    const { own } = contributor();
    expect(() => own.confirm(transcript)).toThrow(inOrder);
    expect(() => own.split(transcript, shares)).toThrow(inOrder);
    own.masks(transcript);
    expect(() => own.split(transcript, shares)).toThrow(inOrder);
  });

  it('begins with CONFIRM only where it is the last, and never without', () => {
    const last = new QuotientContributor(board.setting, id('c'), maskKeys(board, 'c', ' 1 2 c'), seededRandom('c'));
    expect(() => last.split(transcript, shares)).toThrow(inOrder);
    expect(last.confirm(transcript)).toHaveLength(36);
    expect(() => last.masks(transcript)).toThrow(inOrder);
  });

  it('lets no remainder out before all have confirmed, itself included', () => {
    for (const missing of ['a', 'b', 'c']) {
      const { own } = contributor();
      own.masks(transcript);
      own.confirm(transcript);
      const few = confirmedBy(['a', 'b', 'c'].filter((name) => name !== missing));
      expect(() => own.split(few, shares)).toThrow(/no remainder leaves/);
    }
    const { own } = contributor();
    own.masks(transcript);
    own.confirm(transcript);
    expect(own.split(confirmedBy(['a', 'b', 'c']), shares).attachment.length).toBeGreaterThan(0);
  });

  it('does nothing once it is erased, and its keys are gone', () => {
    const { own, keys } = contributor();
    own.erase();
    expect(() => own.masks(transcript)).toThrow(inOrder);
    for (const key of keys.values()) expect(() => key.reveal()).toThrow(/an erased key/);
  });

  it('forgets the key of each mask that it opened, and keeps the others', () => {
    const keys = maskKeys(board, 'b', ' 1 2 b');
    const own = new QuotientContributor(board.setting, id('b'), keys, seededRandom('b'));
    own.masks(transcript);
    own.confirm(transcript);
    expect(() => keys.get(id('a'))?.reveal()).toThrow(/an erased key/);
    expect(keys.get(id('c'))?.reveal()).toHaveLength(32);
  });

  it('shows no secret', () => {
    const { own } = contributor();
    own.masks(transcript);
    const shown = inspect(own, { depth: 1, showHidden: true });
    for (const share of shares.values()) expect(shown).not.toContain(share.toString());
    expect(shown).not.toMatch(/given|received|keys/);
  });

  it('gives another remainder for other masks', () => {
    const remainders = ['one', 'two'].map((seed) => {
      const { own } = contributor(seed);
      own.masks(transcript);
      own.confirm(transcript);
      return own.split(transcript, shares).attachment;
    });
    expect(remainders[0]).not.toEqual(remainders[1]);
  });
});
