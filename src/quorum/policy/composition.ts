/** Access policies made from others, or from the shapes in which replicated systems arrange their servers. */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import { type PolicyError, policyError } from '../errors.js';
import { checkRange, member } from '../tree/tree-check.js';
import { maxWeight, totalWeight } from '../tree/weights.js';
import { allOf, anyOf, majority } from './gates.js';
import { checkPolicy, type Policy } from './policy.js';

/** Qualified are the sets without which nobody is qualified under `policy`: its blocking sets. The dual of the dual is the policy. */
export function dual(policy: Policy): Policy {
  if (policy._tag === 'member') return policy;
  return { ...policy, k: totalWeight(policy) - policy.k + 1, of: policy.of.map(dual) };
}

/** Qualified are the sets that are so before and after a change: for the time between the two. */
export function joint(before: Policy, after: Policy): Either<PolicyError, Policy> {
  if (before._tag === 'member' && after._tag === 'member' && before.id === after.id) return E.right(after);
  return checkPolicy(allOf([before, after]));
}

/** A server and what its vote weighs: nothing where it only watches. */
export interface VotingServer {
  readonly id: ProcessId;
  readonly weight: number;
}

/** Servers that are close to one another. */
export interface ServerGroup {
  /** For complaints. */
  readonly name?: string;
  readonly servers: readonly VotingServer[];
}

/**
 * More than half of the weight in each of more than half of the groups that weigh anything. Servers of weight 0 have no vote.
 *
 * @returns the policy; a complaint's path leads through `groups`, as `/1/servers/0/weight`.
 * @see ZooKeeper, "Hierarchical quorums" (its QuorumHierarchical).
 */
export function hierarchical(groups: readonly ServerGroup[]): Either<PolicyError, Policy> {
  const complaint = checkGroups(groups);
  if (complaint !== undefined) return E.left(complaint);
  const voting = groups.map(({ servers }) => servers.filter(({ weight }) => weight > 0));
  const of = voting.filter((servers) => servers.length > 0).map(weightMajority);
  if (of.length === 0) return E.left(policyError('OutOfRange', '/', 'a group in which somebody has a vote'));
  return checkPolicy({ _tag: 'threshold', k: majority(of.length), of });
}

/**
 * Servers in rows: one row in full, and one server of every row. Two such sets meet in a server. The dual ({@link dual}) has the
 * sets that meet each of these: a server of every row, or a row in full.
 *
 * @param rows - of any lengths; a complaint's path leads through them.
 * @see Cheung, Ammar & Ahamad, "The grid protocol", ICDE 1990.
 */
export function grid(rows: readonly (readonly ProcessId[])[]): Either<PolicyError, Policy> {
  const complaint = rows.length === 0 ? policyError('OutOfRange', '/', 'at least one row') : checkRows(rows);
  if (complaint !== undefined) return E.left(complaint);
  const members = rows.map((row) => row.map(member));
  return checkPolicy(allOf([anyOf(members.map(allOf)), allOf(members.map(anyOf))]));
}

function checkGroups(groups: readonly ServerGroup[]): PolicyError | undefined {
  const seen = new Map<ProcessId, string>();
  for (const [index, { name, servers }] of groups.entries()) {
    for (const [place, { id, weight }] of servers.entries()) {
      const path = `/${index}/servers/${place}`;
      const complaint =
        checkUnseen(id, { path, here: name ?? `group ${index + 1}`, seen }) ??
        checkRange(weight, { min: 0, max: maxWeight, path: `${path}/weight`, what: `the weight of ${id}` });
      if (complaint !== undefined) return complaint;
    }
  }
  return undefined;
}

function checkRows(rows: readonly (readonly ProcessId[])[]): PolicyError | undefined {
  const seen = new Map<ProcessId, string>();
  for (const [index, row] of rows.entries()) {
    if (row.length === 0) return policyError('OutOfRange', `/${index}`, 'at least one server in a row');
    for (const [place, id] of row.entries()) {
      const complaint = checkUnseen(id, { path: `/${index}/${place}`, here: `row ${index + 1}`, seen });
      if (complaint !== undefined) return complaint;
    }
  }
  return undefined;
}

/** @param seen - where each server was met before; `here` is added. */
function checkUnseen(
  id: ProcessId,
  { path, here, seen }: { path: string; here: string; seen: Map<ProcessId, string> },
): PolicyError | undefined {
  const before = seen.get(id);
  if (before !== undefined)
    return policyError('DuplicateMember', path, `every server once (${id} is in ${before} too)`);
  seen.set(id, here);
  return undefined;
}

function weightMajority(servers: readonly VotingServer[]): Policy {
  const weights = servers.map(({ weight }) => weight);
  const of = servers.map(({ id }) => member(id));
  const k = majority(totalWeight({ of, weights }));
  return weights.every((weight) => weight === 1) ? { _tag: 'threshold', k, of } : { _tag: 'threshold', k, of, weights };
}
