/** Outside vectors: Wycheproof, RFC 9380, Ethereum, commonware, drand and noble. */
import { expand_message_xmd } from '@noble/curves/abstract/hash-to-curve.js';
import { bls12_381 as curve } from '@noble/curves/bls12-381.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import { bigIntToBytes, bytesToBigInt, concatBytes, fromHex, toHex, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { present } from '../../../src/prelude/invariant.js';
import { offerBackend, pairingFor } from '../../../src/schemes/bls/backends.js';
import { type BlsSuite, ciphersuiteOf, type GroupName, groupOrder } from '../../../src/schemes/bls/ciphersuite.js';
import { verifyBls } from '../../../src/schemes/bls/ordinary-verify.js';
import type { Pairing } from '../../../src/schemes/bls/pairing.js';
import { residue } from '../../../src/schemes/sharing/integers.js';
import { right } from '../../support/right.js';
import { vectors, vectorText } from '../../support/vectors.js';
import { gate } from '../sharing/policies.js';
import { blst, mcl, noble, pairingOf, sharesOf, testKey } from './setup.js';

const bytes = (hex: string) => present(fromHex(hex.replace(/^0x/, '')), 'hexadecimal');
const one = bigIntToBytes(1n, 32);

/** The point that a message hashes to. */
function hashed(pairing: Pairing, message: Uint8Array): string {
  return toHex(pairing.signatures.encode(pairing.sign(one, pairing.hash(message)), 'compressed'));
}

/** What ours says of a signature, by every quick backend that has the suite. */
function verdicts(suite: BlsSuite, key: string, message: Uint8Array, signature: string): readonly boolean[] {
  const [publicKey, sig] = [bytes(key), bytes(signature)];
  const backends = suite === 'min-pk-pop' ? [blst, mcl] : [mcl];
  return backends.map((backend) => {
    const pairing = pairingOf(backend, suite);
    const point = pairing.keys.decode(publicKey, 'compressed');
    const value = pairing.signatures.decodeUnchecked(sig, 'compressed');
    return point !== undefined && value !== undefined && pairing.verify(point, pairing.hash(message), value);
  });
}

interface WycheproofGroup {
  readonly dst: string;
  readonly ciphersuite: string;
  readonly publicKey: { readonly pk: string };
  readonly tests: readonly {
    readonly tcId: number;
    readonly comment: string;
    readonly msg: string;
    readonly sig: string;
    readonly expected: string;
    readonly result: 'valid' | 'invalid';
  }[];
}

const wycheproof = (name: string) =>
  vectors(`wycheproof/${name}_test.json`) as { testGroups: WycheproofGroup[] } | undefined;

describe.each([
  ['bls_sig_g2_basic_verify', 'min-pk-nul', 88],
  ['bls_sig_g2_pop_verify', 'min-pk-pop', 26],
] as const)('Wycheproof, %s', (name, suite, count) => {
  const file = wycheproof(name);
  const tests = (file?.testGroups ?? []).flatMap((group) =>
    group.tests.map((test) => ({ ...test, pk: group.publicKey.pk })),
  );

  it.skipIf(file === undefined)(`${count} verdicts`, () => {
    expect(tests.length).toBe(count);
    for (const { tcId, comment, pk, msg, sig, result } of tests) {
      const found = verdicts(suite, pk, bytes(msg), sig);
      expect(new Set(found), `${tcId}: ${comment}`).toEqual(new Set([result === 'valid']));
    }
  });
});

