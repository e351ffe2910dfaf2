/** Time-lock encryption: tlock's ciphertexts open, ours satisfy what tlock checks, and nothing else opens. */
import { createHmac, hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { BlsSuite } from '../../../src/schemes/bls/ciphersuite.js';
import type { DrandChainInfo } from '../../../src/schemes/uses/drand-chain.js';
import { openTimeLocked, sealedTarget, sealTimeLocked } from '../../../src/schemes/uses/sealed-message.js';
import {
  type TimeLockAuthority,
  timeLockDecrypt,
  timeLockEncrypt,
  timeLockIdentity,
  type TimeLockTarget,
} from '../../../src/schemes/uses/time-lock.js';
import { right } from '../../support/right.js';
import { seededRandom } from '../../support/seeded-random.js';

interface TlockVector {
  readonly scheme: 'bls-unchained-on-g1' | 'pedersen-bls-unchained';
  readonly round: number;
  readonly signature: string;
  readonly ciphertext: string;
  readonly message: string;
  readonly headerMac: string;
}

interface OwnVector {
  readonly suite: BlsSuite;
  readonly label: string;
  readonly identity: string;
  readonly secret: string;
  readonly message: string;
  readonly ciphertext: string;
}

interface SealedVector {
  readonly suite: BlsSuite;
  readonly publicKey: string;
  readonly target: TimeLockTarget;
  readonly sealed: string;
  readonly signature: string;
  readonly message: string;
}

const file = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../spec/vectors/uses.json'), 'utf8')) as {
  chains: { info: DrandChainInfo }[];
  tlock: TlockVector[];
  timeLock: OwnVector[];
  sealed: SealedVector[];
};

const suiteOf = { 'bls-unchained-on-g1': 'min-sig-fastnet', 'pedersen-bls-unchained': 'min-pk-nul' } as const;
const bytes = (hex: string) => present(fromHex(hex), 'hexadecimal');
const notOpened = E.left({ _tag: 'DoesNotOpen' });

describe('ciphertexts of tlock', () => {
  it.each(file.tlock)('for a round of $scheme open, and give the key of their file', (vector) => {
    const message = right(
      timeLockDecrypt({ suite: suiteOf[vector.scheme] }, bytes(vector.ciphertext), bytes(vector.signature)),
    );
    expect(toHex(message)).toBe(vector.message);
    expect(ageHeaderMac(message, vector)).toBe(vector.headerMac);
  });

  it.each(file.tlock)('do not open where any byte was changed ($scheme)', (vector) => {
    const authority = { suite: suiteOf[vector.scheme] };
    const ciphertext = bytes(vector.ciphertext);
    for (const index of [0, 20, ciphertext.length - 32, ciphertext.length - 17, ciphertext.length - 16, -1]) {
      const changed = Uint8Array.from(ciphertext);
      const at = index < 0 ? ciphertext.length + index : index;
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(timeLockDecrypt(authority, changed, bytes(vector.signature))).toEqual(notOpened);
    }
  });
});

/** The MAC of an age file's header under its file key (age-encryption.org/v1). */
function ageHeaderMac(fileKey: Uint8Array, { scheme, round, ciphertext }: TlockVector): string {
  const chain = present(
    file.chains.find(({ info }) => info.schemeID === scheme),
    'its chain',
  );
  const body = Buffer.from(ciphertext, 'hex').toString('base64').replaceAll('=', '');
  const lines = body.match(/.{1,64}/g) ?? [];
  const header = ['age-encryption.org/v1', `-> tlock ${round} ${chain.info.hash}`, ...lines, '---'].join('\n');
  const key = Buffer.from(hkdfSync('sha256', fileKey, '', 'header', 32));
  return createHmac('sha256', key).update(header).digest('base64').replaceAll('=', '');
}

