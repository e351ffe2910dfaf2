/**
 * From what is meant to a policy: the policies over the given organizations that survive the given faults, the best first. Each is judged
 * exactly; none that is as safe is better in every respect than those shown.
 */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import {
  type BadMeeting,
  judgeDissemination,
  judgeLiveness,
  judgeMasking,
  judgeUnforgeability,
} from '../analysis/cross-check.js';
import type { Uptime } from '../analysis/failure-model.js';
import { independentServers } from '../analysis/failure-model.js';
import { Fraction } from '../analysis/fraction.js';
import { TreeAnalysis } from '../analysis/tree-analysis.js';
import { treeUptime } from '../analysis/tree-availability.js';
import { treeLoad } from '../analysis/tree-load.js';
import type { Policy } from '../policy/policy.js';
import type { TrustGate } from '../trust/trust-tree.js';
import type { Budget, Figure } from '../verdict.js';
import {
  type Intent,
  type IntentError,
  intendedTrust,
  largestSurvivable,
  PolicyShapes,
  type PolicyRole,
  type ShapedPolicy,
} from './intent.js';

export interface PolicyIntent extends Intent {
  readonly role: PolicyRole;
  readonly optimize: 'load' | 'availability' | 'size';
  /** The probability that a server is up; 0.99 if absent. */
  readonly up?: (id: ProcessId) => number;
}

/** A policy that does what was meant, with its figures. */
export interface FoundPolicy extends ShapedPolicy {
  readonly load: Figure<Fraction>;
  readonly uptime: Figure<Uptime>;
  /** Of the smallest quorum. */
  readonly size: number;
}

/** Why a policy does not do what was meant. */
export type Flaw =
  | { readonly _tag: 'canBeForged' | 'canMeetInFaults'; readonly witness: BadMeeting | undefined }
  | { readonly _tag: 'canBeBlocked'; readonly witness: readonly ProcessId[] | undefined }
  | { readonly _tag: 'undecided'; readonly reason: string };

export interface RejectedPolicy extends ShapedPolicy {
  readonly flaw: Flaw;
}

export interface PolicySearch {
  /** What is survived; t is 0. */
  readonly trust: TrustGate;
  /** None is better than another in load, availability and size at once; the best in what was to be optimized comes first. */
  readonly found: readonly FoundPolicy[];
  /** The next to the first that differ in one threshold by one, and do not do. */
  readonly rejected: readonly RejectedPolicy[];
  readonly triedCount: number;
  /** Whether every policy of these shapes was tried; else the budget ended first. */
  readonly isComplete: boolean;
}

/** Policies for a role; deterministic, apart from how far the budget lasts. */
export function searchPolicies(intent: PolicyIntent, budget: Budget): Either<IntentError, PolicySearch> {
  const made = intendedTrust(intent);
  if (E.isLeft(made)) return made;
  const trust = made.right;
  const front = largestSurvivable(intent, { trust, covers: coversOf[intent.role] });
  const { organizations, serversInEachOther } = intent.survive;
  if (!front.some((pair) => pair.organizations >= organizations && pair.serversInEachOther >= serversInEachOther))
    return E.left({ _tag: 'NotSurvivable', reason: `no policy for ${intent.role} survives this`, instead: front });
  const shapes = new PolicyShapes(intent);
  let found: readonly FoundPolicy[] = [];
  let triedCount = 0;
  let isComplete = true;
  for (const shaped of shapes.all()) {
    isComplete = !budget.isSpent();
    if (!isComplete) break;
    triedCount += 1;
    if (flawOf(shaped.policy, { trust, role: intent.role, budget }) === undefined)
      found = withCandidate(found, figured(shaped, intent));
  }
  const sorted = [...found].sort(better(intent.optimize));
  return E.right({ trust, found: sorted, rejected: rejectedAround(sorted[0], shapes), triedCount, isComplete });

  function rejectedAround(best: FoundPolicy | undefined, around: PolicyShapes): readonly RejectedPolicy[] {
    if (best === undefined) return [];
    return [...around.neighbours(best)].flatMap((shaped) => {
      const flaw = flawOf(shaped.policy, { trust, role: intent.role, budget });
      return flaw === undefined ? [] : [{ ...shaped, flaw }];
    });
  }
}

