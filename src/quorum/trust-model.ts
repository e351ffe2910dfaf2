/** Trust models: who may fail together, described so that people and files can carry it, and who may lead. */
import { E, type Either } from '../prelude/fp.js';
import { organizationOf, type ProcessId, type ProcessSet } from '../prelude/process.js';
import type { TrustAssumption } from './conditions.js';
import { type PolicyError, policyError } from './errors.js';
import { OrganizationSystem } from './organizations.js';
import { checkTrustTree, type TrustTree } from './trust-tree.js';

/** A trust assumption with its description. Its universe has the processes of `tree` in order of appearance. */
export interface TrustModel extends TrustAssumption {
  readonly tree: TrustTree;
  readonly system: OrganizationSystem;
}

/**
 * The trust model of a tree. That it satisfies the conditions of consensus is asked of `validateTrust`.
 *
 * @param leaders - processes, or organizations for all of their servers; every process may lead if absent.
 */
export function trustModel(tree: TrustTree, leaders?: readonly string[]): Either<PolicyError, TrustModel> {
  const checked = checkTrustTree(tree);
  if (E.isLeft(checked)) return checked;
  const system = new OrganizationSystem(tree);
  const { universe } = system.processes;
  if (leaders === undefined) return E.right({ tree, system, leaders: universe.all });
  if (leaders.length === 0) return E.left(policyError('OutOfRange', '/leaders', 'at least one leader'));
  let found = universe.none;
  for (const [index, name] of leaders.entries()) {
    const named = leadersNamed(name, universe.all);
    const complaint = checkNewLeaders(name, { named, found, path: `/leaders/${index}` });
    if (complaint !== undefined) return E.left(complaint);
    found = found.union(named);
  }
  return E.right({ tree, system, leaders: found });
}

/** The process of that name, or else the servers of that organization. */
function leadersNamed(name: string, all: ProcessSet): ProcessSet {
  const { universe } = all;
  if (universe.has(name)) return universe.of([name]);
  return universe.of(universe.ids.filter((id: ProcessId) => organizationOf(id) === name));
}

function checkNewLeaders(
  name: string,
  { named, found, path }: { named: ProcessSet; found: ProcessSet; path: string },
): PolicyError | undefined {
  if (named.isEmpty) return policyError('UnknownMember', path, `a member of the trust model, not ${name}`);
  if (named.intersection(found).isEmpty) return undefined;
  return policyError('DuplicateMember', path, `every leader once (${name} is named a second time)`);
}
