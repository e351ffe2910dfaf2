/**
 * Access structures for tests, straight from the definitions: every question of `StructureAnalysis` answered by trying all sets.
 * For at most 9 members (12 if only minimal sets are asked for).
 *
 * `new NaiveStructure(policy)` or `new NaiveStructure({ members, isQualified })`; sets are lists in the order of `members`, families
 * of sets are compared with `asFamily`. `allPolicies(n)` yields every unweighted read-once tree with n leaves, with all k;
 * `arbitraryPolicy` is random ones, with weights and repeated members where asked for.
 */
import fc from 'fast-check';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { Policy } from '../../src/quorum/policy/policy.js';

export type IdSet = ReadonlySet<ProcessId>;

export interface NaiveRule {
  readonly members: readonly ProcessId[];
  readonly isQualified: (set: IdSet) => boolean;
}

export class NaiveStructure {
  readonly members: readonly ProcessId[];
  /** Every set of members with whether it is qualified. The index is the mask: bit i is `members[i]`. */
  private readonly sets: readonly { readonly set: IdSet; readonly qualified: boolean }[];

  constructor(rule: Policy | NaiveRule) {
    const { members, isQualified } = 'members' in rule ? rule : ruleOf(rule);
    this.members = members;
    this.sets = Array.from({ length: 2 ** members.length }, (_, mask) => {
      const set = new Set(members.filter((_id, index) => ((mask >>> index) & 1) === 1));
      return { set, qualified: isQualified(set) };
    });
  }

  isQualified(ids: Iterable<ProcessId>): boolean {
    return this.qualifiedMask(this.maskOf(ids));
  }

  /** Whether every set without one of `ids` is unqualified. */
  isBlocking(ids: Iterable<ProcessId>): boolean {
    const out = this.maskOf(ids);
    return this.sets.every(({ qualified }, mask) => !qualified || (mask & out) !== 0);
  }

  minimalQuorums(): readonly (readonly ProcessId[])[] {
    return this.minimal((mask) => this.qualifiedMask(mask));
  }

  minimalBlockingSets(): readonly (readonly ProcessId[])[] {
    const full = this.sets.length - 1;
    return this.minimal((mask) => !this.qualifiedMask(full & ~mask));
  }

  /** Of the cheapest qualified set. */
  quorumCost(cost: (id: ProcessId) => number = () => 1): number {
    return Math.min(...this.minimalQuorums().map((ids) => sum(ids.map(cost))));
  }

  blockingCost(cost: (id: ProcessId) => number = () => 1): number {
    return Math.min(...this.minimalBlockingSets().map((ids) => sum(ids.map(cost))));
  }

  /** The fewest common members of two qualified sets, which may be the same one. */
  splittingSize(): number {
    const quorums = this.minimalQuorums().map((ids) => new Set(ids));
    return Math.min(...quorums.flatMap((a) => quorums.map((b) => [...a].filter((id) => b.has(id)).length)));
  }

  /** Q^k: whether no k unqualified sets contain every member. */
  isUncoverable(k: number): boolean {
    const unqualified = [...this.sets.keys()].filter((mask) => !this.qualifiedMask(mask));
    const maximal = unqualified.filter(
      (mask) => !unqualified.some((other) => other !== mask && (other & mask) === mask),
    );
    let unions = new Set([0]);
    for (let count = 0; count < k; count++) unions = new Set([...unions].flatMap((one) => maximal.map((a) => one | a)));
    return !unions.has(this.sets.length - 1);
  }

  /** The share of the sets of the others to which the member brings what they lack. */
  banzhaf(): ReadonlyMap<ProcessId, number> {
    return new Map(this.members.map((id, index) => [id, this.swings(1 << index) / 2 ** (this.members.length - 1)]));
  }

  dummies(): readonly ProcessId[] {
    return this.members.filter((_, index) => this.swings(1 << index) === 0);
  }

  /** In every qualified set. */
  vetoes(): readonly ProcessId[] {
    return this.members.filter((id) => this.isBlocking([id]));
  }

  availability(up: (id: ProcessId) => number): number {
    return this.probability((set) =>
      Math.exp(sum(this.members.map((id) => Math.log(set.has(id) ? up(id) : 1 - up(id))))),
    );
  }

  /** The probability of a qualified set, for any distribution over the sets of those that are up. */
  probability(of: (set: IdSet) => number): number {
    return sum(this.sets.map(({ set, qualified }) => (qualified ? of(set) : 0)));
  }

  private swings(bit: number): number {
    const pivotal = (mask: number): boolean => !this.qualifiedMask(mask) && this.qualifiedMask(mask | bit);
    return [...this.sets.keys()].filter((mask) => (mask & bit) === 0 && pivotal(mask)).length;
  }

  private minimal(satisfies: (mask: number) => boolean): readonly (readonly ProcessId[])[] {
    const bits = this.members.map((_, index) => 1 << index);
    const isMinimal = (mask: number): boolean => bits.every((bit) => (mask & bit) === 0 || !satisfies(mask ^ bit));
    const masks = [...this.sets.keys()].filter((mask) => satisfies(mask) && isMinimal(mask));
    return masks.map((mask) => [...present(this.sets[mask], 'a mask has its set').set]);
  }

