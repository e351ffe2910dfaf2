/** A judged trust model as JSON, under names that programs may rely on. */
import type { GateSlack } from '../quorum/trust/gate-slack.js';
import type { SlackColumn } from '../quorum/trust/slack-drawing.js';
import type { TrustExamination } from '../quorum/trust/trust-examination.js';
import type { TrustModel } from '../quorum/trust/trust-model.js';
import { judgeAllLeaders, type TrustReport } from '../quorum/trust/trust-report.js';
import { printTrust, printTrustTree } from '../quorum/trust/trust-text.js';
import type { Verdict } from '../quorum/verdict.js';
import { verdictJson } from './verdict-json.js';

export function trustJson(examination: TrustExamination<TrustModel>): object {
  const { trust, report, summary, slack, fronts, largestSlow } = examination;
  const { accepted, slowWithinByzantine, c2OfLeaders } = report;
  return {
    trust: printTrust(trust),
    verdict: summary.safety,
    findings: summary.findings,
    accepted,
    conditions: conditionsJson(report),
    slowWithinByzantine: conditionJson(slowWithinByzantine),
    c2OfLeaders: Object.fromEntries([...c2OfLeaders].map(([leader, { _tag }]) => [leader, _tag])),
    largestSlow: largestSlow === undefined ? null : printTrustTree(largestSlow.tree),
    gates: gatesJson(slack),
    fronts: fronts ?? null,
  };
}

/** Of a trust model: C1, C2, and C2l over all leaders, which names the one it speaks of. */
export function conditionsJson(report: TrustReport): object {
  const { verdict, leader } = judgeAllLeaders(report);
  return {
    C1: conditionJson(report.c1),
    C2: conditionJson(report.c2),
    C2l: { ...conditionJson(verdict), leader: verdict._tag === 'holds' ? null : leader },
  };
}

function conditionJson(verdict: Verdict): object {
  return verdictJson(verdict, (sets) => sets.map(({ kind, members }) => ({ kind, members: [...members] })));
}

/** Every gate with its slack under each condition; null where the accused leader alone exceeds its f. */
function gatesJson(columns: readonly SlackColumn[]): readonly object[] {
  return (columns[0]?.slack ?? []).map(({ path, organization, gate, childCount, total }, index) => ({
    path,
    organization: organization ?? null,
    f: gate.f,
    t: gate.t,
    childCount,
    total,
    slack: Object.fromEntries(columns.map(({ condition, slack: all }) => [condition, slackJson(all[index])])),
  }));
}

function slackJson(one: GateSlack | undefined): object | null {
  if (one?.slack === undefined) return null;
  const { good, forced, needed, slack } = one;
  return { good, forced, needed, slack };
}
