/** Sets of processes in words: an organization stands for all of its servers, and long lists are cut. */
import { organizationOf, type ProcessId, type ProcessSet, type Universe } from '../../prelude/process.js';
import { listNames } from '../tree/name-list.js';

/** How many servers each organization of a universe has. */
const serverCounts = new WeakMap<Universe, ReadonlyMap<string, number>>();

/** The organizations and servers of `set`: the name of an organization stands for all of its servers. */
export function describeProcesses(set: ProcessSet): string {
  return describeMembers([...set], set.universe);
}

/** {@link describeProcesses} of a list, at no more cost than its length. */
export function describeMembers(ids: readonly ProcessId[], universe: Universe): string {
  const all = serverCountsOf(universe);
  const present = countServers(ids);
  const names = ids.map((id) => {
    const organization = organizationOf(id);
    return present.get(organization) === all.get(organization) ? organization : id;
  });
  return listNames([...new Set(names)]);
}

/** {@link describeProcesses} as a set: `{acme, globex/1}`. */
export function braced(set: ProcessSet): string {
  return `{${describeProcesses(set)}}`;
}

function serverCountsOf(universe: Universe): ReadonlyMap<string, number> {
  const counts = serverCounts.get(universe) ?? countServers(universe.ids);
  serverCounts.set(universe, counts);
  return counts;
}

function countServers(ids: readonly ProcessId[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(organizationOf(id), (counts.get(organizationOf(id)) ?? 0) + 1);
  return counts;
}
