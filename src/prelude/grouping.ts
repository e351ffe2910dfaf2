/** Items put together by what they have in common: `Map.groupBy`, which Node 20 does not have. */

/** The groups by key, and the items of each, in order of first appearance. */
export function groupedBy<K, A>(items: Iterable<A>, keyOf: (item: A) => K): Map<K, A[]> {
  const groups = new Map<K, A[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
