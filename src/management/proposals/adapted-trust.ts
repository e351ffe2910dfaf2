/** A trust model for other members, as a suggestion to people: the same shape, with servers added and taken out. Nothing is decided by it. */
import { E, type Either } from '../../prelude/fp.js';
import { organizationOf, type ProcessId } from '../../prelude/process.js';
import { type PolicyError, policyError } from '../../quorum/errors.js';
import { organizationOfAll } from '../../quorum/tree/membership.js';
import { member, membersOf } from '../../quorum/tree/tree-check.js';
import { totalWeight, weightAt } from '../../quorum/tree/weights.js';
import type { ExplicitFaults } from '../../quorum/trust/explicit-faults.js';
import { type TrustModel, trustModel, type TrustRule } from '../../quorum/trust/trust-model.js';
import { validateTrust } from '../../quorum/trust/trust-report.js';
import type { TrustGate, TrustTree } from '../../quorum/trust/trust-tree.js';
import { stepBudget } from '../../quorum/verdict.js';
import { maxSteps } from './governing-policies.js';

/** Servers that come and go. */
export interface ServersChanged {
  readonly added: readonly ProcessId[];
  readonly removed: readonly ProcessId[];
}

/** `trust` with other servers; t, and then f, are lowered only as far as the conditions of consensus ask. */
export function adaptedTrust(trust: TrustModel, { added, removed }: ServersChanged): Either<PolicyError, TrustModel> {
  const gone = new Set(removed);
  const left = trust.rule._tag === 'explicit' ? withoutListed(trust.rule, gone) : withoutLeaves(trust.rule, gone);
  const rule = addAll(left, added);
  if (rule === undefined) return E.left(policyError('OutOfRange', '/', 'at least one server'));
  const leaders = leadersFor(trust, gone);
  for (const candidate of candidates(rule)) {
    const made = trustModel(candidate, leaders);
    if (E.isLeft(made) || validateTrust(made.right, stepBudget(maxSteps)).accepted) return made;
  }
  return trustModel(rule, leaders);
}

/** Everybody, where everybody led; else those who are left of the leaders. */
function leadersFor({ leaders, system }: TrustModel, gone: ReadonlySet<ProcessId>): readonly ProcessId[] | undefined {
  if (leaders.equals(system.processes)) return undefined;
  const left = [...leaders].filter((id) => !gone.has(id));
  return left.length === 0 ? undefined : left;
}

/** The rule itself, then with ever lower limits: t first, then f, of the root and of what is inside. */
function* candidates(rule: TrustRule): Generator<TrustRule> {
  yield rule;
  if (rule._tag !== 'gate') return;
  for (let t = rule.t - 1; t >= 0; t--) yield { ...rule, t };
  for (const of of [rule.of, rule.of.map(withoutFaults)])
    for (let f = rule.f; f >= 0; f--) yield { ...rule, of, f, t: 0 };
}

function withoutFaults(tree: TrustTree): TrustTree {
  return tree._tag === 'member' ? tree : { ...tree, f: 0, t: 0, of: tree.of.map(withoutFaults) };
}

function withoutLeaves(tree: TrustTree, gone: ReadonlySet<ProcessId>): TrustTree | undefined {
  if (tree._tag === 'member') return gone.has(tree.id) ? undefined : tree;
  const kept = tree.of.flatMap((child, index) => {
    const left = withoutLeaves(child, gone);
    return left === undefined ? [] : [{ left, weight: weightAt(tree, index) }];
  });
  if (kept.length === 0) return undefined;
  const of = kept.map(({ left }) => left);
  return inRange({ ...tree, of, ...(tree.weights === undefined ? {} : { weights: kept.map(({ weight }) => weight) }) });
}

/** No gate tolerates all that it has. */
function inRange(gate: TrustGate): TrustGate {
  const f = Math.min(gate.f, totalWeight(gate) - 1);
  return { ...gate, f, t: Math.min(gate.t, f) };
}

function withoutListed(
  { of, byzantine, slow }: ExplicitFaults,
  gone: ReadonlySet<ProcessId>,
): ExplicitFaults | undefined {
  const left = of.filter((id) => !gone.has(id));
  const without = (sets: ExplicitFaults['byzantine']): ExplicitFaults['byzantine'] =>
    maximal(sets.map((set) => set.filter((id) => !gone.has(id))));
  return left.length === 0
    ? undefined
    : { _tag: 'explicit', of: left, byzantine: without(byzantine), slow: without(slow) };
}

/** Without empty ones, and without those that another contains; of equal ones the first. */
function maximal(sets: readonly (readonly ProcessId[])[]): readonly (readonly ProcessId[])[] {
  return sets.filter((set, place) => {
    const isWithin = (other: readonly ProcessId[], at: number): boolean =>
      at !== place && set.every((id) => other.includes(id)) && (other.length > set.length || at < place);
    return set.length > 0 && !sets.some(isWithin);
  });
}

function addAll(rule: TrustRule | undefined, added: readonly ProcessId[]): TrustRule | undefined {
  if (rule?._tag === 'explicit') return withListed(rule, added);
  return added.reduce<TrustTree | undefined>(
    (tree, id) => (tree === undefined ? member(id) : withServer(tree, id)),
    rule,
  );
}

/** A new server fails with all others of its organization; one of a new organization by itself. */
function withListed(rule: ExplicitFaults, added: readonly ProcessId[]): ExplicitFaults {
  return added.reduce((faults, id) => {
    const siblings = faults.of.filter((other) => organizationOf(other) === organizationOf(id));
    const joined = (sets: ExplicitFaults['byzantine']): ExplicitFaults['byzantine'] =>
      sets.map((set) => (siblings.length > 0 && siblings.every((other) => set.includes(other)) ? [...set, id] : set));
    const byzantine = siblings.length === 0 ? [...faults.byzantine, [id]] : joined(faults.byzantine);
    return { ...faults, of: [...faults.of, id], byzantine, slow: joined(faults.slow) };
  }, rule);
}

/** Where its organization stands together it stands with it; else at the root, like those that are there. */
function withServer(tree: TrustTree, id: ProcessId): TrustTree {
  const owner = organizationOf(id);
  if (organizationOfAll(tree) === owner) return withChild(tree, id);
  if (tree._tag === 'member') return { _tag: 'gate', f: 0, t: 0, of: [tree, member(id)] };
  const home = tree.of.findIndex((child) => isHomeOf(child, owner, tree));
  if (home === -1) return withChild(tree, id);
  return { ...tree, of: tree.of.map((child, index) => (index === home ? withServer(child, id) : child)) };
}

/** Whether all servers of the organization in this gate stand in this child. */
function isHomeOf(child: TrustTree, owner: string, gate: TrustGate): boolean {
  const own = (tree: TrustTree): number => membersOf(tree).filter((id) => organizationOf(id) === owner).length;
  return own(child) > 0 && own(child) === own(gate) && (child._tag === 'gate' || standsAlone(gate));
}

/** Whether no organization has two leaves in the gate: then a leaf is an organization. */
function standsAlone({ of }: TrustGate): boolean {
  const owners = of.flatMap((child) => (child._tag === 'member' ? [organizationOf(child.id)] : []));
  return new Set(owners).size === owners.length;
}

function withChild(tree: TrustTree, id: ProcessId): TrustTree {
  if (tree._tag === 'member') return { _tag: 'gate', f: 0, t: 0, of: [tree, member(id)] };
  const weights = tree.weights === undefined ? {} : { weights: [...tree.weights, Math.min(...tree.weights)] };
  return { ...tree, of: [...tree.of, member(id)], ...weights };
}
