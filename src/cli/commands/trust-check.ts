/** `koinon trust check`: may a trust model be used, and if not, which failures break it? */
import type { Command } from 'commander';
import { E } from '../../prelude/fp.js';
import type { Verdict } from '../../quorum/verdict.js';
import { describeTrustReport } from '../../quorum/trust/trust-description.js';
import type { TrustModel } from '../../quorum/trust/trust-model.js';
import { type TrustReport, validateTrust } from '../../quorum/trust/trust-report.js';
import { printTrust, printTrustTree } from '../../quorum/trust/trust-text.js';
import { jsonOption } from '../options.js';
import { answeredNo, type Outcome, succeeded } from '../outcome.js';
import type { Session } from '../session.js';
import { parseWrittenTrust, readTrustArgument } from '../trust-argument.js';

const help = `
A trust model says who may fail together. f of the members may be Byzantine; while at most t of them are silent,
agreement takes two message delays. A member is a server, or an organization with servers inside.

Examples:
  koinon trust check 'f=1 t=1 of (a, b, c, d)'
  koinon trust check 'f=1 of (a: f=1 of 4, b: f=1 of 4, c: f=1 of 4, d: f=1 of 4)'
  koinon trust check league.trust --json

Exit status: 0 it holds, 1 it does not (the sets of failures that break it are shown), 2 it cannot be read.`;

interface TrustCheckOptions {
  readonly json?: boolean;
}

export function registerTrust(program: Command, session: Session): void {
  const trust = program.command('trust').description('judge trust models: who may fail together');
  trust
    .command('check')
    .description('say whether a trust model holds, with the counterexample where it does not')
    .argument('<text-or-file>', 'a trust model, or the file that holds one as text or JSON')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((argument: string, options: TrustCheckOptions) => check(argument, options, session)));
}

async function check(argument: string, options: TrustCheckOptions, session: Session): Promise<Outcome> {
  const written = await readTrustArgument(argument);
  if (E.isLeft(written)) return written;
  const trust = parseWrittenTrust(written.right);
  if (E.isLeft(trust)) return trust;
  const report = validateTrust(trust.right);
  const lines = describeTrustReport(report, trust.right);
  session.print({ json: { ...reportJson(report, trust.right), report: lines }, lines }, options.json);
  return report.accepted ? succeeded : answeredNo;
}

function reportJson(report: TrustReport, trust: TrustModel): object {
  const { accepted, slowWithinByzantine, c1, c2, c2OfLeaders, largestSlow } = report;
  return {
    trust: printTrust(trust),
    accepted,
    slowWithinByzantine: verdictJson(slowWithinByzantine),
    c1: verdictJson(c1),
    c2: verdictJson(c2),
    c2OfLeaders: Object.fromEntries([...c2OfLeaders].map(([leader, verdict]) => [leader, verdictJson(verdict)])),
    largestSlow: largestSlow === undefined ? null : printTrustTree(largestSlow.tree),
  };
}

function verdictJson(verdict: Verdict): object {
  const { _tag } = verdict;
  if (_tag === 'unknown') return { verdict: _tag, reason: verdict.reason };
  if (_tag === 'holds') return { verdict: _tag };
  const witness = verdict.witness?.map(({ kind, members }) => ({ kind, members: [...members] }));
  return { verdict: _tag, witness: witness ?? null };
}
