/** All that a person is told of a trust model: its verdicts, and how far it is from others. Made once, for every way to show it. */
import type { Budget } from '../verdict.js';
import type { TrustAssumption } from './conditions.js';
import { type FaultFronts, faultFronts } from './fault-front.js';
import { type LargestSlow, largestSlow } from './largest-slow.js';
import { type SlackColumn, slackColumns } from './slack-drawing.js';
import { judgeAllLeaders, type TrustReport, validateTrust } from './trust-report.js';
import { summarizeTrust, type TrustSummary } from './trust-summary.js';

export interface TrustExamination<T extends TrustAssumption = TrustAssumption> {
  readonly trust: T;
  readonly report: TrustReport;
  readonly summary: TrustSummary;
  /** Of C2ℓ, for the leader that the report speaks of. */
  readonly slack: readonly SlackColumn[];
  /** Undefined for a system without a tree, like the next. */
  readonly fronts: FaultFronts | undefined;
  /** Undefined also where no t holds. */
  readonly largestSlow: LargestSlow | undefined;
}

/** Only the verdicts can take long; `budget` is theirs ({@link validateTrust}). */
export function examineTrust<T extends TrustAssumption>(trust: T, budget?: Budget): TrustExamination<T> {
  const report = validateTrust(trust, budget);
  return {
    trust,
    report,
    summary: summarizeTrust(report, trust),
    slack: slackColumns(trust, judgeAllLeaders(report).leader),
    fronts: faultFronts(trust),
    largestSlow: largestSlow(trust),
  };
}
