/** A public key after it was checked: compiled, its points decoded, over one pairing backend. */
import { rowsByOwner } from '../sharing/row-owners.js';
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import { remembered } from '../../prelude/remembered.js';
import type { ProcessId, Universe } from '../../prelude/process.js';
import type { AccessStructure } from '../../quorum/access-structure.js';
import type { Policy } from '../../quorum/policy/policy.js';
import { PolicyStructure } from '../../quorum/policy/policy-structure.js';
import type { KeyId, KeyUsage } from '../contract/distributed-signer.js';
import type { LinearSharing } from '../sharing/compile.js';
import { sharingAlong } from '../sharing/policy-sharing.js';
import { residues } from '../sharing/ring.js';
import type { BlsKeyError, BlsTermsError } from './errors.js';
import { type BlsPublicKey, blsUsages, keyIdOf } from './key.js';
import type { KeyPoint, Pairing, PointGroup } from './pairing.js';

/** What signing and combining need, computed once. */
export interface LoadedKey {
  readonly publicKey: BlsPublicKey;
  readonly universe: Universe;
  readonly keyId: KeyId;
  readonly sharing: LinearSharing;
  /** Who may sign together. */
  readonly structure: AccessStructure;
  readonly pairing: Pairing;
  readonly groupKey: KeyPoint;
  readonly commitments: readonly KeyPoint[];
  /** The rows of a process, ascending; none for a stranger. */
  rowsOf(process: ProcessId): readonly number[];
  /** g^(s_r), computed when it is first asked for. */
  readonly rowKey: (row: number) => KeyPoint;
}

/** Checks a public key and compiles it; D times the first commitment must be the group key. */
export function loadKey(publicKey: BlsPublicKey, universe: Universe, pairing: Pairing): Either<BlsKeyError, LoadedKey> {
  const prepared = prepareSharing(publicKey.policy, universe, publicKey.usage);
  if (E.isLeft(prepared)) return prepared;
  const sharing = prepared.right;
  const { keys } = pairing;
  const commitments = decodeCommitments(publicKey, sharing, keys);
  if (commitments === undefined) return E.left({ _tag: 'BadCommitments', expectedCount: sharing.columnCount });
  const groupKey = keys.decode(publicKey.groupKey, 'compressed');
  const committed = keys.sum([{ point: present(commitments[0], 'a first column'), factor: sharing.scale }]);
  const isTied = groupKey !== undefined && !keys.isIdentity(groupKey) && keys.equals(groupKey, committed);
  if (!isTied) return E.left({ _tag: 'BadGroupKey' });
  const rows = rowsByOwner(sharing);
  return E.right({
    publicKey,
    universe,
    keyId: keyIdOf(publicKey),
    sharing,
    structure: new PolicyStructure(publicKey.policy, universe),
    pairing,
    groupKey,
    commitments,
    rowsOf: (process) => rows.get(process) ?? [],
    rowKey: remembered((row) => keyOfRow(sharing, keys, commitments, row)),
  });
}

/** The sharing of a key with such a usage along a policy. */
export function prepareSharing(
  policy: Policy,
  universe: Universe,
  usage: KeyUsage,
): Either<BlsTermsError, LinearSharing> {
  const isSupported = blsUsages.some((allowed) => allowed === usage);
  return isSupported ? sharingAlong(policy, universe, residues) : E.left({ _tag: 'UnsupportedUsage', usage });
}

/** One for each column, no more and no less; the identity is a point like others. */
function decodeCommitments(
  { commitments }: BlsPublicKey,
  sharing: LinearSharing,
  keys: PointGroup<KeyPoint>,
): readonly KeyPoint[] | undefined {
  if (commitments.length !== sharing.columnCount) return undefined;
  const points = commitments.flatMap((bytes) => keys.decode(bytes, 'compressed') ?? []);
  return points.length === commitments.length ? points : undefined;
}

function keyOfRow(
  sharing: LinearSharing,
  keys: PointGroup<KeyPoint>,
  commitments: readonly KeyPoint[],
  row: number,
): KeyPoint {
  const { entries } = present(sharing.rows[row], 'a row of the sharing');
  const terms = entries.map(({ column, coefficient }) => {
    return { point: present(commitments[column], 'a commitment to every column'), factor: coefficient };
  });
  return keys.sum(terms);
}