describe('RFC 9380, hashing to the curve', () => {
  const g2 = wycheproof('bls_hash_to_g2');

  it.skipIf(g2 === undefined)('Wycheproof, to G2', () => {
    const group = present(g2?.testGroups[0], 'a group');
    const pairing = present(mcl.pairing({ signatureGroup: 'G2', dst: group.dst }), 'any tag');
    expect(group.tests.length).toBe(34);
    for (const { tcId, msg, expected } of group.tests) expect(hashed(pairing, bytes(msg)), `${tcId}`).toBe(expected);
  });

  interface PointFile {
    readonly dst: string;
    readonly vectors: readonly { readonly msg: string; readonly P: { readonly x: string; readonly y: string } }[];
  }

  it.each(['G1', 'G2'] as const)('to %s, by every backend that takes any tag', (group: GroupName) => {
    const file = vectors(`ietf/BLS12381${group}_XMD_SHA-256_SSWU_RO_.json`) as PointFile | undefined;
    for (const { msg, P } of file?.vectors ?? []) {
      for (const backend of [mcl, noble]) {
        const pairing = present(backend.pairing({ signatureGroup: group, dst: file?.dst ?? '' }), 'any tag');
        const point = pairing.signatures.encode(pairing.sign(one, pairing.hash(utf8(msg))), 'uncompressed');
        expect(toHex(point)).toBe(coordinates(P.x) + coordinates(P.y));
      }
    }
    if (file !== undefined) expect(file.vectors.length).toBe(5);
  });

  it.each(['G1', 'G2'] as const)('encoding to %s, which shares its maps, by the library beneath', (group) => {
    const file = vectors(`ietf/BLS12381${group}_XMD_SHA-256_SSWU_NU_.json`) as PointFile | undefined;
    for (const { msg, P } of file?.vectors ?? []) {
      const point = curve[group].encodeToCurve(utf8(msg), { DST: present(file, 'the file').dst });
      expect(toHex(point.toBytes(false))).toBe(coordinates(P.x) + coordinates(P.y));
    }
    if (file !== undefined) expect(file.vectors.length).toBe(5);
  });

  it.each(['expand_message_xmd_SHA256_38', 'expand_message_xmd_SHA256_256'])('%s, by the library beneath', (name) => {
    const file = vectors(`ietf/${name}.json`) as
      | { DST: string; tests: readonly { len_in_bytes: string; msg: string; uniform_bytes: string }[] }
      | undefined;
    for (const { len_in_bytes: length, msg, uniform_bytes: expected } of file?.tests ?? [])
      expect(toHex(expand_message_xmd(utf8(msg), utf8(file?.DST ?? ''), Number(length), sha256))).toBe(expected);
    if (file !== undefined) expect(file.tests.length).toBe(10);
  });

  /** Of an element of the extension the imaginary part, written second there, comes first. */
  function coordinates(text: string): string {
    return text
      .split(',')
      .map((element) => element.replace('0x', ''))
      .reverse()
      .join('');
  }
});

interface SignCase {
  readonly name: string;
  readonly privkey: string;
  readonly message: string;
  readonly signature: string | null;
}

interface VerifyCase {
  readonly name: string;
  readonly pubkey: string;
  readonly message: string;
  readonly signature: string;
  readonly expect: boolean;
}

const ethereum = vectors('bls12-381/ethereum_sign_verify.json') as
  | { sign: SignCase[]; verify: VerifyCase[] }
  | undefined;

describe.skipIf(ethereum === undefined)('Ethereum', () => {
  it('signs what quorums sign', () => {
    const cases = present(ethereum, 'the file').sign.filter(({ signature }) => signature !== null);
    expect(cases.length).toBe(9);
    for (const { name, privkey, message, signature } of cases) {
      const dealt = testKey(gate(2, 'a', 'b', 'c'), { secret: bytes(privkey) });
      const combined = right(dealt.verifier.combine(bytes(message), sharesOf(dealt, bytes(message), 'b', 'c')));
      expect(toHex(combined.signature), name).toBe(signature?.replace(/^0x/, ''));
    }
  });

  it('verifies what ours verify', () => {
    const cases = present(ethereum, 'the file').verify;
    expect(cases.length).toBe(28);
    for (const { name, pubkey, message, signature, expect: output } of cases) {
      const found = verdicts('min-pk-pop', pubkey.replace(/^0x/, ''), bytes(message), signature.replace(/^0x/, ''));
      expect(found, name).toEqual([output, output]);
    }
  });
});

describe.each([
  ['min_pk', 'min-pk', 263],
  ['min_sig', 'min-sig', 128],
] as const)('commonware, %s', (name, kind, count) => {
  const text = vectorText(`bls12-381/commonware_${name}.txt`);

  it.skipIf(text === undefined)('signs what ours sign, undealt and by quorums', () => {
    const lines = present(text, 'the file')
      .trim()
      .split('\n')
      .map((line) => line.split(':').map(bytes));
    expect(lines.length).toBe(count);
    const suites = [`${kind}-nul`, `${kind}-pop`] as const;
    const pairings = suites.map((suite) => pairingOf(mcl, suite));
    const sign = (pairing: Pairing, secret: Uint8Array, message: Uint8Array) =>
      toHex(pairing.signatures.encode(pairing.sign(secret, pairing.hash(message)), 'compressed'));
    const [secret, message, signature] = present(lines[0], 'a line');
    const index = pairings.findIndex(
      (pairing) => sign(pairing, secret ?? one, message ?? one) === toHex(signature ?? one),
    );
    const [suite, pairing] = [present(suites[index], 'one of the suites'), present(pairings[index], 'its pairing')];
    for (const [key = one, bytesSigned = one, expected = one] of lines)
      expect(sign(pairing, key, bytesSigned)).toBe(toHex(expected));
    for (const [key = one, bytesSigned = one, expected = one] of lines.slice(0, 3)) {
      const dealt = testKey(gate(2, 'a', 'b'), { suite, secret: key });
      const combined = right(dealt.verifier.combine(bytesSigned, sharesOf(dealt, bytesSigned, 'a', 'b')));
      expect(toHex(combined.signature)).toBe(toHex(expected));
    }
  });
});

