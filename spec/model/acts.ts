/** What the processes can do in one view: the leader proposes, correct processes accept, commit and learn old certificates. */
import {
  ballotOf,
  commitOf,
  none,
  type Renaming,
  setIn,
  shown,
  valueBitOf,
  viewOf,
  voteOf,
  withSet,
} from './coding.js';
import { keptOf } from './certification.js';
import { accusingMutants, type Mutant } from './mutant.js';
import { permittedBy } from './outcome.js';
import type { Setting } from './setting.js';

/** Told of each successor; the array is used again. */
export type OnSuccessor = (state: Uint16Array, isTorn: boolean) => void;

/** A choice of one process: the values that it accepts or commits, and what it then remembers. */
interface Choice {
  readonly said: number;
  readonly kept: number;
}

export class Acts {
  private readonly firstAlike: number;
  private readonly words: Uint16Array;
  private readonly next: Uint16Array;
  private readonly candidate: Uint16Array;
  private readonly acceptChoices: (readonly Choice[])[] = [];
  private readonly commitChoices = new Map<number, readonly Choice[]>();
  /** Of each process: which of its choices is being followed, when accepting and when committing, and what it held in between. */
  private readonly picked: Int32Array;
  private readonly pickedCommit: Int32Array;
  private readonly between: Uint16Array;
  private state: Uint16Array = new Uint16Array(0);
  private kept = 0;
  private proposed = 0;
  private certified = 0;
  private fast = 0;

  constructor(
    private readonly setting: Setting,
    private readonly mutant: Mutant,
    private readonly view: number,
    private readonly leader: number,
    private readonly renamings: readonly Renaming[],
    private readonly onSuccessor: OnSuccessor,
  ) {
    this.firstAlike = accusingMutants.has(mutant) ? 1 : 0;
    const width = setting.correct + 3;
    this.words = new Uint16Array(setting.correct);
    this.next = new Uint16Array(width);
    this.candidate = new Uint16Array(width);
    this.picked = new Int32Array(setting.correct);
    this.pickedCommit = new Int32Array(setting.correct);
    this.between = new Uint16Array(setting.correct);
  }

  /** @param outcomes - what can be certified for this view. */
  from(state: Uint16Array, outcomes: number): void {
    this.state = state;
    const permitted = permittedBy(outcomes);
    for (const proposed of this.proposals(permitted)) {
      this.proposed = proposed;
      const isByzantine = this.leader >= this.setting.correct;
      this.kept = isByzantine ? keptOf(proposed, outcomes, this.mutant) : proposed;
      this.accept(0, 0, 0, 0);
    }
  }

  /** A Byzantine leader signs all that it may; a correct one at most one value. */
  private proposals(permitted: number): readonly number[] {
    if (this.leader >= this.setting.correct) return [permitted];
    const subsets: number[] = [];
    for (let set = permitted; ; set = (set - 1) & permitted) {
      if ((set & (set - 1)) === 0 || this.mutant === 'leader proposes twice') subsets.push(set);
      if (set === 0) return subsets;
    }
  }

  private accept(process: number, first: number, second: number, third: number): void {
    const { correct, byzantineBits, isSlow, isFast, values } = this.setting;
    if (process === correct) {
      const { state } = this;
      const by = [first | byzantineBits, second | byzantineBits, third | byzantineBits];
      let slow = 0;
      this.fast = 0;
      for (let value = 0; value < values; value++) {
        slow |= (isSlow[by[value] ?? 0] ?? 0) << value;
        this.fast |= (isFast[by[value] ?? 0] ?? 0) << value;
      }
      this.certified = withSet(state[correct + 1] ?? 0, this.view, slow);
      this.commit(0, 0, 0, 0);
      return;
    }
    const word = this.state[process] ?? 0;
    const choices = this.acceptChoicesOf(voteOf(word));
    const isAlike = process > this.firstAlike && word === this.state[process - 1];
    const bit = 1 << process;
    for (let index = isAlike ? (this.picked[process - 1] ?? 0) : 0; index < choices.length; index++) {
      const choice = choices[index];
      if (choice === undefined) continue;
      const { said, kept } = choice;
      this.picked[process] = index;
      this.words[process] = shown(kept, commitOf(word));
      this.accept(
        process + 1,
        (said & 1) === 0 ? first : first | bit,
        (said & 2) === 0 ? second : second | bit,
        (said & 4) === 0 ? third : third | bit,
      );
    }
  }

  private acceptChoicesOf(vote: number): readonly Choice[] {
    const key = vote * 8 + this.proposed;
    return (this.acceptChoices[key] ??= this.makeAcceptChoices(vote));
  }

  private makeAcceptChoices(vote: number): readonly Choice[] {
    const { values } = this.setting;
    const choices: Choice[] = [{ said: 0, kept: vote }];
    for (let said = 1; said <= this.proposed; said++) {
      const isOne = (said & (said - 1)) === 0;
      if ((said & this.proposed) !== said || (!isOne && this.mutant !== 'vote not durable')) continue;
      for (let value = 0; value < values; value++) {
        if (((said >> value) & 1) === 1) choices.push({ said, kept: ballotOf(this.view, value, values) });
      }
      // Accepted after it had promised the next view, or forgotten: the report shows what was before.
      if (this.mutant === 'late accept' || this.mutant === 'vote not durable') choices.push({ said, kept: vote });
    }
    return choices;
  }

