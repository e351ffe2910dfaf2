/**
 * The fault sets of any quorum system of at most 20 processes, as tables of all sets: what its one method says of a single set of 𝓩
 * or of 𝓣, and what really follows of several (spec/quorum.md, "Definitions").
 */
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessSet } from '../../prelude/process.js';
import type { CoveringFaults, QuorumSystem } from '../quorum-system.js';
import { FamilyPowers } from '../tree/family-powers.js';
import {
  findBrokenFall,
  maskOf,
  maxTableMembers,
  setOf,
  splitMask,
  type SubsetTable,
  tabulate,
  unionsOf,
} from '../tree/subset-transform.js';
import { type Budget, type FaultSet, outOfTime } from '../verdict.js';
import type { CoverSearch } from './tree-cover.js';

export const anyByzantine: CoveringFaults = { byzantine: 1 };
export const anySlow: CoveringFaults = { byzantine: 0, slow: 1 };

export type FaultTableError =
  | { readonly _tag: 'TooManyProcesses'; readonly count: number; readonly most: number }
  | { readonly _tag: 'OutOfTime'; readonly reason: string }
  | FallingBroken;

/** `isCoveredBy` says yes of `covered` and no of `uncovered`, which has one process less. */
export interface FallingBroken {
  readonly _tag: 'NotMonotone';
  readonly faults: CoveringFaults;
  readonly covered: ProcessSet;
  readonly uncovered: ProcessSet;
}

/** Reads 𝓩 and 𝓣 off `system`: 2^(n+1) calls of its method. */
export function faultTable(system: QuorumSystem, budget: Budget): Either<FaultTableError, FaultTable> {
  const { size } = system.processes;
  if (size > maxTableMembers) return E.left({ _tag: 'TooManyProcesses', count: size, most: maxTableMembers });
  const byzantine = coveredSets(system, anyByzantine, budget);
  if (E.isLeft(byzantine)) return byzantine;
  const slow = coveredSets(system, anySlow, budget);
  if (E.isLeft(slow)) return slow;
  // By definition both have the empty set, whatever the system says.
  for (const family of [byzantine.right, slow.right]) family[0] = 1;
  return E.right(new FaultTable(system.processes, byzantine.right, slow.right, budget));
}

/** What `system` says of every set. */
export function coveredSets(
  system: QuorumSystem,
  faults: CoveringFaults,
  budget: Budget,
): Either<FaultTableError, SubsetTable> {
  const { processes } = system;
  const table = tabulate(processes, (set) => system.isCoveredBy(set, faults), budget);
  if (table === undefined)
    return E.left({ _tag: 'OutOfTime', reason: outOfTime(budget, 'the table of faults').reason });
  const broken = findBrokenFall(table);
  if (broken === undefined) return E.right(table);
  const [covered, uncovered] = [setOf(broken.larger, processes), setOf(broken.smaller, processes)];
  return E.left({ _tag: 'NotMonotone', faults, covered, uncovered });
}

/** One line for people. */
export function formatFaultTableError(error: FaultTableError): string {
  switch (error._tag) {
    case 'TooManyProcesses':
      return `${error.count} processes, and all sets are tried of at most ${error.most}`;
    case 'OutOfTime':
      return error.reason;
    case 'NotMonotone':
      return `the quorum system is not monotone: ${error.covered.toString()} is covered but ${error.uncovered.toString()} is not`;
    default:
      return assertNever(error);
  }
}

export class FaultTable {
  private readonly slowSets: FamilyPowers;
  private readonly byzantineSets = new Map<number, FamilyPowers>();

  /** @param byzantine - like `slow` downward closed, over `processes` in their order. */
  constructor(
    readonly processes: ProcessSet,
    private readonly byzantine: SubsetTable,
    private readonly slow: SubsetTable,
    private readonly budget: Budget,
  ) {
    this.slowSets = new FamilyPowers(slow, budget);
  }

  /** A set of 𝓣 that is not in 𝓩; undefined if there is none. */
  slowBeyondByzantine(): ProcessSet | undefined {
    const mask = this.slow.findIndex((entry, index) => entry === 1 && this.byzantine[index] === 0);
    return mask === -1 ? undefined : setOf(mask, this.processes);
  }

  /** Fault sets that contain `set`, by the definition of cover. A fraction of a second at 20 processes, once for each `accused`. */
  findCover(set: ProcessSet, { byzantine, slow = 0, accused }: CoveringFaults): CoverSearch {
    const forced = accused === undefined ? 0 : maskOf(accused, this.processes);
    const faulty = this.faultyWith(forced);
    const [a, b] = [faulty.power(byzantine), this.slowSets.power(slow)];
    if (a === undefined || b === undefined) return this.late();
    const mask = maskOf(set, this.processes);
    const part = splitMask(mask, a, b);
    if (part === undefined) return { _tag: 'none' };
    const some = faulty.find(part, byzantine);
    const others = this.slowSets.find(mask ^ part, slow);
    if (some === 'late' || others === 'late') return this.late();
    if (some === 'none' || others === 'none') return { _tag: 'none' };
    const whole = some.map((one) => one | forced);
    return { _tag: 'found', sets: [...this.named('byzantine', whole), ...this.named('slow', others)] };
  }

  /** Every set that such fault sets contain; undefined where time ran out. */
  covered({ byzantine, slow = 0, accused }: CoveringFaults): SubsetTable | undefined {
    const forced = accused === undefined ? 0 : maskOf(accused, this.processes);
    const [a, b] = [this.faultyWith(forced).power(byzantine), this.slowSets.power(slow)];
    if (a === undefined || b === undefined || this.budget.isSpent()) return undefined;
    if (slow === 0) return a;
    return byzantine === 0 ? b : unionsOf(a, b);
  }

  /** The sets that one of 𝓩 contains together with the processes of `forced`. */
  private faultyWith(forced: number): FamilyPowers {
    const known = this.byzantineSets.get(forced);
    if (known !== undefined) return known;
    const family = forced === 0 ? this.byzantine : this.byzantine.map((_, mask) => this.byzantine[mask | forced] ?? 0);
    const powers = new FamilyPowers(family, this.budget);
    this.byzantineSets.set(forced, powers);
    return powers;
  }

  private named(kind: FaultSet['kind'], masks: readonly number[]): readonly FaultSet[] {
    return masks.map((mask) => ({ kind, members: setOf(mask, this.processes) }));
  }

  private late(): CoverSearch {
    return outOfTime(this.budget, 'covering by fault sets');
  }
}
