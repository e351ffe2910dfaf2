/**
 * A policy that is satisfied by the same sets and in which fewer members recur, so that perhaps none do and closed forms apply: equal
 * children count once with the weight of all, children that never matter go, "all" and "any" take in their like, absorb what they imply
 * and put before a bracket what several children have in common.
 */
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { Policy, ThresholdGate } from '../../policy/policy.js';
import { totalWeight, weightAt } from '../../tree/weights.js';
import { type Budget, unlimited } from '../../verdict.js';
import { treeDummies } from './tree-power.js';

/** A policy with a text that only equal policies have, whatever the order of their lists. */
interface Keyed {
  readonly policy: Policy;
  readonly key: string;
}

/** @param policy - checked. Its members that never matter may be gone. @param budget - when it is spent, the rest stays as it is. */
export function simplifyPolicy(policy: Policy, budget: Budget = unlimited): Policy {
  return simplified(policy, budget).policy;
}

function simplified(policy: Policy, budget: Budget): Keyed {
  if (policy._tag === 'member') return { policy, key: policy.id };
  const children = policy.of.map((child, index) => ({ ...simplified(child, budget), weight: weightAt(policy, index) }));
  return gate(policy.k, children, budget);
}

interface Weighted extends Keyed {
  readonly weight: number;
}

/** Of simplified children, which together weigh k at least. */
function gate(k: number, children: readonly Weighted[], budget: Budget): Keyed {
  const capped = withoutDummies(
    k,
    merged(children).map((child) => ({ ...child, weight: Math.min(child.weight, k) })),
    budget,
  );
  const [only] = capped;
  if (only !== undefined && capped.length === 1) return only;
  if (capped.every(({ weight }) => weight === k)) return connected('any', capped, budget);
  const total = capped.reduce((sum, { weight }) => sum + weight, 0);
  if (capped.every(({ weight }) => total - weight < k)) return connected('all', capped, budget);
  const isUniform = capped.every(({ weight }) => weight === capped[0]?.weight);
  const unit = isUniform ? present(capped[0], 'a gate has children').weight : 1;
  const weights = isUniform ? {} : { weights: capped.map(({ weight }) => weight) };
  return keyed(
    { _tag: 'threshold', k: Math.ceil(k / unit), of: capped.map((child) => child.policy), ...weights },
    capped,
  );
}

function keyed(policy: ThresholdGate, children: readonly Keyed[]): Keyed {
  const parts = children.map(({ key }, index) => `${weightAt(policy, index)}*${key}`);
  return { policy, key: `${policy.k}(${parts.sort().join(',')})` };
}

/** Equal children as one, in the place of the first. */
function merged(children: readonly Weighted[]): readonly Weighted[] {
  const found = new Map<string, Weighted>();
  for (const child of children) {
    const twin = found.get(child.key);
    found.set(child.key, twin === undefined ? child : { ...twin, weight: twin.weight + child.weight });
  }
  return [...found.values()];
}

/** Without those that no set of the others needs; all of them may go at once. */
function withoutDummies(k: number, children: readonly Weighted[], budget: Budget): readonly Weighted[] {
  if (children.every(({ weight }) => weight === children[0]?.weight)) return children;
  const places = children.map((_, index) => `child/${index}` as ProcessId);
  const of = places.map((id) => ({ _tag: 'member', id }) as const);
  const dummies = treeDummies({ _tag: 'threshold', k, of, weights: children.map(({ weight }) => weight) }, budget);
  if (dummies._tag === 'unknown') return children;
  const idle = new Set(dummies.value);
  return children.filter((_, index) => !idle.has(present(places[index], 'a child has a place')));
}

/** In longer lists nothing is absorbed or factored: each step compares all with all. */
const maxOperands = 500;

type Connective = 'all' | 'any';

/** "All" or "any" of simplified children. */
function connected(how: Connective, children: readonly Keyed[], budget: Budget): Keyed {
  const flat = children.flatMap((child) => operands(how, child));
  const distinct = [...new Map(flat.map((child) => [child.key, child])).values()];
  const isSmall = !budget.isSpent() && operandCount(opposite(how), distinct) <= maxOperands;
  const left = isSmall ? unabsorbed(how, distinct) : distinct;
  const shared = isSmall ? mostShared(how, left) : undefined;
  if (shared !== undefined) return connected(how, factored(how, left, { shared, budget }), budget);
  const [only] = left;
  if (only !== undefined && left.length === 1) return only;
  const of = left.map(({ policy }) => policy);
  return keyed({ _tag: 'threshold', k: how === 'all' ? of.length : 1, of }, left);
}

function opposite(how: Connective): Connective {
  return how === 'all' ? 'any' : 'all';
}

/** As many children as "all" or "any" of them would have. */
function operandCount(how: Connective, children: readonly Keyed[]): number {
  return children.reduce((count, { policy }) => count + (connects(how, policy) ? policy.of.length : 1), 0);
}

function connects(how: Connective, policy: Policy): policy is ThresholdGate {
  return policy._tag === 'threshold' && policy.k === (how === 'all' ? totalWeight(policy) : 1);
}

/** What `node` is "all" or "any" of; itself alone if it is not. */
function operands(how: Connective, node: Keyed): readonly Keyed[] {
  return connects(how, node.policy) ? node.policy.of.map(simplifiedAgain) : [node];
}

/** The key of a part of something simplified. */
function simplifiedAgain(policy: Policy): Keyed {
  if (policy._tag === 'member') return { policy, key: policy.id };
  return keyed(policy, policy.of.map(simplifiedAgain));
}

/** In "any", what implies another child is superfluous; in "all", what another child implies. */
function unabsorbed(how: Connective, children: readonly Keyed[]): readonly Keyed[] {
  const parts = children.map((child) => new Set(operands(opposite(how), child).map(({ key }) => key)));
  return children.filter((_, index) => {
    const own = present(parts[index], 'a child has its parts');
    return !parts.some((other, at) => at !== index && other.size < own.size && [...other].every((key) => own.has(key)));
  });
}

/** The key of a part that most children have, two at least. */
function mostShared(how: Connective, children: readonly Keyed[]): string | undefined {
  const counts = new Map<string, number>();
  for (const child of children) {
    for (const { key } of operands(opposite(how), child)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  let best: { readonly key?: string; readonly count: number } = { count: 1 };
  for (const [key, count] of counts) if (count > best.count) best = { key, count };
  return best.key;
}

/** (a and b) or (a and c) is a and (b or c); and the same with "and" and "or" exchanged. */
function factored(
  how: Connective,
  children: readonly Keyed[],
  { shared, budget }: { readonly shared: string; readonly budget: Budget },
): readonly Keyed[] {
  const parts = children.map((child) => operands(opposite(how), child));
  const has = (list: readonly Keyed[] | undefined): boolean => list?.some(({ key }) => key === shared) === true;
  const first = parts.findIndex(has);
  const common = present(
    parts[first]?.find(({ key }) => key === shared),
    'a shared part is somewhere',
  );
  const rests = parts.filter(has).map((list) => {
    const rest = list.filter(({ key }) => key !== shared);
    return connected(opposite(how), rest, budget);
  });
  const bracket = connected(opposite(how), [common, connected(how, rests, budget)], budget);
  return children.flatMap((child, index) => {
    if (index === first) return [bracket];
    return has(parts[index]) ? [] : [child];
  });
}
