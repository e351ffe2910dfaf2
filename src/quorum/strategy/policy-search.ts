/**
 * From what is meant to a policy: the policies over the given organizations that survive the given faults, the best first. Each is judged
 * exactly; none that is as safe is better in every respect than those shown.
 */
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import {
  type BadMeeting,
  judgeDissemination,
  judgeLiveness,
  judgeMasking,
  judgeUnforgeability,
} from '../analysis/cross-check.js';
import { independentServers } from '../analysis/availability/failure-model.js';
import { Fraction } from '../analysis/load/fraction.js';
import { TreeAnalysis } from '../analysis/closed-form/tree-analysis.js';
import { treeUptime } from '../analysis/availability/tree-availability.js';
import { treeLoad } from '../analysis/load/tree-load.js';
import type { Policy } from '../policy/policy.js';
import type { TrustGate } from '../trust/trust-tree.js';
import type { Budget, Verdict } from '../verdict.js';
import { type Intent, type IntentError, intendedTrust, largestSurvivable, type PolicyRole } from './intent.js';
import { bestFirst, type FoundPolicy, type Merit, withCandidate } from './policy-front.js';
import { type PolicyRow, PolicyShapes, type ShapedPolicy } from './policy-shapes.js';

export interface PolicyIntent extends Intent {
  readonly role: PolicyRole;
  readonly optimize: Merit;
  /** The probability that a server is up; 0.99 if absent. */
  readonly up?: (id: ProcessId) => number;
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
  /** Policies that were judged. */
  readonly triedCount: number;
  /** Whether nothing was left out; else the budget ended first, there were too many to try, or one could not be decided. */
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
  return E.right(new Search(intent, trust, budget).run());
}

class Search {
  private readonly shapes: PolicyShapes;
  private found: readonly FoundPolicy[] = [];
  private triedCount = 0;
  private isComplete = true;

  constructor(
    private readonly intent: PolicyIntent,
    private readonly trust: TrustGate,
    private readonly budget: Budget,
  ) {
    this.shapes = new PolicyShapes(intent);
  }

  run(): PolicySearch {
    for (const row of this.shapes.rows()) {
      this.isComplete &&= !this.budget.isSpent();
      if (this.budget.isSpent()) break;
      this.tryRow(row);
    }
    const found = [...this.found].sort(bestFirst(this.intent.optimize));
    const { trust, triedCount } = this;
    const isComplete = this.isComplete && !this.shapes.isCut;
    return { trust, found, rejected: this.rejectedAround(found[0]), triedCount, isComplete };
  }

  /** With the root's threshold load, size and time down grow, and safety too: so the smallest that is safe is the best, if it is live. */
  private tryRow(row: PolicyRow): void {
    let unsafe = 0;
    let safe = row.largest + 1;
    while (safe - unsafe > 1) {
      const middle = Math.floor((unsafe + safe) / 2);
      if (this.hasFlaw(safetyFlaw, this.shapes.at(row, middle))) unsafe = middle;
      else safe = middle;
    }
    if (safe > row.largest) return;
    const best = this.shapes.at(row, safe);
    if (!this.hasFlaw(livenessFlaw, best))
      this.found = withCandidate(this.found, figured(best, this.intent, this.budget));
  }

  private hasFlaw(judge: typeof safetyFlaw, { policy }: ShapedPolicy): boolean {
    this.triedCount += 1;
    const flaw = judge(policy, this.requirement);
    if (flaw?._tag === 'undecided') this.isComplete = false;
    return flaw !== undefined;
  }

  private rejectedAround(best: FoundPolicy | undefined): readonly RejectedPolicy[] {
    if (best === undefined) return [];
    return [...this.shapes.neighbours(best)].flatMap((shaped) => {
      const flaw = livenessFlaw(shaped.policy, this.requirement) ?? safetyFlaw(shaped.policy, this.requirement);
      return flaw === undefined ? [] : [{ ...shaped, flaw }];
    });
  }

  private get requirement(): Requirement {
    return { trust: this.trust, role: this.intent.role, budget: this.budget };
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

function livenessFlaw(policy: Policy, { trust, budget }: Requirement): Flaw | undefined {
  const live = judgeLiveness(policy, trust, budget);
  if (live._tag === 'unknown') return { _tag: 'undecided', reason: live.reason };
  return live._tag === 'holds' ? undefined : { _tag: 'canBeBlocked', witness: live.witness };
}

function safetyFlaw(policy: Policy, { trust, role, budget }: Requirement): Flaw | undefined {
  const safe = judgeSafety(policy, { trust, role, budget });
  if (safe._tag === 'unknown') return { _tag: 'undecided', reason: safe.reason };
  if (safe._tag === 'holds') return undefined;
  return { _tag: role === 'signing' ? 'canBeForged' : 'canMeetInFaults', witness: safe.witness };
}

function judgeSafety(policy: Policy, { trust, role, budget }: Requirement): Verdict<BadMeeting> {
  switch (role) {
    case 'signing':
      return judgeUnforgeability(policy, trust, budget);
    case 'amendment':
    case 'storage':
      return judgeDissemination(policy, trust, budget);
    case 'unsigned storage':
      return judgeMasking(policy, trust, budget);
    default:
      return assertNever(role);
  }
}

const usuallyUp = 0.99;

function figured(shaped: ShapedPolicy, { up = () => usuallyUp }: PolicyIntent, budget: Budget): FoundPolicy {
  const { policy } = shaped;
  const smallest = new TreeAnalysis(policy, { budget }).quorums.cheapest();
  return {
    ...shaped,
    load: treeLoad(policy, () => Fraction.one, budget).load,
    uptime: treeUptime(policy, independentServers(up), { budget }),
    size: smallest._tag === 'exact' ? smallest.value.cost : (smallest.atMost?.cost ?? Infinity),
  };
}
