/**
 * All that is told of an access policy before it does harm: among servers, among organizations, under load, under failures, and against
 * the trust model that it is to serve. Never takes longer than its budget allows: what is not reached in it is unknown.
 */
import { organizationOf } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import { analysePolicy } from '../analysis/analysis-choice.js';
import type { FailureModel, Uptime } from '../analysis/availability/failure-model.js';
import type { Fraction } from '../analysis/load/fraction.js';
import { type BadMeeting, judgeIntersection } from '../analysis/cross-check.js';
import { mergeMembers } from '../analysis/merge.js';
import { type Policy, policyMembers } from '../policy/policy.js';
import type { TrustModel } from '../trust/trust-model.js';
import { type Budget, type Figure, inTime, type Verdict } from '../verdict.js';
import { type LevelReport, reportLevel } from './level-report.js';
import { judgeTrustFit, type TrustFit } from './trust-fit.js';

export interface PolicyReport {
  readonly policy: Policy;
  /** No two quorums are disjoint. */
  readonly intersection: Verdict<BadMeeting>;
  readonly servers: LevelReport;
  /** Undefined where there is only one organization, or each is one server. */
  readonly organizations: LevelReport | undefined;
  readonly load: Figure<Fraction>;
  /** Undefined where no failure model was given. */
  readonly uptime: Figure<Uptime> | undefined;
  /** Undefined where no trust model was given. */
  readonly trustFit: TrustFit | undefined;
}

/** Single servers, or organizations that act as one. */
export type Level = 'server' | 'org';

export interface ReportRequest {
  readonly budget: Budget;
  readonly trust?: TrustModel;
  readonly failures?: FailureModel;
  /** For estimates of availability, where it is out of reach otherwise. */
  readonly random?: RandomBytes;
  /** How many minimal sets of each kind to list. */
  readonly listCount: number;
  /** Whose sets those are. */
  readonly listLevel: Level;
}

/** @param policy - checked; with a trust model, all of its members are processes of that. */
export function reportPolicy(policy: Policy, request: ReportRequest): PolicyReport {
  const { budget, trust, failures } = request;
  const analysis = analysePolicy(policy, request);
  const organizations = reportOrganizations(policy, request);
  const listsServers = request.listLevel === 'server' || organizations === undefined;
  const servers = reportLevel(policy, analysis, {
    budget,
    listCount: listsServers ? request.listCount : 0,
  });
  return {
    policy,
    intersection: judgeMeetings(policy, servers, budget),
    servers,
    organizations,
    trustFit: trust === undefined ? undefined : judgeTrustFit(policy, trust, budget),
    load: inTime(budget, 'load', () => analysis.load()),
    uptime: failures && inTime(budget, 'availability', () => analysis.uptime(failures)),
  };
}

/** By the cover; where that is out of reach, by the splitting set, which is empty where two quorums are disjoint. */
function judgeMeetings(policy: Policy, servers: LevelReport, budget: Budget): Verdict<BadMeeting> {
  const verdict = inTime(budget, 'whether quorums meet', () => judgeIntersection(policy, budget));
  if (verdict._tag !== 'unknown') return verdict;
  const figure = servers.smallestSplittingSet;
  const split = figure._tag === 'exact' ? figure.value : figure.atMost;
  if (split?.members.length === 0) return { _tag: 'violated', witness: { quorums: split.quorums, faults: [] } };
  return figure._tag === 'exact' ? { _tag: 'holds' } : verdict;
}

function reportOrganizations(policy: Policy, request: ReportRequest): LevelReport | undefined {
  const members = policyMembers(policy);
  const organizations = new Set(members.map(organizationOf));
  if (organizations.size < 2 || organizations.size === members.length) return undefined;
  const merged = mergeMembers(policy, organizationOf);
  return reportLevel(merged, analysePolicy(merged, request), {
    budget: request.budget,
    listCount: request.listLevel === 'org' ? request.listCount : 0,
  });
}
