/** Multisignature signers from fixed seeds, for tests that need signers but are not about them. */
import { utf8 } from '../../src/prelude/bytes.js';
import { type Digest, digest } from '../../src/prelude/digest.js';
import { present } from '../../src/prelude/invariant.js';
import { type ProcessId, type ProcessSet, processId, Universe } from '../../src/prelude/process.js';
import type { Policy } from '../../src/quorum/policy/policy.js';
import type { KeyUsage } from '../../src/schemes/contract/distributed-signer.js';
import { publicKeyFromSeed } from '../../src/schemes/ed25519/ed25519.js';
import { type Ed25519Seed, ed25519Seed } from '../../src/schemes/ed25519/encoding.js';
import type { MultisigDescription, MultisigVerifier } from '../../src/schemes/multisig/multisig-verifier.js';
import { type MultisigSigner, multisigSigner } from '../../src/schemes/multisig/signer.js';
import { multisigVerifier } from '../../src/schemes/multisig/verifier.js';
import { right } from './right.js';

/** The seed of `process`, one of its own for every `label`. */
export function testSeed(process: ProcessId, label = 'test'): Ed25519Seed {
  return present(ed25519Seed(digest(utf8(`${label} seed of ${process}`))), 'a digest has 32 bytes');
}

export interface TestMultisigOptions {
  readonly canCombine: (signers: ProcessSet) => boolean;
  readonly usage?: KeyUsage;
  readonly epoch?: number;
  /** Another label gives every process another key. */
  readonly label?: string;
  readonly rule?: Digest;
}

export interface TestMultisig {
  readonly key: MultisigDescription;
  readonly verifier: MultisigVerifier;
  readonly signers: ReadonlyMap<ProcessId, MultisigSigner>;
}

/** A key that every process of `universe` holds a part of. */
export function testMultisig(universe: Universe, options: TestMultisigOptions): TestMultisig {
  const { canCombine, usage = 'statement', epoch = 1, label = 'test', rule = digest(utf8('test rule')) } = options;
  const seeds = new Map(universe.ids.map((id) => [id, testSeed(id, label)]));
  const publicKeys = new Map([...seeds].map(([id, seed]) => [id, publicKeyFromSeed(seed)]));
  const key = { universe, epoch, usage, publicKeys, canCombine, ruleDigest: rule };
  const signers = [...seeds].map(([id, seed]) => [id, right(multisigSigner(key, id, seed))] as const);
  return { key, verifier: multisigVerifier(key), signers: new Map(signers) };
}

/** A universe of processes that are called `names`. */
export function testUniverse(...names: readonly string[]): Universe {
  return new Universe(names.map(named));
}

export function setOf(universe: Universe, ...names: readonly string[]): ProcessSet {
  return universe.of(names.map(named));
}

export function member(name: string): Policy {
  return { _tag: 'member', id: named(name) };
}

function named(name: string): ProcessId {
  return present(processId(name), 'a valid name');
}