/**
 * A role needs that so many fault sets never contain everybody: 2 for signing (else who is left could be a fault set too), 3 where quorums
 * share a correct server, 4 where the correct outvote the others (Malkhi & Reiter 1998). It suffices: P∖F for the fault sets F are such quorums.
 */
const coversOf: Readonly<Record<PolicyRole, number>> = { signing: 2, amendment: 3, storage: 3, 'unsigned storage': 4 };

interface Requirement {
  readonly trust: TrustGate;
  readonly role: PolicyRole;
  readonly budget: Budget;
}

/** Undefined for a policy that does. */
function flawOf(policy: Policy, { trust, role, budget }: Requirement): Flaw | undefined {
  const live = judgeLiveness(policy, trust, budget);
  if (live._tag === 'violated') return { _tag: 'canBeBlocked', witness: live.witness };
  if (live._tag === 'unknown') return { _tag: 'undecided', reason: live.reason };
  const safe =
    role === 'signing'
      ? judgeUnforgeability(policy, trust, budget)
      : role === 'unsigned storage'
        ? judgeMasking(policy, trust, budget)
        : judgeDissemination(policy, trust, budget);
  if (safe._tag === 'unknown') return { _tag: 'undecided', reason: safe.reason };
  if (safe._tag === 'holds') return undefined;
  return { _tag: role === 'signing' ? 'canBeForged' : 'canMeetInFaults', witness: safe.witness };
}

const usuallyUp = 0.99;

function figured(shaped: ShapedPolicy, { up = () => usuallyUp }: PolicyIntent): FoundPolicy {
  const { policy } = shaped;
  const smallest = new TreeAnalysis(policy).cheapestQuorum();
  return {
    ...shaped,
    load: treeLoad(policy).load,
    uptime: treeUptime(policy, independentServers(up)),
    size: smallest._tag === 'exact' ? smallest.value.cost : (smallest.atMost?.cost ?? Infinity),
  };
}

/** Adds a policy unless another is at least as good in everything, and drops those that it is as good as. */
function withCandidate(found: readonly FoundPolicy[], candidate: FoundPolicy): readonly FoundPolicy[] {
  if (found.some((other) => isAsGood(other, candidate))) return found;
  return [...found.filter((other) => !isAsGood(candidate, other)), candidate];
}

function isAsGood(a: FoundPolicy, b: FoundPolicy): boolean {
  return loadOf(a).compare(loadOf(b)) <= 0 && downOf(a) <= downOf(b) && a.size <= b.size;
}

/** The worst that it may be. */
function loadOf({ load }: FoundPolicy): Fraction {
  return load._tag === 'exact' ? load.value : (load.atMost ?? Fraction.one);
}

function downOf({ uptime }: FoundPolicy): number {
  return uptime._tag === 'exact' ? uptime.value.down : (uptime.atLeast?.down ?? 1);
}

function better(optimize: PolicyIntent['optimize']): (a: FoundPolicy, b: FoundPolicy) => number {
  const byLoad = (a: FoundPolicy, b: FoundPolicy): number => loadOf(a).compare(loadOf(b));
  const byDown = (a: FoundPolicy, b: FoundPolicy): number => downOf(a) - downOf(b);
  const bySize = (a: FoundPolicy, b: FoundPolicy): number => a.size - b.size;
  const orders = {
    load: [byLoad, byDown, bySize],
    availability: [byDown, byLoad, bySize],
    size: [bySize, byLoad, byDown],
  }[optimize];
  return (a, b) => orders.reduce((order, compare) => (order === 0 ? compare(a, b) : order), 0);
}
