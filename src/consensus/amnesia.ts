/**
 * Rule R13: a process that has lost what was durable cannot know it by itself. Others remind it of what it has said, and it
 * halts on its own signature over what its records do not have. Records first: a signature is checked only against them.
 */
import { equalBytes } from '../prelude/bytes.js';
import { digest } from '../prelude/digest.js';
import type { ProcessId } from '../prelude/process.js';
import type { Context } from './context.js';
import { isOlder, isReportSigned } from './evidence-record.js';
import type { Message, SignedReport } from './message.js';
import { wireLimits } from './wire-limits.js';
import { isSentBy, signedBallot, type SignedBallot } from './signed-ballot.js';

type Reminder = Extract<Message, { _tag: 'Reminder' }>;

/** Tells `to` what it said last, if that is held; once for each time that its link has come up. */
export function remind(c: Context, to: ProcessId): void {
  if (c.state.reminded.has(to)) return;
  const reminder = reminderFor(c, to);
  if (reminder.ballots.length === 0 && reminder.report === undefined) return;
  c.state.reminded.add(to);
  c.send(to, reminder);
}

function reminderFor(c: Context, process: ProcessId): Reminder {
  const { slots, reports, collection } = c.state;
  const ballots: SignedBallot[] = [];
  for (const { accepted, commits } of [...slots.values()].sort((a, b) => b.slot - a.slot)) {
    if (ballots.length + 2 > wireLimits.reminderBallots) break;
    const [vote, commit] = [accepted.get(process), commits.get(process)];
    if (vote !== undefined) ballots.push(signedBallot('accepted', vote));
    if (commit !== undefined) ballots.push(signedBallot('commit', commit));
  }
  const report = reports.get(process) ?? collection.reports.get(process)?.signed;
  return { _tag: 'Reminder', ballots, ...(report === undefined ? {} : { report }) };
}

/** One from each peer in a status interval is read, up to the first signature in it that is not this process's own. */
export function onReminder(c: Context, from: ProcessId, { ballots, report }: Reminder): void {
  const { reminders } = c.state;
  const readMs = reminders.get(from);
  if (from === c.config.me || (readMs !== undefined && c.nowMs < readMs + c.config.parameters.statusMs)) return;
  reminders.set(from, c.nowMs);
  const contrary = ballots.find((ballot) => contradictsRecords(c, ballot));
  if (contrary !== undefined) {
    const { kind: what, view, slot } = contrary;
    if (isSentBy(c.config, c.config.me, contrary)) c.halt({ _tag: 'Amnesia', what, view, slot });
    else c.blame(from, { _tag: 'InvalidMessage', reason: 'it says that this process has sent what it has not' });
  } else if (report !== undefined) {
    recallReport(c, report);
  }
}

/** Above the checkpoint a process keeps its last vote, and its highest commit certificate. */
function contradictsRecords({ state }: Context, ballot: SignedBallot): boolean {
  if (ballot.slot <= state.low) return false;
  const open = state.slots.get(ballot.slot);
  if (ballot.kind === 'commit') return (open?.commit?.view ?? 0) < ballot.view;
  return open?.vote === undefined || isOlder(open.vote, ballot);
}

/** Halts on a report of this process's own that it does not know of. */
export function recallReport(c: Context, { from, view, body, signature }: SignedReport): void {
  const { me } = c.config;
  const { view: promised, report } = c.state;
  if (from !== me || view < promised) return;
  const own = report?.signed;
  if (view === promised && own?.view === view && equalBytes(own.body, body)) return;
  if (isReportSigned(c.config, me, view, { digest: digest(body), signature }))
    c.halt({ _tag: 'Amnesia', what: 'report', view });
}
