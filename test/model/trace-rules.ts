/**
 * Judges a trace by the rules of the model, step by step of the correct processes: a vote only where it was permitted, a COMMIT only
 * on a slow quorum and in its view, a report that shows everything, a certificate only where selection on valid reports
 * gives it, a decision only by a quorum; and in the end, certificates respect decisions and no two decisions differ.
 */
import { toHex } from '../../src/prelude/bytes.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId, ProcessSet } from '../../src/prelude/process.js';
import type { QuorumSystem } from '../../src/quorum/quorum-system.js';
import { batchDigest, noopDigest } from '../../src/consensus/batch.js';
import { decodeReport } from '../../src/consensus/codec.js';
import type { Effect } from '../../src/consensus/effect.js';
import { verdictsOf } from '../../src/consensus/evidence.js';
import type { Message, Report, SignedReport, Vote } from '../../src/consensus/message.js';
import { permits, select } from '../../src/consensus/selection.js';
import type { Ballot } from '../../src/consensus/statement.js';
import { right } from '../support/right.js';
import { type Certified, nameOf, progressName, SlotFacts, verdictOn } from './slot-facts.js';

type OfTag<T extends Message['_tag']> = Extract<Message, { _tag: T }>;

class RuleBroken extends Error {}

/** What one correct process has shown of itself. */
class Conduct {
  promised = 1;
  /** By slot: the view of the last vote and of the highest COMMIT, which it must remember. */
  voted = new Map<number, number>();
  committed = new Map<number, number>();
  /** The same, of those that have left, so that it must remember them even after a crash. */
  readonly votedAloud = new Map<number, number>();
  readonly committedAloud = new Map<number, number>();
  /** Every vote, and every COMMIT, that it has made. */
  readonly votes = new Set<string>();
  readonly commits = new Set<string>();
  readonly reports = new Map<number, string>();
  readonly proposals = new Map<string, string>();
  readonly requests: OfTag<'Certify'>[] = [];
}

/** Of one epoch. */
export interface TraceSetting {
  /** The last slot before the epoch's first. */
  readonly start?: number;
  readonly system: QuorumSystem;
  readonly leaders: readonly ProcessId[];
  readonly byzantine: ProcessSet;
}

export class TraceRules {
  /** How often each rule was asked. */
  readonly counts = { vote: 0, commit: 0, report: 0, certificate: 0, decision: 0 };
  private readonly facts: SlotFacts;
  private readonly conducts = new Map<ProcessId, Conduct>();

  constructor(private readonly setting: TraceSetting) {
    this.facts = new SlotFacts(setting.system, setting.byzantine);
  }

  /** A correct process is given a message. */
  onReceived(process: ProcessId, message: Message): void {
    if (message._tag === 'Certify') this.conduct(process).requests.push(message);
  }

  /** A correct process asks for something. */
  onEffect(process: ProcessId, effect: Effect): void {
    if (effect._tag === 'View') this.conduct(process).promised = effect.view;
    else if (effect._tag === 'Persist' && effect.record._tag === 'Vote') this.onVote(process, effect.record.vote);
    else if (effect._tag === 'Persist' && effect.record._tag === 'Report') this.onReport(process, effect.record.report);
    else if (effect._tag === 'Send' && effect.message._tag === 'Commit') this.onCommit(process, effect.message);
    else if (effect._tag === 'Send' && effect.message._tag === 'Propose') this.onPropose(process, effect.message);
    else if (effect._tag === 'Send' && effect.message._tag === 'Certified') this.onCertified(process, effect.message);
    else if (effect._tag === 'Decide' && effect.path !== 'transfer') this.onDecide(process, effect);
  }

  /** A message of a correct process really leaves: all that it waits for is durable. */
  onSent(process: ProcessId, message: Message): void {
    const { votedAloud, committedAloud } = this.conduct(process);
    if (message._tag === 'Accepted') {
      this.facts.accept(process, message);
      raise(votedAloud, message);
    } else if (message._tag === 'Commit') {
      this.facts.commit(process, message);
      raise(committedAloud, message);
    }
  }

