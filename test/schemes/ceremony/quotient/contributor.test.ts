/** T11: the secrets of one contributor serve one attempt, each step once and in its order. */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { present } from '../../../../src/prelude/invariant.js';
import { OneTimeKey } from '../../../../src/schemes/ceremony/sealing/one-time-key.js';
import { QuotientContributor } from '../../../../src/schemes/ceremony/quotient/contributor.js';
import { secretsOf } from '../../../../src/schemes/contract/linear-key-share.js';
import { id, seededRandom } from '../../shoup-rsa/setup.js';
import { maskKeys, quotientOf } from './cheats.js';
import { dealt, hold, policies } from './scene.js';

const start = dealt(policies.flat);
const { board } = hold(start, { nextPolicy: policies.flat });
const quotient = quotientOf(board);
const shares = secretsOf(present(start.shares.get(id('a')), 'a share'));

function contributor() {
  const random = seededRandom('contributor');
  const keys = new Map(['b', 'c', 'd', 'e'].map((name) => [id(name), new OneTimeKey(random)]));
  const secrets = { me: id('a'), shares, keys };
  return { keys, own: new QuotientContributor(board.setting, secrets, random) };
}

const inOrder = /every step of an attempt once, in their order/;

describe('T11: a contributor', () => {
  it('draws its masks once, and splits once', () => {
    const { own } = contributor();
    own.masks(board.transcript, quotient);
    expect(() => own.masks(board.transcript, quotient)).toThrow(inOrder);
    own.confirm(quotient);
    expect(() => own.confirm(quotient)).toThrow(inOrder);
    own.split(quotient);
    expect(() => own.split(quotient)).toThrow(inOrder);
    expect(() => own.masks(board.transcript, quotient)).toThrow(inOrder);
  });

  it('leaves out no step', () => {
    const { own } = contributor();
    expect(() => own.confirm(quotient)).toThrow(inOrder);
    expect(() => own.split(quotient)).toThrow(inOrder);
    own.masks(board.transcript, quotient);
    expect(() => own.split(quotient)).toThrow(inOrder);
  });

  it('lets no remainder out before all have confirmed, itself included', () => {
    for (const missing of ['a', 'b', 'c']) {
      const { own } = contributor();
      own.masks(board.transcript, quotient);
      own.confirm(quotient);
      const confirmed = new Set([...quotient.confirmed].filter((process) => process !== id(missing)));
      expect(() => own.split({ ...quotient, confirmed })).toThrow(/no remainder leaves/);
    }
  });

  it('does nothing once it is erased, and its keys are gone', () => {
    const { own, keys } = contributor();
    own.erase();
    expect(() => own.masks(board.transcript, quotient)).toThrow(inOrder);
    for (const key of keys.values()) expect(() => key.reveal()).toThrow(/an erased key/);
  });

  it('forgets the key of each mask that it opened, and keeps the others', () => {
    const keys = maskKeys(board, 'b', ' 1 2 b');
    const ofB = secretsOf(present(start.shares.get(id('b')), 'a share'));
    const own = new QuotientContributor(board.setting, { me: id('b'), shares: ofB, keys }, seededRandom('b'));
    own.masks(board.transcript, quotient);
    own.confirm(quotient);
    expect(() => keys.get(id('a'))?.reveal()).toThrow(/an erased key/);
    expect(keys.get(id('c'))?.reveal()).toHaveLength(32);
  });

  it('shows no secret', () => {
    const { own } = contributor();
    own.masks(board.transcript, quotient);
    const shown = inspect(own, { depth: 1, showHidden: true });
    for (const share of shares.values()) expect(shown).not.toContain(share.toString());
    expect(shown).not.toMatch(/given|received|secrets/);
  });

  it('gives another remainder for other masks', () => {
    const remainders = ['one', 'two'].map((seed) => {
      const own = new QuotientContributor(board.setting, { me: id('a'), shares, keys: new Map() }, seededRandom(seed));
      own.masks(board.transcript, quotient);
      own.confirm(quotient);
      return own.split(quotient).attachment;
    });
    expect(remainders[0]).not.toEqual(remainders[1]);
  });
});
