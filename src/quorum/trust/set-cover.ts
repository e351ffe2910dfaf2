/**
 * Whether a few of the listed sets, of two kinds, cover a set: exact search, which branches on the process that the fewest sets contain
 * and gives up after so many steps. Set cover is NP-complete; with one or two sets it is quick.
 */
import { bitCount, type ProcessSet } from '../../prelude/process.js';
import type { Budget, FaultSet } from '../verdict.js';

export type SetCover =
  /** Which of the listed sets do; of each kind at most as many as allowed. */
  | { readonly _tag: 'covered'; readonly sets: readonly FaultSet[] }
  | { readonly _tag: 'uncovered' }
  | { readonly _tag: 'unknown' };

/** One number for each kind. */
type Counts = Readonly<Record<FaultSet['kind'], number>>;

/** What is still to be covered, and by how many of what. */
interface Problem extends Counts {
  /** Words of a process set. */
  readonly rest: Uint32Array;
  /** Bits by position in the list of sets. */
  readonly candidates: Uint32Array;
}

export interface SetCoverQuestion extends Counts {
  readonly set: ProcessSet;
  /** Contained in every Byzantine set that is used. */
  readonly accused: ProcessSet;
}

export interface SearchBounds {
  /** How many sets may be looked at. */
  readonly maxSteps: number;
  readonly budget: Budget;
}

/** Listed sets, with an index from each process to those that contain it. */
export class SetList {
  private readonly ofKind: Readonly<Record<FaultSet['kind'], Uint32Array>>;
  /** How many processes the largest set of each kind has. */
  private readonly largest: Counts;
  /** Whether the sets of both kinds are the same. */
  private readonly isOneFamily: boolean;
  /** For each process by its index: which of the sets contain it. */
  private readonly containing: readonly Uint32Array[];

  /** @param sets - of one universe. */
  constructor(private readonly sets: readonly FaultSet[]) {
    const bitsOf = (isIn: (set: FaultSet) => boolean): Uint32Array => {
      const bits = new Uint32Array(Math.ceil(sets.length / 32));
      for (const [index, set] of sets.entries()) if (isIn(set)) addBit(bits, index);
      return bits;
    };
    this.ofKind = {
      byzantine: bitsOf(({ kind }) => kind === 'byzantine'),
      slow: bitsOf(({ kind }) => kind === 'slow'),
    };
    const largestOf = (kind: FaultSet['kind']): number =>
      Math.max(0, ...sets.filter((set) => set.kind === kind).map(({ members }) => members.size));
    this.largest = { byzantine: largestOf('byzantine'), slow: largestOf('slow') };
    const [byzantine, slow] = (['byzantine', 'slow'] as const).map(
      (kind) => new Set(sets.filter((set) => set.kind === kind).map(({ members }) => members.words.join())),
    );
    this.isOneFamily = byzantine?.size === slow?.size && [...(slow ?? [])].every((one) => byzantine?.has(one) === true);
    const processCount = sets[0]?.members.universe.size ?? 0;
    this.containing = Array.from({ length: processCount }, (_, index) =>
      bitsOf(({ members }) => members.hasIndex(index)),
    );
  }

  /**
   * A cover, or that there is none; `unknown` where the search went beyond its `bounds`, which takes questions of three sets or more.
   * None where no Byzantine set contains `accused` and one is to be used.
   */
  findCover(question: SetCoverQuestion, bounds: SearchBounds): SetCover {
    const { set, accused } = question;
    if (set.size > mostOf(question, this.largest)) return { _tag: 'uncovered' };
    const counts = this.isOneFamily && accused.isEmpty ? ofOneFamily(question) : question;
    const candidates = this.ofKind.slow.slice();
    if (counts.slow === 0) candidates.fill(0);
    if (counts.byzantine > 0) {
      const possible = this.containingAll(accused.words, this.ofKind.byzantine);
      if (isZero(possible)) return { _tag: 'uncovered' };
      for (const [index, word] of possible.entries()) candidates[index] = (candidates[index] ?? 0) | word;
    }
    const { byzantine, slow } = counts;
    const found = new Search(this.sets, this, bounds).run({ rest: set.words, candidates, byzantine, slow });
    return found._tag === 'covered' ? { ...found, sets: withKinds(found.sets, question) } : found;
  }

