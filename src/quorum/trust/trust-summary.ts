/** The one line that a person reads first: is a trust model safe to use, and if not quite, what is the worst of it? */
import { assertNever } from '../../prelude/invariant.js';
import type { Safety } from '../verdict.js';
import type { TrustAssumption } from './conditions.js';
import { findFragilities, type Fragility } from './fragility.js';
import { listNames } from '../tree/name-list.js';
import { describeProcesses } from './process-names.js';
import { describeAcceptance, describeComplaints } from './trust-description.js';
import type { TrustReport } from './trust-report.js';

export interface TrustSummary {
  readonly safety: Safety;
  /** The worst first, a sentence each; not empty. */
  readonly findings: readonly string[];
}

export function summarizeTrust(report: TrustReport, trust: TrustAssumption): TrustSummary {
  const complaints = describeComplaints(report, trust);
  if (isViolated(report)) return { safety: 'UNSAFE', findings: complaints };
  if (complaints.length > 0) return { safety: 'UNKNOWN', findings: complaints };
  const fragilities = findFragilities(trust).map(describeFragility);
  if (fragilities.length > 0) return { safety: 'FRAGILE', findings: fragilities };
  return { safety: 'SAFE', findings: [describeAcceptance(report)] };
}

function isViolated({ slowWithinByzantine, c1, c2OfLeaders }: TrustReport): boolean {
  return [slowWithinByzantine, c1, ...c2OfLeaders.values()].some(({ _tag }) => _tag === 'violated');
}

function describeFragility(fragility: Fragility): string {
  switch (fragility._tag) {
    case 'NoByzantineFault':
      return 'The conditions hold, but nobody may be Byzantine: one broken or lying server breaks the promises.';
    case 'TrustedProcesses':
      return `The conditions hold, but they rest on servers that may never be Byzantine: ${describeProcesses(fragility.processes)}.`;
    case 'TrustedOrganizations':
      return `The conditions hold, but they rest on organizations that may never fail as a whole: ${listNames(fragility.organizations)}.`;
    default:
      return assertNever(fragility);
  }
}
