/** Common coins: one value, whoever tosses, and nobody's choice. */
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { keyIdOf } from '../../../src/schemes/public-key.js';
import { coinMessage, verifyCoin } from '../../../src/schemes/uses/coin-value.js';
import { coinMember, commonCoin } from '../../../src/schemes/uses/common-coin.js';
import type { AllianceKeyShare } from '../../../src/schemes/registry.js';
import { right } from '../../support/right.js';
import { blsKey, id, ownVectors, partialsOf, rsaKey, shareOf, universe, type UseTestKey } from './setup.js';

const keys = { bls: blsKey('beacon', 'min-pk-pop'), 'shoup-rsa': rsaKey('beacon') };
const schemes = ['bls', 'shoup-rsa'] as const;
const name = utf8('slot 7, round 3');

const memberOf =
  ({ publicKey }: UseTestKey) =>
  (share: AllianceKeyShare) =>
    coinMember(publicKey, share, universe);

const parts = (key: UseTestKey, of: Uint8Array, ...names: readonly string[]) =>
  partialsOf(key, memberOf(key), of, ...names);

interface CoinVector {
  readonly scheme: (typeof schemes)[number];
  readonly keyId: string;
  readonly name: string;
  readonly message: string;
  readonly value: string;
}

const { coins } = ownVectors() as { coins: CoinVector[] };

describe.each(schemes)('coins of %s keys', (scheme) => {
  const key = keys[scheme];
  const coin = right(commonCoin(key.publicKey, universe));

  it('fall the same whoever tosses them, as anybody can check', async () => {
    const tossed = [
      ['a', 'b', 'c'],
      ['c', 'd', 'e'],
      ['a', 'b', 'c', 'd', 'e'],
    ].map((names) => right(coin.combine(name, parts(key, name, ...names))).output);
    const [first] = tossed;
    for (const other of tossed) expect(other).toEqual(first);
    const fallen = present(first, 'a coin');
    expect(fallen.name).toEqual(name);
    expect(await verifyCoin(key.publicKey, { name, signature: fallen.signature })).toEqual(fallen);
  });

  it('do not verify with another name, signature, usage or key', async () => {
    const { signature } = right(coin.combine(name, parts(key, name, 'a', 'c', 'd'))).output;
    const forged = Uint8Array.from(signature, (byte, index) => (index === 20 ? byte ^ 1 : byte));
    expect(await verifyCoin(key.publicKey, { name: utf8('slot 7, round 4'), signature })).toBeUndefined();
    expect(await verifyCoin(key.publicKey, { name, signature: forged })).toBeUndefined();
    expect(await verifyCoin(key.publicKey, { name, signature: new Uint8Array(0) })).toBeUndefined();
    expect(await verifyCoin({ ...key.publicKey, usage: 'document' }, { name, signature })).toBeUndefined();
    const another = scheme === 'bls' ? keys['shoup-rsa'] : keys.bls;
    expect(await verifyCoin(another.publicKey, { name, signature })).toBeUndefined();
  });

  it('name whose part is bad', () => {
    const given = parts(key, name, 'a', 'b', 'c', 'd');
    const bad = present(parts(key, utf8('another coin'), 'd').get(id('d')), 'a part');
    expect(coin.verifyPartial(name, id('a'), present(given.get(id('a')), 'a part'))).toBe('valid');
    expect(coin.verifyPartial(name, id('d'), bad)).toBe('invalid');
    given.set(id('d'), bad);
    given.delete(id('a'));
    const signers = universe.of([id('b'), id('c')]);
    const missing = { _tag: 'NotQualified', signers, invalid: universe.of([id('d')]) };
    expect(coin.combine(name, given)).toEqual(E.left(missing));
  });

  it('have names of at most 1024 bytes, the empty one included', () => {
    const member = right(coinMember(key.publicKey, shareOf(key, 'a'), universe));
    const refused = E.left({ _tag: 'BadRequest' });
    expect(member.partial(new Uint8Array(1025))).toEqual(refused);
    expect(coin.combine(new Uint8Array(1025), new Map())).toEqual(refused);
    for (const length of [0, 1024]) expect(E.isRight(member.partial(new Uint8Array(length)))).toBe(true);
  });

  it.each(coins.filter((vector) => vector.scheme === scheme))('fall as they always fell', (vector) => {
    const keyId = keyIdOf(key.publicKey);
    expect(toHex(keyId)).toBe(vector.keyId);
    expect(toHex(present(coinMessage(keyId, utf8(vector.name)), 'a message'))).toBe(vector.message);
    const { output } = right(coin.combine(utf8(vector.name), parts(key, utf8(vector.name), 'a', 'b', 'c')));
    expect(toHex(output.value)).toBe(vector.value);
  });
});

describe('keys of coins', () => {
  it('have algorithm RS256 if they are RSA keys: PS256 would leave the value to whoever picks the salt', async () => {
    const { publicKey, shares } = keys['shoup-rsa'];
    const salted = { ...publicKey, algorithm: 'PS256' } as typeof publicKey;
    expect(E.isLeft(commonCoin(salted, universe))).toBe(true);
    expect(E.isLeft(coinMember(salted, present(shares.get(id('a')), 'a share'), universe))).toBe(true);
    expect(await verifyCoin(salted, { name, signature: new Uint8Array(128) })).toBeUndefined();
  });

  it('give coins of one name apart', () => {
    const other = blsKey('beacon', 'min-pk-pop', new Uint8Array(32).fill(3));
    const [one, two] = [keys.bls, other].map((key) => coinMessage(keyIdOf(key.publicKey), name));
    expect(one).not.toEqual(two);
  });

  it('are not loaded with a share of another scheme', () => {
    const wrong = coinMember(keys.bls.publicKey, shareOf(keys['shoup-rsa'], 'a'), universe);
    expect(wrong).toEqual(E.left({ _tag: 'ShareOfAnotherScheme', key: 'bls', share: 'shoup-rsa' }));
    const reverse = coinMember(keys['shoup-rsa'].publicKey, shareOf(keys.bls, 'a'), universe);
    expect(reverse).toEqual(E.left({ _tag: 'ShareOfAnotherScheme', key: 'shoup-rsa', share: 'bls' }));
  });
});