/** An authority of one, over noble alone. */
function authorityOf(suite: BlsSuite, secret: Uint8Array): TestAuthority {
  const [scheme, dst] = suite.startsWith('min-pk')
    ? [bls12_381.longSignatures, `BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_${suite === 'min-pk-nul' ? 'NUL' : 'POP'}_`]
    : [bls12_381.shortSignatures, `BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_${suite === 'min-sig-nul' ? 'NUL' : 'POP'}_`];
  return {
    suite,
    publicKey: scheme.getPublicKey(secret).toBytes(),
    sign: (identity) => (scheme as Scheme).sign((scheme as Scheme).hash(identity, dst), secret).toBytes(),
  };
}

type Scheme = typeof bls12_381.longSignatures;

interface TestAuthority extends TimeLockAuthority {
  sign(identity: Uint8Array): Uint8Array;
}

const secret = bytes('2a'.repeat(32));
const quicknetLike = authorityOf('min-sig-nul', secret);
const other = authorityOf('min-sig-nul', bytes('2b'.repeat(32)));
const label: TimeLockTarget = { _tag: 'label', label: 'after the election' };
const identity = (target: TimeLockTarget) => present(timeLockIdentity(target), 'an identity');
const key = utf8('a key of thirty-two bytes: secret');

describe('time-lock encryption', () => {
  const message = digest(key);

  it.each(['min-pk-pop', 'min-sig-nul'] as const)('opens with the signature over the label alone (%s)', (suite) => {
    const authority = authorityOf(suite, secret);
    const ciphertext = right(timeLockEncrypt(authority, label, message, seededRandom(1)));
    const open = (target: TimeLockTarget) => timeLockDecrypt(authority, ciphertext, authority.sign(identity(target)));
    expect(right(open(label))).toEqual(message);
    expect(open({ _tag: 'label', label: 'before the election' })).toEqual(notOpened);
  });

  it('draws fresh randomness, so that equal messages do not show', () => {
    const random = seededRandom(2);
    const encrypt = () => toHex(right(timeLockEncrypt(quicknetLike, label, message, random)));
    expect(encrypt()).not.toBe(encrypt());
  });

  it('hides a message of 16 bytes, as age has them, and no other length but 32', () => {
    for (const length of [0, 1, 15, 16, 17, 31, 32, 33]) {
      const encrypted = timeLockEncrypt(quicknetLike, label, message.subarray(0, length), seededRandom(3));
      if (length === 16) {
        const signature = quicknetLike.sign(identity(label));
        expect(right(timeLockDecrypt(quicknetLike, right(encrypted), signature))).toEqual(message.slice(0, 16));
      } else if (length < 32) {
        expect(encrypted).toEqual(E.left({ _tag: 'BadMessageLength', allowed: [16, 32] }));
      }
    }
    const long = timeLockEncrypt(quicknetLike, label, new Uint8Array(33), seededRandom(3));
    expect(long).toEqual(E.left({ _tag: 'BadMessageLength', allowed: [16, 32] }));
  });

  it('refuses public keys that are none', () => {
    const infinity = concatBytes(Uint8Array.of(0xc0), new Uint8Array(95));
    const wrong = [
      new Uint8Array(96),
      infinity,
      quicknetLike.publicKey.subarray(1),
      authorityOf('min-pk-pop', secret).publicKey,
    ];
    for (const publicKey of wrong) {
      const encrypted = timeLockEncrypt({ suite: 'min-sig-nul', publicKey }, label, message, seededRandom(4));
      expect(encrypted).toEqual(E.left({ _tag: 'BadPublicKey' }));
    }
  });

  it('does not open with the signature of another key, with none, or with a point outside the group', () => {
    const ciphertext = right(timeLockEncrypt(quicknetLike, label, message, seededRandom(5)));
    const signatures = [
      other.sign(identity(label)),
      new Uint8Array(0),
      new Uint8Array(48),
      concatBytes(Uint8Array.of(0xc0), new Uint8Array(47)),
      bls12_381.G1.Point.fromHex(toHex(quicknetLike.sign(identity(label)))).toBytes(false),
      outsideG1,
    ];
    for (const signature of signatures) {
      expect(timeLockDecrypt(quicknetLike, ciphertext, signature)).toEqual(notOpened);
    }
  });

  it('does not open ciphertexts of other lengths or with a first part that is no point', () => {
    const ciphertext = right(timeLockEncrypt(quicknetLike, label, message, seededRandom(6)));
    const signature = quicknetLike.sign(identity(label));
    const infinity = concatBytes(Uint8Array.of(0xc0), new Uint8Array(95), ciphertext.subarray(96));
    const wrong = [
      new Uint8Array(0),
      ciphertext.subarray(0, 96),
      ciphertext.subarray(1),
      ciphertext.subarray(0, -1),
      concatBytes(ciphertext, Uint8Array.of(0)),
      concatBytes(ciphertext.subarray(0, 96 + 31), ciphertext.subarray(96 + 32, -1)),
      infinity,
      concatBytes(outsideG2, ciphertext.subarray(96)),
      new Uint8Array(160).fill(0xff),
    ];
    for (const changed of wrong) expect(timeLockDecrypt(quicknetLike, changed, signature)).toEqual(notOpened);
  });

  it('does not open what was made with a σ of another length than the message, though it is consistent', () => {
    const short = (length: number) => new Uint8Array(length - 1);
    const ciphertext = right(timeLockEncrypt(quicknetLike, label, message, short));
    expect(ciphertext.length).toBe(96 + 31 + 32);
    expect(timeLockDecrypt(quicknetLike, ciphertext, quicknetLike.sign(identity(label)))).toEqual(notOpened);
  });

  it('does not open what was made without the randomness that the message determines', () => {
    // The scheme without Fujisaki and Okamoto's transformation: another U, and V for it, with W as it was.
    const ciphertext = right(timeLockEncrypt(quicknetLike, label, message, seededRandom(7)));
    const another = right(timeLockEncrypt(quicknetLike, label, digest(message), seededRandom(8)));
    const mixed = concatBytes(another.subarray(0, 128), ciphertext.subarray(128));
    expect(timeLockDecrypt(quicknetLike, mixed, quicknetLike.sign(identity(label)))).toEqual(notOpened);
  });
});