  /** Those of `candidates` that contain all of `processes`. */
  containingAll(processes: Uint32Array, candidates: Uint32Array): Uint32Array {
    const found = candidates.slice();
    let any = 1;
    for (let word = 0; word < processes.length && any !== 0; word++) {
      for (let left = processes[word] ?? 0; left !== 0 && any !== 0; left &= left - 1) {
        any = intersect(found, this.rowOf(32 * word + lowestBit(left)));
      }
    }
    return found;
  }

  /** Those of `candidates` that contain the process which the fewest of them contain. */
  containingRarest(processes: Uint32Array, candidates: Uint32Array): Uint32Array {
    let rarest = 0;
    let fewest = Infinity;
    for (const index of bitsIn(processes)) {
      const row = this.rowOf(index);
      let count = 0;
      for (let word = 0; word < row.length; word++) count += bitCount((row[word] ?? 0) & (candidates[word] ?? 0));
      if (count < fewest) [rarest, fewest] = [index, count];
    }
    return this.rowOf(rarest).map((word, index) => word & (candidates[index] ?? 0));
  }

  /** `problem` after the use of one set. */
  after(problem: Problem, { kind, members }: FaultSet): Problem {
    const { candidates } = problem;
    const byzantine = problem.byzantine - (kind === 'byzantine' ? 1 : 0);
    const slow = problem.slow - (kind === 'slow' ? 1 : 0);
    const left = candidates.slice();
    if (byzantine === 0) removeAll(left, this.ofKind.byzantine);
    if (slow === 0) removeAll(left, this.ofKind.slow);
    const rest = problem.rest.slice();
    removeAll(rest, members.words);
    return { rest, candidates: left, byzantine, slow };
  }

  private rowOf(index: number): Uint32Array {
    return this.containing[index] ?? new Uint32Array(0);
  }
}

/** Where the slow sets are the Byzantine ones, five of one kind: else the same sets would be tried with their kinds exchanged. */
function ofOneFamily({ byzantine, slow }: Counts): Counts {
  return { byzantine: byzantine + slow, slow: 0 };
}

/** The first of them that are Byzantine are taken for slow ones where there are more than `byzantine`. */
function withKinds(sets: readonly FaultSet[], { byzantine }: Counts): readonly FaultSet[] {
  const excess = sets.filter(({ kind }) => kind === 'byzantine').length - byzantine;
  return sets.map((set, index) => (index < excess ? { ...set, kind: 'slow' } : set));
}

/** A problem costs about as much as looking at so many sets, besides those that are looked at. */
const stepsOfProblem = 32;

/** Some milliseconds. */
const stepsBetweenClocks = 2 ** 14;

class Search {
  private steps = 0;
  private nextClock = stepsBetweenClocks;
  private isOver = false;
  private readonly chosen: FaultSet[] = [];

  constructor(
    private readonly sets: readonly FaultSet[],
    private readonly list: SetList,
    private readonly bounds: SearchBounds,
  ) {}

  run(problem: Problem): SetCover {
    if (this.solve(problem)) return { _tag: 'covered', sets: this.chosen };
    return { _tag: this.isOver ? 'unknown' : 'uncovered' };
  }

