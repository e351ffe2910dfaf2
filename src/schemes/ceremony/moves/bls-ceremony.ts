/** Ceremonies of BLS keys: over residues of the known order of the group, where nothing grows and keys need no dealer. */
import { ownersOf } from '../../sharing/row-owners.js';
import type { Reader } from '../../../prelude/canonical.js';
import { Writer } from '../../../prelude/canonical.js';
import { bigIntToBytes } from '../../../prelude/bytes.js';
import { type Digest, digest } from '../../../prelude/digest.js';
import { E, type Either } from '../../../prelude/fp.js';
import { Universe } from '../../../prelude/process.js';
import { randomBelow } from '../../../prelude/random.js';
import { type Policy, policyMembers } from '../../../quorum/policy/policy.js';
import { pairingFor } from '../../bls/backends.js';
import { type BlsSuite, ciphersuiteOf, groupOrder, scalarLength } from '../../bls/ciphersuite.js';
import { type KeyGroup, keyGroupOver } from '../../bls/commitment-group.js';
import { blsSchemeId, type BlsPublicKey, dealingDigestOf } from '../../bls/key.js';
import { loadKey, type LoadedKey, prepareSharing } from '../../bls/loaded-key.js';
import type { KeyPoint } from '../../bls/pairing.js';
import type { KeyUsage } from '../../contract/distributed-signer.js';
import type { LinearSharing } from '../../sharing/compile.js';
import { dealOverResidues, dividedByScale } from '../../sharing/dealing.js';
import { residue } from '../../sharing/integers.js';
import { type IntegerRange, isInRange } from '../../sharing/ranges.js';
import type { CeremonyScheme, Combination, DealingForm, NextKey, SharedKey } from '../ceremony-scheme.js';
import { combinedCommitments } from '../kinds/combination.js';
import type { AbortReason } from '../fault.js';
import {
  type CeremonyPlan,
  type CeremonyRefused,
  checkNumbers,
  checkPlan,
  checkSize,
  nextPolicyOf,
  withinLimits,
} from '../plan.js';
import { type CeremonyRules, type CeremonySetting, ceremonySetting } from '../setting.js';
import type { CeremonyKind, CeremonyTerms } from '../terms.js';
import { nextKey } from './next-key.js';

export type BlsCeremony = CeremonySetting<KeyPoint, BlsPublicKey>;

/** One attempt at moving a key, or at accepting one that was dealt. */
export function blsCeremony(
  plan: CeremonyPlan<BlsPublicKey>,
  rules: CeremonyRules,
): Either<CeremonyRefused, BlsCeremony> {
  const { kind, key, context, nextEpoch, attempt, culprits, absent } = plan;
  if (kind === 'reshare-quotient') return E.left({ _tag: 'OrderIsKnown', kind });
  const pairing = pairingFor(ciphersuiteOf(key.suite));
  const old = loadKey(key, universeOf(key.policy), pairing);
  if (E.isLeft(old)) return E.left({ _tag: 'BadKey', reason: old.left });
  const nextPolicy = nextPolicyOf(plan);
  const next = prepareSharing(nextPolicy, universeOf(nextPolicy), key.usage);
  if (E.isLeft(next)) return E.left({ _tag: 'BadNextPolicy', reason: next.left });
  const refused = checkPlan(plan, old.right.sharing, next.right);
  if (refused !== undefined) return E.left(refused);
  const subject = dealingDigestOf(key);
  const terms = { kind, context, subject, nextPolicy, nextEpoch, attempt, culprits, absent };
  const { suite, usage } = key;
  const move = { kind, suite, usage, old: old.right, next: next.right, nextPolicy, nextEpoch };
  return withinLimits(ceremonySetting(terms, blsScheme(move), rules));
}

/** A key to be made by all members of its policy, none of whom ever knows it. */
export interface BlsGeneration extends Pick<CeremonyTerms, 'context' | 'attempt' | 'culprits' | 'absent'> {
  readonly suite: BlsSuite;
  readonly usage: KeyUsage;
  readonly policy: Policy;
  readonly epoch: number;
}

/** One attempt at generating a key. */
export function blsGeneration(plan: BlsGeneration, rules: CeremonyRules): Either<CeremonyRefused, BlsCeremony> {
  const { suite, usage, policy, epoch, context, attempt, culprits, absent } = plan;
  const next = prepareSharing(policy, universeOf(policy), usage);
  if (E.isLeft(next)) return E.left({ _tag: 'BadNextPolicy', reason: next.left });
  const refused = checkNumbers(attempt, epoch) ?? checkSize(ownersOf(next.right).length, next.right);
  if (refused !== undefined) return E.left(refused);
  const kind = 'generate';
  const numbers = { nextPolicy: policy, nextEpoch: epoch };
  const terms = { kind, context, subject: newKeyOf(suite, usage), ...numbers, attempt, culprits, absent } as const;
  const move = { kind, suite, usage, old: undefined, next: next.right, ...numbers } as const;
  return withinLimits(ceremonySetting(terms, blsScheme(move), rules));
}

