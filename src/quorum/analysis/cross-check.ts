/**
 * Policies against one another and against a trust model: do quorums meet as protocols need them to, can fault sets act or block
 * (Malkhi & Reiter 1998 for dissemination and masking; spec/quorum.md, "Covers").
 */
import type { ProcessId } from '../../prelude/process.js';
import { type Policy, policyMembers } from '../policy/policy.js';
import { membersOf } from '../tree/tree-check.js';
import type { TrustRule } from '../trust/trust-model.js';
import { type Budget, outOfTime, unlimited, type Verdict } from '../verdict.js';
import { align } from './covers/aligned-tree.js';
import { cover, type Covering, findCovering } from './covers/covering.js';
import { restrictFamilies } from './covers/family-restriction.js';
import { quorumWithin } from './closed-form/minimal-sets.js';
import { type Family, faultSets, quorumComplements, unqualifiedSets } from './covers/set-family.js';

/** Quorums whose common members all belong to the fault sets. */
export interface BadMeeting {
  /** One of each policy. */
  readonly quorums: readonly (readonly ProcessId[])[];
  readonly faults: readonly (readonly ProcessId[])[];
}

/** Some sets of 𝓩. */
export interface Faults {
  readonly rule: TrustRule;
  readonly count: number;
}

/** No two quorums are disjoint. */
export function judgeIntersection(policy: Policy, budget?: Budget): Verdict<BadMeeting> {
  return judgeMeeting([policy, policy], undefined, budget);
}

/** No two quorums meet only inside one fault set: enough for data that its readers can check. */
export function judgeDissemination(policy: Policy, rule: TrustRule, budget?: Budget): Verdict<BadMeeting> {
  return judgeMeeting([policy, policy], { rule, count: 1 }, budget);
}

/** Two quorums, without one fault set, never meet only inside another: enough for data that nobody can check. */
export function judgeMasking(policy: Policy, rule: TrustRule, budget?: Budget): Verdict<BadMeeting> {
  return judgeMeeting([policy, policy], { rule, count: 2 }, budget);
}

/** Two fast quorums and a recovery quorum never meet only inside two fault sets: so no two values look decided. */
export function judgeFab(
  { fast, recovery }: { readonly fast: Policy; readonly recovery: Policy },
  rule: TrustRule,
  budget?: Budget,
): Verdict<BadMeeting> {
  return judgeMeeting([fast, fast, recovery], { rule, count: 2 }, budget);
}

/** No fault set is qualified. The witness has one that is, and a quorum within it. */
export function judgeUnforgeability(policy: Policy, rule: TrustRule, budget?: Budget): Verdict<BadMeeting> {
  return judgeMeeting([policy], { rule, count: 1 }, budget);
}

/**
 * No quorums, one of each policy, have all their common members inside the union of fault sets.
 *
 * @param policies - at least one. Members that one of them does not name count as outside its smallest quorums.
 */
export function judgeMeeting(
  policies: readonly Policy[],
  faults?: Faults,
  budget: Budget = unlimited,
): Verdict<BadMeeting> {
  const common = commonMembers(policies);
  const stranger = faults === undefined ? undefined : strangerTo(faults.rule, common);
  if (stranger !== undefined) return { _tag: 'unknown', reason: `${stranger} is not a process of the trust model` };
  const complements = eachOnce(policies, quorumComplements);
  const covering = coverWithFaults(complements, common, faults, budget);
  if (covering._tag !== 'covered') return negative(covering);
  const quorums = policies.map((policy, index) => quorumWithin(policy, without(policy, covering.sets[index])) ?? []);
  return { _tag: 'violated', witness: { quorums, faults: covering.sets.slice(policies.length) } };
}

/** Whoever fails, the others are qualified: no fault set blocks. The witness is one that does. */
export function judgeLiveness(
  policy: Policy,
  rule: TrustRule,
  budget: Budget = unlimited,
): Verdict<readonly ProcessId[]> {
  return judgeBlocking(policy, { rule, count: 1 }, budget);
}

/**
 * Without any two fault sets the others are qualified: a key that is shared along the policy can be moved to new shares in time
 * whoever is silent and whoever else is lost afterwards (see `judgeCommit`). The witness are two sets that block together.
 */
export function judgeMovability(
  policy: Policy,
  rule: TrustRule,
  budget: Budget = unlimited,
): Verdict<readonly ProcessId[]> {
  return judgeBlocking(policy, { rule, count: 2 }, budget);
}

/** No union of so many fault sets blocks. */
function judgeBlocking(policy: Policy, faults: Faults, budget: Budget): Verdict<readonly ProcessId[]> {
  const members = new Set(policyMembers(policy));
  const stranger = strangerTo(faults.rule, members);
  if (stranger !== undefined) return { _tag: 'unknown', reason: `${stranger} is not a process of the trust model` };
  const covering = coverWithFaults([unqualifiedSets(policy)], members, faults, budget);
  if (covering._tag !== 'covered') return negative(covering);
  return { _tag: 'violated', witness: [...new Set(covering.sets.slice(1).flat())] };
}

