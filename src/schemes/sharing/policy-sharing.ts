/** The sharing that a key's policy asks for: along the policy's canonical form, among processes that are known. */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId, Universe } from '../../prelude/process.js';
import { checkPolicy, type Policy } from '../../quorum/policy/policy.js';
import { canonicalPolicy } from '../../quorum/policy/policy-digest.js';
import { compile, type CompileError, type LinearSharing } from './compile.js';
import type { Ring } from './ring.js';

type PolicyError = ReturnType<typeof checkPolicy> extends Either<infer Reason, unknown> ? Reason : never;

/** The policy is none, or too large to be shared along. */
interface UnshareablePolicy {
  readonly _tag: 'UnshareablePolicy';
  readonly reason: PolicyError | CompileError;
}

/** A member of the policy is no process of the universe. */
interface StrangerHoldsShare {
  readonly _tag: 'StrangerHoldsShare';
  readonly process: ProcessId;
}

export type PolicySharingError = UnshareablePolicy | StrangerHoldsShare;

/** Checks a policy and compiles it. Whoever writes the same rule in another order has the same rows. */
export function sharingAlong(
  policy: Policy,
  universe: Universe,
  ring: Ring,
): Either<PolicySharingError, LinearSharing> {
  const checked = checkPolicy(policy);
  if (E.isLeft(checked)) return E.left({ _tag: 'UnshareablePolicy', reason: checked.left });
  const compiled = compile(canonicalPolicy(policy), ring);
  if (E.isLeft(compiled)) return E.left({ _tag: 'UnshareablePolicy', reason: compiled.left });
  const stranger = compiled.right.rows.find(({ owner }) => !universe.has(owner));
  return stranger === undefined ? compiled : E.left({ _tag: 'StrangerHoldsShare', process: stranger.owner });
}
