/**
 * Families of subsets of a few members, as tables of all 2^n sets, and what is asked of them: are they monotone, which sets are
 * minimal, and which sets are unions of sets of two families. The last is the covering product (zeta transform, product, Möbius
 * inversion: Björklund, Husfeldt, Kaski & Koivisto, "Fourier meets Möbius", STOC 2007), in n·2^n steps instead of 4^n.
 */
import { present } from '../../prelude/invariant.js';
import { ProcessSet } from '../../prelude/process.js';
import type { Budget } from '../verdict.js';

/** No table has more members: 2^20 entries are a megabyte, and their counts stay exact in doubles. */
export const maxTableMembers = 20;

/** Entry m is 1 if the family has the set whose members are the bits of m, else 0. Its length is a power of two. */
export type SubsetTable = Uint8Array;

/** How often a clock is read while a table is filled by a predicate. */
const stepsBetweenClocks = 256;

/** The sets among at most {@link maxTableMembers} `processes` that `holds` accepts; undefined where time ran out. */
export function tabulate(
  processes: ProcessSet,
  holds: (set: ProcessSet) => boolean,
  budget: Budget,
): SubsetTable | undefined {
  const { universe } = processes;
  const places = [...processes].map((id) => present(universe.indexOf(id), 'a process has a place in its universe'));
  const table = new Uint8Array(2 ** places.length);
  const words = new Uint32Array(universe.none.words.length);
  for (let step = 0; step < table.length; step++) {
    if (step % stepsBetweenClocks === 0 && budget.isSpent()) return undefined;
    const mask = step ^ (step >>> 1);
    table[mask] = holds(new ProcessSet(universe, words.slice())) ? 1 : 0;
    flip(words, places[trailingZeros(step + 1)]);
  }
  return table;
}

/** Gray's code: the next set differs in one member, of which the last step has none. */
function flip(words: Uint32Array, place: number | undefined): void {
  if (place === undefined) return;
  words[place >>> 5] = (words[place >>> 5] ?? 0) ^ (1 << (place & 31));
}

function trailingZeros(step: number): number {
  return 31 - Math.clz32(step & -step);
}

/** The mask of `set` among `processes`, whose order numbers the bits. */
export function maskOf(set: ProcessSet, processes: ProcessSet): number {
  let mask = 0;
  let bit = 1;
  for (const id of processes) {
    if (set.has(id)) mask |= bit;
    bit <<= 1;
  }
  return mask;
}

export function setOf(mask: number, processes: ProcessSet): ProcessSet {
  return processes.universe.of(membersOfMask(mask, [...processes]));
}

/** Those of `members` whose bits are in `mask`. */
export function membersOfMask<A>(mask: number, members: readonly A[]): readonly A[] {
  return members.filter((_, index) => ((mask >>> index) & 1) === 1);
}

/** Two sets that differ in one member, which an upward closed family would have both of if it has the smaller. */
export interface BrokenStep {
  readonly smaller: number;
  readonly larger: number;
}

/** Where a table is not upward closed: it has `smaller` but not `larger`. */
export function findBrokenRise(table: SubsetTable): BrokenStep | undefined {
  return findStep(table, 1);
}

/** Where a table is not downward closed: it has `larger` but not `smaller`. */
export function findBrokenFall(table: SubsetTable): BrokenStep | undefined {
  return findStep(table, 0);
}

/** The first two neighbours of which `smaller` has `value` and `larger` has not. */
function findStep(table: SubsetTable, value: 0 | 1): BrokenStep | undefined {
  for (let bit = 1; bit < table.length; bit <<= 1) {
    for (let mask = 0; mask < table.length; mask++) {
      if ((mask & bit) === 0 && table[mask] === value && table[mask | bit] !== value) {
        return { smaller: mask, larger: mask | bit };
      }
    }
  }
  return undefined;
}

/** The minimal sets of an upward closed family, by ascending mask. */
export function minimalMasks(table: SubsetTable): readonly number[] {
  const found: number[] = [];
  for (let mask = 0; mask < table.length; mask++) if (table[mask] === 1 && isMinimal(table, mask)) found.push(mask);
  return found;
}

function isMinimal(table: SubsetTable, mask: number): boolean {
  for (let rest = mask; rest !== 0; rest &= rest - 1) if (table[mask ^ (rest & -rest)] === 1) return false;
  return true;
}

/** The sets whose complement `table` does not have: blocking sets of qualified ones, and the reverse. */
export function dualTable(table: SubsetTable): SubsetTable {
  const full = table.length - 1;
  return table.map((_, mask) => 1 - (table[full ^ mask] ?? 0));
}

/** The sets that `table` does not have. */
export function otherSets(table: SubsetTable): SubsetTable {
  return table.map((entry) => 1 - entry);
}

/** The unions of a set of `a` and a set of `b`, both downward closed; so is the result. */
export function unionsOf(a: SubsetTable, b: SubsetTable): SubsetTable {
  const counts = subsetCounts(a);
  const others = a === b ? counts : subsetCounts(b);
  for (let mask = 0; mask < counts.length; mask++) counts[mask] = (counts[mask] ?? 0) * (others[mask] ?? 0);
  // Now the pairs whose union is below each set are counted: at most 4^20, which doubles hold exactly.
  addSubsets(counts, -1);
  return new Uint8Array(counts.length).map((_, mask) => ((counts[mask] ?? 0) > 0 ? 1 : 0));
}

/** For each set how many of its subsets the family has. */
function subsetCounts(table: SubsetTable): Float64Array {
  const counts = new Float64Array(table);
  addSubsets(counts, 1);
  return counts;
}

/** Replaces every entry by the sum over its subsets (zeta transform), or with −1 undoes that (Möbius inversion). */
function addSubsets(counts: Float64Array, sign: 1 | -1): void {
  for (let bit = 1; bit < counts.length; bit <<= 1) {
    for (let start = 0; start < counts.length; start += 2 * bit) {
      for (let mask = start; mask < start + bit; mask++) {
        counts[mask + bit] = (counts[mask + bit] ?? 0) + sign * (counts[mask] ?? 0);
      }
    }
  }
}

/** A subset of `mask` in `a` whose rest is in `b`; undefined where there is none. */
export function splitMask(mask: number, a: SubsetTable, b: SubsetTable): number | undefined {
  for (let part = mask; ; part = (part - 1) & mask) {
    if (a[part] === 1 && b[mask ^ part] === 1) return part;
    if (part === 0) return undefined;
  }
}