  private commit(process: number, first: number, second: number, third: number): void {
    const { correct } = this.setting;
    if (process === correct) {
      this.finish(first, second, third);
      return;
    }
    const word = this.words[process] ?? 0;
    const choices = this.commitChoicesOf(commitOf(word));
    const isAlike = process > this.firstAlike && word === this.between[process - 1] && this.isSameOrigin(process);
    const bit = 1 << process;
    this.between[process] = word;
    for (let index = isAlike ? (this.pickedCommit[process - 1] ?? 0) : 0; index < choices.length; index++) {
      const choice = choices[index];
      if (choice === undefined) continue;
      this.pickedCommit[process] = index;
      this.words[process] = shown(voteOf(word), choice.kept);
      this.commit(
        process + 1,
        (choice.said & 1) === 0 ? first : first | bit,
        (choice.said & 2) === 0 ? second : second | bit,
        (choice.said & 4) === 0 ? third : third | bit,
      );
    }
    this.words[process] = word;
  }

  /** Where earlier reports are kept, processes with different ones are not alike. */
  private isSameOrigin(process: number): boolean {
    return this.mutant !== 'earlier report reused' || this.state[process] === this.state[process - 1];
  }

  private commitChoicesOf(commit: number): readonly Choice[] {
    const key = this.certified * 16 + commit;
    const known = this.commitChoices.get(key);
    if (known !== undefined) return known;
    const made = this.makeCommitChoices(commit);
    this.commitChoices.set(key, made);
    return made;
  }

  private makeCommitChoices(commit: number): readonly Choice[] {
    const { values } = this.setting;
    const choices: Choice[] = [{ said: 0, kept: commit }];
    const held = viewOf(commit, values);
    if (this.mutant === 'certificate not durable' && commit !== none) choices.push({ said: 0, kept: none });
    for (let view = held + 1; view <= this.view; view++) {
      for (let value = 0; value < values; value++) {
        if (((setIn(this.certified, view) >> value) & 1) === 0) continue;
        const kept = ballotOf(view, value, values);
        // A certificate of a view that was left is kept and not committed.
        const said = view === this.view ? valueBitOf(kept, values) : 0;
        choices.push({ said, kept });
        if (said === 0) continue;
        // Committed after it had promised the next view, or forgotten.
        if (this.mutant === 'late commit' || this.mutant === 'certificate not durable')
          choices.push({ said, kept: commit });
      }
    }
    return choices;
  }

  private finish(first: number, second: number, third: number): void {
    const { correct, byzantineBits, isSlow, values } = this.setting;
    const { state, next } = this;
    let decided = this.fast;
    const by = [first, second, third];
    for (let value = 0; value < values; value++) decided |= (isSlow[(by[value] ?? 0) | byzantineBits] ?? 0) << value;
    const keepsReports = this.mutant === 'earlier report reused';
    for (let process = 0; process < correct; process++) {
      const reported = keepsReports ? ((state[process] ?? 0) & 255) << 8 : 0;
      next[process] = (this.words[process] ?? 0) | reported;
    }
    next[correct] = withSet(state[correct] ?? 0, this.view, this.kept);
    next[correct + 1] = this.certified;
    next[correct + 2] = (state[correct + 2] ?? 0) | decided;
    const certified = setIn(this.certified, this.view) | decided;
    const isTorn = setIn(this.certified, this.view) !== 0 && (certified & (certified - 1)) !== 0;
    this.onSuccessor(this.canonical(), isTorn);
  }

  /** The least of all renamings of values, interchangeable processes in ascending order. */
  private canonical(): Uint16Array {
    const { correct } = this.setting;
    const { next, candidate } = this;
    sort(next, this.firstAlike, correct);
    for (let index = 1; index < this.renamings.length; index++) {
      const renaming = this.renamings[index];
      if (renaming === undefined) continue;
      for (let process = 0; process < correct; process++) {
        candidate[process] = renaming.processes[next[process] ?? 0] ?? 0;
      }
      candidate[correct] = renaming.sets[next[correct] ?? 0] ?? 0;
      candidate[correct + 1] = renaming.sets[next[correct + 1] ?? 0] ?? 0;
      candidate[correct + 2] = renaming.set[next[correct + 2] ?? 0] ?? 0;
      sort(candidate, this.firstAlike, correct);
      if (isBefore(candidate, next)) next.set(candidate);
    }
    return next;
  }
}

/** By insertion: few words, and nearly sorted. */
function sort(words: Uint16Array, from: number, to: number): void {
  for (let index = from + 1; index < to; index++) {
    const word = words[index] ?? 0;
    let at = index;
    for (; at > from && (words[at - 1] ?? 0) > word; at--) words[at] = words[at - 1] ?? 0;
    words[at] = word;
  }
}

function isBefore(a: Uint16Array, b: Uint16Array): boolean {
  for (let index = 0; index < a.length; index++) {
    const [one, other] = [a[index] ?? 0, b[index] ?? 0];
    if (one !== other) return one < other;
  }
  return false;
}
