/**
 * What a pairing backend must get right before it is used: fixed answers of @noble/curves for each ciphersuite, sums with all
 * kinds of factors, and refusal of what is no point of a group. A package may be broken, built for another machine, or changed
 * under its version.
 */
import { bigIntToBytes, bytesToBigInt, equalBytes, utf8 } from '../../prelude/bytes.js';
import { residue } from '../sharing/integers.js';
import { groupOrder, scalarLength } from './ciphersuite.js';
import type { Pairing, PointGroup } from './pairing.js';
import { pointLength } from './point-encoding.js';
import { answerIn, notInGroup, selfTestMessage, selfTestSecret } from './self-test-answers.js';

/** Whether `pairing` does all of this; never throws. */
export function passesSelfTest(pairing: Pairing): boolean {
  try {
    return signsAndVerifies(pairing) && sumsRightly(pairing) && refuses(pairing.keys) && refuses(pairing.signatures);
  } catch {
    return false;
  }
}

function signsAndVerifies(pairing: Pairing): boolean {
  const { keys, signatures } = pairing;
  const expected = answerIn(pairing.ciphersuite);
  if (expected === undefined) return false;
  const [message, other] = [pairing.hash(selfTestMessage), pairing.hash(utf8('another message'))];
  const [key, signature] = [pairing.keyOf(selfTestSecret), pairing.sign(selfTestSecret, message)];
  return (
    equalBytes(keys.encode(key, 'compressed'), expected.key) &&
    equalBytes(signatures.encode(signature, 'compressed'), expected.signature) &&
    pairing.verify(key, message, signature) &&
    !pairing.verify(key, other, signature) &&
    !pairing.verify(keys.identity, message, signatures.identity) &&
    readsWhatItWrites(keys, key) &&
    readsWhatItWrites(signatures, signature)
  );
}

/** Coefficients of combinations, weights of batches, and one that is reduced. */
const factors = [720n, -13n, 0n, 1n, 2n ** 127n + 12_345n, -groupOrder - 77n] as const;

function sumsRightly(pairing: Pairing): boolean {
  const { keys, signatures } = pairing;
  const message = pairing.hash(selfTestMessage);
  const base = bytesToBigInt(selfTestSecret);
  const secrets = factors.map((_, index) => bigIntToBytes(residue(base * BigInt(index + 1), groupOrder), scalarLength));
  const total = factors.reduce((sum, factor, index) => sum + factor * base * BigInt(index + 1), 0n);
  const secret = bigIntToBytes(residue(total, groupOrder), scalarLength);
  const isSumOf = <P>(group: PointGroup<P>, multiple: (secret: Uint8Array) => P): boolean => {
    const terms = factors.map((factor, index) => ({ point: multiple(secrets[index] ?? secret), factor }));
    return (
      group.equals(group.sum(terms), multiple(secret)) &&
      group.isIdentity(
        group.sum(
          terms.flatMap(({ point, factor }) => [
            { point, factor },
            { point, factor: -factor },
          ]),
        ),
      )
    );
  };
  return isSumOf(keys, (one) => pairing.keyOf(one)) && isSumOf(signatures, (one) => pairing.sign(one, message));
}

function readsWhatItWrites<P>(group: PointGroup<P>, point: P): boolean {
  return (['compressed', 'uncompressed'] as const).every((form) =>
    [point, group.identity].every((written) => {
      const read = group.decode(group.encode(written, form), form);
      return read !== undefined && group.equals(read, written);
    }),
  );
}

function refuses<P>(group: PointGroup<P>): boolean {
  const [offCurve, outside] = notInGroup[group.name].map((x) => {
    const bytes = new Uint8Array(pointLength(group.name, 'compressed'));
    bytes[0] = 0x80;
    bytes[bytes.length - 1] = x;
    return bytes;
  });
  const isRefused = (bytes: Uint8Array | undefined): boolean =>
    bytes !== undefined && group.decode(bytes, 'compressed') === undefined;
  const notCurve = new Uint8Array(pointLength(group.name, 'uncompressed')).fill(1);
  return isRefused(offCurve) && isRefused(outside) && group.decode(notCurve, 'uncompressed') === undefined;
}
