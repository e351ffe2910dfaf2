/** Keys that the tests of this folder move about, of both schemes, and signatures as judged by other people's software. */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { createPublicKey, verify } from 'node:crypto';
import { bigIntToBytes, empty, utf8 } from '../../../src/prelude/bytes.js';
import { E, type Either } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { type ProcessId, Universe } from '../../../src/prelude/process.js';
import { type Policy, policyMembers } from '../../../src/quorum/policy/policy.js';
import type { TrustModel } from '../../../src/quorum/trust/trust-model.js';
import { dealBls } from '../../../src/schemes/bls/dealer.js';
import type { BlsKeyShare, BlsPublicKey } from '../../../src/schemes/bls/key.js';
import { loadBlst } from '../../../src/schemes/bls/load-backends.js';
import { offerBackend } from '../../../src/schemes/bls/backends.js';
import { makeBlsSigner } from '../../../src/schemes/bls/signer.js';
import { blsCeremony } from '../../../src/schemes/ceremony/moves/bls-ceremony.js';
import type { CeremonyPlan } from '../../../src/schemes/ceremony/plan.js';
import { shoupRsaCeremony } from '../../../src/schemes/ceremony/moves/rsa-ceremony.js';
import type { CeremonySetting } from '../../../src/schemes/ceremony/setting.js';
import type { DistributedSigner } from '../../../src/schemes/contract/distributed-signer.js';
import type { LinearKeyShare } from '../../../src/schemes/contract/linear-key-share.js';
import { dealShoupRsa, type DealRequest } from '../../../src/schemes/shoup-rsa/dealer.js';
import type { ShoupRsaKeyShare, ShoupRsaPublicKey } from '../../../src/schemes/shoup-rsa/key.js';
import { makeShoupRsaSigner } from '../../../src/schemes/shoup-rsa/signer.js';
import { begun, ceremonyRules } from '../../support/ceremony.js';
import { right } from '../../support/right.js';
import { safePrimes512 } from '../../support/rsa-keys.js';
import { seededRandom } from '../../support/seeded-random.js';
import { policy, trust } from '../../support/trust.js';

offerBackend(await loadBlst());

export type Shares = ReadonlyMap<ProcessId, LinearKeyShare<string>>;

export interface HeldKey<Key> {
  readonly publicKey: Key;
  readonly shares: Shares;
}

const message = utf8('the quick brown fox');

export function id(name: string): ProcessId {
  return name as ProcessId;
}

export function rsaKey(text: string, request: Partial<DealRequest> = {}): HeldKey<ShoupRsaPublicKey> {
  const rule = policy(text);
  const material = { _tag: 'safe-primes', ...safePrimes512 } as const;
  const universe = new Universe(policyMembers(rule));
  const random = seededRandom(7);
  return right(dealShoupRsa({ material, policy: rule, universe, usage: 'document', epoch: 1, random, ...request }));
}

export function blsKey(text: string): HeldKey<BlsPublicKey> {
  const rule = policy(text);
  const universe = new Universe(policyMembers(rule));
  return right(dealBls({ policy: rule, universe, usage: 'document', epoch: 1, random: seededRandom(8) }));
}

/** Where a key is moved, by whom, and who trusts whom. */
export interface Move {
  readonly kind: CeremonyPlan<unknown>['kind'];
  /** Of the old holders. */
  readonly trust: string;
  readonly next?: string;
  /** Of the new ones; the same if absent. */
  readonly nextTrust?: string;
  readonly attempt?: number;
  readonly absent?: readonly string[];
  readonly culprits?: readonly string[];
  readonly context?: Uint8Array;
}

