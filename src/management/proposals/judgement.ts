/**
 * Questions about policies over organizations, answered within steps that are the same on every machine, and few: a dry run is made
 * while the log waits. What follows from a structure is answered from the structure; trees of one shape in closed form; odd shapes
 * from tables, as far as they go.
 */
import type { ProcessId, ProcessSet } from '../../prelude/process.js';
import { analysePolicy } from '../../quorum/analysis/analysis-choice.js';
import {
  type BadMeeting,
  judgeLiveness,
  judgeMeeting,
  judgeUnforgeability,
} from '../../quorum/analysis/cross-check.js';
import { isQualified, type Policy } from '../../quorum/policy/policy.js';
import { membersOf } from '../../quorum/tree/tree-check.js';
import { judgeConditions } from '../../quorum/trust/conditions.js';
import type { ExplicitFaults } from '../../quorum/trust/explicit-faults.js';
import type { TrustModel } from '../../quorum/trust/trust-model.js';
import { type Budget, exact, type Figure, stepBudget, type Verdict } from '../../quorum/verdict.js';
import type { NamedPolicy } from './governing-policies.js';

/** Of all questions of a dry run together; a table of all sets of 20 organizations takes some hundreds. */
const stepsOfDryRun = 1500;

/** Tables over more organizations are made of small policies alone. */
const maxTableNames = 14;
const maxTableNodes = 100;

/** Answers the questions of one dry run. */
export class Judgement {
  private readonly budget: Budget = stepBudget(stepsOfDryRun);

  /** @param structure - of the organizations. */
  constructor(private readonly structure: TrustModel) {}

  /** No set of the structure satisfies the policy. */
  unforgeable({ policy, from }: NamedPolicy): Verdict<BadMeeting> {
    const { rule } = this.structure;
    if (from?.model === this.structure && this.isUncovered()) return holds;
    if (rule._tag !== 'explicit') return judgeUnforgeability(policy, rule, this.budgetFor([policy]));
    const set = setsOf(rule).find((one) => isQualified(policy, this.named(one)));
    return set === undefined ? holds : { _tag: 'violated', witness: { quorums: [set], faults: [set] } };
  }

  /** Without any set of the structure the others satisfy it. */
  live({ policy, from }: NamedPolicy): Verdict<readonly ProcessId[]> {
    const { rule } = this.structure;
    if (from?.model === this.structure && this.isUncovered()) return holds;
    if (rule._tag !== 'explicit') return judgeLiveness(policy, rule, this.budgetFor([policy]));
    const set = setsOf(rule).find((one) => !isQualified(policy, this.named(one).complement()));
    return set === undefined ? holds : { _tag: 'violated', witness: set };
  }

  /** Any two sets, one of each policy, share an organization outside every set of the structure. */
  united(one: NamedPolicy, other: NamedPolicy): Verdict<BadMeeting> {
    const { rule } = this.structure;
    if (this.isRecovery(one) && this.isRecovery(other) && this.isUncovered()) return holds;
    if (rule._tag === 'explicit' && this.isRecovery(one)) return this.unitedWithRecovery(rule, other.policy);
    if (rule._tag === 'explicit' && this.isRecovery(other)) return this.unitedWithRecovery(rule, one.policy);
    return judgeMeeting([one.policy, other.policy], { rule, count: 1 }, this.budgetFor([one.policy, other.policy]));
  }

  private isRecovery({ from }: NamedPolicy): boolean {
    return from?.model === this.structure && from.quorums === 'recovery';
  }

  /** Three sets of the structure are not everyone: then what follows from it is as it should be (`policiesFrom`). */
  private isUncovered(): boolean {
    return judgeConditions(this.structure, stepBudget(stepsOfDryRun)).c1._tag === 'holds';
  }

  /** The recovery quorums are what listed sets leave; a quorum of the other policy meets one badly where it lies in two listed sets. */
  private unitedWithRecovery(rule: ExplicitFaults, policy: Policy): Verdict<BadMeeting> {
    const sets = setsOf(rule).map((ids) => ({ ids, set: this.named(ids) }));
    for (const left of sets) {
      if (this.budget.isSpent())
        return { _tag: 'unknown', reason: 'too many sets of organizations that may fail together' };
      const found = sets.find(({ set }) => isQualified(policy, left.set.union(set)));
      if (found === undefined) continue;
      const quorums = [[...left.set.complement()], [...left.set.union(found.set)]];
      return { _tag: 'violated', witness: { quorums, faults: [found.ids] } };
    }
    return holds;
  }

  private named(ids: readonly ProcessId[]): ProcessSet {
    return this.structure.system.processes.universe.of(ids);
  }

  private budgetFor(policies: readonly Policy[]): Budget {
    return policies.every(isSmall) ? this.budget : spent;
  }
}

const holds = { _tag: 'holds' } as const;
const spent = stepBudget(0);

/** The empty set where nothing is listed. */
function setsOf({ byzantine }: ExplicitFaults): readonly (readonly ProcessId[])[] {
  return byzantine.length === 0 ? [[]] : byzantine;
}

function isSmall(policy: Policy): boolean {
  const members = membersOf(policy);
  return new Set(members).size <= maxTableNames || members.length <= maxTableNodes;
}

/** A smallest set without which the policy cannot be satisfied. */
export function smallestBlocking({ policy, from }: NamedPolicy): Figure<readonly ProcessId[]> {
  const rule = from?.model.rule;
  if (rule?._tag === 'explicit')
    return from?.quorums === 'vouch'
      ? exact(outsideOfLargest(rule.of, setsOf(rule)))
      : smallestOutside(rule.of, setsOf(rule));
  const found = analysePolicy(policy, {
    budget: isSmall(policy) ? stepBudget(stepsOfDryRun) : spent,
  }).blockingSets.cheapest();
  if (found._tag === 'exact') return exact(found.value.members);
  return { _tag: 'unknown', reason: found.reason };
}

function outsideOfLargest(of: readonly ProcessId[], sets: readonly (readonly ProcessId[])[]): readonly ProcessId[] {
  const largest = new Set(sets.reduce((one, other) => (other.length > one.length ? other : one)));
  return of.filter((id) => !largest.has(id));
}

/** Steps of the search for it. */
const maxSearchSteps = 20_000;

/** A smallest set that none of the listed ones contains: tried by size, one member outside of each set in turn. */
export function smallestOutside(
  of: readonly ProcessId[],
  sets: readonly (readonly ProcessId[])[],
): Figure<readonly ProcessId[]> {
  const listed = sets.map((ids) => new Set(ids));
  const budget = stepBudget(maxSearchSteps);
  const search = (chosen: readonly ProcessId[], room: number): readonly ProcessId[] | undefined => {
    const around = listed.find((set) => chosen.every((id) => set.has(id)));
    if (around === undefined) return chosen;
    if (room === 0) return undefined;
    for (const id of of) {
      if (around.has(id)) continue;
      if (budget.isSpent()) return undefined;
      const found = search([...chosen, id], room - 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  for (let size = 0; size <= of.length; size++) {
    const found = search([], size);
    if (found !== undefined) return exact(found);
    if (budget.isSpent()) return { _tag: 'unknown', reason: `sets of ${size} are too many to be tried` };
  }
  return { _tag: 'unknown', reason: 'one set contains everybody' };
}
