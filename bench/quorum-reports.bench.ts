/**
 * What a full report on a policy costs, from the policy to the printed lines: at the sizes that alliances have, and growing from 10 to
 * 2,000 servers; and, where trying all sets is still possible, closed forms beside the table of all sets, side by side in one run.
 * The first report of a process is told apart from the best of several: a command is always the first.
 */
import { cpus } from 'node:os';
import { right } from '../test/support/right.js';
import { independentServers } from '../src/quorum/analysis/availability/failure-model.js';
import { TableAnalysis } from '../src/quorum/analysis/table/table-analysis.js';
import { TreeAnalysis } from '../src/quorum/analysis/closed-form/tree-analysis.js';
import { policyTable } from '../src/quorum/analysis/table/truth-table.js';
import type { Policy } from '../src/quorum/policy/policy.js';
import { parsePolicy } from '../src/quorum/policy/policy-text.js';
import { reportPolicy } from '../src/quorum/report/policy-report.js';
import { describePolicy } from '../src/quorum/report/policy-sections.js';
import { summarizePolicy } from '../src/quorum/report/policy-summary.js';
import type { StructureAnalysis } from '../src/quorum/analysis/structure-analysis.js';
import { parseTrust } from '../src/quorum/trust/trust-text.js';
import { budgetOf, unlimited } from '../src/quorum/verdict.js';

const rounds = 8;

/** Milliseconds of the first call, and of the best of the others. */
function milliseconds(run: () => unknown): { readonly first: number; readonly best: number } {
  const times = Array.from({ length: rounds + 1 }, () => {
    const startMs = performance.now();
    run();
    return performance.now() - startMs;
  });
  const [first = 0, ...others] = times;
  return { first, best: Math.min(...others) };
}

function report(policy: Policy, trustText?: string): number {
  const trust = trustText === undefined ? undefined : right(parseTrust(trustText));
  const made = reportPolicy(policy, {
    budget: budgetOf(5000, () => performance.now()),
    failures: independentServers(() => 0.99),
    listCount: 10,
    listLevel: 'server',
    ...(trust && { trust }),
  });
  return describePolicy(made, summarizePolicy(made, trust)).length;
}

function print(title: string, run: () => unknown): void {
  const { first, best } = milliseconds(run);
  console.log(
    `  ${title.padEnd(58)} first ${first.toFixed(1).padStart(7)} ms   best ${best.toFixed(1).padStart(7)} ms`,
  );
}

function organizations(count: number, head: string): string {
  return Array.from({ length: count }, (_, index) => `o${index + 1}: ${head}`).join(', ');
}

const flat = (count: number): string =>
  `${Math.floor((2 * count) / 3) + 1} of (${Array.from({ length: count }, (_, index) => `s${index + 1}`).join(', ')})`;

/** Weights as stakes have them: few large, many small; the same in every run. */
function weighted(count: number): string {
  let state = 7;
  const weights = Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return 1 + Math.floor(190 * (state / 0x7fffffff) ** 2);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const list = weights.map((weight, index) => `v${index + 1}*${weight}`).join(', ');
  return `weight >= ${Math.floor((2 * total) / 3) + 1} of (${list})`;
}

const policy = (text: string): Policy => right(parsePolicy(text));

function sizes(): void {
  console.log('\nfull reports, availability included');
  const fifty = policy(`34 of (${organizations(50, '10 of 15')})`);
  print('50 organizations of 15 servers', () => report(fifty));
  const model = `f=9 t=9 of (${organizations(50, 'f=2 t=2 of 15')})`;
  print('the same under a trust model', () => report(fifty, model));
  const stakes = policy(weighted(150));
  print('150 weighted members', () => report(stakes));
}

function growth(): void {
  console.log('\ngrowth');
  for (const count of [10, 50, 100, 500, 1000, 2000]) {
    const one = policy(flat(count));
    print(`${count} servers, flat`, () => report(one));
  }
  for (const count of [10, 50, 100, 500, 1000, 2000]) {
    const one = policy(`${Math.floor(count / 15) + 1} of (${organizations(count / 10, '7 of 10')})`);
    print(`${count} servers, 10 an organization`, () => report(one));
  }
}

/** The same questions of a read-once policy, by closed forms and by trying all sets. */
function beside(): void {
  console.log('\nclosed forms beside the table of all sets');
  for (const [count, head] of [
    [3, '2 of 3'],
    [4, '3 of 4'],
    [5, '3 of 4'],
  ] as const) {
    const one = policy(`${Math.ceil((2 * count) / 3)} of (${organizations(count, head)})`);
    const members = count * Number(head.slice(-1));
    const closed = milliseconds(() => ask(new TreeAnalysis(one))).best;
    const tabled = milliseconds(() => ask(new TableAnalysis(right(policyTable(one, unlimited))))).best;
    console.log(
      `  ${String(members).padStart(2)} members: ${closed.toFixed(2)} ms, ${tabled.toFixed(1)} ms: ${(tabled / closed).toFixed(0)} times`,
    );
  }
}

function ask(analysis: StructureAnalysis): unknown {
  return [
    analysis.quorums.count(),
    analysis.blockingSets.count(),
    analysis.smallestSplittingSet(),
    analysis.isUncoverable(3),
    analysis.uptime(independentServers(() => 0.99)),
  ];
}

console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`);
sizes();
growth();
beside();
