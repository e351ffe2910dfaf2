/**
 * The trusted dealer: draws a secret, or takes one that exists, and shares it along a policy. The dealer knows the key, whatever
 * it says afterwards; members who want nobody to know it generate it together (`schemes/ceremony`).
 */
import { randomBytes } from 'node:crypto';
import { bigIntToBytes, bytesToBigInt } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId, Universe } from '../../prelude/process.js';
import { randomBelow, type RandomBytes } from '../../prelude/random.js';
import type { Policy } from '../../quorum/policy/policy.js';
import type { KeyUsage } from '../contract/distributed-signer.js';
import { LinearKeyShare } from '../contract/linear-key-share.js';
import { commitTo } from '../sharing/commitments.js';
import type { LinearSharing } from '../sharing/compile.js';
import { dealOverResidues, dividedByScale } from '../sharing/dealing.js';
import { type BlsSuite, defaultBlsSuite, groupOrder, isScalar, scalarLength } from './ciphersuite.js';
import { keyGroupOf } from './commitment-group.js';
import type { BlsDealError } from './errors.js';
import { type BlsKeyShare, type BlsPublicKey, blsSchemeId, keyIdOf } from './key.js';
import { rowsByOwner } from '../sharing/row-owners.js';
import { prepareSharing } from './loaded-key.js';

export interface BlsDealRequest {
  /** {@link defaultBlsSuite} if absent. */
  readonly suite?: BlsSuite;
  readonly usage: KeyUsage;
  readonly policy: Policy;
  readonly universe: Universe;
  readonly epoch: number;
  /** A private key that exists already, 32 bytes, big-endian; a new one is drawn if absent. */
  readonly secret?: Uint8Array;
  readonly random?: RandomBytes;
}

/** What a dealer hands out: the first to everyone, each of the second to one process. */
export interface DealtBls {
  readonly publicKey: BlsPublicKey;
  readonly shares: ReadonlyMap<ProcessId, BlsKeyShare>;
}

/** Deals a key. Takes one multiplication of a point for each column of the sharing. */
export function dealBls(request: BlsDealRequest): Either<BlsDealError, DealtBls> {
  const { policy, universe, usage, random = randomBytes } = request;
  const sharing = prepareSharing(policy, universe, usage);
  if (E.isLeft(sharing)) return sharing;
  if (request.secret !== undefined && !isScalar(request.secret)) return E.left({ _tag: 'BadSecret' });
  const secret =
    request.secret === undefined ? 1n + randomBelow(random, groupOrder - 1n) : bytesToBigInt(request.secret);
  return E.right(deal(request, sharing.right, secret, random));
}

function deal(
  { suite = defaultBlsSuite, usage, policy, epoch }: BlsDealRequest,
  sharing: LinearSharing,
  secret: bigint,
  random: RandomBytes,
): DealtBls {
  const group = keyGroupOf(suite);
  const divided = dividedByScale(sharing, groupOrder, secret);
  const { coefficients, shares } = dealOverResidues(sharing, groupOrder, divided, random);
  const commitments = commitTo(group, coefficients).map((commitment) => group.encode(commitment));
  const groupKey = group.encode(group.commit(secret));
  const publicKey: BlsPublicKey = { _tag: blsSchemeId, usage, suite, policy, epoch, groupKey, commitments };
  const keyId = keyIdOf(publicKey);
  const keyShares = [...rowsByOwner(sharing)].map(([process, rows]) => {
    const secretRows = rows.map((row) => {
      return { row, secret: bigIntToBytes(present(shares[row], 'a share of every row'), scalarLength) };
    });
    return [process, new LinearKeyShare(blsSchemeId, keyId, epoch, process, secretRows)] as const;
  });
  return { publicKey, shares: new Map(keyShares) };
}
