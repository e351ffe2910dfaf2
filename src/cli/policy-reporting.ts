/** Reports for commands: where the load has no closed form, a linear program is asked for it, as long as there is time. */
import { E } from '../prelude/fp.js';
import type { Policy } from '../quorum/policy/policy.js';
import { type PolicyReport, type ReportRequest, reportPolicy } from '../quorum/report/policy-report.js';
import { loadByProgram } from '../quorum/strategy/load-program.js';
import { loadSolver } from '../quorum/strategy/solver.js';

export async function reportWithLoad(policy: Policy, request: ReportRequest): Promise<PolicyReport> {
  const report = reportPolicy(policy, request);
  if (report.load._tag === 'exact' || request.budget.isSpent()) return report;
  const solver = await loadSolver();
  if (E.isLeft(solver)) return report;
  const load = loadByProgram(solver.right, { policy }, request.budget);
  const isKnown = load._tag === 'exact' || load.atLeast !== undefined;
  return isKnown ? { ...report, load } : report;
}
