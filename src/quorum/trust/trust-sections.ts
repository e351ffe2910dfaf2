/** A trust model laid out for a person: a summary line, then conditions, the tree with its slack, what it tolerates, who may lead. */
import type { FaultSet } from '../verdict.js';
import type { TrustAssumption } from './conditions.js';
import type { FaultFronts, LimitPair } from './fault-front.js';
import { braced, describeProcesses } from './process-names.js';
import { describeVerdict, section } from './report-layout.js';
import { drawSlack } from './slack-drawing.js';
import { describeLargestSlow, describeCovering, leaderCount } from './trust-description.js';
import type { TrustExamination } from './trust-examination.js';
import { judgeAllLeaders, type TrustReport } from './trust-report.js';

export function describeTrust(examination: TrustExamination): readonly string[] {
  const { trust, report, summary, slack, fronts, largestSlow } = examination;
  const [worst, ...findings] = summary.findings;
  return [
    `${summary.safety}: ${worst ?? ''}`,
    ...findings,
    ...section('Conditions', describeConditions(report)),
    ...section(
      'Slack of each gate: the weight that withstands, less what the faults can own (0 or less: it falls)',
      drawSlack(trust, slack),
    ),
    ...section('Limits that these members could have', fronts === undefined ? [] : describeFronts(fronts)),
    ...section('Leaders', [describeLeaders(trust)]),
    ...section('Two-step path', largestSlow === undefined ? [] : describeLargestSlow(largestSlow, trust)),
  ];
}

function describeConditions(report: TrustReport): readonly string[] {
  const { slowWithinByzantine, c1, c2 } = report;
  const { verdict, leader, count } = judgeAllLeaders(report);
  const isEnough = c1._tag === 'holds' && c2._tag !== 'holds' && verdict._tag === 'holds';
  const leaders =
    verdict._tag === 'holds' ? leaderCount(count) : `leader ${leader}${count > 1 ? ` and ${count - 1} more` : ''}`;
  return [
    `slow ⊆ Byzantine  ${describeVerdict(slowWithinByzantine, describeFaults)}`,
    `C1                ${describeVerdict(c1, describeFaults)}`,
    `C2                ${describeVerdict(c2, describeFaults)}${isEnough ? ' (C2ℓ is enough)' : ''}`,
    `C2ℓ               ${describeVerdict(verdict, describeFaults)}, for ${leaders}`,
  ];
}

/** A single set is one that may be slow and not Byzantine; several cover every server. */
function describeFaults(sets: readonly FaultSet[]): string {
  const [only, ...others] = sets;
  if (only === undefined || others.length > 0) return describeCovering(sets);
  return `${braced(only.members)} is slow, never Byzantine`;
}

function describeFronts({ byzantine, fast, slow }: FaultFronts): readonly string[] {
  return [
    `f, under C1                     ${describePairs(byzantine)}`,
    `f and t alike, under C2         ${describePairs(fast)}`,
    `t, with this f and the leaders  ${describePairs(slow)}`,
  ];
}

function describePairs(pairs: readonly LimitPair[]): string {
  if (pairs.length === 0) return 'none: the conditions do not hold with t=0 either';
  return pairs
    .map(({ root, inner }) => (inner === 0 ? `${root}` : `${root} and ${inner} inside each other`))
    .join('; or ');
}

function describeLeaders({ system, leaders }: TrustAssumption): string {
  if (leaders.equals(system.processes)) return `All ${leaders.size} servers may lead.`;
  return `${describeProcesses(leaders)} may lead.`;
}