interface Beacon {
  readonly scheme: string;
  readonly round: number;
  readonly public_key: string;
  readonly signature: string;
  readonly previous_signature?: string;
  readonly expect: boolean;
}

const drandSuites: Readonly<Record<string, BlsSuite>> = {
  'pedersen-bls-chained': 'min-pk-nul',
  'pedersen-bls-unchained': 'min-pk-nul',
  'bls-unchained-on-g1': 'min-sig-fastnet',
  'bls-unchained-g1-rfc9380': 'min-sig-nul',
};

const drand = vectors('drand/beacons.json') as { beacons: Beacon[] } | undefined;

describe.skipIf(drand === undefined)('drand, rounds of the League of Entropy and others', () => {
  const beacons = (drand?.beacons ?? []).filter(({ scheme }) => scheme in drandSuites);
  const roundMessage = ({ scheme, round, previous_signature: previous }: Beacon) =>
    digest(
      concatBytes(
        scheme === 'pedersen-bls-chained' ? bytes(previous ?? '') : new Uint8Array(0),
        bigIntToBytes(BigInt(round), 8),
      ),
    );

  it('verify, each under its own suite alone', () => {
    expect(beacons.length).toBe(13);
    for (const beacon of beacons) {
      const suite = present(drandSuites[beacon.scheme], 'a suite');
      const { public_key: key, signature } = beacon;
      expect(verdicts(suite, key, roundMessage(beacon), signature), beacon.scheme).toEqual([beacon.expect]);
      const others: readonly BlsSuite[] = suite.startsWith('min-pk')
        ? ['min-pk-pop']
        : ['min-sig-pop', suite === 'min-sig-nul' ? 'min-sig-fastnet' : 'min-sig-nul'];
      for (const other of others) expect(verdicts(other, key, roundMessage(beacon), signature)).not.toContain(true);
    }
  });

  it('verify by noble, where nothing else is loaded', () => {
    offerBackend(noble);
    for (const beacon of beacons.slice(0, 1)) {
      const suite = present(drandSuites[beacon.scheme], 'a suite');
      expect(pairingFor(ciphersuiteOf(suite)).backend).toBe('noble');
      expect(verifyBls(suite, bytes(beacon.public_key), roundMessage(beacon), bytes(beacon.signature))).toBe(true);
      expect(verifyBls(suite, bytes(beacon.public_key), utf8('x'), bytes(beacon.signature))).toBe(false);
    }
  });

  it('have commitments that are points of the group, the first the public key of a network', () => {
    const { coefficients } = vectors('drand/testnet_group_publicpoly.json') as { coefficients: string[] };
    const { keys } = pairingOf(mcl, 'min-pk-nul');
    for (const coefficient of coefficients) {
      const point = present(keys.decode(bytes(coefficient), 'compressed'), 'a point of the group');
      expect(toHex(keys.encode(point, 'compressed'))).toBe(coefficient);
    }
    expect(beacons.map((beacon) => beacon.public_key)).toContain(coefficients[0]);
  });
});

describe('noble, numbers modulo r', () => {
  const [plain, expanded] = ['', 'xmd-sha256-'].map((kind) =>
    vectorText(`bls12-381/noble_bls12-381-scalar-${kind}test-vectors.txt`),
  );
  const cases = (text: string | undefined) =>
    (text ?? '')
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split(':'));

  it.skipIf(plain === undefined)('are what ours reduce to', () => {
    for (const [text = '', expected] of cases(plain))
      expect(toHex(bigIntToBytes(residue(bytesToBigInt(utf8(text)), groupOrder), 32))).toBe(expected);
  });

  it.skipIf(expanded === undefined)('are what expanded messages reduce to', () => {
    const tag = utf8('QUUX-V01-CS02-with-BLS12381SCALAR_XMD:SHA-256_SSWU_RO_');
    for (const [text = '', expected] of cases(expanded)) {
      const uniform = expand_message_xmd(utf8(text), tag, 48, sha256);
      expect(toHex(bigIntToBytes(residue(bytesToBigInt(uniform), groupOrder), 32))).toBe(expected);
    }
  });
});
