import { describe, expect, it } from 'vitest';
import { concatBytes, toHex, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId, ProcessSet } from '../../../src/prelude/process.js';
import { statementTag } from '../../../src/prelude/statement.js';
import type { Signature, SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { ed25519Verify } from '../../../src/schemes/ed25519/ed25519.js';
import { encodeCertificate } from '../../../src/schemes/multisig/certificate.js';
import { multisigKeyId, MultisigVerifier } from '../../../src/schemes/multisig/multisig-verifier.js';
import { multisigSigner } from '../../../src/schemes/multisig/signer.js';
import { VerifiedShares } from '../../../src/schemes/multisig/verified-shares.js';
import { right } from '../../support/right.js';
import { setOf, type TestMultisig, testMultisig, testSeed, testUniverse } from '../../support/signers.js';

const universe = testUniverse('a', 'b', 'c', 'd', 'e');
const [a, b, c, d, e] = universe.ids as readonly [ProcessId, ProcessId, ProcessId, ProcessId, ProcessId];
const threeOf = (set: ProcessSet): boolean => set.size >= 3;
const multisig = testMultisig(universe, { canCombine: threeOf });
const message = concatBytes(statementTag, utf8('slot 7'));

function sharesOf({ signers }: TestMultisig, ...ids: readonly ProcessId[]): Map<ProcessId, SignatureShare> {
  return new Map(ids.map((id) => [id, right(present(signers.get(id), 'a signer').signShare(message))]));
}

/** A certificate by exactly `ids`, whether or not they may sign. */
function certificateOf(...ids: readonly ProcessId[]): Signature {
  const shares = sharesOf(multisig, ...ids);
  const parts = [...shares].map(([id, share]) => ({ holder: universe.indexOf(id) ?? -1, share }));
  return encodeCertificate(universe.size, parts);
}

describe('certificates', () => {
  const { verifier } = multisig;

  it('are a bitset and the signatures of as few holders as suffice, the first ones', () => {
    const { signature } = right(verifier.combine(message, sharesOf(multisig, e, d, c, b, a)));
    expect(signature).toEqual(certificateOf(a, b, c));
    expect(signature).toHaveLength(1 + 3 * 64);
    expect(signature[0]).toBe(0b00111);
  });

  it('may hold more signatures than suffice', () => {
    expect(verifier.verify(message, certificateOf(a, b, c, d, e))).toBe(true);
  });

  it('must be by a qualified set', () => {
    expect(verifier.verify(message, certificateOf(b, e))).toBe(false);
    expect(verifier.verify(message, certificateOf(b, c, e))).toBe(true);
  });

  it('count a holder once, whatever their bytes', () => {
    const share = present(sharesOf(multisig, a).get(a), 'a share');
    const thrice = concatBytes(Uint8Array.of(0b00111), share, share, share);
    expect(verifier.verify(message, thrice as Signature)).toBe(false);
  });

  it('have no bit beyond the holders', () => {
    const share = present(sharesOf(multisig, a).get(a), 'a share');
    const signature = certificateOf(a, b, c);
    const beyond = concatBytes(Uint8Array.of(0b100111), signature.subarray(1), share);
    expect(verifier.verify(message, beyond as Signature)).toBe(false);
    const unbacked = new Uint8Array(signature);
    unbacked[0] = 0b10000111;
    expect(verifier.verify(message, unbacked as Signature)).toBe(false);
  });

  it('of nobody are never valid, whatever the predicate says', () => {
    const lax = testMultisig(universe, { canCombine: () => true }).verifier;
    expect(lax.verify(message, Uint8Array.of(0) as Signature)).toBe(false);
    expect(lax.canCombine(universe.none)).toBe(false);
    expect(E.isLeft(lax.combine(message, new Map()))).toBe(true);
  });

  it('use one bit of a second byte for the ninth holder', () => {
    const nine = testUniverse('n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9');
    const all = testMultisig(nine, { canCombine: (set) => set.size === 9 });
    const { signature } = right(all.verifier.combine(message, sharesOf(all, ...nine.ids)));
    expect([...signature.subarray(0, 2)]).toEqual([0xff, 0x01]);
    expect(all.verifier.verify(message, signature)).toBe(true);
  });

  it('do not depend on the order of the universe or of the keys', () => {
    const backwards = testMultisig(testUniverse('e', 'd', 'c', 'b', 'a'), { canCombine: threeOf });
    expect(toHex(backwards.verifier.keyId)).toBe(toHex(verifier.keyId));
    expect(backwards.verifier.verify(message, certificateOf(a, b, c))).toBe(true);
  });
});

describe('key ids', () => {
  const idOf = (changes: object): string => toHex(multisigKeyId({ ...multisig.key, ...changes }));

  it('bind usage, rule and every holder with its key', () => {
    const { publicKeys } = multisig.key;
    const [keyA, keyB] = [present(publicKeys.get(a), 'a key'), present(publicKeys.get(b), 'a key')];
    const ids = [
      idOf({}),
      idOf({ usage: 'document' }),
      idOf({ ruleDigest: digest(utf8('another rule')) }),
      idOf({ publicKeys: new Map([...publicKeys].slice(1)) }),
      idOf({ publicKeys: new Map([...publicKeys, [a, keyB], [b, keyA]]) }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('stay the same when only the epoch changes', () => {
    expect(idOf({ epoch: 9 })).toBe(idOf({}));
  });

  it('are what they were', () => {
    expect(idOf({})).toBe('5d61a6106c47b49f0fa0ab18188baba75b8cf96dd7a720daab2ee35ba1447ecd');
  });
});

describe('signers', () => {
  it('refuse a seed that is not the one of their process in the key', () => {
    const error = E.left({ _tag: 'ShareOfAnotherKey', process: a });
    expect(multisigSigner(multisig.key, a, testSeed(b))).toEqual(error);
    expect(multisigSigner({ ...multisig.key, publicKeys: new Map() }, a, testSeed(a))).toEqual(error);
  });

  it('whose key is missing do not count', () => {
    const publicKeys = new Map([...multisig.key.publicKeys].filter(([id]) => id !== a));
    const verifier = new MultisigVerifier({ ...multisig.key, publicKeys }, ed25519Verify);
    expect(verifier.canCombine(setOf(universe, 'a', 'b', 'c'))).toBe(false);
    expect(verifier.canCombine(setOf(universe, 'b', 'c', 'd'))).toBe(true);
    const shares = sharesOf(multisig, a, b, c);
    expect(E.isLeft(verifier.combine(message, shares))).toBe(true);
    expect(verifier.verifyShare(message, a, present(shares.get(a), 'a share'))).toBe('invalid');
  });
});

describe('shares that were found valid', () => {
  /** A verifier that counts how often the primitive is asked. */
  function counting(): { readonly verifier: MultisigVerifier; readonly calls: () => number } {
    let calls = 0;
    const verifier = new MultisigVerifier(multisig.key, (...args) => {
      calls += 1;
      return ed25519Verify(...args);
    });
    return { verifier, calls: () => calls };
  }

  it('are not checked again when they are combined, nor in the certificate', () => {
    const { verifier, calls } = counting();
    const shares = sharesOf(multisig, a, b, c);
    for (const [id, share] of shares) expect(verifier.verifyShare(message, id, share)).toBe('valid');
    const { signature } = right(verifier.combine(message, shares));
    expect(verifier.verify(message, signature)).toBe(true);
    expect(calls()).toBe(3);
  });

  it('are remembered for one sender and one message only', () => {
    const { verifier } = counting();
    const share = present(sharesOf(multisig, a).get(a), 'a share');
    expect(verifier.verifyShare(message, a, share)).toBe('valid');
    expect(verifier.verifyShare(message, b, share)).toBe('invalid');
    expect(verifier.verifyShare(concatBytes(message, Uint8Array.of(0)), a, share)).toBe('invalid');
    expect(verifier.verifyShare(message.subarray(0, -1), a, share)).toBe('invalid');
  });

  it('are checked each time for long messages', () => {
    const { verifier, calls } = counting();
    const long = concatBytes(statementTag, new Uint8Array(10_000));
    const share = right(present(multisig.signers.get(a), 'a signer').signShare(long));
    expect([1, 2].map(() => verifier.verifyShare(long, a, share))).toEqual(['valid', 'valid']);
    expect(calls()).toBe(2);
  });

  it('are forgotten oldest first, and bad ones are never remembered', () => {
    const memory = new VerifiedShares(2);
    let checks = 0;
    const judge = (holder: number, good: boolean): boolean =>
      memory.remembered({ holder, share: utf8('share') }, message, () => {
        checks += 1;
        return good;
      });
    expect([judge(1, true), judge(2, true), judge(9, false), judge(9, false)]).toEqual([true, true, false, false]);
    expect([checks, judge(1, true), checks]).toEqual([4, true, 4]);
    expect([judge(3, true), judge(2, true), checks]).toEqual([true, true, 5]);
    expect([judge(1, true), checks]).toEqual([true, 6]);
  });
});