  private solve(problem: Problem): boolean {
    const { rest, candidates, byzantine, slow } = problem;
    this.steps += stepsOfProblem;
    if (isZero(rest)) return true;
    if (byzantine + slow === 0) return false;
    const [whole] = bitsIn(this.list.containingAll(rest, candidates));
    const one = whole === undefined ? undefined : this.sets[whole];
    if (one !== undefined) this.chosen.push(one);
    if (one !== undefined || byzantine + slow === 1) return one !== undefined;
    const largest = this.largest(problem);
    return mostOf(problem, largest) >= commonCount(rest, rest) && this.branch(problem, largest);
  }

  /** The most that one candidate of each kind contains of what is left. */
  private largest({ rest, candidates }: Problem): Counts {
    const largest = { byzantine: 0, slow: 0 };
    for (const index of bitsIn(candidates)) {
      const set = this.sets[index];
      if (set !== undefined) largest[set.kind] = Math.max(largest[set.kind], commonCount(set.members.words, rest));
      this.steps += 1;
    }
    return largest;
  }

  /** Tries each set with the rarest process, the largest first; one that was tried in vain is in no other cover. */
  private branch(problem: Problem, largest: Counts): boolean {
    const size = commonCount(problem.rest, problem.rest);
    const untried = { ...problem, candidates: problem.candidates.slice() };
    for (const { set, index, count } of this.choices(problem)) {
      if (this.endsHere()) return false;
      const others = mostOf(problem, largest) - largest[set.kind];
      if (count + others >= size) {
        this.chosen.push(set);
        if (this.solve(this.list.after(untried, set))) return true;
        this.chosen.pop();
      }
      dropBit(untried.candidates, index);
    }
    return false;
  }

  private endsHere(): boolean {
    const { maxSteps, budget } = this.bounds;
    this.isOver ||= this.steps > maxSteps;
    if (this.steps >= this.nextClock) {
      this.isOver ||= budget.isSpent();
      this.nextClock = this.steps + stepsBetweenClocks;
    }
    return this.isOver;
  }

  private choices({ rest, candidates }: Problem): readonly Choice[] {
    const choices: Choice[] = [];
    for (const index of bitsIn(this.list.containingRarest(rest, candidates))) {
      const set = this.sets[index];
      if (set !== undefined) choices.push({ set, index, count: commonCount(set.members.words, rest) });
    }
    return choices.sort((a, b) => b.count - a.count);
  }
}

interface Choice {
  readonly set: FaultSet;
  readonly index: number;
  /** How much it contains of what is left. */
  readonly count: number;
}

/** What so many sets contain together if each is as large as the largest of its kind. */
function mostOf({ byzantine, slow }: Counts, largest: Counts): number {
  return byzantine * largest.byzantine + slow * largest.slow;
}

function* bitsIn(words: Uint32Array): Generator<number> {
  for (let word = 0; word < words.length; word++) {
    for (let left = words[word] ?? 0; left !== 0; left &= left - 1) yield 32 * word + lowestBit(left);
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** Leaves in `words` what is in `others` too; returns 0 if that is nothing. */
function intersect(words: Uint32Array, others: Uint32Array): number {
  let any = 0;
  for (let index = 0; index < words.length; index++) any |= words[index] = (words[index] ?? 0) & (others[index] ?? 0);
  return any;
}

function addBit(words: Uint32Array, index: number): void {
  words[index >>> 5] = (words[index >>> 5] ?? 0) | (1 << (index & 31));
}

function dropBit(words: Uint32Array, index: number): void {
  words[index >>> 5] = (words[index >>> 5] ?? 0) & ~(1 << (index & 31));
}

function removeAll(words: Uint32Array, others: Uint32Array): void {
  for (let index = 0; index < words.length; index++) words[index] = (words[index] ?? 0) & ~(others[index] ?? 0);
}

function isZero(words: Uint32Array): boolean {
  return words.every((word) => word === 0);
}

function commonCount(some: Uint32Array, others: Uint32Array): number {
  let count = 0;
  for (let index = 0; index < some.length; index++) count += bitCount((some[index] ?? 0) & (others[index] ?? 0));
  return count;
}
