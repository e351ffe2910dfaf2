/**
 * Who decides what in an alliance: the structure of its organizations, and the policies over them that are in force, stated or derived
 * (spec/management.md, "Documents").
 */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import { analysePolicy } from '../../quorum/analysis/analysis-choice.js';
import { judgeInclusion } from '../../quorum/analysis/cross-check.js';
import { allOf } from '../../quorum/policy/gates.js';
import { checkPolicy, type Policy } from '../../quorum/policy/policy.js';
import { listNames } from '../../quorum/tree/name-list.js';
import { member, membersOf } from '../../quorum/tree/tree-check.js';
import { judgeConditions } from '../../quorum/trust/conditions.js';
import { recoveryPolicy, vouchPolicy } from '../../quorum/trust/derived-policy.js';
import { maxExplicitProcesses, maxExplicitSets } from '../../quorum/trust/explicit-faults.js';
import { type NoOrganizationTrust, organizationTrust } from '../../quorum/trust/organization-trust.js';
import { describeCovering } from '../../quorum/trust/trust-description.js';
import { type TrustModel, trustModel, type TrustRule } from '../../quorum/trust/trust-model.js';
import { stepBudget } from '../../quorum/verdict.js';
import type { Alliance } from '../alliance.js';
import type { ActionKind } from './action-kinds.js';

/** What the policies of an alliance follow from. */
export type Governed = Pick<Alliance, 'trust' | 'organizations' | 'governance' | 'documentKeys'>;

/** From as many organizations on each of them may be dishonest, unless the document states otherwise. */
const leastForDishonest = 4;

/** Steps of one question about a structure or a policy: the same on every machine. */
export const maxSteps = 50_000;

const known = new WeakMap<TrustModel, Either<NoOrganizationTrust, TrustModel>>();

/** Which organizations may fail together: as the document states it, else derived. */
export function structureOf({ governance, trust }: Governed): Either<NoOrganizationTrust, TrustModel> {
  return governance.structure === undefined ? derivedStructure(trust) : E.right(governance.structure);
}

/** That of the trust model and, of four organizations or more, each by itself. */
export function derivedStructure(trust: TrustModel): Either<NoOrganizationTrust, TrustModel> {
  const found = known.get(trust) ?? E.chain(withSingles)(organizationTrust(trust));
  known.set(trust, found);
  return found;
}

function withSingles(structure: TrustModel): Either<NoOrganizationTrust, TrustModel> {
  const { universe } = structure.system.processes;
  const trusted = universe.ids.filter((id) => !structure.system.canBeFaulty(universe.of([id])));
  if (universe.size < leastForDishonest || trusted.length === 0) return E.right(structure);
  const rule = trusted.length === universe.size ? anySingle(universe.ids) : listedWith(structure, trusted);
  return E.mapLeft((): NoOrganizationTrust => tooMany)(rule === undefined ? E.left(tooMany) : trustModel(rule));
}

const tooMany: NoOrganizationTrust = {
  _tag: 'NoOrganizationTrust',
  expected: `at most ${maxExplicitSets} maximal sets of organizations that may fail together, or a structure that is stated`,
};

function anySingle(ids: readonly ProcessId[]): TrustRule {
  return { _tag: 'gate', f: 1, t: 0, of: ids.map(member) };
}

/** What its minimal recovery quorums leave, and the others one by one. */
function listedWith(structure: TrustModel, singles: readonly ProcessId[]): TrustRule | undefined {
  const of = structure.system.processes.universe.ids;
  if (of.length > maxExplicitProcesses) return undefined;
  const byzantine = singles.map((id): readonly ProcessId[] => [id]);
  if (structure.rule._tag === 'explicit') {
    return { ...structure.rule, byzantine: [...structure.rule.byzantine, ...byzantine] };
  }
  for (const quorum of analysePolicy(recoveryPolicy(structure), { budget: stepBudget(maxSteps) }).quorums.list()) {
    const rest = new Set(of);
    for (const id of quorum) rest.delete(id);
    if (rest.size > 0) byzantine.push([...rest]);
    if (byzantine.length > maxExplicitSets) return undefined;
  }
  return { _tag: 'explicit', of, byzantine, slow: [] };
}

/** Why the structure of organizations is none, as a sentence for people; `undefined` if it is one. */
export function structureComplaint(alliance: Governed): string | undefined {
  const found = structureOf(alliance);
  if (E.isLeft(found)) return `expected ${found.left.expected}`;
  const structure = found.right;
  const complaint = strangeName(alliance, structure) ?? tooLarge(structure) ?? tooSmall(alliance, structure);
  // Where the trust model itself does not hold, no structure that contains what follows from it could.
  if (complaint !== undefined || alliance.governance.overrides.includes('trust-violated')) return complaint;
  return coveredBy(structure);
}

/** What follows from it has to be policies. */
function tooLarge(structure: TrustModel): string | undefined {
  const checked = [vouchPolicy(structure), recoveryPolicy(structure)].map(checkPolicy).find(E.isLeft);
  return checked === undefined ? undefined : `its policies would be too large: expected ${checked.left.expected}`;
}

