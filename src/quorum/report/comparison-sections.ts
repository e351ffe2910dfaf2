/** What a change from one policy to another does, for a person: figures side by side, who gains and who loses, and sets that show it. */
import { organizationOf, type ProcessId, Universe } from '../../prelude/process.js';
import { downtimePerYear } from '../analysis/availability/downtime.js';
import type { Difference, PolicyComparison } from '../analysis/comparison.js';
import { policyMembers } from '../policy/policy.js';
import { listNames } from '../tree/name-list.js';
import { braced } from '../trust/process-names.js';
import type { Figure, Verdict } from '../verdict.js';
import { describeCount, describeFigure } from './figure-text.js';
import type { LevelReport } from './level-report.js';
import type { PolicyReport } from './policy-report.js';
import { summarizePolicy } from './policy-summary.js';

export interface ComparedPolicies {
  readonly before: PolicyReport;
  readonly after: PolicyReport;
  readonly comparison: PolicyComparison;
}

export function describeComparison({ before, after, comparison }: ComparedPolicies): readonly string[] {
  const { firstWithinSecond, secondWithinFirst, vetoes, members } = comparison;
  return [
    describeRelation(firstWithinSecond, secondWithinFirst),
    '',
    ...table([['', 'before', 'after'], ...rowsOf(before, after)]),
    '',
    ...describeLost('could act before, and cannot after: ', firstWithinSecond, before),
    ...describeLost('cannot act before, and could after: ', secondWithinFirst, after),
    ...describeDifference('members', members),
    ...describeDifference('veto', vetoes),
    ...describePowers(before, after),
  ].map((line) => line.trimEnd());
}

function describeRelation(firstWithinSecond: Verdict<unknown>, secondWithinFirst: Verdict<unknown>): string {
  const [inward, outward] = [firstWithinSecond._tag, secondWithinFirst._tag];
  if (inward === 'holds' && outward === 'holds') return 'SAME: the same sets may act under both.';
  if (inward === 'holds' && outward === 'violated') return 'WIDER: whoever may act before may after, and others too.';
  if (inward === 'violated' && outward === 'holds')
    return 'NARROWER: whoever may act after could before, and others too.';
  if (inward === 'violated' && outward === 'violated') return 'DIFFERENT: each allows sets that the other does not.';
  return 'UNKNOWN: whether one allows all that the other does is not decided.';
}

function rowsOf(before: PolicyReport, after: PolicyReport): readonly (readonly string[])[] {
  const row = (title: string, show: (report: PolicyReport) => string): readonly string[] => [
    title,
    show(before),
    show(after),
  ];
  const size =
    (pick: (level: LevelReport) => Figure<{ readonly members: readonly ProcessId[] }>) => (report: PolicyReport) =>
      describeFigure(pick(report.servers), ({ members }) => String(members.length));
  const rows = [
    row('verdict', (report) => summarizePolicy(report).safety),
    row('members', ({ servers }) => String(servers.members.length)),
    row(
      'act together',
      size(({ quorums }) => quorums.smallest),
    ),
    row(
      'block together',
      size(({ blockingSets }) => blockingSets.smallest),
    ),
    row(
      'split it by lying',
      size(({ smallestSplittingSet }) => smallestSplittingSet),
    ),
    row('minimal quorums', ({ servers }) => describeFigure(servers.quorums.count, describeCount)),
    row('load', ({ load }) => describeFigure(load, String)),
  ];
  if (before.uptime === undefined) return rows;
  const down = row('nobody can act', ({ uptime }) =>
    uptime === undefined ? '' : describeFigure(uptime, (figure) => downtimePerYear(figure.down)),
  );
  return [...rows, down];
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

function describeLost(title: string, verdict: Verdict<readonly ProcessId[]>, report: PolicyReport): readonly string[] {
  if (verdict._tag === 'unknown') return [`${title}not decided (${verdict.reason})`];
  if (verdict._tag === 'holds' || verdict.witness === undefined) return [];
  const universe = new Universe(policyMembers(report.policy));
  return [`${title}${braced(universe.of(verdict.witness))}`];
}

function describeDifference(what: string, { gained, lost }: Difference): readonly string[] {
  return [
    ...(gained.length === 0 ? [] : [`${what} gained: ${listNames(gained)}`]),
    ...(lost.length === 0 ? [] : [`${what} lost: ${listNames(lost)}`]),
  ];
}

/** Changes of an organization's power by less are not told. */
const leastChange = 0.0005;

/** By organization, where both have it and it changes. */
function describePowers(before: PolicyReport, after: PolicyReport): readonly string[] {
  const [first, second] = [powerOf(before), powerOf(after)];
  if (first === undefined || second === undefined) return [];
  const changes = [...new Set([...first.keys(), ...second.keys()])].flatMap((name) => {
    const [old, now] = [first.get(name) ?? 0, second.get(name) ?? 0];
    return Math.abs(now - old) < leastChange ? [] : [`${name} ${percent(old)} to ${percent(now)}`];
  });
  return changes.length === 0 ? [] : [`power: ${listNames(changes)}`];
}

function powerOf({ servers, organizations }: PolicyReport): ReadonlyMap<string, number> | undefined {
  const { power } = organizations ?? servers;
  if (power._tag !== 'exact') return undefined;
  const sums = new Map<string, number>();
  for (const [id, share] of power.value) sums.set(organizationOf(id), (sums.get(organizationOf(id)) ?? 0) + share);
  return sums;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
