/** A public key after it was checked: compiled, with its group, and what every share of it is bound to. */
import { rowsByOwner } from '../sharing/row-owners.js';
import { type Digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import { remembered } from '../../prelude/remembered.js';
import type { ProcessId, Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import { policyDigest } from '../../quorum/policy/policy-digest.js';
import { PolicyStructure } from '../../quorum/policy/policy-structure.js';
import type { AccessStructure } from '../../quorum/access-structure.js';
import type { KeyId } from '../contract/distributed-signer.js';
import { rowKey } from '../sharing/commitments.js';
import type { LinearSharing } from '../sharing/compile.js';
import { bitLength } from '../sharing/integers.js';
import { dealingDigestOf } from './dealing-digest.js';
import { deriveBase } from './derived-base.js';
import type { ShoupRsaKeyError } from './errors.js';
import { type Exponentiation, makeExponentiation } from './exponentiation.js';
import { keyIdOf, type ShoupRsaPublicKey } from './key.js';
import { checkAlgorithm, checkExponent, checkFactors, checkModulus, prepareSharing } from './key-checks.js';
import { nodeRsaPower } from './public-key-pem.js';
import { type ResidueGroup, residueGroup } from './residue-group.js';
import { ringOf, type RowBounds, rowBoundsOf } from './row-bounds.js';
import { modulusLength } from './rsa-verify.js';

/** What signing and combining need, computed once. */
export interface LoadedKey {
  readonly publicKey: ShoupRsaPublicKey;
  readonly universe: Universe;
  readonly keyId: KeyId;
  readonly sharing: LinearSharing;
  readonly bounds: RowBounds;
  /** Who may sign together. */
  readonly structure: AccessStructure;
  readonly exponentiation: Exponentiation;
  readonly group: ResidueGroup;
  /** A number below N to the power of e. */
  readonly raise: (value: bigint) => bigint;
  /** Bytes of N, and of every number modulo N on the wire. */
  readonly modulusLength: number;
  readonly policyDigest: Digest;
  /** Names this dealing among all of the same key: digest of key, policy, epoch, scale, ranges and commitments. */
  readonly dealingDigest: Digest;
  /** The rows of a process, ascending; none for a stranger. */
  rowsOf(process: ProcessId): readonly number[];
  /** v_r, computed when it is first asked for. */
  readonly rowKey: (row: number) => bigint;
}

/** Checks a public key and compiles it, ties its commitments to (N, e): `C_0^e = v^D0`. */
export function loadKey(
  publicKey: ShoupRsaPublicKey,
  universe: Universe,
  random: RandomBytes,
): Either<ShoupRsaKeyError, LoadedKey> {
  const { modulus, exponent, algorithm, policy, provenSafePrimes, secretScale, ranges } = publicKey;
  const numbers =
    checkAlgorithm(publicKey) ?? checkModulus(modulus, algorithm, provenSafePrimes) ?? checkExponent(exponent);
  if (numbers !== undefined) return E.left(numbers);
  if (ranges._tag === 'modular' && !provenSafePrimes) return E.left({ _tag: 'ModularNeedsSafePrimes' });
  const prepared = prepareSharing(policy, universe, exponent, secretScale, ringOf(ranges));
  if (E.isLeft(prepared)) return prepared;
  const sharing = prepared.right;
  const bounds = rowBoundsOf(sharing, publicKey);
  if (bounds === undefined) return E.left({ _tag: 'BadRanges' });
  const base = deriveBase(modulus, exponent);
  if (base === undefined) return E.left({ _tag: 'BadModulus', modulusBits: bitLength(modulus) });
  const smallFactor = checkFactors(modulus);
  if (smallFactor !== undefined) return E.left(smallFactor);
  const exponentiation = makeExponentiation(modulus, random);
  const group = residueGroup(exponentiation, base, provenSafePrimes);
  const error = checkCommitments(publicKey, sharing, group);
  if (error !== undefined) return E.left(error);
  return E.right(assemble({ publicKey, universe, sharing, bounds, exponentiation, group }));
}

function checkCommitments(
  { commitments, exponent, secretScale }: ShoupRsaPublicKey,
  sharing: LinearSharing,
  group: ResidueGroup,
): ShoupRsaKeyError | undefined {
  const isElement = (value: bigint) => group.isCanonical(value) && group.contains(value);
  const [root = 0n] = commitments;
  if (commitments.length !== sharing.columnCount || !commitments.every(isElement)) {
    return { _tag: 'BadCommitments', expectedCount: sharing.columnCount };
  }
  const isTied = group.equals(group.power(root, exponent), group.power(group.base, secretScale));
  return isTied ? undefined : { _tag: 'CommittedToAnotherSecret' };
}

type CheckedKey = Pick<LoadedKey, 'publicKey' | 'universe' | 'sharing' | 'bounds' | 'exponentiation' | 'group'>;

function assemble(checked: CheckedKey): LoadedKey {
  const { publicKey, universe, sharing, group } = checked;
  const rows = rowsByOwner(sharing);
  const keyId = keyIdOf(publicKey);
  return {
    ...checked,
    keyId,
    raise: nodeRsaPower(publicKey),
    structure: new PolicyStructure(publicKey.policy, universe),
    modulusLength: modulusLength(publicKey),
    policyDigest: policyDigest(publicKey.policy),
    dealingDigest: dealingDigestOf(publicKey, keyId),
    rowsOf: (process) => rows.get(process) ?? [],
    rowKey: remembered((row) =>
      rowKey(group, publicKey.commitments, present(sharing.rows[row], 'a row of the sharing')),
    ),
  };
}
