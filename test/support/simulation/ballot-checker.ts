/**
 * What correct processes say of ballots: I3, one a view and slot, in views that never fall, across crashes; I4, commit certificates of
 * one view agree; I5, I6, what is decided, whether or not anybody knows it, is the only thing accepted or certified from then on.
 */
import { equalBytes } from '../../../src/prelude/bytes.js';
import type { Digest } from '../../../src/prelude/digest.js';
import type { ProcessId, ProcessSet } from '../../../src/prelude/process.js';
import type { QuorumSystem } from '../../../src/quorum/quorum-system.js';
import type { Ballot } from '../../../src/consensus/statement.js';
import { fail } from './violation.js';

type Said = 'accepts' | 'means to commit' | 'commits' | 'proposes' | 'reports';

/** Who has accepted, or committed, one digest in one view of a slot. */
interface Support {
  readonly view: number;
  readonly digest: Digest;
  by: ProcessSet;
}

interface SlotHistory {
  readonly accepted: Support[];
  readonly committed: Support[];
  readonly certified: Ballot[];
  /** Decided in the lowest view known: a quorum has accepted it, Byzantine processes reckoned among everything. */
  decided?: Ballot;
}

export class BallotChecker {
  private readonly said = new Map<Said, Map<ProcessId, Map<number, Uint8Array>>>();
  private readonly slots = new Map<number, SlotHistory>();

  /** @param byzantine - absent where more are Byzantine than may be: then nothing follows from what may be decided. */
  constructor(
    private readonly system: QuorumSystem,
    private readonly byzantine: ProcessSet | undefined,
  ) {}

  onAccepted(from: ProcessId, ballot: Ballot): void {
    if (!this.isNews(from, 'accepts', ballot.view, ballot.slot, ballot.digest)) return;
    const history = this.history(ballot.slot);
    this.heed(history, ballot, 'accepted');
    const by = support(history.accepted, ballot, this.system.processes.universe.none, from);
    if (this.byzantine !== undefined && this.system.isFastQuorum(by.union(this.byzantine)))
      this.onDecided(history, ballot, 'fast');
  }

  onCommit(from: ProcessId, ballot: Ballot): void {
    if (!this.isNews(from, 'commits', ballot.view, ballot.slot, ballot.digest)) return;
    const history = this.history(ballot.slot);
    const by = support(history.committed, ballot, this.system.processes.universe.none, from);
    if (this.byzantine !== undefined && this.system.isSlowQuorum(by.union(this.byzantine)))
      this.onDecided(history, ballot, 'slow');
  }

  /** Whether a process has not meant to commit in this view and slot before. */
  isFirstCommit(from: ProcessId, { view, slot, digest }: Ballot): boolean {
    return this.isNews(from, 'means to commit', view, slot, digest);
  }

  onPropose(from: ProcessId, view: number, slot: number, signature: Uint8Array): void {
    this.isNews(from, 'proposes', view, slot, signature);
  }

  /** Whether a process has not sent a report for this view before. */
  isFirstReport(from: ProcessId, view: number): boolean {
    return (
      this.said
        .get('reports')
        ?.get(from)
        ?.has(view * 2 ** 20) !== true
    );
  }

  onReport(from: ProcessId, view: number, body: Uint8Array): void {
    this.isNews(from, 'reports', view, 0, body);
  }

  onCertificate({ view, slot, digest }: Ballot): void {
    const history = this.history(slot);
    this.heed(history, { view, slot, digest }, 'certified');
    const known = history.certified.find((other) => other.view === view);
    if (known === undefined) history.certified.push({ view, slot, digest });
    else if (!equalBytes(known.digest, digest)) fail('I4', `two commit certificates of ${view}.${slot}`);
  }

  private onDecided(history: SlotHistory, ballot: Ballot, path: string): void {
    const { view, slot, digest } = ballot;
    if (history.decided !== undefined && !equalBytes(history.decided.digest, digest))
      fail('I1', `slot ${slot} is decided twice, in views ${history.decided.view} and ${view}`);
    if (history.decided !== undefined && history.decided.view <= view) return;
    history.decided = ballot;
    for (const other of history.accepted)
      if (other.view > view && !equalBytes(other.digest, digest))
        fail('I6', `slot ${slot} is decided ${path} in view ${view}, and another value was accepted in ${other.view}`);
    for (const other of history.certified)
      if (other.view >= view && !equalBytes(other.digest, digest))
        fail('I5', `slot ${slot} is decided ${path} in view ${view}, and another value certified in ${other.view}`);
  }

  private heed({ decided }: SlotHistory, { view, slot, digest }: Ballot, what: 'accepted' | 'certified'): void {
    if (decided === undefined || view < decided.view || equalBytes(decided.digest, digest)) return;
    if (view > decided.view || what === 'certified')
      fail(view > decided.view ? 'I6' : 'I5', `${what} ${view}.${slot} against what is decided in ${decided.view}`);
  }

  private isNews(from: ProcessId, said: Said, view: number, slot: number, value: Uint8Array): boolean {
    const byProcess = this.said.get(said) ?? new Map<ProcessId, Map<number, Uint8Array>>();
    if (byProcess.size === 0) this.said.set(said, byProcess);
    const all = byProcess.get(from) ?? new Map<number, Uint8Array>();
    if (all.size === 0) byProcess.set(from, all);
    const place = view * 2 ** 20 + slot;
    const known = all.get(place);
    if (known === undefined) {
      all.set(place, value);
      return true;
    }
    if (known !== value && !equalBytes(known, value))
      fail('I3', `${from} ${said} twice, differently, in ${view}.${slot}`);
    return false;
  }

  private history(slot: number): SlotHistory {
    let history = this.slots.get(slot);
    if (history === undefined) this.slots.set(slot, (history = { accepted: [], committed: [], certified: [] }));
    return history;
  }
}

/** Who supports a ballot, `from` now included. */
function support(all: Support[], { view, digest }: Ballot, none: ProcessSet, from: ProcessId): ProcessSet {
  let found = all.find((other) => other.view === view && equalBytes(other.digest, digest));
  if (found === undefined) all.push((found = { view, digest, by: none }));
  found.by = found.by.with(from);
  return found.by;
}
