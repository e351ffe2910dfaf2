/** What the model knows of a run: acceptances, commits, reports and certificates as facts, slot by slot, and what they decide. */
import { type Digest } from '../../src/prelude/digest.js';
import { toHex } from '../../src/prelude/bytes.js';
import type { ProcessId, ProcessSet } from '../../src/prelude/process.js';
import type { QuorumSystem } from '../../src/quorum/quorum-system.js';
import type { Verdict } from '../../src/consensus/message.js';
import type { Ballot, Progress } from '../../src/consensus/statement.js';

/** What some correct process has certified, with the verdicts behind its root. */
export interface Certified extends Progress {
  readonly verdicts: readonly Verdict[];
}

export interface Decided {
  readonly slot: number;
  readonly view: number;
  readonly digest: string;
}

export class SlotFacts {
  readonly certified = new Map<string, Certified>();
  private readonly accepted = new Map<string, ProcessSet>();
  private readonly committed = new Map<string, ProcessSet>();
  private readonly decisions = new Map<string, Decided>();

  /** @param byzantine - whose acceptances and commits are taken to exist for everything. */
  constructor(
    readonly system: QuorumSystem,
    readonly byzantine: ProcessSet,
  ) {}

  accept(process: ProcessId, ballot: Ballot): void {
    const by = this.add(this.accepted, process, ballot);
    if (this.system.isFastQuorum(by)) this.decide(ballot);
  }

  commit(process: ProcessId, ballot: Ballot): void {
    const by = this.add(this.committed, process, ballot);
    if (this.system.isSlowQuorum(by)) this.decide(ballot);
  }

  /** Whether there can be a commit certificate. */
  isCertified(ballot: Ballot): boolean {
    return this.system.isSlowQuorum(this.accepted.get(nameOf(ballot)) ?? this.byzantine);
  }

  isDecided(slot: number, digest: Digest): boolean {
    return this.decided.some((decision) => decision.slot === slot && decision.digest === toHex(digest));
  }

  get decided(): readonly Decided[] {
    return [...this.decisions.values()];
  }

  private add(facts: Map<string, ProcessSet>, process: ProcessId, ballot: Ballot): ProcessSet {
    const by = (facts.get(nameOf(ballot)) ?? this.byzantine).with(process);
    facts.set(nameOf(ballot), by);
    return by;
  }

  private decide(ballot: Ballot): void {
    const { slot, view, digest } = ballot;
    this.decisions.set(nameOf(ballot), { slot, view, digest: toHex(digest) });
  }
}

/** View, slot and digest of a ballot in one word. */
export function nameOf({ view, slot, digest }: Ballot): string {
  return `${view}.${slot} ${toHex(digest)}`;
}

export function progressName({ view, low, top, root }: Progress): string {
  return `${view} ${low} ${top} ${toHex(root)}`;
}

/** What a certified vector says of a slot. */
export function verdictOn({ low, top, verdicts }: Certified, slot: number): Verdict {
  if (slot <= low) return { _tag: 'closed' };
  return (slot > top ? undefined : verdicts[slot - low - 1]) ?? { _tag: 'free' };
}
