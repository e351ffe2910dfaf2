/** Small dealt keys for the tests of this folder, from fixed primes and seeded randomness. */
import { present } from '../../../src/prelude/invariant.js';
import { type ProcessId, processId, Universe } from '../../../src/prelude/process.js';
import type { RandomBytes } from '../../../src/prelude/random.js';
import { utf8 } from '../../../src/prelude/bytes.js';
import { statementTag } from '../../../src/prelude/statement.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import type { KeyUsage, SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { dealShoupRsa, type DealRequest, type DealtKey } from '../../../src/schemes/shoup-rsa/dealer.js';
import { mgf1 } from '../../../src/schemes/shoup-rsa/mgf1.js';
import {
  makeShoupRsaSigner,
  type ShoupRsaSigner,
  type ShoupRsaSignerOptions,
} from '../../../src/schemes/shoup-rsa/signer.js';
import { loadKey, type LoadedKey } from '../../../src/schemes/shoup-rsa/loaded-key.js';
import { type ProofSubject, proofSubject } from '../../../src/schemes/shoup-rsa/share-proof.js';
import { signedMessage } from '../../../src/schemes/shoup-rsa/signed-message.js';
import { makeShoupRsaVerifier, type ShoupRsaVerifier } from '../../../src/schemes/shoup-rsa/verifier.js';
import { concatBytes } from '../../../src/prelude/bytes.js';
import { right } from '../../support/right.js';
import { safePrimes1024 } from '../../support/rsa-keys.js';
import { gate } from '../sharing/policies.js';

export const names = ['a', 'b', 'c', 'd', 'e'] as const;
export const universe = new Universe(names.map(id));
export const threeOfFive = gate(3, ...names);

export function id(name: string): ProcessId {
  return present(processId(name), 'a name');
}

/** Bytes that a seed determines, never twice the same. */
export function seededRandom(seed: string): RandomBytes {
  let counter = 0;
  return (length) => mgf1(utf8(`${seed} ${counter++}`), length);
}

export interface TestKey extends DealtKey {
  readonly verifier: ShoupRsaVerifier;
  readonly signers: ReadonlyMap<ProcessId, ShoupRsaSigner>;
}

/** A key along `policy`; 1024-bit safe primes, documents and epoch 1 unless the request says otherwise. */
export function testKey(policy: Policy, request: Partial<DealRequest> = {}, options?: ShoupRsaSignerOptions): TestKey {
  const random = seededRandom('deal');
  const usage: KeyUsage = 'document';
  const material = { _tag: 'safe-primes', ...safePrimes1024 } as const;
  const dealt = right(dealShoupRsa({ material, policy, universe, usage, epoch: 1, random, ...request }));
  const among = request.universe ?? universe;
  const signers = [...dealt.shares].map(([process, share]) => {
    const signer = makeShoupRsaSigner(dealt.publicKey, share, among, seededRandom(`signer ${process}`), options);
    return [process, right(signer)] as const;
  });
  return { ...dealt, verifier: right(makeShoupRsaVerifier(dealt.publicKey, among)), signers: new Map(signers) };
}

export function signerOf(key: TestKey, name: string): ShoupRsaSigner {
  return present(key.signers.get(id(name)), `a signer ${name}`);
}

/** The shares of the named processes over `message`. */
export function sharesOf(
  key: TestKey,
  message: Uint8Array,
  ...from: readonly string[]
): Map<ProcessId, SignatureShare> {
  return new Map(from.map((name) => [id(name), right(signerOf(key, name).signShare(message))]));
}

/** What signing `text` proves shares about. */
export function subjectOf(key: LoadedKey, text: Uint8Array): ProofSubject {
  return proofSubject(key, present(signedMessage(key, text), 'a key for signatures'));
}

/** The key as its verifiers and signers have it. */
export function loadedOf(key: TestKey, among: Universe = universe): LoadedKey {
  return right(loadKey(key.publicKey, among, seededRandom('blinding')));
}

export const message = utf8('the quick brown fox');
export const statement = concatBytes(statementTag, message);
