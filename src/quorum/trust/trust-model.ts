/** Trust models: who may fail together, described so that people and files can carry it, and who may lead. */
import { E, type Either } from '../../prelude/fp.js';
import { organizationOf, type ProcessId, type ProcessSet } from '../../prelude/process.js';
import type { TrustAssumption } from './conditions.js';
import { type PolicyError, policyError } from '../errors.js';
import type { QuorumSystem } from '../quorum-system.js';
import { checkExplicitFaults, type ExplicitFaults } from './explicit-faults.js';
import { ExplicitSystem } from './explicit-system.js';
import { OrganizationSystem } from './organizations.js';
import { checkTrustTree, type TrustTree } from './trust-tree.js';

/** How a trust model is written. */
export type TrustRule = TrustTree | ExplicitFaults;

/** A trust assumption with its description. Its universe has the processes of `rule` in order of appearance. */
export interface TrustModel extends TrustAssumption {
  readonly rule: TrustRule;
}

/**
 * The trust model of a tree, or of listed sets. That it satisfies the conditions of consensus is asked of `validateTrust`.
 *
 * @param leaders - processes, or organizations for all of their servers; every process may lead if absent.
 */
export function trustModel(rule: TrustRule, leaders?: readonly string[]): Either<PolicyError, TrustModel> {
  const made = systemOf(rule);
  if (E.isLeft(made)) return made;
  const system = made.right;
  const { universe } = system.processes;
  if (leaders === undefined) return E.right({ rule, system, leaders: universe.all });
  if (leaders.length === 0) return E.left(policyError('OutOfRange', '/leaders', 'at least one leader'));
  let found = universe.none;
  for (const [index, name] of leaders.entries()) {
    const named = leadersNamed(name, universe.all);
    const complaint = checkNewLeaders(name, { named, found, path: `/leaders/${index}` });
    if (complaint !== undefined) return E.left(complaint);
    found = found.union(named);
  }
  return E.right({ rule, system, leaders: found });
}

function systemOf(rule: TrustRule): Either<PolicyError, QuorumSystem> {
  if (rule._tag === 'explicit')
    return E.map((faults: ExplicitFaults) => new ExplicitSystem(faults))(checkExplicitFaults(rule));
  return E.map((tree: TrustTree) => new OrganizationSystem(tree))(checkTrustTree(rule));
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