  /** A correct process comes back, in a view; what had not left may be forgotten. */
  onRestart(process: ProcessId, view: number): void {
    const conduct = this.conduct(process);
    conduct.promised = view;
    conduct.voted = new Map(conduct.votedAloud);
    conduct.committed = new Map(conduct.committedAloud);
  }

  /** After the run. */
  finish(): void {
    const { decided, certified } = this.facts;
    for (const { slot, digest } of decided) {
      if (decided.some((other) => other.slot === slot && other.digest !== digest))
        throw new RuleBroken(`slot ${slot} is decided twice`);
    }
    for (const { slot, view, digest } of decided) {
      for (const certificate of certified.values()) {
        if (certificate.view > view && !this.respects(certificate, slot, digest))
          throw new RuleBroken(`view ${certificate.view} permits another value than that decided in slot ${slot}`);
      }
    }
  }

  private respects(certificate: Certified, slot: number, digest: string): boolean {
    const verdict = verdictOn(certificate, slot);
    if (verdict._tag === 'pick') return toHex(verdict.digest) === digest;
    return verdict._tag === 'closed' || (verdict._tag === 'noop' && toHex(noopDigest) === digest);
  }

  /** R3, R9. */
  private onVote(process: ProcessId, vote: Vote): void {
    this.counts.vote += 1;
    const conduct = this.conduct(process);
    const { view, slot } = vote;
    if (view < conduct.promised) this.broken(process, `votes in view ${view} after it promised ${conduct.promised}`);
    if ((conduct.voted.get(slot) ?? 0) >= view) this.broken(process, `votes again in view ${view}, slot ${slot}`);
    if (!this.isProposed(vote)) this.broken(process, `votes for what nobody proposed in ${view}.${slot}`);
    if (!this.isPermitted(vote)) this.broken(process, `votes for what is not permitted in ${view}.${slot}`);
    conduct.voted.set(slot, view);
    conduct.votes.add(nameOf(vote));
  }

  private isProposed(ballot: Ballot): boolean {
    const leader = this.leaderOf(ballot.view);
    if (this.setting.byzantine.has(leader)) return true;
    return this.conduct(leader).proposals.get(`${ballot.view}.${ballot.slot}`) === toHex(ballot.digest);
  }

  /** By a certificate that a correct process has signed, and not merely by one that verifies. */
  private isPermitted({ view, slot, digest, permit }: Vote): boolean {
    if (view === 1) return permit === undefined;
    if (permit?.certificate.view !== view) return false;
    const certified = this.facts.certified.get(progressName(permit.certificate));
    return certified !== undefined && permits(verdictOn(certified, slot), digest, noopDigest);
  }

  private onCommit(process: ProcessId, ballot: Ballot): void {
    const conduct = this.conduct(process);
    if (conduct.commits.has(nameOf(ballot))) return;
    this.counts.commit += 1;
    const { view, slot } = ballot;
    if (view !== conduct.promised) this.broken(process, `commits in view ${view}, being in ${conduct.promised}`);
    if (!this.facts.isCertified(ballot)) this.broken(process, `commits without a slow quorum in ${view}.${slot}`);
    conduct.commits.add(nameOf(ballot));
    conduct.committed.set(slot, view);
  }

  private onPropose(process: ProcessId, { view, slot, batch }: OfTag<'Propose'>): void {
    const { proposals } = this.conduct(process);
    const digest = toHex(batchDigest(batch));
    const known = proposals.get(`${view}.${slot}`) ?? digest;
    if (known !== digest) this.broken(process, `proposes twice in ${view}.${slot}`);
    proposals.set(`${view}.${slot}`, digest);
  }

