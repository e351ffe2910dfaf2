/** `koinon policy compare`: what one policy allows that the other does not, and whose power changes. */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { E, type Either } from '../../../prelude/fp.js';
import type { FailureModel } from '../../../quorum/analysis/availability/failure-model.js';
import { comparePolicies } from '../../../quorum/analysis/comparison.js';
import { type Policy, policyMembers } from '../../../quorum/policy/policy.js';
import { describeComparison } from '../../../quorum/report/comparison-sections.js';
import type { PolicyReport } from '../../../quorum/report/policy-report.js';
import { budgetOption, startBudget } from '../../budget-option.js';
import { comparisonJson } from '../../comparison-json.js';
import { failuresOf } from '../../failure-argument.js';
import { jsonOption } from '../../options.js';
import { type Failure, type Outcome, succeeded } from '../../outcome.js';
import { reportWithLoad } from '../../policy-reporting.js';
import { policyOf } from '../../policy-argument.js';
import type { Session } from '../../session.js';

const help = `
Examples:
  koinon policy compare '2 of (a, b, c)' '3 of (a, b, c, d)'
  koinon policy compare in-force.policy proposed.policy --json

The first line says SAME, WIDER (whoever may act before may after), NARROWER (the reverse), DIFFERENT, or UNKNOWN.

Exit status: 0 they were compared (also where not all is decided), 2 one cannot be read.`;

interface PolicyCompareOptions {
  readonly availability?: string;
  readonly budget: number;
  readonly json?: boolean;
}

export function registerPolicyCompare(policy: Command, session: Session): void {
  policy
    .command('compare')
    .description('say what a change from one policy to another allows, forbids and costs')
    .argument('<before>', 'a policy, or the file that holds one as text or JSON')
    .argument('<after>', 'another')
    .option('--availability <probability-or-file>', 'of a server being up; a file can say what fails together')
    .addOption(budgetOption())
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(
      session.action((before: string, after: string, options: PolicyCompareOptions) =>
        compare([before, after], options, session),
      ),
    );
}

async function compare(
  [one, other]: readonly [string, string],
  options: PolicyCompareOptions,
  session: Session,
): Promise<Outcome> {
  const before = await policyOf(one);
  if (E.isLeft(before)) return before;
  const after = await policyOf(other);
  if (E.isLeft(after)) return after;
  const failures = await failuresFor([before.right, after.right], options.availability);
  if (E.isLeft(failures)) return failures;
  const budget = startBudget(options.budget);
  const report = (policy: Policy): Promise<PolicyReport> =>
    reportWithLoad(policy, {
      budget,
      random: randomBytes,
      listCount: 0,
      listLevel: 'server',
      ...(failures.right && { failures: failures.right }),
    });
  const compared = {
    before: await report(before.right),
    after: await report(after.right),
    comparison: comparePolicies(before.right, after.right, budget),
  };
  const lines = describeComparison(compared);
  session.print({ json: { ...comparisonJson(compared), report: lines }, lines }, options.json);
  return succeeded;
}

function failuresFor(
  policies: readonly Policy[],
  availability: string | undefined,
): Promise<Either<Failure, FailureModel | undefined>> {
  if (availability === undefined) return Promise.resolve(E.right(undefined));
  return failuresOf(availability, [...new Set(policies.flatMap(policyMembers))]);
}
