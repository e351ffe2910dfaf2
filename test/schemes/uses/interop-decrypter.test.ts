/** RSA-OAEP ciphertexts of openssl, WebCrypto and Wycheproof, decrypted along policies. */
import { execFileSync } from 'node:child_process';
import { constants, createPublicKey, publicEncrypt, webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bigIntToBytes, bytesToBigInt, concatBytes, fromHex, utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import type { SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { dealShoupRsa, type DealtKey, type KeyMaterial } from '../../../src/schemes/shoup-rsa/dealer.js';
import { publicKeyPem } from '../../../src/schemes/shoup-rsa/public-key-pem.js';
import {
  interopDecrypter,
  type InteropDecrypter,
  interopDecryptionMember,
  type InteropDecryptionMember,
  type OaepCiphertext,
} from '../../../src/schemes/uses/interop-decrypter.js';
import { right } from '../../support/right.js';
import { safePrimes1024, safePrimes2048 } from '../../support/rsa-keys.js';
import { gate } from '../sharing/policies.js';
import { id, seededRandom, threeOfFive, universe } from '../shoup-rsa/setup.js';
import { oaepGroups } from './oaep-vectors.js';

interface DecryptionKey extends DealtKey {
  readonly decrypter: InteropDecrypter;
  member(name: string): InteropDecryptionMember;
}

function decryptionKey(material: KeyMaterial, policy: Policy, exponent = 65537n): DecryptionKey {
  const random = seededRandom('decryption');
  const dealt = right(dealShoupRsa({ material, exponent, policy, universe, usage: 'decryption', epoch: 1, random }));
  const member = (name: string) => {
    const share = present(dealt.shares.get(id(name)), 'a share');
    return right(interopDecryptionMember(dealt.publicKey, share, universe, random));
  };
  return { ...dealt, decrypter: right(interopDecrypter(dealt.publicKey, universe, random)), member };
}

const safe1024: KeyMaterial = { _tag: 'safe-primes', ...safePrimes1024 };
const key = decryptionKey(safe1024, threeOfFive);
const members = new Map(['a', 'b', 'c', 'd', 'e'].map((name) => [name, key.member(name)]));

function partials(request: OaepCiphertext, ...names: readonly string[]): Map<ProcessId, SignatureShare> {
  return new Map(names.map((name) => [id(name), right(present(members.get(name), 'a member').partial(request))]));
}

function encrypt(text: Uint8Array, label?: Uint8Array): OaepCiphertext {
  const sealed = publicEncrypt(
    {
      key: createPublicKey(publicKeyPem(key.publicKey)),
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: 'sha256',
      ...(label === undefined ? {} : { oaepLabel: label }),
    },
    text,
  );
  return { ciphertext: Uint8Array.from(sealed), ...(label === undefined ? {} : { label }) };
}

const text = utf8('For your eyes only');

describe('interop decryption', () => {
  it.each([threeOfFive, gate(2, gate(2, 'a', 'b', 'c'), gate(1, 'd', 'e'))])(
    'gives what openssl encrypted, along a policy',
    (policy) => {
      const dealt = decryptionKey(safe1024, policy);
      const request = { ciphertext: opensslCiphertext(publicKeyPem(dealt.publicKey), text) };
      const parts = new Map(['a', 'c', 'e'].map((name) => [id(name), right(dealt.member(name).partial(request))]));
      const { output, invalid } = right(dealt.decrypter.combine(request, parts));
      expect(output).toEqual(text);
      expect(invalid.isEmpty).toBe(true);
    },
    20_000,
  );

  it('gives what WebCrypto encrypted, 2048 bits', async () => {
    const large = decryptionKey({ _tag: 'safe-primes', ...safePrimes2048 }, gate(2, 'a', 'b', 'c'));
    const spki = createPublicKey(publicKeyPem(large.publicKey)).export({ type: 'spki', format: 'der' });
    const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256' };
    const imported = await webcrypto.subtle.importKey('spki', spki, algorithm, false, ['encrypt']);
    const sealed = await webcrypto.subtle.encrypt({ name: 'RSA-OAEP' }, imported, text);
    const request = { ciphertext: new Uint8Array(sealed) };
    const parts = new Map(['a', 'c'].map((name) => [id(name), right(large.member(name).partial(request))]));
    expect(right(large.decrypter.combine(request, parts)).output).toEqual(text);
  });

  it('needs a qualified set, and says who has answered', () => {
    const request = encrypt(text);
    const result = key.decrypter.combine(request, partials(request, 'a', 'b'));
    const answered = universe.of([id('a'), id('b')]);
    expect(result).toEqual(E.left({ _tag: 'NotQualified', signers: answered, invalid: universe.none }));
    expect(key.decrypter.canCombine(answered)).toBe(false);
    expect(key.decrypter.canCombine(answered.with(id('e')))).toBe(true);
  });

  it('proves partial decryptions: a wrong one is named, and the rest combines', () => {
    const request = encrypt(text);
    const parts = partials(request, 'a', 'b', 'c', 'd');
    expect([...parts].map(([from, part]) => key.decrypter.verifyPartial(request, from, part))).toEqual(
      Array(4).fill('valid'),
    );
    const another = partials(encrypt(utf8('another')), 'b');
    const bad = present(another.get(id('b')), 'a part');
    expect(key.decrypter.verifyPartial(request, id('b'), bad)).toBe('invalid');
    parts.set(id('b'), bad);
    const { output, invalid } = right(key.decrypter.combine(request, parts));
    expect(output).toEqual(text);
    expect([...invalid]).toEqual(['b']);
  });

  it('binds proofs to the ciphertext as bytes, though only its number is raised', () => {
    const request = encrypt(text);
    const mirrored = bytesToBigInt(request.ciphertext);
    // -c has the same partial powers, since they are of even exponents.
    const negated = { ciphertext: bigIntToBytes(key.publicKey.modulus - mirrored, 128) };
    const part = present(partials(negated, 'a').get(id('a')), 'a part');
    expect(key.decrypter.verifyPartial(request, id('a'), part)).toBe('invalid');
  });

  it('takes a label from the encryptor to whoever combines', () => {
    const request = encrypt(text, utf8('contract 7'));
    const parts = partials(request, 'a', 'b', 'c');
    expect(right(key.decrypter.combine(request, parts)).output).toEqual(text);
    for (const label of [undefined, utf8('contract 8')]) {
      const wrong = { ciphertext: request.ciphertext, ...(label === undefined ? {} : { label }) };
      expect(key.decrypter.combine(wrong, parts)).toEqual(E.left({ _tag: 'DoesNotDecrypt' }));
    }
  });

  it('has one error for every ciphertext that is none', () => {
    const wrong = [2n, key.publicKey.modulus / 3n, key.publicKey.modulus - 2n];
    for (const value of wrong) {
      const request = { ciphertext: bigIntToBytes(value, 128) };
      const combined = key.decrypter.combine(request, partials(request, 'a', 'b', 'c'));
      expect(combined).toEqual(E.left({ _tag: 'DoesNotDecrypt' }));
    }
  });

  const { modulus } = key.publicKey;
  it.each([
    ['no bytes', new Uint8Array(0)],
    ['too few bytes', bigIntToBytes(5n, 127)],
    ['too many bytes', bigIntToBytes(5n, 129)],
    ['zero', new Uint8Array(128)],
    ['one', bigIntToBytes(1n, 128)],
    ['minus one', bigIntToBytes(modulus - 1n, 128)],
    ['the modulus', bigIntToBytes(modulus, 128)],
    ['two and the modulus', bigIntToBytes(modulus + 2n, 128)],
    ['the largest number', new Uint8Array(128).fill(0xff)],
    ['a multiple of a prime', bigIntToBytes(safePrimes1024.p, 128)],
  ])('members refuse %s', (_, ciphertext) => {
    const member = present(members.get('a'), 'a member');
    expect(member.partial({ ciphertext })).toEqual(E.left({ _tag: 'BadRequest' }));
    expect(key.decrypter.combine({ ciphertext }, new Map())).toEqual(E.left({ _tag: 'BadRequest' }));
    const part = present(partials(encrypt(text), 'a').get(id('a')), 'a part');
    expect(key.decrypter.verifyPartial({ ciphertext }, id('a'), part)).toBe('invalid');
  });

  it('judges malformed parts without throwing', () => {
    const request = encrypt(text);
    const good = present(partials(request, 'a').get(id('a')), 'a part');
    const bad = [new Uint8Array(0), good.subarray(1), concatBytes(good, Uint8Array.of(0)), new Uint8Array(9999)];
    for (const part of bad as SignatureShare[]) {
      expect(key.decrypter.verifyPartial(request, id('a'), part)).toBe('invalid');
      const parts = partials(request, 'b', 'c', 'd').set(id('a'), part);
      expect([...right(key.decrypter.combine(request, parts)).invalid]).toEqual(['a']);
    }
    expect(key.decrypter.verifyPartial(request, id('stranger'), good)).toBe('invalid');
  });

  it('shows no secret of a member', () => {
    const member = present(members.get('a'), 'a member');
    const share = present(key.shares.get(id('a')), 'a share');
    const secret = bytesToBigInt(present(share.rows[0], 'a row').secret);
    const shown = inspect(member, { depth: Infinity, showHidden: true }) + JSON.stringify(member);
    expect(shown).toContain('partial');
    expect(shown).not.toContain(secret.toString(16));
    expect(shown).not.toContain(secret.toString());
  });
});

/** By the openssl command, as its users do it. */
function opensslCiphertext(pem: string, message: Uint8Array): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'koinon-oaep-'));
  try {
    const keyFile = join(folder, 'public.pem');
    writeFileSync(keyFile, pem);
    const options = ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256'].flatMap((option) => ['-pkeyopt', option]);
    const input = Buffer.from(message);
    return Uint8Array.from(
      execFileSync('openssl', ['pkeyutl', '-encrypt', '-pubin', '-inkey', keyFile, ...options], { input }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const bytes = (hex: string) => present(fromHex(hex), 'hexadecimal');

describe.skipIf(oaepGroups.length === 0)('Wycheproof, RSA-OAEP with SHA-256, by a quorum of a dealt key', () => {
  it.each(oaepGroups)('decrypts what is valid and nothing else', (group) => {
    const material: KeyMaterial = {
      _tag: 'imported-primes',
      p: BigInt(`0x${group.privateKey.prime1}`),
      q: BigInt(`0x${group.privateKey.prime2}`),
    };
    const dealt = decryptionKey(material, gate(2, 'a', 'b', 'c'), BigInt(`0x${group.privateKey.publicExponent}`));
    const [first, second] = [dealt.member('a'), dealt.member('c')];
    for (const { tcId, msg, ct, label, result } of group.tests) {
      const request = { ciphertext: bytes(ct), label: bytes(label) };
      const [one, two] = [first.partial(request), second.partial(request)];
      if (E.isLeft(one) || E.isLeft(two)) {
        expect(result, `${tcId}`).toBe('invalid');
        continue;
      }
      const combined = dealt.decrypter.combine(
        request,
        new Map([
          [id('a'), one.right],
          [id('c'), two.right],
        ]),
      );
      const expected = result === 'valid' ? bytes(msg) : undefined;
      expect(E.isRight(combined) ? combined.right.output : undefined, `${tcId}`).toEqual(expected);
      expect(dealt.decrypter.verifyPartial(request, id('a'), one.right)).toBe('unattributable');
    }
  });
});