function planOf<Key extends { readonly policy: Policy; readonly epoch: number }>(
  key: Key,
  move: Move,
): { readonly plan: CeremonyPlan<Key>; readonly old: TrustModel; readonly next: TrustModel; readonly policy: Policy } {
  const old = trust(move.trust);
  const next = move.nextTrust === undefined ? old : trust(move.nextTrust);
  const nextPolicy = move.next === undefined ? key.policy : policy(move.next);
  const plan: CeremonyPlan<Key> = {
    kind: move.kind,
    key,
    nextPolicy,
    nextEpoch: move.kind === 'accept' ? key.epoch : key.epoch + 1,
    context: move.context ?? empty,
    attempt: move.attempt ?? 1,
    culprits: (move.culprits ?? []).map(id),
    absent: (move.absent ?? []).map(id),
  };
  return { plan, old, next, policy: nextPolicy };
}

export function rsaSetting(key: ShoupRsaPublicKey, move: Move): CeremonySetting<bigint, ShoupRsaPublicKey> {
  const { plan, old, policy: nextPolicy, next } = planOf(key, move);
  return begun(shoupRsaCeremony(plan, ceremonyRules(old, nextPolicy, next), seededRandom(3)));
}

export function blsSetting(key: BlsPublicKey, move: Move) {
  const { plan, old, policy: nextPolicy, next } = planOf(key, move);
  return begun(blsCeremony(plan, ceremonyRules(old, nextPolicy, next)));
}

/** Signers of a key, of those who hold a share that fits it. */
function signersOf(
  publicKey: ShoupRsaPublicKey | BlsPublicKey,
  shares: Shares,
): ReadonlyMap<ProcessId, DistributedSigner> {
  const universe = new Universe(policyMembers(publicKey.policy));
  const signerOf = (share: LinearKeyShare<string>): Either<unknown, DistributedSigner> =>
    publicKey._tag === 'bls'
      ? makeBlsSigner(publicKey, share as BlsKeyShare, universe)
      : makeShoupRsaSigner(publicKey, share as ShoupRsaKeyShare, universe, seededRandom(11));
  const made = [...shares].flatMap(([process, share]) => {
    const signer = signerOf(share);
    return E.isLeft(signer) ? [] : [[process, signer.right] as const];
  });
  return new Map(made);
}

/** The signature of all these, with shares that each signer of `publicKey` makes; `undefined` where they do not combine. */
export function signatureBy(
  { publicKey, shares }: HeldKey<ShoupRsaPublicKey | BlsPublicKey>,
  names: readonly string[],
): Uint8Array | undefined {
  const signers = signersOf(publicKey, new Map([...shares].filter(([process]) => names.includes(process))));
  const made = [...signers].map(([process, signer]) => [process, right(signer.signShare(message))] as const);
  const verifier = [...signers.values()][0];
  const combined = verifier?.combine(message, new Map(made));
  return combined !== undefined && E.isRight(combined) ? combined.right.signature : undefined;
}

/** Whether node:crypto (RSA) or noble (BLS) accepts a signature of {@link message}. */
function isVerifiedOutside(publicKey: ShoupRsaPublicKey | BlsPublicKey, signature: Uint8Array): boolean {
  if (publicKey._tag === 'bls') {
    const { longSignatures } = bls12_381;
    const hashed = longSignatures.hash(message, 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_');
    return longSignatures.verify(longSignatures.Signature.fromBytes(signature), hashed, publicKey.groupKey);
  }
  const number = (value: bigint, length: number) => Buffer.from(bigIntToBytes(value, length)).toString('base64url');
  const key = { kty: 'RSA', n: number(publicKey.modulus, 64), e: number(publicKey.exponent, 3) };
  return verify('sha256', message, createPublicKey({ key, format: 'jwk' }), signature);
}

/** The members of a qualified set. */
export function expectSigns(held: HeldKey<ShoupRsaPublicKey | BlsPublicKey>, names: readonly string[]): Uint8Array {
  const signature = present(signatureBy(held, names), `${names.join(', ')} sign`);
  if (!isVerifiedOutside(held.publicKey, signature)) throw new Error('the signature does not verify');
  return signature;
}
