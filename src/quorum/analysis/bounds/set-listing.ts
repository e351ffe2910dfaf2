/** A list of minimal sets that is found as far as somebody reads it, once for all readers, and not beyond its limits. */
import type { Budget } from '../../verdict.js';
import { minimalSets, type Property } from './minimal-set-search.js';

/** Questions about sets that one list may take. */
const maxAsked = 400_000;

/** Of the time that there is, the share that one list may take. */
const share = 0.2;

export class SetListing {
  private readonly found: (readonly number[])[] = [];
  private readonly source: Iterator<readonly number[]>;
  private isOver = false;
  private wasCut = false;
  private asked = 0;
  private spentMs = 0;
  private startMs = 0;

  constructor(
    holds: Property,
    memberCount: number,
    private readonly budget: Budget,
  ) {
    const counted: Property = (set) => {
      this.asked += 1;
      return holds(set);
    };
    this.source = minimalSets(counted, memberCount, () => this.isSpent());
  }

  /** Reads to the end; whether that is the end of the list, or only of the limits. */
  readAll(): { readonly sets: readonly (readonly number[])[]; readonly isComplete: boolean } {
    while (this.read());
    return { sets: this.found, isComplete: !this.wasCut };
  }

  /** What has been found, then what is found from there on. */
  *[Symbol.iterator](): Generator<readonly number[]> {
    for (let index = 0; ; index++) {
      const set = this.found[index] ?? (this.read() ? this.found[index] : undefined);
      if (set === undefined) return;
      yield set;
    }
  }

  private read(): boolean {
    if (this.isOver) return false;
    this.startMs = this.budget.elapsedMs();
    const step = this.source.next();
    this.spentMs += this.budget.elapsedMs() - this.startMs;
    if (step.done === true) this.isOver = true;
    else this.found.push(step.value);
    return !this.isOver;
  }

  private isSpent(): boolean {
    const spentMs = this.spentMs + this.budget.elapsedMs() - this.startMs;
    this.wasCut ||= this.asked > maxAsked || spentMs > share * this.budget.limitMs || this.budget.isSpent();
    return this.wasCut;
  }
}
