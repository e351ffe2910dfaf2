/** What an organization may do without asking the others (spec/management.md, "Autonomy"). */
import { E } from '../../prelude/fp.js';
import { organizationOf, type ProcessId, type ProcessSet } from '../../prelude/process.js';
import { organizationOfAll } from '../../quorum/tree/membership.js';
import { member, membersOf } from '../../quorum/tree/tree-check.js';
import type { TrustModel } from '../../quorum/trust/trust-model.js';
import type { TrustTree } from '../../quorum/trust/trust-tree.js';
import type { Alliance } from '../alliance.js';
import type { Action } from './action.js';
import type { Draft } from './draft-shape.js';
import type { Effect } from './effect-shape.js';
import { structureOf } from './governing-policies.js';
import { isSame, isSameTrust } from './same-value.js';

/** A proposal as its author makes it. */
export interface OwnBusiness {
  readonly author: string;
  readonly actions: readonly Action[];
  readonly draft: Draft;
  readonly effect: Effect;
  /** How many applications each organization ever had, those of the document in force included. */
  readonly applicationCounts: ReadonlyMap<string, number>;
}

/** Whether nobody else need be asked. */
export function isAutonomous(business: OwnBusiness): boolean {
  const { author, actions, draft, effect } = business;
  const { base, document } = draft;
  return (
    actions.every((action) => isOwn(action, author)) &&
    effect.gates.length === 0 &&
    effect.vetoes.every(({ gained, lost }) => gained.length === 0 && lost.length === 0) &&
    isSameStructure(base, document) &&
    differsInOwnSubtree(base.trust, document.trust, author) &&
    isWithinLimits(business)
  );
}

/** `trust` is the form in which new servers find their place; where it may differ is asked of the models. */
function isOwn(action: Action, author: string): boolean {
  switch (action._tag) {
    case 'organization':
      return action.organization.name === author;
    case 'enrol':
      return organizationOf(action.application.id) === author;
    case 'dismiss':
      return organizationOf(action.application) === author;
    case 'trust':
      return true;
    default:
      return false;
  }
}

function isSameStructure(base: Alliance, document: Alliance): boolean {
  if (!isSameTrust(base.governance.structure, document.governance.structure)) return false;
  const [before, after] = [structureOf(base), structureOf(document)];
  return E.isRight(before) && E.isRight(after) && isSame(before.right.rule, after.right.rule);
}

/** Everything else is as it was, and the author has no more leaders than it had, unless everybody leads. */
function differsInOwnSubtree(before: TrustModel, after: TrustModel, author: string): boolean {
  if (isSameTrust(before, after)) return true;
  const [first, second] = [outline(before, author), outline(after, author)];
  if (first === undefined || second === undefined || !isSame(first, second)) return false;
  const others = ({ leaders }: TrustModel): readonly string[] =>
    [...leaders].filter((id) => organizationOf(id) !== author);
  if (!isSame(others(before), others(after))) return false;
  return leadsAll(before) ? leadsAll(after) : isWithin(own(after.leaders, author), own(before.leaders, author));
}

function leadsAll({ leaders, system }: TrustModel): boolean {
  return leaders.equals(system.processes);
}

function own(leaders: ProcessSet, author: string): readonly ProcessId[] {
  return [...leaders].filter((id) => organizationOf(id) === author);
}

function isWithin(some: readonly ProcessId[], all: readonly ProcessId[]): boolean {
  return some.every((id) => all.includes(id));
}

/** The model with one leaf for the author; `undefined` where its servers do not stand together. */
function outline({ rule }: TrustModel, author: string): TrustTree | undefined {
  if (rule._tag === 'explicit') return undefined;
  const collapsed = withLeaf(rule, author);
  return membersOf(collapsed).filter((id) => organizationOf(id) === author).length === 1 ? collapsed : undefined;
}

function withLeaf(tree: TrustTree, author: string): TrustTree {
  if (organizationOfAll(tree) === author) return member(author as ProcessId);
  return tree._tag === 'member' ? tree : { ...tree, of: tree.of.map((child) => withLeaf(child, author)) };
}

/** What the organization has beyond the limits already it may keep, and not add to. */
function isWithinLimits({ author, actions, draft, applicationCounts }: OwnBusiness): boolean {
  const { base, document } = draft;
  const { limits } = base.governance;
  const serverCount = (alliance: Alliance): number =>
    alliance.organizations.find(({ name }) => name === author)?.servers.length ?? 0;
  const added = actions.filter(({ _tag }) => _tag === 'enrol').length;
  const everEnrolled = applicationCounts.get(author) ?? 0;
  const hasRoom = serverCount(document) <= Math.max(limits.serversPerOrganization, serverCount(base));
  return hasRoom && (added === 0 || everEnrolled + added <= limits.applicationsPerOrganization);
}
