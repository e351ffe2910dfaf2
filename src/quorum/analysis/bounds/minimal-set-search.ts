/**
 * Minimal sets of a monotone property that can only be asked, not read: whether a set is qualified, or blocking. Members are numbered;
 * a set is a row of flags.
 */

/** Monotone: adding members never makes it false. */
export type Property = (set: readonly boolean[]) => boolean;

/**
 * A minimal subset of `set` with the property, which `set` has: members are taken out in the order given where that leaves it. Where
 * time runs out it has the property, but is not minimal.
 */
export function shrink(
  holds: Property,
  set: readonly boolean[],
  order: Iterable<number>,
  isSpent: () => boolean = () => false,
): readonly boolean[] {
  const rest = [...set];
  for (const index of order) {
    if (rest[index] !== true) continue;
    if (isSpent()) break;
    rest[index] = false;
    if (!holds(rest)) rest[index] = true;
  }
  return rest;
}

/**
 * Every minimal set, once, lazily; ends early where `isSpent`. Each step finds a minimal set M among the members not yet excluded;
 * every other one lacks a first member of M, and the regions that this distinguishes are searched in turn (Lawler's partition).
 */
export function* minimalSets(
  holds: Property,
  memberCount: number,
  isSpent: () => boolean,
): Generator<readonly number[]> {
  const pending: Region[] = [{ required: flags(memberCount, false), allowed: flags(memberCount, true) }];
  for (let region = pending.pop(); region !== undefined && !isSpent(); region = pending.pop()) {
    const { required, allowed } = region;
    if (!holds(allowed)) continue;
    const found = shrink(holds, allowed, removalOrder(required), isSpent);
    if (isSpent()) return;
    // Where a required member is not needed for `found`, no minimal set of the region contains `found`, but others may be left.
    if (required.every((needed, index) => !needed || found[index] === true)) yield membersIn(found);
    pending.push(...regionsWithout(found, region).reverse());
  }
}

/** The sets that contain all `required` members and none that is not `allowed`. */
interface Region {
  readonly required: readonly boolean[];
  readonly allowed: readonly boolean[];
}

/** Those that need not stay go first. */
function* removalOrder(required: readonly boolean[]): Generator<number> {
  for (const last of [false, true]) {
    for (const [index, needed] of required.entries()) if (needed === last) yield index;
  }
}

function regionsWithout(found: readonly boolean[], { required, allowed }: Region): Region[] {
  const regions: Region[] = [];
  const kept = [...required];
  for (const index of membersIn(found)) {
    if (required[index] === true) continue;
    regions.push({ required: [...kept], allowed: allowed.map((may, at) => may && at !== index) });
    kept[index] = true;
  }
  return regions;
}

export function membersIn(set: readonly boolean[]): readonly number[] {
  return [...set.keys()].filter((index) => set[index] === true);
}

export function flags(count: number, value: boolean): readonly boolean[] {
  return Array.from({ length: count }, () => value);
}