/** Compressed points of the curves of G1 and G2 that are not in the groups: noble refuses them for that reason. */
const outsideG1 = concatBytes(Uint8Array.of(0x80), new Uint8Array(46), Uint8Array.of(4));
const outsideG2 = concatBytes(Uint8Array.of(0x80), new Uint8Array(94), Uint8Array.of(2));

it('points outside the groups are on the curves', () => {
  for (const [group, point] of [
    [bls12_381.G1, outsideG1],
    [bls12_381.G2, outsideG2],
  ] as const) {
    expect(() => group.Point.fromBytes(point)).toThrow('not in prime-order subgroup');
  }
});

describe('identities', () => {
  it('are, for a round, what drand signs', () => {
    expect(timeLockIdentity({ _tag: 'round', round: 1000 })).toEqual(digest(bytes('00000000000003e8')));
  });

  it('are refused for rounds and labels that do not exist', () => {
    for (const round of [0, -1, 1.5, Number.NaN, 2 ** 53])
      expect(timeLockIdentity({ _tag: 'round', round })).toBeUndefined();
    expect(timeLockIdentity({ _tag: 'label', label: 'ü'.repeat(513) })).toBeUndefined();
    expect(timeLockIdentity({ _tag: 'label', label: 'ü'.repeat(512) })).toBeDefined();
    expect(timeLockIdentity({ _tag: 'label', label: '\ud800' })).toBeUndefined();
    const refused = timeLockEncrypt(quicknetLike, { _tag: 'round', round: 0 }, digest(key), seededRandom(1));
    expect(refused).toEqual(E.left({ _tag: 'BadTarget' }));
  });

  it.each(file.timeLock)('and ciphertexts are what they always were ($suite, $label)', (vector) => {
    const target = { _tag: 'label', label: vector.label } as const;
    const authority = authorityOf(vector.suite, bytes(vector.secret));
    expect(toHex(identity(target))).toBe(vector.identity);
    const encrypted = right(timeLockEncrypt(authority, target, bytes(vector.message), seededRandom(9)));
    expect(toHex(encrypted)).toBe(vector.ciphertext);
    const signature = authority.sign(identity(target));
    expect(toHex(right(timeLockDecrypt(authority, bytes(vector.ciphertext), signature)))).toBe(vector.message);
  });
});

