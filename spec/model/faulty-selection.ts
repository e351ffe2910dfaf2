/**
 * Selection written down once more, over small numbers, with a place for each fault that may be put into it. Without a fault it
 * agrees with the shipping `select` on every set of reports (a test compares them).
 */
import { present } from '../../src/prelude/invariant.js';
import { bitCount, commitOf, none, valueBitOf, viewOf, voteOf } from './coding.js';
import type { Mutant } from './mutant.js';
import { halts, permitting, waits } from './outcome.js';
import type { Setting } from './setting.js';
import type { Reports, Selecting } from './shipping-selection.js';

export function faultySelection(setting: Setting, mutant: Mutant): Selecting {
  const { system, values } = setting;
  const all = (1 << values) - 1;
  const setOf = (bits: number) => present(setting.sets[bits], 'a set of processes');
  const pick = (bits: number): number => permitting(bits & -bits);
  return (reports, leaderOf, accused) => {
    const reporters = bitsWhere(reports, () => true);
    if (!system.isRecoveryQuorum(setOf(reporters))) return waits;
    const highestVote = highest(reports, (code) => viewOf(voteOf(code), values));
    const highestCommit =
      mutant === 'no commit certificate' ? 0 : highest(reports, (code) => viewOf(commitOf(code), values));
    const w = mutant === 'w from votes only' ? highestVote : Math.max(highestVote, highestCommit);
    const committedIn = (view: number): number =>
      mutant === 'no commit certificate' ? 0 : valuesOf(reports, (code) => inView(commitOf(code), view, values));
    if (mutant === 'certificate first' && highestCommit > 0) return pick(committedIn(highestCommit));
    if (w === 0) return permitting(all);
    if (committedIn(w) !== 0) return pick(committedIn(w));

    const voteFor = (code: number): number =>
      mutant === 'votes of all views counted' ? valueBitOf(voteOf(code), values) : inView(voteOf(code), w, values);
    const voted = valuesOf(reports, voteFor);
    const othersThan = (value: number): number => bitsWhere(reports, (code) => voteFor(code) !== value);
    const mayBeDecided = (value: number, by: number): boolean =>
      system.mayBeDecided(setOf(othersThan(value)), setOf(by));
    if (bitCount(voted) === 1) {
      return mutant === 'unique value free' && !mayBeDecided(voted, 0) ? permitting(all) : permitting(voted);
    }
    const eachVoted = [1, 2, 4].filter((value) => (voted & value) !== 0);
    if (mutant === 'plurality') {
      const counts = eachVoted.map((value) => bitCount(othersThan(value)));
      const least = Math.min(...counts);
      // Where several have as many votes, whoever selects may take any.
      return eachVoted.reduce((found, value, index) => found | (counts[index] === least ? permitting(value) : 0), 0);
    }
    const proven = mutant === 'forgotten accused' ? 0 : accused | (1 << leaderOf(w));
    if (!system.canBeFaulty(setOf(proven))) return halts;
    const candidates = eachVoted.filter((value) => mayBeDecided(value, proven));
    const [only] = candidates;
    if (only === undefined) return permitting(all);
    if (candidates.length === 1) return permitting(only);
    return mutant === 'wait taken as free' ? permitting(all) : waits;
  };
}

function inView(ballot: number, view: number, values: number): number {
  return ballot !== none && viewOf(ballot, values) === view ? valueBitOf(ballot, values) : 0;
}

function highest(reports: Reports, viewIn: (code: number) => number): number {
  return reports.reduce<number>((most, code) => Math.max(most, code === undefined ? 0 : viewIn(code)), 0);
}

function valuesOf(reports: Reports, valuesIn: (code: number) => number): number {
  return reports.reduce<number>((union, code) => union | (code === undefined ? 0 : valuesIn(code)), 0);
}

/** The reporters whose report fits. */
function bitsWhere(reports: Reports, fits: (code: number) => boolean): number {
  return reports.reduce<number>(
    (bits, code, process) => (code !== undefined && fits(code) ? bits | (1 << process) : bits),
    0,
  );
}
