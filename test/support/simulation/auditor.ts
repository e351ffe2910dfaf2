/**
 * I13, accountability: where more are Byzantine than may be and agreement breaks, what correct processes have received proves so.
 * Of two contradicting statements of one process either is enough to the other: it accepted or committed two batches in one view
 * and slot, proposed two, reported twice for one view, or reported later without what it had said.
 */
import { equalBytes, toHex } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { batchDigest } from '../../../src/consensus/batch.js';
import { decodeReport } from '../../../src/consensus/codec.js';
import type { Message, Report, SignedReport } from '../../../src/consensus/message.js';
import { isSentBy, signedBallot } from '../../../src/consensus/signed-ballot.js';
import { type Ballot, proposeStatement } from '../../../src/consensus/statement.js';
import type { SimulatedConfiguration } from './configuration.js';

type What = 'votes' | 'commits' | 'proposals';

interface SignedBallot extends Ballot {
  readonly what: What;
}

interface History {
  readonly ballots: Map<string, SignedBallot>;
  readonly reports: Map<number, Report & { readonly body: Uint8Array }>;
}

export class Auditor {
  private readonly histories = new Map<ProcessId, History>();
  /** Whose statements contradict each other. */
  readonly proven = new Set<ProcessId>();

  /** @param config - of any process: its keys verify everybody's shares. */
  constructor(private readonly config: SimulatedConfiguration) {}

  /** A correct process has received this. */
  onReceived(from: ProcessId, message: Message): void {
    switch (message._tag) {
      case 'Accepted':
        this.onProposed(message, message.leaderSignature);
        if (this.isSigned(from, message)) this.onBallot(from, 'votes', message);
        return;
      case 'Commit':
        if (this.isSigned(from, message)) this.onBallot(from, 'commits', message);
        return;
      case 'Propose': {
        const { view, slot, batch, signature } = message;
        this.onProposed({ view, slot, digest: batchDigest(batch) }, signature);
        return;
      }
      case 'Timeouts':
        for (const { view, slot, first, second } of message.evidence)
          for (const { digest, signature } of [first, second]) this.onProposed({ view, slot, digest }, signature);
        return;
      case 'Report':
        this.onReport(message.report);
        return;
      case 'Certify':
        for (const report of message.reports) this.onReport(report);
        return;
      default:
        return;
    }
  }

  private isSigned(from: ProcessId, message: Extract<Message, { _tag: 'Accepted' | 'Commit' }>): boolean {
    const kind = message._tag === 'Accepted' ? 'accepted' : 'commit';
    return isSentBy(this.config, from, signedBallot(kind, message));
  }

  /** What a vote shows of its leader. */
  private onProposed(ballot: Ballot, signature: Uint8Array): void {
    const { allianceId, epoch, identities, leaders } = this.config;
    const { view, slot, digest } = ballot;
    const leader = leaders[(view - 1) % leaders.length];
    const statement = proposeStatement({ allianceId, epoch, keyId: identities.keyId }, { view, slot, digest });
    if (leader !== undefined && identities.verify(leader, statement, signature))
      this.onBallot(leader, 'proposals', ballot);
  }

  private onBallot(from: ProcessId, what: What, { view, slot, digest }: Ballot): void {
    const { ballots, reports } = this.history(from);
    const place = `${what} ${view}.${slot}`;
    const known = ballots.get(place);
    if (known !== undefined && !equalBytes(known.digest, digest)) this.proven.add(from);
    const ballot = { what, view, slot, digest };
    ballots.set(place, ballot);
    for (const report of reports.values()) if (hides(report, ballot)) this.proven.add(from);
  }

  private onReport({ from, view, body }: SignedReport): void {
    const decoded = decodeReport(body);
    if (E.isLeft(decoded)) return;
    const { ballots, reports } = this.history(from);
    const known = reports.get(view);
    if (known !== undefined && !equalBytes(known.body, body)) this.proven.add(from);
    const report = { ...decoded.right, view, body };
    for (const vote of report.votes) this.onProposed(vote, vote.leaderSignature);
    reports.set(view, report);
    for (const ballot of ballots.values()) if (hides(report, ballot)) this.proven.add(from);
  }

  private history(process: ProcessId): History {
    const known = this.histories.get(process) ?? { ballots: new Map(), reports: new Map() };
    this.histories.set(process, known);
    return known;
  }
}

/** Whether a report leaves out what its author said in an earlier view. */
function hides(report: Report, { what, view, slot, digest }: SignedBallot): boolean {
  if (what === 'proposals' || report.view <= view || slot <= (report.checkpoint?.slot ?? 0)) return false;
  const shown = report[what].find((one) => one.slot === slot);
  if (shown === undefined || shown.view < view) return true;
  return shown.view === view && toHex(shown.digest) !== toHex(digest);
}
