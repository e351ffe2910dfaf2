/**
 * How a new view gets its progress certificate (rules R6-R8): the leader collects reports and selects; certifiers select again
 * on the same reports and sign the outcome; the shares of a vouching set combine. Certifying reads no state but configuration.
 */
import { equalBytes } from '../prelude/bytes.js';
import { E } from '../prelude/fp.js';
import type { ProcessId } from '../prelude/process.js';
import { type CombineResult, rejectedSenders } from '../schemes/contract/distributed-signer.js';
import { noteDoubleReport, noteHiddenVotes } from './accusation.js';
import { recallReport } from './amnesia.js';
import { noopDigest } from './batch.js';
import { wantBatch } from './batch-fetching.js';
import { onStableCheckpoint } from './checkpoint.js';
import type { Context } from './context.js';
import { isEquivocation, verdictsOf } from './evidence.js';
import type { Equivocation, Message, Report, SignedReport, Verdict } from './message.js';
import { select } from './selection.js';
import { requestShare } from './signing.js';
import { type Collection, heldBatch } from './state.js';
import { type Progress, progressStatement } from './statement.js';
import { checkReport } from './view-change.js';

/** Requests for certification answered for one leader in one view: enough for retries, bounded against floods. */
const certifyAnswersPerView = 32;

/** Keeps a report for the view it is for; read when this process leads that view. */
export function onReport(c: Context, from: ProcessId, { report }: Extract<Message, { _tag: 'Report' }>): void {
  if (report.from !== from || report.view < c.state.view || c.leaderOf(report.view) !== c.config.me) return;
  const known = c.state.reports.get(from);
  noteDoubleReport(c, known ?? c.state.collection.reports.get(from)?.signed, report);
  if (known === undefined || known.view < report.view) c.state.reports.set(from, report);
}

/** R6, R7, as the leader: counts the reports whose batches it holds, and asks for certification once selection ends. */
export function advanceCollection(c: Context): void {
  const { state } = c;
  const { collection } = state;
  if (!c.isLeader || state.view === 1 || state.view <= state.spentView || state.proposals !== undefined) return;
  if (collection.asked !== undefined) return;
  admitReports(c, collection);
  const counted = [...collection.reports].filter(([from, { report }]) => holdsBatches(c, from, report));
  const evidence = [...state.evidence.values()];
  const selection = select({
    system: c.config.system,
    leaderOf: (view) => c.leaderOf(view),
    reports: new Map(counted.map(([from, { report }]) => [from, report])),
    start: c.start,
    accused: c.accused,
  });
  if (selection._tag === 'wait') return;
  if (selection._tag === 'halt') {
    c.halt({ _tag: 'TrustModelViolated', slot: selection.slot, evidence });
    return;
  }
  const { low, top } = selection;
  const verdicts = verdictsOf(selection.verdicts);
  const progress = { view: state.view, low, top, root: verdicts.tree.root };
  const reports = counted.map(([, { signed }]) => signed);
  collection.asked = { progress, verdicts, reports, evidence, shares: new Map(), combining: false };
  c.broadcast(certifyRequest(c, collection.asked), state.viewPersisted);
}

/** The request to certify, to be sent again to who may have missed it. */
export function certifyRequest(c: Context, { reports, evidence }: NonNullable<Collection['asked']>): Message {
  return { _tag: 'Certify', view: c.state.view, reports, evidence };
}

/** As a leader that waits for shares: asks those again that have given none. */
export function askCertifiersAgain(c: Context): void {
  const { asked } = c.state.collection;
  if (!c.isLeader || asked === undefined || c.state.proposals !== undefined) return;
  const message = certifyRequest(c, asked);
  for (const process of c.config.system.processes) {
    if (!asked.shares.has(process)) c.send(process, message, c.state.viewPersisted);
  }
}

function admitReports(c: Context, collection: Collection): void {
  for (const [from, signed] of c.state.reports) {
    if (signed.view < c.state.view) c.state.reports.delete(from);
    if (signed.view !== c.state.view) continue;
    c.state.reports.delete(from);
    if (collection.reports.has(from)) continue;
    const checked = checkReport(c, signed);
    if (E.isLeft(checked)) {
      c.blame(from, { _tag: 'InvalidMessage', reason: `its report is not valid: ${checked.left}` });
      continue;
    }
    collection.reports.set(from, { signed, report: checked.right });
    noteHiddenVotes(c, signed, checked.right);
    // A leader that is behind must have the window in which it is to propose.
    if (checked.right.checkpoint !== undefined) onStableCheckpoint(c, from, checked.right.checkpoint);
  }
}

