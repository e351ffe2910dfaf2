/** `koinon policy check`: is a policy safe, who can block it, what does it survive? */
import { randomBytes } from 'node:crypto';
import { type Command, Option } from 'commander';
import { E } from '../../../prelude/fp.js';
import type { ProcessId } from '../../../prelude/process.js';
import { listNames } from '../../../quorum/tree/name-list.js';
import { type Policy, policyMembers } from '../../../quorum/policy/policy.js';
import type { Level } from '../../../quorum/report/policy-report.js';
import { describePolicy } from '../../../quorum/report/policy-sections.js';
import { summarizePolicy } from '../../../quorum/report/policy-summary.js';
import type { TrustModel } from '../../../quorum/trust/trust-model.js';
import { budgetOption, startBudget } from '../../budget-option.js';
import { failuresOf } from '../../failure-argument.js';
import { type Absences, describeAbsences, without } from '../../absences.js';
import { commaList, integerIn, jsonOption } from '../../options.js';
import { answeredNo, type Outcome, outcomeOf } from '../../outcome.js';
import { reportWithLoad } from '../../policy-reporting.js';
import { policyOf } from '../../policy-argument.js';
import { policyJson } from '../../policy-json.js';
import type { Session } from '../../session.js';
import { trustOf } from '../../trust-argument.js';

const help = `
A policy says who may act together: "2 of (a, b, c)", "weight >= 67 of (acme*30, globex*25, initech*45)",
"2 of (acme: 2 of 3, globex: 3 of 5, initech)", "a and (b or c)". With --trust its names and rules
("majority of orgs") are resolved among the servers of the trust model.

Examples:
  koinon policy check '3 of (acme: 2 of 3, globex: 2 of 3, initech: 2 of 3, umbrella: 2 of 3)' --availability 0.99
  koinon policy check '2 of (a, b, c, d)' --trust 'f=1 t=1 of (a, b, c, d)'
  koinon policy check league.policy --away acme,globex/2
  koinon policy check league.policy --list 20 --level org --json

The first line says
  SAFE     any two quorums meet; with --trust: fault sets can neither act alone nor block;
  FRAGILE  so, but too much depends on one member or organization; with --trust: or liars can block;
  UNSAFE   two quorums are disjoint; with --trust: liars can act alone, or the trust model does not hold;
           with --away or --gone: nobody is left who can act;
  UNKNOWN  not decided within the budget.

Exit status: 0 SAFE or FRAGILE, 1 UNSAFE, 2 it cannot be read, 3 UNKNOWN.`;

interface PolicyCheckOptions extends Absences {
  readonly trust?: string;
  readonly availability?: string;
  readonly list?: number;
  readonly level: Level;
  readonly budget: number;
  readonly json?: boolean;
}

/** Listed in JSON where nothing is asked for; in text nothing is. */
const defaultJsonListCount = 1000;

export function registerPolicyCheck(policy: Command, session: Session): void {
  policy
    .command('check')
    .description('say whether a policy is safe, who can block it and what it survives')
    .argument('<text-or-file>', 'a policy, or the file that holds one as text or JSON')
    .option('--trust <text-or-file>', 'the trust model that the policy is to serve')
    .option('--availability <probability-or-file>', 'of a server being up; a file can say what fails together')
    .option('--list <count>', 'how many minimal quorums and blocking sets to list', integerIn(0, 1_000_000))
    .addOption(new Option('--level <level>', 'whose sets are listed').choices(['server', 'org']).default('server'))
    .option('--away <names>', 'judge it while these servers or organizations are silent (comma separated)', commaList)
    .option('--gone <names>', 'judge it once these have left: thresholds stay, or become all who remain', commaList)
    .addOption(budgetOption())
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((argument: string, options: PolicyCheckOptions) => check(argument, options, session)));
}

async function check(argument: string, options: PolicyCheckOptions, session: Session): Promise<Outcome> {
  const trust = options.trust === undefined ? E.right(undefined) : await trustOf(options.trust);
  if (E.isLeft(trust)) return trust;
  const written = await policyOf(argument, trust.right);
  if (E.isLeft(written)) return written;
  const remaining = without(written.right, options);
  if (E.isLeft(remaining)) return remaining;
  if (remaining.right._tag === 'blocked') return blocked(remaining.right.blocking, options, session);
  return report(remaining.right.policy, trust.right, options, session);
}

async function report(
  policy: Policy,
  trust: TrustModel | undefined,
  options: PolicyCheckOptions,
  session: Session,
): Promise<Outcome> {
  const failures =
    options.availability === undefined
      ? E.right(undefined)
      : await failuresOf(options.availability, policyMembers(policy));
  if (E.isLeft(failures)) return failures;
  const made = await reportWithLoad(policy, {
    budget: startBudget(options.budget),
    listCount: options.list ?? (options.json === true ? defaultJsonListCount : 0),
    listLevel: options.level,
    random: randomBytes,
    ...(trust && { trust }),
    ...(failures.right && { failures: failures.right }),
  });
  const summary = summarizePolicy(made, trust);
  const absences = describeAbsences(options);
  const lines = [
    ...describePolicy(made, summary),
    ...(absences === '' ? [] : ['', `Judged ${absences.toLowerCase()}.`]),
  ];
  const { away = [], gone = [] } = options;
  const json = { ...policyJson(made, summary, options.level), away, gone, report: lines };
  session.print({ json, lines }, options.json);
  return outcomeOf(summary.safety);
}

function blocked(ids: readonly ProcessId[], options: PolicyCheckOptions, session: Session): Outcome {
  const finding = `${describeAbsences(options)} nobody can act: some of ${listNames(ids)} must return.`;
  session.print({ json: { verdict: 'UNSAFE', findings: [finding] }, lines: [`UNSAFE: ${finding}`] }, options.json);
  return answeredNo;
}
