/**
 * The BLS ciphersuites that keys may have: those of draft-irtf-cfrg-bls-signature (sections 4.2 and 4.3) over BLS12-381, and
 * those of drand. A suite fixes in which group signatures are, the other one being that of keys, and how messages are hashed.
 */
import { bytesToBigInt } from '../../prelude/bytes.js';

export type GroupName = 'G1' | 'G2';

/** What a pairing backend has to know. */
export interface Ciphersuite {
  readonly signatureGroup: GroupName;
  /** The domain separation tag of RFC 9380's hash_to_curve. */
  readonly dst: string;
}

/**
 * `min-pk`: keys of 48 bytes in G1, signatures of 96 bytes in G2; `min-sig`: the other way round. `pop` and `nul` are the
 * draft's proof-of-possession and basic schemes. drand's `pedersen-bls-chained` and `-unchained` are `min-pk-nul`, its
 * `bls-unchained-g1-rfc9380` (quicknet) is `min-sig-nul`, and its `bls-unchained-on-g1` (fastnet) is `min-sig-fastnet`,
 * which hashes to G1 under the tag that is meant for G2.
 */
export type BlsSuite = 'min-pk-pop' | 'min-pk-nul' | 'min-sig-pop' | 'min-sig-nul' | 'min-sig-fastnet';

const nulG2 = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_';

const suites: Readonly<Record<BlsSuite, Ciphersuite>> = {
  'min-pk-pop': { signatureGroup: 'G2', dst: 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_' },
  'min-pk-nul': { signatureGroup: 'G2', dst: nulG2 },
  'min-sig-pop': { signatureGroup: 'G1', dst: 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_' },
  'min-sig-nul': { signatureGroup: 'G1', dst: 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_' },
  'min-sig-fastnet': { signatureGroup: 'G1', dst: nulG2 },
};

export const blsSuites = Object.keys(suites) as readonly BlsSuite[];

/** The one that native code is quickest at. */
export const defaultBlsSuite: BlsSuite = 'min-pk-pop';

export function ciphersuiteOf(suite: BlsSuite): Ciphersuite {
  return suites[suite];
}

/** How possession of a key's secret is proved: the draft's section 3.3. `undefined` in suites that have no such proof. */
export function possessionCiphersuiteOf(suite: BlsSuite): Ciphersuite | undefined {
  if (suite !== 'min-pk-pop' && suite !== 'min-sig-pop') return undefined;
  const { signatureGroup } = suites[suite];
  return { signatureGroup, dst: `BLS_POP_BLS12381${signatureGroup}_XMD:SHA-256_SSWU_RO_POP_` };
}

/** The group of keys, given that of signatures, or the other way round. */
export function otherGroup(group: GroupName): GroupName {
  return group === 'G1' ? 'G2' : 'G1';
}

/** r, the prime order of both groups: secrets and shares are residues of it. */
export const groupOrder = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;

/** Bytes of a secret or a share, big-endian. */
export const scalarLength = 32;

/** Whether bytes are a secret: {@link scalarLength} of them, a number from 1 to r - 1. */
export function isScalar(bytes: Uint8Array): boolean {
  if (bytes.length !== scalarLength) return false;
  const value = bytesToBigInt(bytes);
  return value > 0n && value < groupOrder;
}