  private maskOf(ids: Iterable<ProcessId>): number {
    let mask = 0;
    for (const id of ids) mask |= 1 << this.members.indexOf(id);
    return mask;
  }

  private qualifiedMask(mask: number): boolean {
    return present(this.sets[mask], 'a mask has its set').qualified;
  }
}

/** A family of sets in a form in which equal families are equal: order within and among the sets does not matter. */
export function asFamily(sets: Iterable<Iterable<ProcessId>>): readonly string[] {
  return [...sets].map((ids) => [...ids].sort().join(' ')).sort();
}

function ruleOf(policy: Policy): NaiveRule {
  const found = new Set<ProcessId>();
  const collect = (node: Policy): void => {
    if (node._tag === 'member') found.add(node.id);
    else node.of.forEach(collect);
  };
  collect(policy);
  return { members: [...found], isQualified: (set) => isSatisfied(policy, set) };
}

function isSatisfied(policy: Policy, set: IdSet): boolean {
  if (policy._tag === 'member') return set.has(policy.id);
  const { k, of, weights } = policy;
  return sum(of.map((child, index) => (isSatisfied(child, set) ? (weights?.[index] ?? 1) : 0))) >= k;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** `a`, `b`, …, `z`: at most 26. */
export function letters(count: number): readonly ProcessId[] {
  return Array.from({ length: count }, (_, index) => String.fromCharCode(97 + index) as ProcessId);
}

/** Every read-once tree over `letters(leafCount)` whose gates have two children or more, up to their order, with every k. */
export function allPolicies(leafCount: number): Generator<Policy> {
  return policiesOver(letters(leafCount), leafCount);
}

/** `largest` bounds the leaves of the first child, so that sizes do not increase: the order of children does not matter. */
function* policiesOver(ids: readonly ProcessId[], largest: number): Generator<Policy> {
  const [only] = ids;
  if (only !== undefined && ids.length === 1) yield { _tag: 'member', id: only };
  else {
    for (const of of listsOver(ids, Math.min(largest, ids.length - 1))) {
      for (let k = 1; k <= of.length; k++) yield { _tag: 'threshold', k, of };
    }
  }
}

function* listsOver(ids: readonly ProcessId[], largest: number): Generator<readonly Policy[]> {
  if (ids.length === 0) yield [];
  for (let size = Math.min(largest, ids.length); size >= 1; size--) {
    for (const first of policiesOver(ids.slice(0, size), size)) {
      for (const rest of listsOver(ids.slice(size), size)) yield [first, ...rest];
    }
  }
}

export interface PolicyKind {
  /** Of the distinct members that may appear. */
  readonly maxMembers: number;
  readonly weights?: boolean;
  /** Whether members may stand at several gates. */
  readonly repeats?: boolean;
}

/** Checked policies (`checkPolicy`) of at most four levels; single-child gates among them. */
export function arbitraryPolicy({ maxMembers, weights = false, repeats = false }: PolicyKind): fc.Arbitrary<Policy> {
  interface Plan {
    readonly choices: readonly [member: number, k: number, weighted: number];
    readonly weights: readonly number[];
    readonly of: readonly Plan[];
  }
  const node = (of: fc.Arbitrary<readonly Plan[]>): fc.Arbitrary<Plan> =>
    fc.record({
      choices: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
      weights: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: maxMembers, maxLength: maxMembers }),
      of,
    });
  const { plan } = fc.letrec<{ plan: Plan }>((tie) => ({
    plan: node(
      fc.oneof(
        { maxDepth: 3, depthIdentifier: 'policy' },
        fc.constant([]),
        fc.array(tie('plan'), { minLength: 1, maxLength: maxMembers }),
      ),
    ),
  }));
  return node(fc.array(plan, { minLength: 1, maxLength: maxMembers })).map((root) => {
    const ids = letters(maxMembers);
    let used = 0;
    const leaf = ({ choices: [choice] }: Plan): Policy | undefined => {
      const id = repeats ? ids[choice % maxMembers] : ids[used++];
      return id === undefined ? undefined : { _tag: 'member', id };
    };
    const grow = (node: Plan): Policy | undefined => {
      if (node.of.length === 0) return leaf(node);
      const grown = node.of.map(grow).filter((child) => child !== undefined);
      const isFirst = (child: Policy, index: number): boolean =>
        child._tag !== 'member' || grown.findIndex((one) => one._tag === 'member' && one.id === child.id) === index;
      const of = grown.filter(isFirst);
      if (of.length === 0) return undefined;
      const [, choice, weighted] = node.choices;
      if (!weights || weighted % 2 === 0) return { _tag: 'threshold', k: 1 + (choice % of.length), of };
      const own = node.weights.slice(0, of.length);
      return { _tag: 'threshold', k: 1 + (choice % sum(own)), of, weights: own };
    };
    return grow(root) ?? { _tag: 'member', id: present(ids[0], 'at least one member') };
  });
}