/** Every set that is qualified under `inner` is so under `outer`. The witness is one that is not. */
export function judgeInclusion(
  inner: Policy,
  outer: Policy,
  budget: Budget = unlimited,
): Verdict<readonly ProcessId[]> {
  const families = [quorumComplements(inner), unqualifiedSets(outer)];
  const covering = coverRestricted(families, commonMembers([inner, outer]), budget);
  if (covering._tag !== 'covered') return negative(covering);
  return { _tag: 'violated', witness: quorumWithin(inner, without(inner, covering.sets[0])) ?? [] };
}

function negative(covering: Exclude<Covering, { _tag: 'covered' }>): Verdict<never> {
  return covering._tag === 'uncovered' ? { _tag: 'holds' } : covering;
}

function without(policy: Policy, set: readonly ProcessId[] = []): ReadonlySet<ProcessId> {
  const left = new Set(policyMembers(policy));
  for (const id of set) left.delete(id);
  return left;
}

function commonMembers(policies: readonly Policy[]): ReadonlySet<ProcessId> {
  const [first, ...others] = [...new Set(policies)].map((policy) => new Set(policyMembers(policy)));
  return new Set([...(first ?? [])].filter((id) => others.every((other) => other.has(id))));
}

function strangerTo(rule: TrustRule, members: ReadonlySet<ProcessId>): ProcessId | undefined {
  const known = new Set(rule._tag === 'explicit' ? rule.of : membersOf(rule));
  return [...members].find((id) => !known.has(id));
}

/** What `make` makes of each value, one object for one value: families that are one object are laid over one another for nothing. */
function eachOnce<A, B>(values: readonly A[], make: (value: A) => B): readonly B[] {
  const made = new Map(values.map((value) => [value, make(value)]));
  return values.flatMap((value) => made.get(value) ?? []);
}

function coverWithFaults(
  families: readonly Family[],
  needed: ReadonlySet<ProcessId>,
  faults: Faults | undefined,
  budget: Budget,
): Covering {
  if (faults === undefined) return coverRestricted(families, needed, budget);
  const { rule, count } = faults;
  if (rule._tag === 'explicit') return coverWithListed(families, needed, { sets: rule.byzantine, count }, budget);
  const family = faultSets(rule, 'byzantine');
  return coverRestricted([...families, ...Array.from({ length: count }, () => family)], needed, budget);
}

function coverRestricted(families: readonly Family[], needed: ReadonlySet<ProcessId>, budget: Budget): Covering {
  const restricted = restrictFamilies(families, needed);
  if (restricted.families === undefined) return { _tag: 'covered', sets: restricted.free };
  const covering = findCovering({ families: restricted.families, budget });
  if (covering._tag !== 'covered') return covering;
  return { _tag: 'covered', sets: covering.sets.map((set, index) => [...set, ...(restricted.free[index] ?? [])]) };
}

/** Listed sets are tried, each with those behind it: what they leave is for the families to cover. */
function coverWithListed(
  families: readonly Family[],
  needed: ReadonlySet<ProcessId>,
  { sets, count }: { readonly sets: readonly (readonly ProcessId[])[]; readonly count: number },
  budget: Budget,
): Covering {
  const restricted = restrictFamilies(families, needed);
  const chosen = new Array<readonly ProcessId[]>();
  if (restricted.families === undefined) return withChosen(restricted.free);
  const tree = align(restricted.families);
  let doubt: Covering = { _tag: 'uncovered' };
  return attempt(0, count) ?? doubt;

  function attempt(from: number, rest: number): Covering | undefined {
    if (rest > 0 && sets.length > 0) {
      for (let at = from; at < sets.length; at++) {
        chosen.push(sets[at] ?? []);
        const found = attempt(at, rest - 1);
        if (found !== undefined) return found;
        chosen.pop();
      }
      return undefined;
    }
    if (budget.isSpent()) return outOfTime(budget, 'meetings inside listed fault sets');
    const faulty = new Set(chosen.flat());
    const covering = cover(tree, { needed: (id) => !faulty.has(id), budget });
    if (covering._tag === 'unknown') doubt = covering;
    if (covering._tag !== 'covered') return undefined;
    return withChosen(covering.sets.map((set, index) => [...set, ...(restricted.free[index] ?? [])]));
  }

  function withChosen(own: readonly (readonly ProcessId[])[]): Covering {
    const faulty = Array.from({ length: count }, (_, index) => chosen[index] ?? []);
    return { _tag: 'covered', sets: [...own, ...faulty] };
  }
}