/** R6: a vote counts only with its batch, which its reporter can always deliver; a reporter that does not is as good as silent. */
function holdsBatches(c: Context, from: ProcessId, report: Report): boolean {
  const missing = report.votes.filter(
    ({ slot, digest }) =>
      slot > c.state.low && !equalBytes(digest, noopDigest) && heldBatch(c.state.slots.get(slot), digest) === undefined,
  );
  for (const { slot, digest } of missing) wantBatch(c, slot, digest, [from]);
  return missing.length === 0;
}

/** R8, as a certifier. */
export function onCertify(c: Context, from: ProcessId, message: Extract<Message, { _tag: 'Certify' }>): void {
  if (c.leaderOf(message.view) !== from || !countCertify(c, from, message.view)) return;
  for (const report of message.reports) recallReport(c, report);
  if (c.state.halted) return;
  const outcome = recompute(c, message.view, message.reports, message.evidence);
  if (E.isLeft(outcome)) {
    c.blame(from, { _tag: 'InvalidMessage', reason: `it asked to certify a view on bad grounds: ${outcome.left}` });
    return;
  }
  const progress = outcome.right;
  requestShare(c, progressStatement(c.allianceContext, progress), { _tag: 'progress', progress, for: new Set([from]) });
}

function countCertify(c: Context, leader: ProcessId, view: number): boolean {
  const known = c.state.certifyCounts.get(leader);
  const count = known?.view === view ? known.count + 1 : 1;
  if (count > certifyAnswersPerView || view < (known?.view ?? 0)) return false;
  c.state.certifyCounts.set(leader, { view, count });
  return true;
}

function recompute(
  c: Context,
  view: number,
  signed: readonly SignedReport[],
  evidence: readonly Equivocation[],
): E.Either<string, Progress> {
  const reports = new Map<ProcessId, Report>();
  for (const report of signed) {
    if (report.view !== view || reports.has(report.from))
      return E.left('a report is for another view, or stands twice');
    const checked = checkReport(c, report);
    if (E.isLeft(checked)) return E.left(`the report of ${report.from}: ${checked.left}`);
    reports.set(report.from, checked.right);
    noteHiddenVotes(c, report, checked.right);
  }
  if (!evidence.every((proof) => isEquivocation(c, proof))) return E.left('its evidence proves nothing');
  const accused = c.setOf(evidence.map(({ leader }) => leader));
  const { system } = c.config;
  const selection = select({ system, leaderOf: (v) => c.leaderOf(v), reports, start: c.start, accused });
  if (selection._tag !== 'selected') return E.left(`its reports lead to ${selection._tag}`);
  return E.right({ view, low: selection.low, top: selection.top, root: verdictsOf(selection.verdicts).tree.root });
}

/** As the leader: gathers shares of what it asked for. */
export function onCertified(
  c: Context,
  from: ProcessId,
  { progress, share }: Extract<Message, { _tag: 'Certified' }>,
): void {
  const { asked } = c.state.collection;
  // Once the view is open, more shares must not open it again: what it has proposed, it would propose otherwise (R2).
  if (c.state.proposals !== undefined || asked === undefined || !sameProgress(asked.progress, progress)) return;
  asked.shares.set(from, share);
  combineProgress(c, asked);
}

function combineProgress(c: Context, asked: NonNullable<Collection['asked']>): void {
  if (asked.combining || !c.config.keys.alliance.canCombine(c.setOf(asked.shares.keys()))) return;
  asked.combining = true;
  c.emit({
    _tag: 'Combine',
    statement: progressStatement(c.allianceContext, asked.progress),
    shares: new Map(asked.shares),
  });
}

function sameProgress(a: Progress, b: Progress): boolean {
  return a.view === b.view && a.low === b.low && a.top === b.top && equalBytes(a.root, b.root);
}

/** The slots that the leader of a freshly certified view proposes again. */
function reproposals(
  low: number,
  verdicts: readonly Verdict[],
): readonly { readonly slot: number; readonly verdict: Verdict }[] {
  return verdicts.map((verdict, index) => ({ slot: low + 1 + index, verdict }));
}

/** The outcome of combining: the view is open, or the shares found bad are dropped and others waited for. */
export function onProgressCombined(c: Context, statement: Uint8Array, result: CombineResult): void {
  const { state } = c;
  const { asked } = state.collection;
  if (asked === undefined || !equalBytes(statement, progressStatement(c.allianceContext, asked.progress))) return;
  asked.combining = false;
  if (E.isRight(result)) {
    const { progress, verdicts } = asked;
    const certificate = { ...progress, signature: result.right.signature };
    state.certificate = certificate;
    state.pool.resetProposals();
    const again = reproposals(progress.low, verdicts.list);
    state.proposals = {
      view: state.view,
      certified: { certificate, verdicts },
      again,
      nextSlot: progress.top + 1,
      lingerUntilMs: undefined,
    };
    return;
  }
  const bad = rejectedSenders(result);
  for (const process of bad) {
    asked.shares.delete(process);
    state.slack.add(process);
  }
  combineProgress(c, asked);
}
