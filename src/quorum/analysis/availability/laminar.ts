/** Laminar families: any two sets are nested or disjoint, so together they are a forest. */
import { groupedBy } from '../../../prelude/grouping.js';

export interface MemberSet<M> {
  /** Not empty. */
  readonly members: ReadonlySet<M>;
}

export interface LaminarSplit<S> {
  /** Larger sets first. */
  readonly laminar: readonly S[];
  readonly others: readonly S[];
}

/** Takes sets out, those first that cross the most others, until the rest is laminar. @param sets - distinct. */
export function splitLaminar<M, S extends MemberSet<M>>(sets: readonly S[]): LaminarSplit<S> {
  const crossings = crossingSets(sets);
  const others = new Set<S>();
  for (;;) {
    let worst: S | undefined;
    let most = 0;
    for (const [set, crossed] of crossings) if (crossed.size > most) [worst, most] = [set, crossed.size];
    if (worst === undefined) break;
    others.add(worst);
    for (const crossed of crossings.get(worst) ?? []) crossings.get(crossed)?.delete(worst);
    crossings.delete(worst);
  }
  const laminar = sets.filter((set) => !others.has(set)).sort((a, b) => b.members.size - a.members.size);
  return { laminar, others: [...others] };
}

/** By set: the sets with which it shares members though neither contains the other. */
function crossingSets<M, S extends MemberSet<M>>(sets: readonly S[]): Map<S, Set<S>> {
  const owners = groupedBy(
    sets.flatMap((set) => Array.from(set.members, (member) => ({ member, owner: set }))),
    ({ member }) => member,
  );
  const crossings = new Map<S, Set<S>>();
  for (const set of sets) {
    const shared = new Map<S, number>();
    for (const member of set.members) {
      for (const { owner: other } of owners.get(member) ?? []) shared.set(other, (shared.get(other) ?? 0) + 1);
    }
    const crossed = [...shared].filter(([other, count]) => count < Math.min(set.members.size, other.members.size));
    crossings.set(set, new Set(crossed.map(([other]) => other)));
  }
  return crossings;
}
