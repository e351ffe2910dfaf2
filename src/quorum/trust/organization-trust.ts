/**
 * A trust model seen from further away: which organizations may be Byzantine together. One is where all of its servers are in one
 * set of 𝓩; an organization that has lost one server of several still speaks for itself (spec/management.md, "Documents").
 */
import { E, type Either } from '../../prelude/fp.js';
import { groupedBy } from '../../prelude/grouping.js';
import { organizationOf, type ProcessId, type ProcessSet } from '../../prelude/process.js';
import type { CoveringFaults } from '../quorum-system.js';
import { maxTableMembers } from '../tree/subset-transform.js';
import { membersOf, member } from '../tree/tree-check.js';
import { organizationOfAll } from '../tree/membership.js';
import { maxExplicitSets } from './explicit-faults.js';
import { anyByzantine, anySlow } from './fault-table.js';
import { type TrustModel, trustModel, type TrustRule } from './trust-model.js';
import type { TrustTree } from './trust-tree.js';

/** The sets of organizations that may fail together follow no tree, and are too many to be listed. */
export interface NoOrganizationTrust {
  readonly _tag: 'NoOrganizationTrust';
  /** Completes "expected …". */
  readonly expected: string;
}

/** The trust model whose members are the organizations, each named once. */
export function organizationTrust(trust: TrustModel): Either<NoOrganizationTrust, TrustModel> {
  const rule = organizationRule(trust);
  if (E.isLeft(rule)) return rule;
  return E.mapLeft(() => tooMany(`sets of organizations that a trust model can list`))(trustModel(rule.right));
}

function organizationRule(trust: TrustModel): Either<NoOrganizationTrust, TrustRule> {
  const { rule } = trust;
  if (rule._tag === 'explicit') return listedRule(trust);
  const counts = new Map([...groupedBy(membersOf(rule), organizationOf)].map(([name, ids]) => [name, ids.length]));
  const tree = collapsed(rule, counts);
  return tree === undefined ? listedRule(trust) : E.right(tree);
}

/** `tree` with the servers of each organization as one leaf; `undefined` where those of one stand in several places. */
function collapsed(tree: TrustTree, counts: ReadonlyMap<string, number>): TrustTree | undefined {
  const owner = organizationOfAll(tree);
  if (owner !== undefined) {
    return membersOf(tree).length === counts.get(owner) ? member(owner as ProcessId) : undefined;
  }
  if (tree._tag === 'member') return undefined;
  const of: TrustTree[] = [];
  for (const child of tree.of) {
    const organization = collapsed(child, counts);
    if (organization === undefined) return undefined;
    of.push(organization);
  }
  return { ...tree, of };
}

/** The maximal sets, found by trying all of few organizations. */
function listedRule(trust: TrustModel): Either<NoOrganizationTrust, TrustRule> {
  const { universe } = trust.system.processes;
  const servers = [...groupedBy(universe.ids, organizationOf)].map(
    ([name, ids]) => [name as ProcessId, universe.of(ids)] as const,
  );
  if (servers.length > maxTableMembers)
    return E.left(tooMany(`${maxTableMembers} organizations where the servers of one stand in several places`));
  const byzantine = maximalSets(trust, servers, anyByzantine);
  const slow = maximalSets(trust, servers, anySlow);
  if (byzantine === undefined || slow === undefined)
    return E.left(tooMany(`${maxExplicitSets} maximal sets of organizations that may fail together`));
  return E.right({ _tag: 'explicit', of: servers.map(([name]) => name), byzantine, slow });
}

function tooMany(what: string): NoOrganizationTrust {
  return { _tag: 'NoOrganizationTrust', expected: `at most ${what}` };
}

type Owned = readonly (readonly [ProcessId, ProcessSet])[];

/** Those that `faults` cover and that cannot be added to; `undefined` where they are too many. */
function maximalSets(
  { system }: TrustModel,
  servers: Owned,
  faults: CoveringFaults,
): readonly (readonly ProcessId[])[] | undefined {
  const found: (readonly ProcessId[])[] = [];
  const isCovered = (set: ProcessSet): boolean => system.isCoveredBy(set, faults);
  const search = (from: number, set: ProcessSet, names: readonly ProcessId[]): boolean => {
    for (let index = from; index < servers.length; index++) {
      const [name, own] = servers[index] as Owned[number];
      const more = set.union(own);
      if (isCovered(more) && !search(index + 1, more, [...names, name])) return false;
    }
    const isMaximal = servers.every(([name, own]) => names.includes(name) || !isCovered(set.union(own)));
    return !isMaximal || names.length === 0 || found.push(names) <= maxExplicitSets;
  };
  return search(0, system.processes.universe.none, []) ? found : undefined;
}
