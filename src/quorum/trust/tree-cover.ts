/**
 * Real fault sets that cover a set in a trust tree. Where gates have weights, the rule that protocols rely on adds weights up, and may
 * say "covered" although no sets are: here the weights are really packed (spec/quorum.md, "The recursion").
 */
import { present } from '../../prelude/invariant.js';
import type { ProcessId, ProcessSet } from '../../prelude/process.js';
import type { CoveringFaults } from '../quorum-system.js';
import { pack } from '../tree/packing.js';
import { membersOf } from '../tree/tree-check.js';
import { sum, weightAt } from '../tree/weights.js';
import { type Budget, type FaultSet, outOfTime } from '../verdict.js';
import type { NodeCovering } from './judged-tree.js';
import type { OrganizationSystem } from './organizations.js';
import type { TrustGate, TrustTree } from './trust-tree.js';

/** The sets, exactly as many of each kind as were asked for; or that there are none; or how far the search came. */
export type CoverSearch =
  | { readonly _tag: 'found'; readonly sets: readonly FaultSet[] }
  | { readonly _tag: 'none' }
  | { readonly _tag: 'unknown'; readonly reason: string };

/** Exact unless a packing is beyond its bounds or the budget. */
export function coverTree(
  { tree, processes }: OrganizationSystem,
  set: ProcessSet,
  faults: CoveringFaults,
  budget: Budget,
): CoverSearch {
  const { byzantine, slow = 0 } = faults;
  const accused = byzantine === 0 || faults.accused === undefined ? set.universe.none : faults.accused;
  const planning = new Planning({ set, accused, byzantine, slow }, budget);
  const plan = planning.plan(tree);
  if (plan.covering !== 'covered') {
    return planning.openReason === undefined ? { _tag: 'none' } : { _tag: 'unknown', reason: planning.openReason };
  }
  const drafts: readonly Draft[] = [
    ...Array.from({ length: byzantine }, () => ({ kind: 'byzantine' as const, ids: [...accused] })),
    ...Array.from({ length: slow }, () => ({ kind: 'slow' as const, ids: [] })),
  ];
  hand(plan, drafts);
  const sets = drafts.map(({ kind, ids }) => ({ kind, members: processes.universe.of(ids) }));
  return { _tag: 'found', sets };
}

/** A fault set that is still growing. */
interface Draft {
  readonly kind: FaultSet['kind'];
  readonly ids: ProcessId[];
}

/** A node, and for a covered one which fault set owns each uncovered child. */
interface Plan {
  readonly tree: TrustTree;
  readonly covering: NodeCovering;
  readonly children: readonly Plan[];
  /** Of the uncovered children, in their order: the places of their owners, Byzantine sets first. */
  readonly owners: readonly number[];
}

interface Task {
  readonly set: ProcessSet;
  readonly accused: ProcessSet;
  readonly byzantine: number;
  readonly slow: number;
}

class Planning {
  /** Why the answer "uncovered" was given somewhere although it is not certain. */
  openReason: string | undefined;

  constructor(
    private readonly task: Task,
    private readonly budget: Budget,
  ) {}

  plan(tree: TrustTree): Plan {
    if (tree._tag === 'gate') return this.planGate(tree);
    const { set, accused } = this.task;
    const covering = accused.has(tree.id) ? 'forced' : set.has(tree.id) ? 'uncovered' : 'covered';
    return { tree, covering, children: [], owners: [] };
  }

  private planGate(gate: TrustGate): Plan {
    const children = gate.of.map((child) => this.plan(child));
    const weights = (kind: NodeCovering): readonly number[] =>
      children.flatMap(({ covering }, index) => (covering === kind ? [weightAt(gate, index)] : []));
    const forced = sum(weights('forced'));
    if (forced > gate.f) return { tree: gate, covering: 'forced', children, owners: [] };
    const owners = this.ownersOf(weights('uncovered'), gate, forced);
    return { tree: gate, covering: owners === undefined ? 'uncovered' : 'covered', children, owners: owners ?? [] };
  }

  /** For each weight the set that bears it; undefined where there is no room, or none was found. */
  private ownersOf(weights: readonly number[], gate: TrustGate, forced: number): readonly number[] | undefined {
    const { byzantine, slow } = this.task;
    const { f, t } = gate;
    const capacities = [
      ...Array.from({ length: byzantine }, () => f - forced),
      ...Array.from({ length: slow }, () => t),
    ];
    const items = weights.map((weight) => capacities.map(() => weight));
    // Of many gates with weights each takes its time, even where nothing is searched for.
    const isLate = gate.weights !== undefined && this.budget.isSpent();
    const packing = isLate ? outOfTime(this.budget, 'packing the weights') : pack(items, capacities, this.budget);
    if (packing._tag === 'packed') return packing.binOf;
    if (packing._tag === 'unknown') this.openReason ??= packing.reason;
    return undefined;
  }
}

/** Gives every Byzantine set what the accused force upon it, every uncovered child to its owner, and goes on within the covered ones. */
function hand({ children, owners }: Plan, drafts: readonly Draft[]): void {
  let next = 0;
  for (const child of children) {
    const ids = membersOf(child.tree);
    if (child.covering === 'covered') hand(child, drafts);
    else if (child.covering === 'uncovered') {
      const owner = present(owners[next++], 'every uncovered child of a covered gate has an owner');
      present(drafts[owner], 'an owner is one of the sets').ids.push(...ids);
    } else {
      for (const draft of drafts) if (draft.kind === 'byzantine') draft.ids.push(...ids);
    }
  }
}
