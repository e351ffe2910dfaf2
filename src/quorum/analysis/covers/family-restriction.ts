/** Families over some of their members: what remains to be covered when families do not all have the same members. */
import type { ProcessId } from '../../../prelude/process.js';
import { membersOf } from '../../tree/tree-check.js';
import { weightAt } from '../../tree/weights.js';
import { type Family, isReadOnce } from './set-family.js';

export interface Restricted {
  /** Over the same members; absent where nothing is left to cover. */
  readonly families: readonly Family[] | undefined;
  /** For each family the members that its sets may have without exceeding anything; the restricted families lack them. */
  readonly free: readonly (readonly ProcessId[])[];
}

/**
 * Families restricted to what each set of sets has to cover: the `needed` members, without those that some family may have anyway
 * because too little else of a gate is needed.
 *
 * @param families - each has all of `needed`, and perhaps others.
 */
export function restrictFamilies(families: readonly Family[], needed: ReadonlySet<ProcessId>): Restricted {
  if (needed.size === 0) return { families: undefined, free: families.map(() => []) };
  // What a set may have at one place of a member, it may not at another: such members stay.
  if (![...new Set(families)].every(isReadOnce)) {
    return { families: families.map((family) => prune(family, needed) ?? family), free: families.map(() => []) };
  }
  const left = new Set(needed);
  const free = families.map(() => new Set<ProcessId>());
  let current: readonly (Family | undefined)[] = families;
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    current = current.map((family, index) => family && restrict(family, left, free[index] ?? new Set()));
    for (const own of free) for (const id of own) left.delete(id);
  }
  const whole = current.filter((family) => family !== undefined);
  return { families: left.size === 0 ? undefined : whole, free: free.map((own) => [...own]) };
}

/** Without the leaves that are not needed; undefined if none is. */
function prune(family: Family, needed: ReadonlySet<ProcessId>): Family | undefined {
  if (family._tag === 'member') return needed.has(family.id) ? family : undefined;
  const children = family.of.map((child) => prune(child, needed));
  if (children.every((child, index) => child === family.of[index])) return family;
  const of = children.filter((child) => child !== undefined);
  const weights = children.flatMap((child, index) => (child === undefined ? [] : weightAt(family, index)));
  return of.length === 0 ? undefined : { _tag: 'gate', limit: family.limit, of, weights };
}

/** Undefined if no set exceeds what is left; what stays as it was is the same object. */
function restrict(family: Family, left: ReadonlySet<ProcessId>, free: Set<ProcessId>): Family | undefined {
  if (family._tag === 'member') return left.has(family.id) ? family : undefined;
  const children = family.of.map((child, index) => ({
    child: restrict(child, left, free),
    weight: weightAt(family, index),
  }));
  if (children.every(({ child }, index) => child === family.of[index])) return family;
  const kept = children.flatMap(({ child, weight }) => (child === undefined ? [] : [{ child, weight }]));
  const total = kept.reduce((sum, { weight }) => sum + weight, 0);
  if (total <= family.limit) {
    for (const { child } of kept) for (const id of membersOf(child)) free.add(id);
    return undefined;
  }
  return {
    _tag: 'gate',
    limit: family.limit,
    of: kept.map(({ child }) => child),
    weights: kept.map(({ weight }) => weight),
  };
}
