/** Sets of processes in words: an organization stands for all of its servers, and long lists are cut. */
import { organizationOf, type ProcessSet } from '../../prelude/process.js';

/** No list in a sentence names more. */
const maxNamed = 12;

/** The organizations and servers of `set`: the name of an organization stands for all of its servers. */
export function describeProcesses(set: ProcessSet): string {
  const counts = new Map<string, number>();
  for (const id of set.universe.ids) counts.set(organizationOf(id), (counts.get(organizationOf(id)) ?? 0) + 1);
  for (const id of set) counts.set(organizationOf(id), (counts.get(organizationOf(id)) ?? 0) - 1);
  const names = [...set].map((id) => (counts.get(organizationOf(id)) === 0 ? organizationOf(id) : id));
  return listNames([...new Set(names)]);
}

/** `a, b, c`, the first of them only where they are many. */
export function listNames(names: readonly string[]): string {
  if (names.length <= maxNamed) return names.join(', ');
  const named = names.slice(0, maxNamed - 1);
  return `${named.join(', ')} and ${names.length - named.length} more`;
}
