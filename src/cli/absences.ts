/** `--away` and `--gone`: what a policy becomes while some of its members are silent, or once they have left. */
import { E, type Either } from '../prelude/fp.js';
import { organizationOf, type ProcessId } from '../prelude/process.js';
import { afterLeaving, duringMaintenance, type Remaining } from '../quorum/analysis/what-if.js';
import { type Policy, policyMembers } from '../quorum/policy/policy.js';
import { badInput, type Failure } from './outcome.js';

/** Servers, and organizations for all of theirs. */
export interface Absences {
  readonly away?: readonly string[];
  readonly gone?: readonly string[];
}

/** `With acme away and globex gone`; empty where nobody is missing. */
export function describeAbsences({ away = [], gone = [] }: Absences): string {
  const parts = [
    ...(away.length === 0 ? [] : [`${away.join(', ')} away`]),
    ...(gone.length === 0 ? [] : [`${gone.join(', ')} gone`]),
  ];
  return parts.length === 0 ? '' : `With ${parts.join(' and ')}`;
}

/** Those who left first, then those who are silent. */
export function without(policy: Policy, { away = [], gone = [] }: Absences): Either<Failure, Remaining> {
  const left = membersNamed(policy, gone);
  if (E.isLeft(left)) return left;
  const silent = membersNamed(policy, away);
  if (E.isLeft(silent)) return silent;
  const remaining = afterLeaving(policy, left.right);
  return E.right(remaining._tag === 'blocked' ? remaining : duringMaintenance(remaining.policy, silent.right));
}

function membersNamed(policy: Policy, names: readonly string[]): Either<Failure, ReadonlySet<ProcessId>> {
  const members = policyMembers(policy);
  const found = new Set<ProcessId>();
  for (const name of names) {
    const named = members.filter((id) => id === name || organizationOf(id) === name);
    if (named.length === 0) return badInput(`${name}: no member or organization of the policy has this name`);
    for (const id of named) found.add(id);
  }
  return E.right(found);
}
