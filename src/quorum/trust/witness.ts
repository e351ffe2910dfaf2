/**
 * Sets of faults that cover a given set: the counterexample behind "violated". Constructed along the tree, whatever its size;
 * for a quorum system of a user's own, searched among few processes and otherwise not at all.
 */
import { present } from '../../prelude/invariant.js';
import { ProcessSet, type Universe } from '../../prelude/process.js';
import { type CoverQuestion, judge, OrganizationSystem, type PlacedGate } from './organizations.js';
import type { CoveringFaults, QuorumSystem } from '../quorum-system.js';
import type { FaultSet } from '../verdict.js';

/** Above this many processes a quorum system without a tree gets no witness: the search is exponential. */
export const maxSearchedProcesses = 16;

/**
 * The fault sets whose union contains `set`, exactly as many of each kind as `faults` says.
 *
 * @returns undefined where `set` is not covered, or where no witness is sought ({@link maxSearchedProcesses}).
 */
export function findCover(
  system: QuorumSystem,
  set: ProcessSet,
  faults: CoveringFaults,
): readonly FaultSet[] | undefined {
  if (!system.isCoveredBy(set, faults)) return undefined;
  if (system instanceof OrganizationSystem) return constructCover(system, set, faults);
  return system.processes.size <= maxSearchedProcesses ? searchCover(system, set, faults) : undefined;
}

/** A fault set that is still growing. */
interface Draft {
  readonly kind: FaultSet['kind'];
  readonly words: Uint32Array;
}

function constructCover(system: OrganizationSystem, set: ProcessSet, faults: CoveringFaults): readonly FaultSet[] {
  const question = system.question(set, faults);
  const drafts = [
    ...Array.from({ length: question.byzantine }, () => draft('byzantine', question.accused)),
    ...Array.from({ length: question.slow }, () => draft('slow', system.processes.universe.none.words)),
  ];
  spread(system.root, question, drafts);
  return drafts.map(({ kind, words }) => ({ kind, members: new ProcessSet(system.processes.universe, words) }));
}

function draft(kind: FaultSet['kind'], words: Uint32Array): Draft {
  return { kind, words: words.slice() };
}

/**
 * The recursion of `judge`, done instead of counted: below a covered `node`, children that the accused force go to every Byzantine
 * set, those left uncovered to one owner each, and within the covered ones the same again.
 */
function spread(node: PlacedGate, question: CoverQuestion, drafts: readonly Draft[]): void {
  const verdicts = node.children.map((child) => ({ child, verdict: judge(child, question) }));
  const forced = verdicts.filter(({ verdict }) => verdict === 'forced');
  const owners = drafts.flatMap((one) =>
    Array.from({ length: one.kind === 'byzantine' ? node.f - forced.length : node.t }, () => one),
  );
  for (const { child } of forced) {
    for (const one of drafts) if (one.kind === 'byzantine') give(one, child.members);
  }
  let ownerIndex = 0;
  for (const { child, verdict } of verdicts) {
    if (verdict === 'uncovered') give(present(owners[ownerIndex++], 'a covered gate has enough owners'), child.members);
    else if (verdict === 'covered') spread(child, question, drafts);
  }
}

function give({ words }: Draft, members: ProcessSet): void {
  for (const [index, word] of members.words.entries()) words[index] = (words[index] ?? 0) | word;
}

/** Takes off one fault set after another, each such that the others cover what is left: `isCoveredBy` says so, so no step is taken back. */
function searchCover(
  system: QuorumSystem,
  set: ProcessSet,
  { byzantine, slow = 0, accused = set.universe.none }: CoveringFaults,
): readonly FaultSet[] | undefined {
  if (byzantine === 0 && slow === 0) return [];
  const kind = byzantine > 0 ? 'byzantine' : 'slow';
  const rest = kind === 'byzantine' ? { byzantine: byzantine - 1, slow, accused } : { byzantine, slow: slow - 1 };
  const one = kind === 'byzantine' ? { byzantine: 1, accused } : { byzantine: 0, slow: 1 };
  for (const part of subsetsOf(set)) {
    if (!system.isCoveredBy(part, one) || !system.isCoveredBy(set.minus(part), rest)) continue;
    const others = searchCover(system, set.minus(part), rest);
    const members = kind === 'byzantine' ? part.union(accused) : part;
    return others === undefined ? undefined : [{ kind, members }, ...others];
  }
  return undefined;
}

/** Every subset of a small `set`, the empty one first. */
export function* subsetsOf(set: ProcessSet): Generator<ProcessSet> {
  const ids = [...set];
  const universe: Universe = set.universe;
  for (let mask = 0; mask < 2 ** ids.length; mask++) {
    yield universe.of(ids.filter((_, index) => ((mask >>> index) & 1) === 1));
  }
}
