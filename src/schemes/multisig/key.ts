/** A multisignature key along an access policy, and one process's part of it. */
import { E, type Either } from '../../prelude/fp.js';
import { inspectSymbol } from '../../prelude/inspect-symbol.js';
import type { ProcessId, Universe } from '../../prelude/process.js';
import { type Policy, isQualified, policyMembers } from '../../quorum/policy/policy.js';
import { policyDigest } from '../../quorum/policy/policy-digest.js';
import type { KeyUsage } from '../contract/distributed-signer.js';
import type { Ed25519PublicKey, Ed25519Seed } from '../ed25519/encoding.js';
import type { MultisigKeyError } from './errors.js';
import type { MultisigDescription } from './multisig-verifier.js';

/** Public: who holds which Ed25519 key, and who of them may sign together. */
export interface MultisigPublicKey {
  readonly _tag: 'multisig';
  readonly usage: KeyUsage;
  readonly epoch: number;
  readonly policy: Policy;
  readonly publicKeys: ReadonlyMap<ProcessId, Ed25519PublicKey>;
}

/** Secret: one process's seed. Shows itself without it; `key-codec` alone writes it out. */
export class MultisigKeyShare {
  readonly _tag = 'multisig';

  constructor(
    readonly process: ProcessId,
    readonly seed: Ed25519Seed,
  ) {}

  /** Overwrites the seed. Copies that the runtime made are beyond reach. */
  erase(): void {
    this.seed.fill(0);
  }

  toJSON(): unknown {
    return { _tag: this._tag, process: this.process, seed: '(secret)' };
  }

  [inspectSymbol](): unknown {
    return this.toJSON();
  }
}

/** The description along which verifiers and signers of `publicKey` work among the processes of `universe`. */
export function describeMultisig(
  publicKey: MultisigPublicKey,
  universe: Universe,
): Either<MultisigKeyError, MultisigDescription> {
  const { usage, epoch, policy, publicKeys } = publicKey;
  const stranger = [...publicKeys.keys()].find((id) => universe.indexOf(id) === undefined);
  if (stranger !== undefined) return E.left({ _tag: 'StrangerHoldsKey', process: stranger });
  const keyless = policyMembers(policy).find((id) => !publicKeys.has(id));
  if (keyless !== undefined) return E.left({ _tag: 'MemberWithoutKey', process: keyless });
  const ruleDigest = policyDigest(policy);
  return E.right({ universe, epoch, usage, publicKeys, canCombine: (set) => isQualified(policy, set), ruleDigest });
}
