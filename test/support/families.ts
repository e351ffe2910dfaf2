/** Families of sets for tests, and the definition of a cover: try one set of each family. */
import fc from 'fast-check';
import type { ProcessId } from '../../src/prelude/process.js';
import type { Family } from '../../src/quorum/analysis/covers/set-family.js';
import type { Policy } from '../../src/quorum/policy/policy.js';
import { membersOf } from '../../src/quorum/tree/tree-check.js';
import { weightAt } from '../../src/quorum/tree/weights.js';
import { arbitraryPolicy } from './naive-structures.js';

/** Whether `family` has `set`. */
export function hasSet(family: Family, set: ReadonlySet<ProcessId>): boolean {
  if (family._tag === 'member') return !set.has(family.id);
  let exceeded = 0;
  for (const [index, child] of family.of.entries()) if (!hasSet(child, set)) exceeded += weightAt(family, index);
  return exceeded <= family.limit;
}

/** All that one set of each family can cover together, as masks over `members`. */
export function coverable(families: readonly Family[], members: readonly ProcessId[]): ReadonlySet<number> {
  const all = Array.from({ length: 2 ** members.length }, (_, mask) => mask);
  let reached = new Set([0]);
  for (const family of families) {
    const own = all.filter((mask) => hasSet(family, idsOf(mask, members)));
    const maximal = own.filter((mask) => !own.some((other) => other !== mask && (other & mask) === mask));
    reached = new Set([...reached].flatMap((one) => maximal.map((other) => one | other)));
  }
  return new Set(all.filter((mask) => [...reached].some((one) => (one & mask) === mask)));
}

export function idsOf(mask: number, members: readonly ProcessId[]): ReadonlySet<ProcessId> {
  return new Set(members.filter((_, index) => ((mask >>> index) & 1) === 1));
}

/** Several families over the tree of one policy, each with limits and weights of its own. */
export function arbitraryFamilies({
  maxMembers,
  maxCount,
  weights,
}: {
  readonly maxMembers: number;
  readonly maxCount: number;
  readonly weights: boolean;
}): fc.Arbitrary<readonly Family[]> {
  const numbers = fc.array(fc.nat(1000), { minLength: 60, maxLength: 60 });
  return fc
    .tuple(arbitraryPolicy({ maxMembers }), fc.array(numbers, { minLength: 1, maxLength: maxCount }))
    .map(([policy, rows]) => rows.map((row) => withNumbers(policy, [...row], weights)));
}

function withNumbers(policy: Policy, numbers: number[], weighted: boolean): Family {
  if (policy._tag === 'member') return policy;
  const next = (): number => numbers.shift() ?? 0;
  const own = policy.of.map(() => (weighted ? 1 + (next() % 6) : 1));
  const limit = next() % own.reduce((sum, weight) => sum + weight, 0);
  const of = policy.of.map((child) => withNumbers(child, numbers, weighted));
  return weighted ? { _tag: 'gate', limit, of, weights: own } : { _tag: 'gate', limit, of };
}

/** The members of a tree, each once. */
export function distinctMembers(family: Family): readonly ProcessId[] {
  return [...new Set(membersOf(family))];
}
