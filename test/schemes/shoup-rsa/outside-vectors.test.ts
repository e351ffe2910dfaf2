/** Outside vectors: Wycheproof, tcrsa, circl and pretzel. */
import { constants, createPublicKey, createVerify, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { Signature, SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import { compile } from '../../../src/schemes/sharing/compile.js';
import { reconstruction } from '../../../src/schemes/sharing/reconstruction.js';
import { rowProduct } from '../../../src/schemes/sharing/dealing.js';
import { residue } from '../../../src/schemes/sharing/integers.js';
import { integers, residues } from '../../../src/schemes/sharing/ring.js';
import { dealShoupRsa, isOddPrime } from '../../../src/schemes/shoup-rsa/dealer.js';
import { makeExponentiation } from '../../../src/schemes/shoup-rsa/exponentiation.js';
import { modularPower } from '../../../src/schemes/shoup-rsa/modular-power.js';
import { publicKeyPem } from '../../../src/schemes/shoup-rsa/public-key-pem.js';
import { verifyRsa } from '../../../src/schemes/shoup-rsa/rsa-verify.js';
import { right } from '../../support/right.js';
import { pretzelSafePrimes, safePrimes1024 } from '../../support/rsa-keys.js';
import { vectors } from '../../support/vectors.js';
import { gate } from '../sharing/policies.js';
import { hasOpenssl, opensslVerifies } from './openssl.js';
import { id, message, names, seededRandom, sharesOf, testKey, threeOfFive, universe } from './setup.js';

interface SignatureTest {
  readonly tcId: number;
  readonly msg: string;
  readonly sig: string;
  readonly result: 'valid' | 'acceptable' | 'invalid';
}

interface GenerationGroup {
  readonly sha: string;
  readonly privateKey: { readonly publicExponent: string };
  readonly privateKeyJwk?: { readonly p: string; readonly q: string };
  readonly tests: readonly SignatureTest[];
}

interface VerificationGroup {
  readonly publicKey: { readonly modulus: string; readonly publicExponent: string };
  readonly publicKeyPem: string;
  readonly tests: readonly SignatureTest[];
}

const bytes = (hex: string) => present(fromHex(hex), 'hexadecimal');
const fromBase64Url = (text: string) => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`);

interface PrimalityTest {
  readonly comment: string;
  /** Two's complement, big-endian. */
  readonly value: string;
  readonly result: 'valid' | 'acceptable' | 'invalid';
}

const primality = vectors('wycheproof/primality_test.json') as
  | { testGroups: readonly { readonly tests: readonly PrimalityTest[] }[] }
  | undefined;

describe.skipIf(primality === undefined)('Wycheproof, primality', () => {
  const tests = primality?.testGroups.flatMap((group) => group.tests) ?? [];
  const numberOf = ({ value }: PrimalityTest): bigint => BigInt.asIntN(4 * value.length, BigInt(`0x${value}`));

  it('takes every odd prime for one', () => {
    const primes = tests.filter(({ result }) => result === 'valid').map(numberOf);
    expect(primes).toHaveLength(66);
    expect(primes.filter((prime) => !isOddPrime(prime))).toEqual([2n]);
  });

  it('takes no composite for one, made against whichever test, and no negative number', () => {
    const others = tests.filter(({ result }) => result !== 'valid');
    expect(others).toHaveLength(251);
    expect(others.filter((other) => isOddPrime(numberOf(other)))).toEqual([]);
  });
});

const generation = vectors('wycheproof/rsa_pkcs1_2048_sig_gen_test.json') as
  | { testGroups: GenerationGroup[] }
  | undefined;

describe.skipIf(generation === undefined)('Wycheproof, PKCS#1 v1.5 signature generation with SHA-256', () => {
  const groups = generation?.testGroups.filter(({ sha }) => sha === 'SHA-256') ?? [];

  it('has three groups', () => {
    expect(groups.map(({ privateKey }) => privateKey.publicExponent)).toEqual(['010001', '03', '03']);
  });

  it.each(groups)('is met by quorums of a dealt key, byte for byte (e = $privateKey.publicExponent)', (group) => {
    const exponent = BigInt(`0x${group.privateKey.publicExponent}`);
    const jwk = present(group.privateKeyJwk, 'a private key');
    const material = { _tag: 'imported-primes', p: fromBase64Url(jwk.p), q: fromBase64Url(jwk.q) } as const;
    const [policy, quorums]: readonly [Policy, readonly string[]] =
      exponent === 3n
        ? [gate(3, 'a', 'b', 'c'), ['abc']]
        : [gate(2, 'a', gate(2, 'b', 'c', 'd'), 'e'), ['ae', 'abd', 'cde']];
    expect(
      dealShoupRsa({
        material: { ...material, _tag: 'safe-primes' },
        exponent,
        policy,
        universe,
        usage: 'document',
        epoch: 1,
      }),
    ).toMatchObject(
      // The modulus of ordinary primes may or may not look like that of safe ones.
      { _tag: 'Left' },
    );
    const key = testKey(policy, { material, exponent });
    for (const [index, { msg, sig, result }] of group.tests.entries()) {
      const quorum = Array.from(present(quorums[index % quorums.length], 'a quorum'));
      const shares = sharesOf(key, bytes(msg), ...quorum);
      const { signature } = right(key.verifier.combine(bytes(msg), shares));
      // `acceptable` is Wycheproof's word for the exponent 3.
      expect([exponent === 3n ? 'acceptable' : 'valid', sig]).toEqual([result, toHex(signature)]);
      const [from, share] = present([...shares][0], 'a share');
      expect(key.verifier.verifyShare(bytes(msg), from, share)).toBe('unattributable');
    }
  });

  it('e = 3 is refused along a threshold gate', () => {
    const jwk = present(groups[1]?.privateKeyJwk, 'a private key');
    const material = { _tag: 'imported-primes', p: fromBase64Url(jwk.p), q: fromBase64Url(jwk.q) } as const;
    const dealt = dealShoupRsa({ material, exponent: 3n, policy: threeOfFive, universe, usage: 'document', epoch: 1 });
    expect(dealt).toMatchObject(E.left({ _tag: 'BadExponent', divides: 'the scale of the policy' }));
  });
});

const verification = vectors('wycheproof/rsa_signature_2048_sha256_test.json') as
  | { testGroups: VerificationGroup[] }
  | undefined;

describe.skipIf(verification === undefined)('Wycheproof, PKCS#1 v1.5 verification with SHA-256', () => {
  it.each(verification?.testGroups ?? [])(
    'is met by the portable verifier and by node:crypto alike',
    ({ publicKey, publicKeyPem: pem, tests }) => {
      const key = { modulus: BigInt(`0x${publicKey.modulus}`), exponent: BigInt(`0x${publicKey.publicExponent}`) };
      const nodeKey = { key: createPublicKey(pem), padding: constants.RSA_PKCS1_PADDING };
      expect(createPublicKey(publicKeyPem(key)).equals(nodeKey.key)).toBe(true);
      for (const { tcId, msg, sig, result } of tests) {
        const accepted = verifyRsa({ ...key, algorithm: 'RS256' }, bytes(msg), bytes(sig));
        expect(accepted, `${tcId}`).toBe(verify('sha256', bytes(msg), nodeKey, bytes(sig)));
        if (result !== 'acceptable') expect(accepted, `${tcId}`).toBe(result === 'valid');
      }
    },
  );
});

const tcrsa = vectors('rsa-threshold/tcrsa_fixed_key.json') as
  | { p: string; q: string; n: string; message: string; expected_signature: string }
  | undefined;

describe.skipIf(tcrsa === undefined)('tcrsa', () => {
  it.each(['integers', 'modular'] as const)(
    'its 511-bit key goes through bigint and gives the signature that it expects, 3 of 5, dealt over %s',
    (sharing) => {
      const file = present(tcrsa, 'the file');
      const material = { _tag: 'safe-primes', p: BigInt(file.p), q: BigInt(file.q) } as const;
      const key = testKey(threeOfFive, { material, sharing });
      expect(key.publicKey.modulus).toBe(BigInt(file.n));
      expect(makeExponentiation(key.publicKey.modulus, seededRandom('blinding')).backend).toBe('bigint');
      const text = utf8(file.message);
      for (const quorum of ['abc', 'bde', 'ace']) {
        const shares = sharesOf(key, text, ...Array.from(quorum));
        for (const [from, share] of shares) expect(key.verifier.verifyShare(text, from, share)).toBe('valid');
        const { signature } = right(key.verifier.combine(text, shares));
        expect(BigInt(`0x${toHex(signature)}`)).toBe(BigInt(file.expected_signature));
        expect(verifyRsa(key.publicKey, text, signature)).toBe(true);
      }
    },
  );

  it('its Lagrange coefficients are ours, for the five members of a threshold gate', () => {
    const file = vectors('rsa-threshold/tcrsa_lagrange.json') as { lagrange_at_0: number[] };
    // A gate of all five compiles to a sum instead: interpolation at five of six points with the sixth absent is Δ = 6!/5! times theirs.
    const sharing = right(compile(gate(5, ...names, 'f'), integers));
    const lambda = reconstruction(sharing, (process) => process !== 'f');
    expect([...(lambda ?? [])].map(([, factor]) => factor)).toEqual(
      file.lagrange_at_0.map((value) => 6n * BigInt(value)),
    );
  });
});

const circl = vectors('rsa-threshold/circl_tss_rsa.json') as
  | {
      lagrange: { large: { S: number[]; j: number; l: number; cases: { i: number; want: string }[] } };
      reject: { bytes: string };
      deal: { m: number; poly: number[]; shares: Record<string, number> };
      share: { n: number; delta: number; s: number; x: number; x_i: number };
    }
  | undefined;

describe.skipIf(circl === undefined)('circl', () => {
  it('its Lagrange coefficient at 0 is ours, 3 of 32', () => {
    const { S, j, l, cases } = present(circl, 'the file').lagrange.large;
    const members = Array.from({ length: l }, (_, index) => `m${index + 1}`);
    const sharing = right(compile(gate(S.length, ...members), integers));
    const lambda = reconstruction(sharing, (process) => S.some((index) => process === `m${index}`));
    expect(lambda?.get(j - 1)).toBe(BigInt(cases.find(({ i }) => i === 0)?.want ?? -1));
  });

  it('its deal is the matrix times its polynomial, and its share a power of that', () => {
    const { deal, share } = present(circl, 'the file');
    const sharing = right(compile(gate(2, 'm1', 'm2', 'm3'), residues));
    const poly = deal.poly.map(BigInt);
    const shares = sharing.rows.map((row) => residue(rowProduct(row, poly), BigInt(deal.m)));
    expect(shares).toEqual(Object.values(deal.shares).map(BigInt));
    // circl raises to 2 Δ s where ours raise to 2 s and leave Δ to the combination.
    const ours = modularPower(BigInt(share.x), 2n * BigInt(share.s), BigInt(share.n));
    expect(modularPower(ours, BigInt(share.delta), BigInt(share.n))).toBe(BigInt(share.x_i));
  });

  it('its hostile share is invalid here too', () => {
    const share = bytes(present(circl, 'the file').reject.bytes) as SignatureShare;
    const key = testKey(threeOfFive);
    expect(key.verifier.verifyShare(message, id('a'), share)).toBe('invalid');
    const shares = new Map([[id('a'), share] as const, ...sharesOf(key, message, 'b', 'c', 'd')]);
    expect([...right(key.verifier.combine(message, shares)).invalid]).toEqual(['a']);
  });
});

const pretzel = pretzelSafePrimes();

describe.skipIf(pretzel === undefined)('pretzel', () => {
  it('its 2047-bit key of safe primes deals, proves and signs', () => {
    const key = testKey(gate(2, 'a', 'b', 'c'), { material: { _tag: 'safe-primes', ...present(pretzel, 'the key') } });
    const shares = sharesOf(key, message, 'a', 'c');
    for (const [from, share] of shares) expect(key.verifier.verifyShare(message, from, share)).toBe('valid');
    const { signature } = right(key.verifier.combine(message, shares));
    expect(createVerify('sha256').update(message).verify(publicKeyPem(key.publicKey), signature)).toBe(true);
  });
});

describe('openssl', () => {
  const key = testKey(threeOfFive, { material: { _tag: 'safe-primes', ...safePrimes1024 } });

  it.skipIf(!hasOpenssl)('verifies a combined signature with the key as PEM, and no other', () => {
    const { signature } = right(key.verifier.combine(message, sharesOf(key, message, 'a', 'b', 'c')));
    expect(opensslVerifies(publicKeyPem(key.publicKey), message, signature)).toBe(true);
    const changed = signature.map((byte, index) => (index === 5 ? byte ^ 1 : byte)) as Signature;
    expect(opensslVerifies(publicKeyPem(key.publicKey), message, changed)).toBe(false);
  });
});
