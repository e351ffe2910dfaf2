/** A public key after it was checked: compiled, with its group, and what every share of it is bound to. */
import { bigIntToBytes } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import { groupedBy } from '../../prelude/grouping.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId, Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import { checkPolicy, type Policy } from '../../quorum/policy/policy.js';
import { canonicalPolicy, policyDigest } from '../../quorum/policy/policy-digest.js';
import type { KeyId } from '../distributed-signer.js';
import { type DealingBounds, dealingBounds } from '../sharing/bounds.js';
import { rowKey } from '../sharing/commitments.js';
import { compile, type LinearSharing } from '../sharing/compile.js';
import { bitLength, gcd } from '../sharing/integers.js';
import { integers } from '../sharing/ring.js';
import { deriveBase } from './derived-base.js';
import type { BadExponent, ShoupRsaKeyError, StrangerHoldsShare, UnshareablePolicy } from './errors.js';
import { type Exponentiation, makeExponentiation } from './exponentiation.js';
import { keyIdOf, type ShoupRsaPublicKey } from './key.js';
import { type ResidueGroup, residueGroup } from './residue-group.js';
import { maxModulusBits, minModulusBits, modulusLength } from './rsa-verify.js';

/** What signing and combining need, computed once. */
export interface LoadedKey {
  readonly publicKey: ShoupRsaPublicKey;
  readonly universe: Universe;
  readonly keyId: KeyId;
  readonly sharing: LinearSharing;
  readonly bounds: DealingBounds;
  readonly exponentiation: Exponentiation;
  readonly group: ResidueGroup;
  /** Bytes of N, and of every number modulo N on the wire. */
  readonly modulusLength: number;
  readonly policyDigest: Digest;
  /** Names this dealing among all of the same key: digest of key, policy, epoch, scale and commitments. */
  readonly dealingDigest: Digest;
  /** The rows of a process, ascending; none for a stranger. */
  rowsOf(process: ProcessId): readonly number[];
  /** v_r, computed when it is first asked for. */
  rowKey(row: number): bigint;
}

/** Checks a public key and compiles it, ties its commitments to (N, e): `C_0^e = v^D0`. */
export function loadKey(
  publicKey: ShoupRsaPublicKey,
  universe: Universe,
  random: RandomBytes,
): Either<ShoupRsaKeyError, LoadedKey> {
  const { modulus, exponent, policy, provenSafePrimes } = publicKey;
  const numbers = checkModulus(modulus, provenSafePrimes) ?? checkExponent(exponent);
  if (numbers !== undefined) return E.left(numbers);
  const prepared = prepareSharing(policy, universe, exponent, publicKey.secretScale);
  if (E.isLeft(prepared)) return prepared;
  const sharing = prepared.right;
  const base = deriveBase(modulus, exponent);
  if (base === undefined) return E.left({ _tag: 'BadModulus', modulusBits: bitLength(modulus) });
  const exponentiation = makeExponentiation(modulus, random);
  const group = residueGroup(exponentiation, base, provenSafePrimes);
  const error = checkCommitments(publicKey, sharing, group);
  return error === undefined ? E.right(assemble(publicKey, universe, sharing, exponentiation, group)) : E.left(error);
}

/**
 * The sharing of a private exponent along the canonical form of a policy, if all its members are known and the exponent is
 * prime to 4 D D0, which combining has to undo.
 */
export function prepareSharing(
  policy: Policy,
  universe: Universe,
  exponent: bigint,
  secretScale: bigint,
): Either<UnshareablePolicy | StrangerHoldsShare | BadExponent, LinearSharing> {
  const checked = checkPolicy(policy);
  if (E.isLeft(checked)) return E.left({ _tag: 'UnshareablePolicy', reason: checked.left });
  const compiled = compile(canonicalPolicy(policy), integers);
  if (E.isLeft(compiled)) return E.left({ _tag: 'UnshareablePolicy', reason: compiled.left });
  const { rows, scale } = compiled.right;
  const stranger = rows.find(({ owner }) => !universe.has(owner));
  if (stranger !== undefined) return E.left({ _tag: 'StrangerHoldsShare', process: stranger.owner });
  return gcd(exponent, 4n * scale * secretScale) === 1n
    ? compiled
    : E.left({ _tag: 'BadExponent', exponent, divides: 'the scale of the policy' });
}

