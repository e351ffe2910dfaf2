/**
 * Noticing that another process breaks the rules, in what it has sent, and proving it (spec/consensus.md, "Evidence"). What was
 * counted on the link alone is verified here first; nothing that is decided waits for it.
 */
import { equalBytes } from '../prelude/bytes.js';
import { type Digest, digest } from '../prelude/digest.js';
import type { ProcessId } from '../prelude/process.js';
import type { Context } from './context.js';
import {
  type EvidenceKind,
  type EvidenceRecord,
  isBefore,
  isLeftOut,
  type SignedDigest,
  verifyEvidence,
} from './evidence-record.js';
import type { Report, SignedReport } from './message.js';
import { signedBallot } from './signed-ballot.js';
import type { SharedBallot, SlotState } from './state.js';
import type { Ballot, BallotKind } from './statement.js';

/** Two ballots of one kind and process for one slot. */
export function noteDoubleVote(
  c: Context,
  kind: BallotKind,
  process: ProcessId,
  [known, other]: readonly [SharedBallot, SharedBallot],
): void {
  if (known.view !== other.view || equalBytes(known.digest, other.digest)) return;
  prove(c, 'DoubleVote', process, (of) => {
    const halves = { first: signedBallot(kind, known), second: signedBallot(kind, other) };
    return { ...of, _tag: 'DoubleVote', ...inOrder(halves) };
  });
}

/** A report from its author, beside the one that is held. */
export function noteDoubleReport(c: Context, known: SignedReport | undefined, other: SignedReport): void {
  if (known?.view !== other.view || equalBytes(known.body, other.body)) return;
  const half = ({ body, signature }: SignedReport): SignedDigest => ({ digest: digest(body), signature });
  prove(c, 'DoubleReport', other.from, (of) => {
    const halves = { first: half(known), second: half(other) };
    return { ...of, _tag: 'DoubleReport', view: other.view, ...inOrder(halves) };
  });
}

interface Halves<A extends { readonly digest: Digest }> {
  readonly first: A;
  readonly second: A;
}

function inOrder<A extends { readonly digest: Digest }>({ first, second }: Halves<A>): Halves<A> {
  return isBefore(first.digest, second.digest) ? { first, second } : { first: second, second: first };
}

/** What a valid report leaves out of that which its author has sent here. */
export function noteHiddenVotes(c: Context, signed: SignedReport, report: Report): void {
  const { from } = signed;
  if (isProven(c, from, 'HiddenVote')) return;
  const [votes, commits] = [bySlot(report.votes), bySlot(report.commits)];
  const note = (kind: BallotKind, ballot: SharedBallot | undefined, shown: Ballot | undefined): void => {
    if (ballot === undefined || !isLeftOut(ballot, report, shown)) return;
    prove(c, 'HiddenVote', from, (of) => ({
      ...of,
      _tag: 'HiddenVote',
      ballot: signedBallot(kind, ballot),
      report: signed,
    }));
  };
  for (const { slot, accepted, commits: heard } of c.state.slots.values()) {
    note('accepted', accepted.get(from), votes.get(slot));
    note('commit', heard.get(from), commits.get(slot));
  }
}

function bySlot(ballots: readonly Ballot[]): ReadonlyMap<number, Ballot> {
  return new Map(ballots.map((ballot) => [ballot.slot, ballot]));
}

/** Shares of ACCEPTED that did not combine, and that their senders have signed for. */
export function noteInvalidShares(c: Context, { accepted }: SlotState, processes: Iterable<ProcessId>): void {
  for (const process of processes) {
    const heard = accepted.get(process);
    if (heard?.attribution === undefined) continue;
    const { view, slot, digest: value, share, attribution: signature } = heard;
    const ballot = { kind: 'accepted', view, slot, digest: value } as const;
    prove(c, 'InvalidShare', process, (of) => ({ ...of, _tag: 'InvalidShare', ballot, share, signature }));
  }
}

/** Tells of a record that holds, once a process and kind. */
function prove(
  c: Context,
  kind: EvidenceKind,
  process: ProcessId,
  make: (of: Pick<EvidenceRecord, 'epoch' | 'process'>) => EvidenceRecord,
): void {
  if (process === c.config.me || isProven(c, process, kind) || !c.mayCheckEvidence(process)) return;
  const record = make({ epoch: c.config.epoch, process });
  if (!verifyEvidence(c.config, record)) return;
  c.state.proven.add(nameOf(process, kind));
  c.blame(process, { _tag: 'Proven', record });
}

function isProven(c: Context, process: ProcessId, kind: EvidenceKind): boolean {
  return c.state.proven.has(nameOf(process, kind));
}

function nameOf(process: ProcessId, kind: EvidenceKind): string {
  return `${kind} ${process}`;
}
