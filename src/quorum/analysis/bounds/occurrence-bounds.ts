/**
 * Bounds on a policy in which members recur, from the read-once policy over its places (spec/quorum.md, "Beyond the table"). A quorum of
 * members is a quorum of all their places; so if the places of a member share its cost, no quorum of members is cheaper than the
 * cheapest one of places, two of them share no less, and sets of members that cover everybody cover all places.
 */
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { dual } from '../../policy/composition.js';
import type { Policy } from '../../policy/policy.js';
import { type Budget, type Figure, unlimited } from '../../verdict.js';
import { align } from '../covers/aligned-tree.js';
import { cheapestRemainder, type Remainder } from '../covers/cheapest-remainder.js';
import { findCovering } from '../covers/covering.js';
import { type FailureModel, neverDown, type Uptime } from '../availability/failure-model.js';
import { countMinimalQuorums } from '../closed-form/minimal-sets.js';
import { separateOccurrences, type SeparatedPolicy } from './occurrences.js';
import { restrictPolicy } from './policy-restriction.js';
import { quorumComplements, unqualifiedSets } from '../covers/set-family.js';
import type { Cost } from '../structure-analysis.js';
import type { CostBound, SetBounds, StructureBounds } from './structure-bounds.js';
import { treeUptime, type UptimeMeans } from '../availability/tree-availability.js';

/** Each combination of the recurring members is tried where there are few: what is left of the policy is read-once. */
const maxTriedMembers = 12;
/** So many combinations, times the members of the policy. */
const maxTrials = 200_000;

/** So many parts does a member's cost have: shares of up to eight places come out even. */
const costParts = 840;

export class OccurrenceBounds implements StructureBounds {
  readonly quorums: SetBounds;
  readonly blockingSets: SetBounds;
  private readonly separated: SeparatedPolicy;
  private readonly budget: Budget;
  private readonly recurring: readonly ProcessId[];

  /** @param policy - checked. */
  constructor(
    private readonly policy: Policy,
    private readonly means: UptimeMeans,
  ) {
    this.budget = means.budget ?? unlimited;
    this.separated = separateOccurrences(policy);
    this.recurring = this.separated.members.filter((id) => this.separated.placesOf(id).length > 1);
    this.quorums = this.boundsOf((one) => one);
    this.blockingSets = this.boundsOf(dual);
  }

  private boundsOf(form: (policy: Policy) => Policy): SetBounds {
    return {
      cheapest: (cost) => this.cheapest(form, cost),
      countAtMost: () => {
        const figure = countMinimalQuorums(form(this.separated.policy), this.budget);
        return figure._tag === 'exact' ? figure.value : undefined;
      },
    };
  }

  splittingSize(): number {
    const complements = quorumComplements(this.separated.policy);
    return this.shared(
      (cost) => cheapestRemainder(align([complements, complements]), cost, this.budget),
      () => 1,
    ).atLeast;
  }

  isSurelyUncoverable(k: number): boolean {
    const family = unqualifiedSets(this.separated.policy);
    const families = Array.from({ length: Math.min(k, this.separated.members.length) }, () => family);
    return families.length === 0 || findCovering({ families, budget: this.budget })._tag === 'uncovered';
  }

  /** The places of a member fail as one: each member that recurs is a group of its places, so this is exact where few recur. */
  uptime({ server, groups }: FailureModel, budget = this.budget): Figure<Uptime> {
    const { policy, memberAt, placesOf } = this.separated;
    const recurs = new Set(this.recurring);
    const own = this.recurring.map((id) => ({ name: id, members: placesOf(id), uptime: server(id) }));
    const common = groups.map((group) => ({ ...group, members: group.members.flatMap(placesOf) }));
    const model: FailureModel = {
      server: (place) => (recurs.has(memberAt(place)) ? neverDown : server(memberAt(place))),
      groups: [...own, ...common],
    };
    return treeUptime(policy, model, { ...this.means, budget });
  }

  private cheapest(form: (policy: Policy) => Policy, cost: Cost): CostBound {
    const trials = 2 ** this.recurring.length * this.separated.members.length;
    const isTried = this.recurring.length <= maxTriedMembers && trials <= maxTrials;
    const tried = isTried ? this.cheapestOfCases(form(this.policy), cost) : undefined;
    if (tried !== undefined) return tried;
    const family = quorumComplements(form(this.separated.policy));
    return this.shared((shares) => cheapestRemainder(align([family]), shares, this.budget), cost);
  }

  /** The cheapest of: some of the recurring members, without the others, and what is then still needed. Undefined where time ran out. */
  private cheapestOfCases(policy: Policy, cost: Cost): CostBound | undefined {
    let best: { readonly set: readonly ProcessId[]; readonly cost: number } | undefined;
    let atLeast = Infinity;
    for (let mask = 0; mask < 2 ** this.recurring.length; mask++) {
      if (this.budget.isSpent()) return undefined;
      const chosen = this.recurring.filter((_, index) => ((mask >>> index) & 1) === 1);
      const paid = chosen.reduce((sum, id) => sum + cost(id), 0);
      if (paid >= Math.min(atLeast, best?.cost ?? Infinity)) continue;
      const left = this.restOf(policy, new Set(chosen), cost);
      if (left === undefined) continue;
      atLeast = Math.min(atLeast, paid + left.atLeast);
      if (best === undefined || paid + left.cost < best.cost)
        best = { set: [...chosen, ...left.members], cost: paid + left.cost };
    }
    return { atLeast, set: present(best, 'all members together are qualified').set };
  }

  /** What a quorum with `chosen`, and no other member that recurs, needs besides; undefined where there is none. */
  private restOf(policy: Policy, chosen: ReadonlySet<ProcessId>, cost: Cost): Omit<Remainder, 'sets'> | undefined {
    const recurs = new Set(this.recurring);
    const rest = restrictPolicy(policy, (id) => (recurs.has(id) ? chosen.has(id) : undefined));
    if (rest === false) return undefined;
    if (rest === true) return { members: [], cost: 0, atLeast: 0 };
    return cheapestRemainder(align([quorumComplements(rest)]), cost, this.budget);
  }

  /** The answer about places, when those of a member share its cost, as one about members. */
  private shared(solve: (cost: Cost) => Remainder, cost: Cost): CostBound {
    const { members, placesOf, memberAt } = this.separated;
    const total = members.reduce((sum, id) => sum + cost(id), 0);
    const parts = Number.isSafeInteger(total * costParts) ? costParts : 1;
    const shares = new Map<ProcessId, number>();
    for (const id of members) {
      const places = placesOf(id);
      const [even, odd] = [Math.floor((cost(id) * parts) / places.length), (cost(id) * parts) % places.length];
      for (const [index, place] of places.entries()) shares.set(place, even + (index < odd ? 1 : 0));
    }
    const found = solve((place) => shares.get(place) ?? 0);
    return { atLeast: Math.ceil(found.atLeast / parts), set: [...new Set(found.members.map(memberAt))] };
  }
}
