/** What is left of a policy when it is known of some members whether they take part. */
import type { ProcessId } from '../../../prelude/process.js';
import type { Policy } from '../../policy/policy.js';
import { weightAt } from '../../tree/weights.js';

/** The policy over the members of which nothing is known (`known` undefined), or whether the known ones decide it. */
export function restrictPolicy(policy: Policy, known: (id: ProcessId) => boolean | undefined): Policy | boolean {
  if (policy._tag === 'member') return known(policy.id) ?? policy;
  const of: Policy[] = [];
  const weights: number[] = [];
  let needed = policy.k;
  for (const [index, child] of policy.of.entries()) {
    const rest = restrictPolicy(child, known);
    if (rest === true) needed -= weightAt(policy, index);
    else if (rest !== false) {
      of.push(rest);
      weights.push(weightAt(policy, index));
    }
  }
  if (needed <= 0) return true;
  if (weights.reduce((sum, weight) => sum + weight, 0) < needed) return false;
  return { _tag: 'threshold', k: needed, of, ...(policy.weights === undefined ? {} : { weights }) };
}
