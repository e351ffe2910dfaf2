/** The one line that a person reads first: is a policy safe to use, and if not quite, what is the worst of it? */
import { Universe } from '../../prelude/process.js';
import { policyMembers } from '../policy/policy.js';
import { listNames } from '../tree/name-list.js';
import { braced } from '../trust/process-names.js';
import type { TrustModel } from '../trust/trust-model.js';
import { summarizeTrust } from '../trust/trust-summary.js';
import type { Safety, Verdict } from '../verdict.js';
import type { NameSet } from './figure-text.js';
import type { LevelReport } from './level-report.js';
import type { PolicyReport } from './policy-report.js';
import { judgeUses, type TrustFit } from './trust-fit.js';

export interface PolicySummary {
  readonly safety: Safety;
  /** The worst first, a sentence each; not empty. */
  readonly findings: readonly string[];
}

/** @param trust - that of the report, if it was made with one. Without, a policy is unsafe when two of its quorums are disjoint. */
export function summarizePolicy(report: PolicyReport, trust?: TrustModel): PolicySummary {
  const names = namesIn(report);
  const { trustFit } = report;
  const own =
    trustFit === undefined || trust === undefined
      ? judgeAlone(report, names)
      : judgeUnderTrust(trustFit, { names, trust });
  if (own.safety === 'UNSAFE' || own.safety === 'UNKNOWN') return own;
  const uses = trustFit === undefined ? [] : [describeUses(trustFit)];
  const findings = [...own.findings, ...fragilities(report)];
  if (findings.length > 0) return { safety: 'FRAGILE', findings: [...findings, ...uses] };
  const { smallestSplittingSet } = report.servers;
  if (trustFit === undefined && smallestSplittingSet._tag === 'unknown') {
    const doubt = `Any two quorums meet; whether in one member only is not decided: ${smallestSplittingSet.reason}.`;
    return { safety: 'UNKNOWN', findings: [doubt] };
  }
  return { safety: 'SAFE', findings: [describeStrength(report), ...uses] };
}

export function namesIn({ policy }: PolicyReport): NameSet {
  const universe = new Universe(policyMembers(policy));
  return (ids) => braced(universe.of(ids));
}

function judgeAlone({ intersection }: PolicyReport, names: NameSet): PolicySummary {
  switch (intersection._tag) {
    case 'holds':
      return { safety: 'SAFE', findings: [] };
    case 'unknown':
      return { safety: 'UNKNOWN', findings: [`Whether any two quorums meet is not decided: ${intersection.reason}.`] };
    case 'violated': {
      const shown = (intersection.witness?.quorums ?? []).map((quorum) => names(quorum)).join(' and ');
      return { safety: 'UNSAFE', findings: [`Two quorums may act without having met: ${shown}.`] };
    }
  }
}

function judgeUnderTrust(fit: TrustFit, { names, trust }: { names: NameSet; trust: TrustModel }): PolicySummary {
  const { unforgeable, live } = fit;
  const model = summarizeTrust(fit.trust, trust);
  const aboutModel = model.findings.map((finding) => `The trust model itself: ${finding}`);
  const forged = unforgeable._tag === 'violated' ? (unforgeable.witness?.quorums[0] ?? []) : undefined;
  const blocked = live._tag === 'violated' ? (live.witness ?? []) : undefined;
  const forgery = forged === undefined ? [] : [`${names(forged)} may be Byzantine together, and can act alone.`];
  if (forged !== undefined || model.safety === 'UNSAFE') {
    return { safety: 'UNSAFE', findings: [...forgery, ...(model.safety === 'UNSAFE' ? aboutModel : [])] };
  }
  const undecided = [
    ...undecidedOf('Whether liars alone can act', unforgeable),
    ...undecidedOf('Whether liars alone can block', live),
    ...(model.safety === 'UNKNOWN' ? aboutModel : []),
  ];
  if (undecided.length > 0) return { safety: 'UNKNOWN', findings: undecided };
  const block =
    blocked === undefined ? [] : [`${names(blocked)} may be Byzantine together, and nobody can act without them.`];
  return { safety: 'FRAGILE', findings: [...block, ...(model.safety === 'FRAGILE' ? aboutModel : [])] };
}

function undecidedOf(question: string, verdict: Verdict<unknown>): readonly string[] {
  return verdict._tag === 'unknown' ? [`${question} is not decided: ${verdict.reason}.`] : [];
}

/** One member, or one organization, on whom too much depends. */
function fragilities({ servers, organizations, trustFit }: PolicyReport): readonly string[] {
  const of = (level: LevelReport): readonly string[] => [
    ...describeVetoes(level),
    ...describeSoleActors(level),
    ...(trustFit === undefined ? describeSplit(level) : []),
  ];
  const grouped = organizations === undefined ? [] : of(organizations);
  return [...of(servers), ...grouped.map((finding) => `As organizations: ${finding}`)];
}

function describeVetoes({ vetoes, members }: LevelReport): readonly string[] {
  if (vetoes.length === 0 || members.length === 1) return vetoes.map((id) => `${id} is the only member.`);
  return [`Nobody can act without ${vetoes.length === 1 ? '' : 'each of '}${listNames(vetoes)}.`];
}

function describeSoleActors({ soleActors, members }: LevelReport): readonly string[] {
  return soleActors.length === 0 || members.length === 1 ? [] : [`${listNames(soleActors)} can act alone.`];
}

function describeSplit({ smallestSplittingSet, members }: LevelReport): readonly string[] {
  if (smallestSplittingSet._tag !== 'exact' || members.length === 1) return [];
  const { members: split } = smallestSplittingSet.value;
  const [only] = split;
  return split.length === 1 && only !== undefined
    ? [`Two quorums may have only one member in common, such as ${only}.`]
    : [];
}

function describeStrength({ servers, trustFit }: PolicyReport): string {
  const { blockingSets, smallestSplittingSet, members } = servers;
  const spare =
    blockingSets.smallest._tag === 'exact'
      ? `, and any ${blockingSets.smallest.value.cost - 1} of ${members.length} members may be missing`
      : '';
  if (trustFit !== undefined) return `No fault set can act alone, none can block${spare}.`;
  const common = smallestSplittingSet._tag === 'exact' ? ` at least ${smallestSplittingSet.value.members.length}` : '';
  return `Any two quorums have${common} members in common${spare}.`;
}

/** `Fit for signing, recovery; not for amendment.` */
function describeUses(fit: TrustFit): string {
  const uses = judgeUses(fit);
  const of = (wanted: (typeof uses)[number]['answer'], words: string): readonly string[] => {
    const named = uses.filter(({ answer }) => answer === wanted).map(({ use }) => use);
    return named.length === 0 ? [] : [`${words} ${named.join(', ')}`];
  };
  const parts = [...of('yes', 'fit for'), ...of('no', 'not fit for'), ...of('not decided', 'not decided for')].join(
    '; ',
  );
  return `${parts.charAt(0).toUpperCase()}${parts.slice(1)}.`;
}
