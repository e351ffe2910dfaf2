/**
 * Minimal qualified sets of a read-once policy: how many there are, and which. A minimal qualified set is a minimal set of satisfied
 * children with a minimal qualified set of each, chosen independently. Minimal blocking sets are those of the dual.
 */
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { Policy } from '../../policy/policy.js';
import { weightAt } from '../../tree/weights.js';
import { type Budget, exact, type Figure, outOfTime } from '../../verdict.js';
import { countCoalitions, minimalCoalitions } from './gate-coalitions.js';

/** @param policy - read-once. */
export function countMinimalQuorums(policy: Policy, budget: Budget): Figure<bigint> {
  const count = countBelow(policy, budget);
  if (count !== undefined) return exact(count);
  if (budget.isSpent()) return outOfTime(budget, 'counting minimal sets');
  return { _tag: 'unknown', reason: 'the weights of a gate have too many distinct sums' };
}

function countBelow(policy: Policy, budget: Budget): bigint | undefined {
  if (policy._tag === 'member') return 1n;
  const counts: bigint[] = [];
  for (const child of policy.of) {
    const count = countBelow(child, budget);
    if (count === undefined) return undefined;
    counts.push(count);
  }
  return countCoalitions(policy, counts, budget);
}

/** Each minimal qualified set once, lazily, its members in order of appearance. @param policy - read-once. */
export function* listMinimalQuorums(policy: Policy): Generator<readonly ProcessId[]> {
  if (policy._tag === 'member') yield [policy.id];
  else
    for (const children of minimalCoalitions(policy))
      yield* products(children.map((at) => present(policy.of[at], 'a child')));
}

/** One minimal qualified set of each policy, in all combinations: the last varies first. Without recursion, as lists are long. */
function* products(policies: readonly Policy[]): Generator<readonly ProcessId[]> {
  const sources = policies.map(listMinimalQuorums);
  const current = sources.map((source) => next(source) ?? []);
  for (;;) {
    yield current.flat();
    let place = policies.length - 1;
    while (place >= 0 && !advance(place)) place -= 1;
    if (place < 0) return;
  }

  /** Whether the set at `place` could be replaced by a further one; else it begins anew. */
  function advance(place: number): boolean {
    const policy = present(policies[place], 'a place has a policy');
    const further = policy._tag === 'member' ? undefined : next(present(sources[place], 'a place has a source'));
    if (further !== undefined) {
      current[place] = further;
      return true;
    }
    if (policy._tag === 'member') return false;
    const again = listMinimalQuorums(policy);
    sources[place] = again;
    current[place] = next(again) ?? [];
    return false;
  }
}

function next(source: Generator<readonly ProcessId[]>): readonly ProcessId[] | undefined {
  const step = source.next();
  return step.done === true ? undefined : step.value;
}

/** A qualified set within `set`, minimal where the policy is read-once: at every gate the heaviest children that will do. Undefined if there is none. */
export function quorumWithin(policy: Policy, set: ReadonlySet<ProcessId>): readonly ProcessId[] | undefined {
  if (policy._tag === 'member') return set.has(policy.id) ? [policy.id] : undefined;
  const parts = policy.of.map((child) => quorumWithin(child, set));
  const satisfied = [...parts.keys()].filter((at) => parts[at] !== undefined);
  const chosen = new Set<number>();
  let weight = 0;
  for (const at of satisfied.sort((a, b) => weightAt(policy, b) - weightAt(policy, a))) {
    if (weight >= policy.k) break;
    weight += weightAt(policy, at);
    chosen.add(at);
  }
  if (weight < policy.k) return undefined;
  return [...new Set(parts.flatMap((part, at) => (chosen.has(at) ? (part ?? []) : [])))];
}