describe('sealed messages', () => {
  const text = utf8('The results are in the third drawer.');
  const signature = quicknetLike.sign(identity(label));

  it.each([0, 1, 1000])('open, at %i bytes', async (length) => {
    const long = new Uint8Array(length).fill(7);
    const sealed = right(await sealTimeLocked(quicknetLike, label, long, seededRandom(10)));
    expect(right(await openTimeLocked(quicknetLike, sealed, signature))).toEqual(long);
  });

  it.each(file.sealed)(
    'are read as ever: $target',
    async ({ suite, publicKey, target, sealed, signature, message }) => {
      expect(sealedTarget(bytes(sealed))).toEqual(E.right(target));
      const opened = await openTimeLocked({ suite, publicKey: bytes(publicKey) }, bytes(sealed), bytes(signature));
      expect(toHex(right(opened))).toBe(message);
    },
  );

  it('say what has to be signed', async () => {
    for (const target of [label, { _tag: 'round', round: 77 }] as const) {
      const sealed = right(await sealTimeLocked(quicknetLike, target, text, seededRandom(11)));
      expect(sealedTarget(sealed)).toEqual(E.right(target));
    }
  });

  it('do not open for another authority, though it signs the same', async () => {
    const sealed = right(await sealTimeLocked(quicknetLike, label, text, seededRandom(12)));
    expect(await openTimeLocked(other, sealed, signature)).toEqual(notOpened);
    expect(await openTimeLocked(quicknetLike, sealed, other.sign(identity(label)))).toEqual(notOpened);
  });

  it('do not open where one bit of any part was changed, nor one byte longer or shorter', async () => {
    const sealed = right(await sealTimeLocked(quicknetLike, label, text, seededRandom(13)));
    const body = sealed.length - text.length - 16 - 4;
    for (const index of [0, 4, 30, 57, 62, 70, body - 1, body, body + 3, body + 4, sealed.length - 1]) {
      const changed = Uint8Array.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 0x01;
      expect(await openTimeLocked(quicknetLike, changed, signature)).toEqual(notOpened);
    }
    const lengths = [sealed.subarray(0, -1), concatBytes(sealed, Uint8Array.of(0)), new Uint8Array(0)];
    for (const changed of lengths) expect(await openTimeLocked(quicknetLike, changed, signature)).toEqual(notOpened);
  });

  it('bind the target that they name', async () => {
    const sealed = right(await sealTimeLocked(quicknetLike, label, text, seededRandom(14)));
    const renamed = Uint8Array.from(sealed);
    const at = Buffer.from(sealed).indexOf('after');
    renamed.set(utf8('AFTER'), at);
    expect(right(sealedTarget(renamed))).toEqual({ _tag: 'label', label: 'AFTER the election' });
    expect(await openTimeLocked(quicknetLike, renamed, signature)).toEqual(notOpened);
  });

  it('are refused where they are too long', async () => {
    const tooLong = await sealTimeLocked(quicknetLike, label, new Uint8Array(2 ** 24 + 1), seededRandom(15));
    expect(E.isLeft(tooLong) ? tooLong.left : 'sealed').toEqual({ _tag: 'TooLong', maxLength: 2 ** 24 });
  });

  it('name no target where they are malformed', async () => {
    const sealed = right(await sealTimeLocked(quicknetLike, { _tag: 'round', round: 1 }, text, seededRandom(16)));
    const tagLength = 4 + 'koinon time-lock v1'.length;
    const kind = tagLength + 32;
    for (const [index, value] of [
      [10, 0x58],
      [kind, 2],
      [kind + 8, 0],
    ] as const) {
      const changed = Uint8Array.from(sealed);
      changed[index] = value;
      expect(E.isLeft(sealedTarget(changed))).toBe(true);
    }
  });
});
