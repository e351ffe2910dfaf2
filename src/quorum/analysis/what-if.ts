/** What becomes of a policy when some of its members are away. */
import type { ProcessId } from '../../prelude/process.js';
import { dual } from '../policy/composition.js';
import type { Policy } from '../policy/policy.js';
import { totalWeight, weightAt } from '../tree/weights.js';
import { quorumWithin } from './minimal-sets.js';

export type Remaining =
  | { readonly _tag: 'satisfiable'; readonly policy: Policy }
  | {
      readonly _tag: 'blocked';
      /** Some of those away without whom nobody is qualified; minimal where the policy is read-once. */
      readonly blocking: readonly ProcessId[];
    };

/** Silent for a while: every threshold stays, and the others have to reach it without them. */
export function duringMaintenance(policy: Policy, away: ReadonlySet<ProcessId>): Remaining {
  const left = withoutLeaves(policy, away, (gate, rest) => rest >= gate.k);
  if (left !== undefined) return { _tag: 'satisfiable', policy: left };
  return { _tag: 'blocked', blocking: quorumWithin(dual(policy), away) ?? [] };
}

/**
 * Gone for good: their leaves are taken out of every list, and lists that become empty too. Thresholds stay, but for those that those
 * who remain no longer reach: they become the weight of all that remain. Blocked only if nobody does.
 */
export function afterLeaving(policy: Policy, gone: ReadonlySet<ProcessId>): Remaining {
  const left = withoutLeaves(policy, gone, () => true);
  if (left !== undefined) return { _tag: 'satisfiable', policy: left };
  return { _tag: 'blocked', blocking: quorumWithin(dual(policy), gone) ?? [] };
}

type Gate = Exclude<Policy, { _tag: 'member' }>;

/** @param survives - whether a gate whose remaining children weigh `rest` is kept. */
function withoutLeaves(
  policy: Policy,
  away: ReadonlySet<ProcessId>,
  survives: (gate: Gate, rest: number) => boolean,
): Policy | undefined {
  if (policy._tag === 'member') return away.has(policy.id) ? undefined : policy;
  const kept = policy.of.flatMap((child, index) => {
    const left = withoutLeaves(child, away, survives);
    return left === undefined ? [] : [{ left, weight: weightAt(policy, index) }];
  });
  const weights = kept.map(({ weight }) => weight);
  const list = { of: kept.map(({ left }) => left), ...(policy.weights === undefined ? {} : { weights }) };
  const rest = totalWeight(list);
  if (kept.length === 0 || !survives(policy, rest)) return undefined;
  return { _tag: 'threshold', k: Math.min(policy.k, rest), ...list };
}