/** The secret that is dealt has one bit more than N: the private exponent, plus a multiple of the order. */
export function secretBitsOf(modulus: bigint): number {
  return bitLength(modulus);
}

/** A product of two primes that are 3 modulo 4 is 1 modulo 4. */
export function checkModulus(modulus: bigint, isSafe: boolean): ShoupRsaKeyError | undefined {
  const modulusBits = bitLength(modulus);
  const fits = modulusBits >= minModulusBits && modulusBits <= maxModulusBits;
  const isOdd = isSafe ? modulus % 4n === 1n : modulus % 2n === 1n;
  return fits && isOdd ? undefined : { _tag: 'BadModulus', modulusBits };
}

const maxExponent = 2n ** 32n;

/** An odd prime below 2^32. */
export function checkExponent(exponent: bigint): BadExponent | undefined {
  const isInRange = exponent >= 3n && exponent < maxExponent;
  return isInRange && isOddPrime(Number(exponent)) ? undefined : { _tag: 'BadExponent', exponent };
}

function isOddPrime(value: number): boolean {
  if (value % 2 === 0) return false;
  for (let divisor = 3; divisor * divisor <= value; divisor += 2) if (value % divisor === 0) return false;
  return true;
}

function checkCommitments(
  { commitments, exponent, secretScale }: ShoupRsaPublicKey,
  sharing: LinearSharing,
  group: ResidueGroup,
): ShoupRsaKeyError | undefined {
  const isElement = (value: bigint) => group.isCanonical(value) && group.contains(value);
  const [root] = commitments;
  if (root === undefined || commitments.length !== sharing.columnCount || !commitments.every(isElement)) {
    return { _tag: 'BadCommitments', expectedCount: sharing.columnCount };
  }
  const isTied = group.equals(group.power(root, exponent), group.power(group.base, secretScale));
  return isTied ? undefined : { _tag: 'CommittedToAnotherSecret' };
}

function assemble(
  publicKey: ShoupRsaPublicKey,
  universe: Universe,
  sharing: LinearSharing,
  exponentiation: Exponentiation,
  group: ResidueGroup,
): LoadedKey {
  const rows = rowsByOwner(sharing);
  const rowKeys = new Map<number, bigint>();
  const keyId = keyIdOf(publicKey);
  return {
    publicKey,
    universe,
    keyId,
    sharing,
    bounds: dealingBounds(sharing, secretBitsOf(publicKey.modulus)),
    exponentiation,
    group,
    modulusLength: modulusLength(publicKey),
    policyDigest: policyDigest(publicKey.policy),
    dealingDigest: dealingDigestOf(publicKey, keyId),
    rowsOf: (process) => rows.get(process) ?? [],
    rowKey(row) {
      const known = rowKeys.get(row);
      if (known !== undefined) return known;
      const key = rowKey(group, publicKey.commitments, present(sharing.rows[row], 'a row of the sharing'));
      rowKeys.set(row, key);
      return key;
    },
  };
}

/** The rows of each process, ascending, counted from 0. */
export function rowsByOwner(sharing: LinearSharing): ReadonlyMap<ProcessId, readonly number[]> {
  const byOwner = groupedBy(sharing.rows.entries(), ([, { owner }]) => owner);
  return new Map([...byOwner].map(([owner, entries]) => [owner, entries.map(([row]) => row)]));
}

const dealingTag = 'koinon shoup-rsa dealing v1';

function dealingDigestOf(publicKey: ShoupRsaPublicKey, keyId: KeyId): Digest {
  const { policy, epoch, secretScale, commitments } = publicKey;
  const length = modulusLength(publicKey);
  const scale = secretScale.toString(16);
  return digest(
    new Writer()
      .text(dealingTag)
      .fixed(keyId)
      .fixed(policyDigest(policy))
      .u64(epoch)
      .text(scale)
      .list(commitments, (writer, commitment) => writer.fixed(bigIntToBytes(commitment, length)))
      .finish(),
  );
}
