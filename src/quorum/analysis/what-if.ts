/** What becomes of a policy when some of its members are away. */
import type { ProcessId } from '../../prelude/process.js';
import { dual } from '../policy/composition.js';
import type { Policy } from '../policy/policy.js';
import { totalWeight, weightAt } from '../tree/weights.js';
import { quorumWithin } from './closed-form/minimal-sets.js';
import { restrictPolicy } from './bounds/policy-restriction.js';

export type Remaining =
  | { readonly _tag: 'satisfiable'; readonly policy: Policy }
  | {
      readonly _tag: 'blocked';
      /** Some of those away without whom nobody is qualified; minimal where the policy is read-once. */
      readonly blocking: readonly ProcessId[];
    };

/** Silent for a while: every threshold stays, and the others have to reach it without them. */
export function duringMaintenance(policy: Policy, away: ReadonlySet<ProcessId>): Remaining {
  const left = restrictPolicy(policy, (id) => (away.has(id) ? false : undefined));
  return typeof left === 'boolean' ? blockedBy(policy, away) : { _tag: 'satisfiable', policy: left };
}

/**
 * Gone for good: their leaves are taken out of every list, and lists that become empty too. Thresholds stay, but for those that those
 * who remain no longer reach: they become the weight of all that remain. Blocked only if nobody does.
 */
export function afterLeaving(policy: Policy, gone: ReadonlySet<ProcessId>): Remaining {
  const left = withoutLeaves(policy, gone);
  return left === undefined ? blockedBy(policy, gone) : { _tag: 'satisfiable', policy: left };
}

function blockedBy(policy: Policy, away: ReadonlySet<ProcessId>): Remaining {
  return { _tag: 'blocked', blocking: quorumWithin(dual(policy), away) ?? [] };
}

function withoutLeaves(policy: Policy, gone: ReadonlySet<ProcessId>): Policy | undefined {
  if (policy._tag === 'member') return gone.has(policy.id) ? undefined : policy;
  const kept = policy.of.flatMap((child, index) => {
    const left = withoutLeaves(child, gone);
    return left === undefined ? [] : [{ left, weight: weightAt(policy, index) }];
  });
  if (kept.length === 0) return undefined;
  const weights = kept.map(({ weight }) => weight);
  const list = { of: kept.map(({ left }) => left), ...(policy.weights === undefined ? {} : { weights }) };
  return { _tag: 'threshold', k: Math.min(policy.k, totalWeight(list)), ...list };
}
