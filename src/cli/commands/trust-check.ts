/** `koinon trust check`: may a trust model be used, and if not, which failures break it? */
import type { Command } from 'commander';
import { E } from '../../prelude/fp.js';
import { examineTrust } from '../../quorum/trust/trust-examination.js';
import { describeTrust } from '../../quorum/trust/trust-sections.js';
import { budgetOption, startBudget } from '../budget-option.js';
import { jsonOption } from '../options.js';
import { type Outcome, outcomeOf } from '../outcome.js';
import type { Session } from '../session.js';
import { trustOf } from '../trust-argument.js';
import { trustJson } from '../trust-json.js';

const help = `
A trust model says who may fail together. f of the members may be Byzantine; while at most t of them are silent,
agreement takes two message delays. A member is a server, or an organization with servers inside.

Examples:
  koinon trust check 'f=1 t=1 of (a, b, c, d)'
  koinon trust check 'f=1 of (a: f=1 of 4, b: f=1 of 4, c: f=1 of 4, d: f=1 of 4)'
  koinon trust check 'weight f=30 t=10 of (a*30, b*25, c*25, d*20)'
  koinon trust check league.trust --json

The first line says
  SAFE     the conditions of consensus hold;
  FRAGILE  they hold, but nobody may be Byzantine, or some server never, or some organization never as a whole;
  UNSAFE   one is violated (with the sets of failures that break it);
  UNKNOWN  none was found violated, but not all were decided within the budget.

Exit status: 0 SAFE or FRAGILE, 1 UNSAFE, 2 it cannot be read, 3 UNKNOWN.`;

interface TrustCheckOptions {
  readonly json?: boolean;
  readonly budget: number;
}

export function registerTrust(program: Command, session: Session): void {
  const trust = program.command('trust').description('judge trust models: who may fail together');
  trust
    .command('check')
    .description('say whether a trust model holds, with the counterexample where it does not')
    .argument('<text-or-file>', 'a trust model, or the file that holds one as text or JSON')
    .addOption(budgetOption())
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((argument: string, options: TrustCheckOptions) => check(argument, options, session)));
}

async function check(argument: string, options: TrustCheckOptions, session: Session): Promise<Outcome> {
  const trust = await trustOf(argument);
  if (E.isLeft(trust)) return trust;
  const examination = examineTrust(trust.right, startBudget(options.budget));
  const lines = describeTrust(examination);
  session.print({ json: { ...trustJson(examination), report: lines }, lines }, options.json);
  return outcomeOf(examination.summary.safety);
}
