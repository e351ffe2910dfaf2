/** Opening time-locks along a policy. */
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { BlsSuite } from '../../../src/schemes/bls/ciphersuite.js';
import type { Signature } from '../../../src/schemes/contract/distributed-signer.js';
import type { AllianceKeyShare } from '../../../src/schemes/registry.js';
import { openTimeLocked, sealTimeLocked } from '../../../src/schemes/uses/sealed-message.js';
import { timeLockDecrypt, timeLockEncrypt, type TimeLockTarget } from '../../../src/schemes/uses/time-lock.js';
import { timeLock, timeLockAuthority, timeLockMember } from '../../../src/schemes/uses/time-lock-member.js';
import { right } from '../../support/right.js';
import { blsKey, id, partialsOf, rsaKey, seededRandom, shareOf, universe, type UseTestKey } from './setup.js';

const label: TimeLockTarget = { _tag: 'label', label: 'the vault opens' };

function partsOf(key: UseTestKey, target: TimeLockTarget, ...names: readonly string[]) {
  const make = (share: AllianceKeyShare) => timeLockMember(key.publicKey, share, universe);
  return partialsOf(key, make, target, ...names);
}

function opened(key: UseTestKey, target: TimeLockTarget, ...names: readonly string[]): Signature {
  return right(right(timeLock(key.publicKey, universe)).combine(target, partsOf(key, target, ...names))).output;
}

describe('a time-lock along a policy', () => {
  it.each<BlsSuite>(['min-sig-nul', 'min-pk-pop'])('opens what was sealed to a label (%s)', async (suite) => {
    const key = blsKey('time-lock', suite);
    const authority = right(timeLockAuthority(key.publicKey));
    const text = utf8('what nobody may read yet');
    const sealed = right(await sealTimeLocked(authority, label, text, seededRandom('seal')));
    const signature = opened(key, label, 'a', 'd', 'e');
    expect(right(await openTimeLocked(authority, sealed, signature))).toEqual(text);
  });

  const key = blsKey('time-lock');
  const authority = right(timeLockAuthority(key.publicKey));

  it('opens rounds with what drand would sign, and no other round', () => {
    const fileKey = utf8('sixteen bytes...');
    const [seven, eight] = [7, 8].map((round) => opened(key, { _tag: 'round', round }, 'a', 'b', 'c'));
    const ciphertext = right(timeLockEncrypt(authority, { _tag: 'round', round: 7 }, fileKey, seededRandom('round')));
    expect(right(timeLockDecrypt(authority, ciphertext, present(seven, 'a signature')))).toEqual(fileKey);
    const early = timeLockDecrypt(authority, ciphertext, present(eight, 'a signature'));
    expect(early).toEqual(E.left({ _tag: 'DoesNotOpen' }));
  });

  it('names whose part is bad, and opens nothing for an unqualified set', () => {
    const lock = right(timeLock(key.publicKey, universe));
    const parts = partsOf(key, label, 'a', 'b', 'c', 'd');
    const other = partsOf(key, { _tag: 'label', label: 'another' }, 'a');
    parts.set(id('a'), present(other.get(id('a')), 'a part'));
    expect(right(lock.combine(label, parts)).output).toEqual(opened(key, label, 'c', 'd', 'e'));
    expect([...right(lock.combine(label, parts)).invalid]).toEqual(['a']);
    expect(E.isLeft(lock.combine(label, partsOf(key, label, 'a', 'b')))).toBe(true);
  });

  it('answers for no target that does not exist', () => {
    const member = right(timeLockMember(key.publicKey, shareOf(key, 'a'), universe));
    const target: TimeLockTarget = { _tag: 'label', label: 'x'.repeat(1025) };
    expect(member.partial(target)).toEqual(E.left({ _tag: 'BadRequest' }));
    expect(member.me).toBe('a');
  });

  it('is made of shares of its own scheme and universe', () => {
    const wrong = timeLockMember(key.publicKey, shareOf(rsaKey('decryption'), 'a'), universe);
    expect(wrong).toEqual(E.left({ _tag: 'ShareOfAnotherScheme', key: 'bls', share: 'shoup-rsa' }));
  });
});
