/** OAEP unpadding: against node:crypto and Wycheproof, and every way in which a block can be wrong. */
import { constants, createPrivateKey, generateKeyPairSync, privateDecrypt, publicEncrypt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { present } from '../../../src/prelude/invariant.js';
import { decodeOaep } from '../../../src/schemes/uses/oaep.js';
import { encodeOaep } from './oaep-encoding.js';
import { oaepGroups } from './oaep-vectors.js';

const none = new Uint8Array(0);
const blockLength = 128;
const longest = blockLength - 66;

describe('OAEP unpadding', () => {
  it('inverts encoding, for messages of every length', () => {
    for (let length = 0; length <= longest; length++) {
      const message = digest(Uint8Array.of(length)).subarray(0, length);
      const long = concatBytes(message, new Uint8Array(length - message.length).fill(1));
      expect(decodeOaep(encodeOaep(long, blockLength), none)).toEqual(Uint8Array.from(long));
    }
  });

  it('keeps the zeros and ones that a message begins with', () => {
    for (const message of [[0], [1], [0, 1], [1, 1, 0], [0, 0, 0]].map((bytes) => Uint8Array.from(bytes))) {
      expect(decodeOaep(encodeOaep(message, blockLength), none)).toEqual(message);
    }
  });

  it('returns a message of its own, not a view of what was decrypted', () => {
    const block = encodeOaep(utf8('text'), blockLength);
    expect(decodeOaep(block, none)?.buffer.byteLength).toBe(4);
  });

  const zeros = (length: number) => new Uint8Array(length);
  const withByteAt = (index: number, value: number) => (length: number) => {
    const separator = concatBytes(zeros(length - 1), Uint8Array.of(1));
    separator[index < 0 ? length + index : index] = value;
    return separator;
  };
  it.each([
    ['begins with another byte than zero', { first: 1 }],
    ['begins with the highest bit', { first: 0x80 }],
    ['has another label', { label: utf8('another') }],
    ['has no one', { separator: zeros }],
    ['has a two in place of the one', { separator: withByteAt(-1, 2) }],
    ['has 0x81 in place of the one', { separator: withByteAt(-1, 0x81) }],
    ['has something else before the one', { separator: withByteAt(0, 0xff) }],
    ['has something else right before the one', { separator: withByteAt(-2, 2) }],
  ])('refuses a block that %s', (_, parts) => {
    // A message without a one in it, which would be taken for the separator.
    expect(decodeOaep(encodeOaep(new Uint8Array(longest - 9), blockLength, parts), none)).toBeUndefined();
  });

  it('takes a message with a label only with that label', () => {
    const block = encodeOaep(utf8('text'), blockLength, { label: utf8('label') });
    expect(decodeOaep(block, utf8('label'))).toEqual(utf8('text'));
    expect(decodeOaep(block, none)).toBeUndefined();
    expect(decodeOaep(block, utf8('labem'))).toBeUndefined();
  });

  it('refuses blocks that are too short for any message, and takes the shortest', () => {
    for (let length = 0; length < 66; length++) expect(decodeOaep(new Uint8Array(length), none)).toBeUndefined();
    expect(decodeOaep(encodeOaep(none, 66), none)).toEqual(none);
  });

  it('refuses a block in which any bit was changed', () => {
    const block = encodeOaep(new Uint8Array(9), 80);
    for (let bit = 0; bit < 8 * (80 - 9); bit++) {
      const changed = Uint8Array.from(block);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeOaep(changed, none)).toBeUndefined();
    }
  });

  it('takes what node:crypto made', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: longest }),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        (text, label) => {
          const oaepLabel = Buffer.from(label);
          const sealed = publicEncrypt({ key: publicKey, oaepHash: 'sha256', oaepLabel }, text);
          const block = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, sealed);
          expect(decodeOaep(block, label)).toEqual(text);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe.skipIf(oaepGroups.length === 0)('Wycheproof, RSA-OAEP with SHA-256', () => {
  const cases = oaepGroups.flatMap((group) => group.tests.map((test) => ({ ...test, group })));

  it.each(cases)('$tcId $comment', ({ group, msg, ct, label, result }) => {
    const block = rawDecryption(group.privateKeyPem, bytes(ct));
    const decoded = block === undefined ? undefined : decodeOaep(block, bytes(label));
    expect(decoded).toEqual(result === 'valid' ? bytes(msg) : undefined);
  });
});

/** What a ciphertext is without its padding; `undefined` where it is no number below the modulus. */
function rawDecryption(pem: string, ciphertext: Uint8Array): Uint8Array | undefined {
  const key = createPrivateKey(pem);
  try {
    return Uint8Array.from(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, ciphertext));
  } catch {
    return undefined;
  }
}

function bytes(hex: string): Uint8Array {
  return present(fromHex(hex), 'hexadecimal');
}
