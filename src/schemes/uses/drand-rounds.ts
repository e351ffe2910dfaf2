/**
 * The rounds of a randomness beacon by drand's rules: which BLS suite each of its schemes is, what is signed in a round, and
 * what the random value is. (drand's specification, "Beacon Chain"; its schemes over bn254 are none of ours.)
 */
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest, digestLength } from '../../prelude/digest.js';
import { assertNever } from '../../prelude/invariant.js';
import type { BlsSuite } from '../bls/ciphersuite.js';
import { verifyBls } from '../bls/ordinary-verify.js';

/** drand's names of its schemes. Chained ones sign the previous round's signature as well. */
export const drandSchemes = [
  'pedersen-bls-chained',
  'pedersen-bls-unchained',
  'bls-unchained-on-g1',
  'bls-unchained-g1-rfc9380',
] as const;

export type DrandScheme = (typeof drandSchemes)[number];

/** One round of a beacon, as it is published. */
export interface Beacon {
  /** From 1. */
  readonly round: number;
  readonly signature: Uint8Array;
  /** In chained schemes only: the signature of the round before, or the genesis seed in round 1. */
  readonly previousSignature?: Uint8Array;
}

/** The BLS suite that a scheme is. */
export function suiteOfScheme(scheme: DrandScheme): BlsSuite {
  switch (scheme) {
    case 'pedersen-bls-chained':
    case 'pedersen-bls-unchained':
      return 'min-pk-nul';
    case 'bls-unchained-on-g1':
      return 'min-sig-fastnet';
    case 'bls-unchained-g1-rfc9380':
      return 'min-sig-nul';
    default:
      return assertNever(scheme);
  }
}

/** The scheme that a suite is; `undefined` where drand has none. */
export function beaconSchemeOf(suite: BlsSuite, chained: boolean): DrandScheme | undefined {
  return drandSchemes.find((scheme) => suiteOfScheme(scheme) === suite && isChained(scheme) === chained);
}

function isChained(scheme: DrandScheme): boolean {
  return scheme === 'pedersen-bls-chained';
}

/** A compressed signature in G2, which is what chained schemes have. */
const chainedSignatureLength = 96;

/**
 * What a round's signature signs: the digest of the round's number, behind the previous signature where rounds are chained.
 * `undefined` where there is no such round, or where a previous signature is missing, superfluous or of a wrong length.
 */
export function roundMessage(
  scheme: DrandScheme,
  { round, previousSignature }: Omit<Beacon, 'signature'>,
): Digest | undefined {
  if (!Number.isSafeInteger(round) || round < 1) return undefined;
  const number = new Writer().u64(round).finish();
  if (!isChained(scheme)) return previousSignature === undefined ? digest(number) : undefined;
  const expectedLength = round === 1 ? digestLength : chainedSignatureLength;
  return previousSignature?.length === expectedLength ? digest(previousSignature, number) : undefined;
}

/** The random value of a round whose signature has been verified. */
export function randomnessOf(signature: Uint8Array): Digest {
  return digest(signature);
}

/** Whether a round was signed by the key of a chain, drand's own chains included. Never throws, whatever the bytes. */
export function verifyRound(
  { scheme, publicKey }: { readonly scheme: DrandScheme; readonly publicKey: Uint8Array },
  { signature, ...terms }: Beacon,
): boolean {
  const message = roundMessage(scheme, terms);
  return message !== undefined && verifyBls(suiteOfScheme(scheme), publicKey, message, signature);
}