/** Names what is to be made before it has a key id. */
function newKeyOf(suite: BlsSuite, usage: KeyUsage): Digest {
  return digest(new Writer().text('koinon bls generation v1').text(blsSchemeId).text(suite).text(usage).finish());
}

interface BlsMove {
  readonly kind: CeremonyKind;
  readonly suite: BlsSuite;
  readonly usage: KeyUsage;
  readonly old: LoadedKey | undefined;
  readonly next: LinearSharing;
  readonly nextPolicy: Policy;
  readonly nextEpoch: number;
}

const residues: IntegerRange = { low: 0n, high: groupOrder };

function blsScheme(move: BlsMove): CeremonyScheme<KeyPoint, BlsPublicKey> {
  const { old, next, suite } = move;
  const group = keyGroupOver(pairingFor(ciphersuiteOf(suite)));
  const form: DealingForm = {
    ranges: { secret: residues, coefficients: residues },
    rows: next.rows.map(() => residues),
  };
  return {
    group,
    order: groupOrder,
    elementLength: group.elementLength,
    encodeElement: (element) => group.encode(element),
    readElement: (reader: Reader) =>
      group.decode(reader.fixed(group.elementLength)) ?? reader.fail('a point of the group'),
    old: old === undefined ? undefined : sharedBlsKey(old, group),
    next,
    formOf: () => form,
    drawRoot: (random) => 1n + randomBelow(random, groupOrder - 1n),
    rootOf: (secret) => dividedByScale(next, groupOrder, secret),
    isRootOf: (root, key) => group.equals(group.power(root, next.scale), key),
    deal: (_, root, random) => dealOverResidues(next, groupOrder, root, random),
    commit: (number) => group.commit(number),
    nextKey: (combination) => nextBlsKey(move, group, combination),
  };
}

function sharedBlsKey(key: LoadedKey, group: KeyGroup): SharedKey<KeyPoint> {
  return {
    digest: dealingDigestOf(key.publicKey),
    sharing: key.sharing,
    integers: undefined,
    rowKey: (row) => key.rowKey(row),
    isShare: (row, share) => isInRange(share, residues) && group.equals(group.commit(share), key.rowKey(row)),
  };
}

function nextBlsKey(
  move: BlsMove,
  group: KeyGroup,
  combination: Combination<KeyPoint>,
): Either<AbortReason, NextKey<KeyPoint, BlsPublicKey>> {
  const { kind, old, next, suite, usage, nextPolicy, nextEpoch } = move;
  if (kind === 'accept' && old !== undefined)
    return E.right(nextKeyOf(old, sharedBlsKey(old, group), (_, __, share) => share));
  const sums = combinedCommitments(group, next.columnCount, combination);
  const start = kind === 'refresh' ? old?.commitments : undefined;
  const points =
    start === undefined ? sums : sums.map((sum, column) => group.multiply(sum, start[column] ?? group.identity));
  const made = group.encode(group.power(points[0] ?? group.identity, next.scale));
  const publicKey: BlsPublicKey = {
    _tag: blsSchemeId,
    usage,
    suite,
    policy: nextPolicy,
    epoch: nextEpoch,
    groupKey: old?.publicKey.groupKey ?? made,
    commitments: points.map((point) => group.encode(point)),
  };
  const loaded = loadKey(publicKey, universeOf(nextPolicy), pairingFor(ciphersuiteOf(suite)));
  if (E.isLeft(loaded)) return E.left({ _tag: 'KeyWouldChange' });
  const shared = sharedBlsKey(loaded.right, group);
  return E.right(nextKeyOf(loaded.right, shared, (_, sum, share) => residue(share + sum, groupOrder)));
}

function nextKeyOf(
  { publicKey, keyId }: LoadedKey,
  shared: SharedKey<KeyPoint>,
  sumOf: (row: number, sum: bigint, old: bigint) => bigint,
): NextKey<KeyPoint, BlsPublicKey> {
  const bytesOf = (_: number, share: bigint) => bigIntToBytes(share, scalarLength);
  return nextKey(shared, { scheme: blsSchemeId, keyId, publicKey, sumOf, bytesOf });
}

function universeOf(policy: Policy): Universe {
  return new Universe(policyMembers(policy));
}
