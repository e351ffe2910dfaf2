/** Lies in its reports: omits votes, shows old or forged ones, replays certificates and whole reports of other views. */
import { decodeReport, encodeReport } from '../../../src/consensus/codec.js';
import type { Message, Report, SignedReport } from '../../../src/consensus/message.js';
import { reportStatement } from '../../../src/consensus/statement.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import type { MakeAdversary, Powers } from './adversary.js';

export const liar: MakeAdversary = (powers) => {
  const seen: Report[] = [];
  return {
    outgoing: (_to, message) => (message._tag === 'Report' ? lie(powers, seen, message.report) : [message]),
    // Others' reports show votes and certificates to be replayed.
    incoming: (_from, message) => {
      const shown = message._tag === 'Report' ? [message.report] : message._tag === 'Certify' ? message.reports : [];
      for (const { body } of shown) {
        const report = decodeReport(body);
        if (E.isRight(report)) seen.push(report.right);
      }
      seen.splice(0, seen.length - 20);
      return [message];
    },
  };
};

function lie(powers: Powers, seen: Report[], signed: SignedReport): readonly Message[] {
  const decoded = decodeReport(signed.body);
  if (E.isLeft(decoded)) return [];
  const report = decoded.right;
  const { random } = powers;
  const other = seen.length === 0 ? report : random.pick(seen);
  const lies: readonly Report[] = [
    { ...report, votes: report.votes.filter(() => random.chance(0.5)) },
    { ...report, votes: [], commits: [] },
    { view: report.view, votes: report.votes, commits: report.commits },
    { view: report.view, votes: [], commits: [] },
    { ...other, view: report.view },
    { ...report, votes: other.votes },
    { ...report, commits: other.commits },
    { ...report, votes: report.votes.map((vote) => ({ ...vote, digest: digest(vote.digest) })) },
    { ...report, votes: report.votes.map((vote) => ({ ...vote, view: random.between(1, report.view) })) },
    { ...report, votes: report.votes.map((vote) => ({ ...vote, slot: vote.slot + 1000 })) },
    { ...other },
  ];
  return [{ _tag: 'Report', report: sign(powers, signed.view, random.pick(lies)) }];
}

function sign({ config }: Powers, view: number, report: Report): SignedReport {
  const body = encodeReport(report);
  const { allianceId, epoch, identities, me } = config;
  const context = { allianceId, epoch, keyId: identities.keyId };
  return { from: me, view, body, signature: identities.sign(reportStatement(context, view, digest(body))) };
}