function strangeName({ organizations }: Governed, { system }: TrustModel): string | undefined {
  const names = new Set(organizations.map(({ name }) => name));
  const { universe } = system.processes;
  const stranger = universe.ids.find((id) => !names.has(id));
  if (stranger !== undefined) return `it names ${stranger}, which is no member`;
  const forgotten = [...names].find((name) => !universe.has(name));
  return forgotten === undefined ? undefined : `it misses ${forgotten}`;
}

/** A stated structure contains what follows from the trust model. */
function tooSmall({ governance, trust }: Governed, structure: TrustModel): string | undefined {
  if (governance.structure === undefined) return undefined;
  const derived = organizationTrust(trust);
  if (E.isLeft(derived)) return undefined;
  const missing = missingSet(derived.right, structure);
  if (missing === undefined) return undefined;
  return missing === 'unknown'
    ? 'whether it contains what follows from the trust model is not decided'
    : `under the trust model {${listNames(missing)}} may be Byzantine together, and here not`;
}

function missingSet(derived: TrustModel, stated: TrustModel): readonly ProcessId[] | 'unknown' | undefined {
  if (derived.rule._tag === 'explicit') {
    const { universe } = stated.system.processes;
    return derived.rule.byzantine.find((set) => !stated.system.canBeFaulty(universe.of(set)));
  }
  const verdict = judgeInclusion(vouchPolicy(stated), vouchPolicy(derived), stepBudget(maxSteps));
  if (verdict._tag === 'holds') return undefined;
  return verdict._tag === 'unknown' ? 'unknown' : verdict.witness;
}

/** Three of its sets are not everyone. */
function coveredBy(structure: TrustModel): string | undefined {
  const { c1 } = judgeConditions(structure, stepBudget(maxSteps));
  if (c1._tag === 'holds') return undefined;
  if (c1._tag === 'unknown') return `whether three of its sets are everyone is not decided: ${c1.reason}`;
  const shown = c1.witness === undefined ? '' : `: ${describeCovering(c1.witness)}`;
  return `three of its sets are all organizations${shown.replace('every server', 'every organization')}`;
}

/** Who may change the alliance: by an action of this kind, or in general. */
export function amendmentOf(alliance: Governed, kind?: ActionKind): Policy {
  const own = kind === undefined ? undefined : alliance.governance.amendmentOf.get(kind);
  return own ?? inForce(alliance, 'amendment').policy;
}

/** Who may suspend a member, and abandon a change that nobody voted for. */
export function emergencyOf(alliance: Governed): Policy {
  return inForce(alliance, 'emergency').policy;
}

/** Whose recovery keys start the alliance again. */
export function recoveryOf(alliance: Governed): Policy {
  return inForce(alliance, 'recovery').policy;
}

/** The policy as it is stated, or else as it follows from the structure. */
export function inForce(alliance: Governed, subject: 'amendment' | 'emergency' | 'recovery'): NamedPolicy {
  const name = `${subject} policy`;
  const stated = alliance.governance[subject];
  if (stated !== undefined) return { name, policy: stated };
  const structure = structureOf(alliance);
  // No document is without a structure; were one, it would take everyone.
  if (E.isLeft(structure))
    return { name, policy: allOf(alliance.organizations.map(({ name: own }) => member(own as ProcessId))) };
  return { name, ...following(structure.right, subject === 'emergency' ? 'vouch' : 'recovery') };
}

/** The policy that follows from a model. */
export function following(model: TrustModel, quorums: 'vouch' | 'recovery'): Omit<NamedPolicy, 'name'> {
  return { policy: quorums === 'vouch' ? vouchPolicy(model) : recoveryPolicy(model), from: { model, quorums } };
}

/** Who may have something signed with a document key. */
export function approvalOf(alliance: Governed, key: string): Policy {
  return alliance.documentKeys.find(({ name }) => name === key)?.approval ?? amendmentOf(alliance);
}

/** A policy in force, and what people call it. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: Policy;
  /** Where it follows from a model. */
  readonly from?: { readonly model: TrustModel; readonly quorums: 'vouch' | 'recovery' };
}

/** The amendment policy, and those of kinds that have their own; in the order of their names. */
export function amendmentPolicies(alliance: Governed): readonly NamedPolicy[] {
  const own = [...alliance.governance.amendmentOf]
    .map(([kind, policy]) => ({ name: `amendment policy for "${kind}"`, policy }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return [inForce(alliance, 'amendment'), ...own];
}

/** All policies over organizations that are in force. */
export function governingPolicies(alliance: Governed): readonly NamedPolicy[] {
  return [
    ...amendmentPolicies(alliance),
    inForce(alliance, 'emergency'),
    inForce(alliance, 'recovery'),
    ...alliance.documentKeys.map(({ name, approval }) => ({
      ...(approval === undefined ? inForce(alliance, 'amendment') : { policy: approval }),
      name: `approval for "${name}"`,
    })),
  ];
}

/** A name in a stated policy that is no organization's. */
export function strangerInPolicies(alliance: Governed): { readonly policy: string; readonly name: string } | undefined {
  const names = new Set(alliance.organizations.map(({ name }) => name));
  for (const { name: policy, policy: tree } of governingPolicies(alliance)) {
    const name = membersOf(tree).find((id) => !names.has(id));
    if (name !== undefined) return { policy, name };
  }
  return undefined;
}