  /** R4, R5: everything above its checkpoint that it must remember, and nothing that it did not do. */
  private onReport(process: ProcessId, { view, body }: SignedReport): void {
    this.counts.report += 1;
    const conduct = this.conduct(process);
    const report = right(decodeReport(body));
    const low = report.checkpoint?.slot ?? this.setting.start ?? 0;
    if (view !== conduct.promised) this.broken(process, `reports for view ${view}, being in ${conduct.promised}`);
    for (const [slot, voted] of conduct.voted) {
      const shown = report.votes.find((vote) => vote.slot === slot);
      if (slot > low && (shown?.view ?? 0) < voted)
        this.broken(process, `leaves its vote in slot ${slot} out of its report`);
    }
    for (const [slot, committed] of conduct.committed) {
      const shown = report.commits.find((commit) => commit.slot === slot);
      if (slot > low && (shown?.view ?? 0) < committed)
        this.broken(process, `leaves its certificate in slot ${slot} out of its report`);
    }
    if (!report.votes.every((vote) => conduct.votes.has(nameOf(vote))))
      this.broken(process, 'reports a vote that it did not cast');
    if (!this.isShown(view, report)) this.broken(process, `reports for view ${view} what cannot be`);
    conduct.reports.set(view, toHex(body));
  }

  /** Whether a report shows only what exists: what the model lets Byzantine processes report, too. */
  private isShown(view: number, { votes, commits }: Report): boolean {
    return (
      [...votes, ...commits].every((ballot) => ballot.view < view) &&
      votes.every((vote) => this.isProposed(vote) && this.isPermitted(vote)) &&
      commits.every((certificate) => this.facts.isCertified(certificate))
    );
  }

  /** R7, R8: some request that it was given leads to just this. */
  private onCertified(process: ProcessId, { progress }: OfTag<'Certified'>): void {
    const name = progressName(progress);
    this.counts.certificate += 1;
    for (const request of this.conduct(process).requests) {
      const certified = this.selected(request);
      if (certified === undefined || progressName(certified) !== name) continue;
      this.facts.certified.set(name, certified);
      return;
    }
    this.broken(process, `certifies what selection does not give for view ${progress.view}`);
  }

  private selected({ view, reports: signed, evidence }: OfTag<'Certify'>): Certified | undefined {
    const { system, byzantine, start = 0 } = this.setting;
    const reports = new Map<ProcessId, Report>();
    for (const one of signed) {
      const decoded = decodeReport(one.body);
      if (decoded._tag === 'Left' || one.view !== view || !this.isShown(view, decoded.right)) return undefined;
      const isGenuine = byzantine.has(one.from) || this.conduct(one.from).reports.get(view) === toHex(one.body);
      if (!isGenuine) return undefined;
      reports.set(one.from, decoded.right);
    }
    const accused = system.processes.universe.of(evidence.map(({ leader }) => leader));
    if (!accused.isSubsetOf(byzantine)) return undefined;
    const selection = select({ system, leaderOf: (of) => this.leaderOf(of), reports, start, accused });
    if (selection._tag !== 'selected') return undefined;
    const { low, top, verdicts } = selection;
    return { view, low, top, root: verdictsOf(verdicts).tree.root, verdicts };
  }

  private onDecide(process: ProcessId, { slot, batch }: Extract<Effect, { _tag: 'Decide' }>): void {
    this.counts.decision += 1;
    if (!this.facts.isDecided(slot, batchDigest(batch))) this.broken(process, `decides slot ${slot} without a quorum`);
  }

  private leaderOf(view: number): ProcessId {
    const { leaders } = this.setting;
    return present(leaders[(view - 1) % leaders.length], 'somebody leads');
  }

  private conduct(process: ProcessId): Conduct {
    const known = this.conducts.get(process) ?? new Conduct();
    this.conducts.set(process, known);
    return known;
  }

  private broken(process: ProcessId, what: string): never {
    throw new RuleBroken(`${process} ${what}`);
  }
}

function raise(views: Map<number, number>, { slot, view }: Ballot): void {
  views.set(slot, Math.max(view, views.get(slot) ?? 0));
}
