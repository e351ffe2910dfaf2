/**
 * A key whose shares are spoilt in every way that we know (crypto note, section 1), for the tests that find them out; and the
 * equations of a proof as the paper has them, one by one.
 */
import { concatBytes, empty, utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { secretsOf } from '../../../src/schemes/contract/linear-key-share.js';
import { residue } from '../../../src/schemes/sharing/integers.js';
import { modularInverse } from '../../../src/schemes/sharing/modular-inverse.js';
import { jacobi } from '../../../src/schemes/shoup-rsa/jacobi.js';
import { drawNonce } from '../../../src/schemes/shoup-rsa/proof-nonce.js';
import {
  decodeShare,
  encodeShare,
  responseBits,
  type RowShare,
  type ShareProof,
} from '../../../src/schemes/shoup-rsa/share-encoding.js';
import {
  challengeOf,
  type ProofSubject,
  proveRow,
  type ProvenRowShare,
  type SecretPower,
} from '../../../src/schemes/shoup-rsa/share-proof.js';
import { right } from '../../support/right.js';
import { otherSafePrimes1024, safePrimes1024 } from '../../support/rsa-keys.js';
import { gate } from '../sharing/policies.js';
import {
  id,
  loadedOf,
  message,
  names,
  seededRandom,
  sharesOf,
  signerOf,
  statement,
  subjectOf,
  testKey,
  threeOfFive,
} from './setup.js';

export const key = testKey(threeOfFive);
export const random = seededRandom('weights');
export const loaded = loadedOf(key);
export const { group } = loaded;
export const { modulus } = key.publicKey;
export const subject = subjectOf(loaded, message);
export const honest = right(signerOf(key, 'a').signShare(message));
const [honestRow] = right(decodeShare(loaded, id('a'), honest));
if (honestRow?.proof === undefined) throw new Error('an honest share carries a proof');
export const proof: ShareProof = honestRow.proof;
export const { row, value: honestX } = honestRow;

const material = { _tag: 'safe-primes', ...safePrimes1024 } as const;
const otherMaterial = { _tag: 'safe-primes', ...otherSafePrimes1024 } as const;
const from = (other: ReturnType<typeof testKey>, text = message) => right(signerOf(other, 'a').signShare(text));

/** Shares that are as well formed as a liar can make them. */
const formed = (change: Partial<RowShare>, proofChange: Partial<ShareProof> = {}): SignatureShare =>
  encodeShare(loaded, [{ ...honestRow, ...change, proof: { ...proof, ...proofChange } }]);

/** A non-residue of Jacobi symbol -1, canonical. */
export const outsider =
  Array.from({ length: 50 }, (_, index) => BigInt(index + 2)).find((x) => jacobi(x, modulus) === -1) ?? 0n;

/** A share of x^(2 (s + 1)), with a proof that is honest but for that. */
function wrongExponent(): SignatureShare {
  const secret = (secretsOf(key.shares.get(id('a')) ?? fail()).get(row) ?? 0n) + 1n;
  const value = group.power(subject.value, 2n * secret);
  return encodeShare(loaded, [proved(message, { row, value, secret })]);
}

/** A proof that is made as signers make it, whatever it claims. */
function proved(text: Uint8Array, power: SecretPower): ProvenRowShare {
  const about = subjectOf(loaded, text);
  const nonce = drawNonce(loaded, power, { _tag: 'input', role: about.role, digest: about.digest }, random);
  return proveRow(loaded, about, power, nonce);
}

/** A root of unity other than ±1, which only the factors give; its Jacobi symbol is -1. */
export function rootOfUnity(): bigint {
  const { p, q } = safePrimes1024;
  const root = residue(1n - 2n * p * (modularInverse(p, q) ?? 0n), modulus);
  if ((root * root) % modulus !== 1n || root === 1n || root === modulus - 1n) throw new Error('not a root of unity');
  return root;
}

export function fail(): never {
  throw new Error('missing');
}

export const hostile: readonly (readonly [string, SignatureShare])[] = [
  ['another message', from(key, utf8('another message'))],
  ['another sender', right(signerOf(key, 'b').signShare(message))],
  ['another key', from(testKey(threeOfFive, { material: otherMaterial }))],
  ['another dealing of the same key', from(testKey(threeOfFive, { random: seededRandom('again') }))],
  ['another epoch', from(testKey(threeOfFive, { epoch: 2 }))],
  ['another usage', from(testKey(threeOfFive, { usage: 'statement' }), statement)],
  ['another policy', from(testKey(gate(2, ...names)))],
  ['another exponent', from(testKey(threeOfFive, { exponent: 257n, material }))],
  ['a wrong exponent under an honest proof', wrongExponent()],
  ['the other square root of x²', formed({ value: group.canonical(honestX * rootOfUnity()) })],
  ['empty', empty as SignatureShare],
  ['truncated', honest.subarray(0, -1) as SignatureShare],
  ['without its first byte', honest.subarray(1) as SignatureShare],
  ['extended', concatBytes(honest, Uint8Array.of(0)) as SignatureShare],
  ['of an unknown form', Uint8Array.of(2, ...honest.subarray(1)) as SignatureShare],
  ['twice', concatBytes(honest, honest) as SignatureShare],
  ['zeroes', new Uint8Array(honest.length) as SignatureShare],
  ['ones', new Uint8Array(honest.length).fill(255) as SignatureShare],
  ['circl’s hostile share', Uint8Array.from([0xff, 0xff, 0, 1, 0, 1, 0, 1, 2]) as SignatureShare],
  ['x = 0', formed({ value: 0n })],
  ['x = 1', formed({ value: 1n })],
  ['N - x', formed({ value: modulus - honestRow.value })],
  ['x = N', formed({ value: modulus })],
  ['x a multiple of p', formed({ value: safePrimes1024.p })],
  ['x of Jacobi symbol -1', formed({ value: outsider })],
  ['x times an outsider', formed({ value: group.multiply(honestRow.value, outsider) })],
  ['x squared', formed({ value: group.multiply(honestRow.value, honestRow.value) })],
  ['v’ = 0', formed({}, { base: 0n })],
  ['v’ = 1', formed({}, { base: 1n })],
  ['-v’', formed({}, { base: modulus - proof.base })],
  ['v’ times v', formed({}, { base: group.multiply(proof.base, group.base) })],
  ['v’ of Jacobi symbol -1', formed({}, { base: group.multiply(proof.base, outsider) })],
  ['x’ = 0', formed({}, { message: 0n })],
  ['-x’', formed({}, { message: modulus - proof.message })],
  ['x’ times v', formed({}, { message: group.multiply(proof.message, group.base) })],
  ['x’ a multiple of q', formed({}, { message: safePrimes1024.q })],
  ['v’ and x’ exchanged', formed({}, { base: proof.message, message: proof.base })],
  ['z = 0', formed({}, { response: 0n })],
  ['z + 1', formed({}, { response: proof.response + 1n })],
  [
    'z as large as its field',
    formed({}, { response: (1n << BigInt(8 * Math.ceil(responseBits(loaded, row) / 8))) - 1n }),
  ],
  ['z plus the order, beyond its bound', formed({}, { response: beyond(proof.response) })],
];

/** A response that satisfies the equations but exceeds its bound, as long as it fits the field. */
function beyond(response: bigint): bigint {
  const order = ((safePrimes1024.p - 1n) / 2n) * ((safePrimes1024.q - 1n) / 2n);
  const bound = 1n << BigInt(responseBits(loaded, row));
  return response + order * ((bound - response) / order + 1n);
}

/** The two equations of one share, without any weights: what batches are held to. */
export function isCorrect(about: ProofSubject, { row: at, value, proof: claimed }: ProvenRowShare): boolean {
  const challenge = challengeOf(loaded, about, { row: at, value }, claimed);
  const areEqual = (a: bigint, b: bigint) => group.multiply(a, a) === group.multiply(b, b);
  const ofKey = group.multiply(claimed.base, group.power(loaded.rowKey(at), challenge));
  const ofInput = group.multiply(claimed.message, group.power(value, 2n * challenge));
  return (
    jacobi(value, modulus) === 1 &&
    areEqual(group.power(group.base, claimed.response), ofKey) &&
    areEqual(group.power(about.proofBase, claimed.response), ofInput)
  );
}

/** The rows of a share, if they are there and proven. */
export function proven(sender: ProcessId, share: SignatureShare): readonly ProvenRowShare[] {
  const decoded = decodeShare(loaded, sender, share);
  return E.isRight(decoded) ? decoded.right.filter((one): one is ProvenRowShare => one.proof !== undefined) : [];
}

/** Good shares of others. */
export const others = [...sharesOf(key, message, 'b', 'c')].flatMap(([sender, share]) => proven(sender, share));

/** Any nonce. */
export const nonce = 123456789n ** 40n;

/** A share of the right value whose v' and x' have a factor that they should not have, and a challenge that matches them. */
export function aimed(
  sender: string,
  nonce: bigint,
  factors: { readonly ofBase: bigint; readonly ofMessage: bigint },
): ProvenRowShare {
  const [own] = proven(id(sender), right(signerOf(key, sender).signShare(message)));
  const secret = secretsOf(key.shares.get(id(sender)) ?? fail()).get(own?.row ?? -1) ?? 0n;
  const base = group.canonical(group.power(group.base, nonce) * factors.ofBase);
  const ofMessage = group.canonical(group.power(subject.proofBase, nonce) * factors.ofMessage);
  const one = own ?? fail();
  const challenge = challengeOf(loaded, subject, one, { base, message: ofMessage });
  return {
    row: one.row,
    value: one.value,
    proof: { base, message: ofMessage, response: nonce + challenge * secret },
  };
}
