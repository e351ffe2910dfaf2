/** A judged trust model as JSON, under names that programs may rely on. */
import type { TrustModel } from '../quorum/trust/trust-model.js';
import { faultFronts } from '../quorum/trust/fault-front.js';
import type { GateSlack } from '../quorum/trust/gate-slack.js';
import { slackColumns } from '../quorum/trust/slack-drawing.js';
import { judgeAllLeaders, type TrustReport } from '../quorum/trust/trust-report.js';
import { printTrust, printTrustTree } from '../quorum/trust/trust-text.js';
import type { TrustSummary } from '../quorum/trust/trust-summary.js';
import type { FaultSet, Verdict } from '../quorum/verdict.js';

export function trustJson(report: TrustReport, { safety, findings }: TrustSummary, trust: TrustModel): object {
  const { accepted, slowWithinByzantine, c1, c2, c2OfLeaders, largestSlow } = report;
  return {
    trust: printTrust(trust),
    verdict: safety,
    findings,
    accepted,
    conditions: conditionsJson(report),
    slowWithinByzantine: verdictJson(slowWithinByzantine),
    c1: verdictJson(c1),
    c2: verdictJson(c2),
    c2OfLeaders: Object.fromEntries([...c2OfLeaders].map(([leader, verdict]) => [leader, verdictJson(verdict)])),
    largestSlow: largestSlow === undefined ? null : printTrustTree(largestSlow.tree),
    gates: gatesJson(report, trust),
    fronts: faultFronts(trust) ?? null,
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
  const witness = verdict._tag === 'violated' ? witnessJson(verdict.witness) : null;
  return { status: verdict._tag, witness, ...reasonJson(verdict) };
}

function verdictJson(verdict: Verdict): object {
  if (verdict._tag !== 'violated') return { verdict: verdict._tag, ...reasonJson(verdict) };
  return { verdict: verdict._tag, witness: witnessJson(verdict.witness), ...reasonJson(verdict) };
}

function reasonJson(verdict: Verdict): object {
  return verdict._tag === 'holds' || verdict.reason === undefined ? {} : { reason: verdict.reason };
}

function witnessJson(witness: readonly FaultSet[] | undefined): object | null {
  return witness?.map(({ kind, members }) => ({ kind, members: [...members] })) ?? null;
}

/** Every gate with its slack under each condition; null where the accused leader alone exceeds its f. */
function gatesJson(report: TrustReport, trust: TrustModel): readonly object[] {
  const columns = slackColumns(trust, judgeAllLeaders(report).leader);
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
