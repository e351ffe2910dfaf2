/** A trust report in words: which sets cover every server, what would mend it, how slow the two-step path may be. */
import { organizationOf, type ProcessSet } from '../../prelude/process.js';
import { c1Faults, c2FaultsOf, type TrustAssumption } from './conditions.js';
import { type Covering, judge, OrganizationSystem, type PlacedGate } from './organizations.js';
import type { CoveringFaults } from '../quorum-system.js';
import type { LargestSlow, TrustReport } from './trust-report.js';
import { printTrustTree } from './trust-text.js';
import type { FaultSet, Verdict } from '../verdict.js';

/** One line each: the answer, every condition that matters and is violated, and what t could be. */
export function describeTrustReport(report: TrustReport, trust: TrustAssumption): readonly string[] {
  const { accepted, largestSlow } = report;
  const violations = accepted ? [] : describeViolations(report, trust);
  const slow = largestSlow === undefined ? [] : describeLargestSlow(largestSlow, trust);
  return [accepted ? describeAcceptance(report) : 'The trust model does not hold.', ...violations, ...slow];
}

/** The organizations and servers of `set`: the name of an organization stands for all of its servers. */
export function describeProcesses(set: ProcessSet): string {
  const counts = new Map<string, number>();
  for (const id of set.universe.ids) counts.set(organizationOf(id), (counts.get(organizationOf(id)) ?? 0) + 1);
  for (const id of set) counts.set(organizationOf(id), (counts.get(organizationOf(id)) ?? 0) - 1);
  const names = [...set].map((id) => (counts.get(organizationOf(id)) === 0 ? organizationOf(id) : id));
  return [...new Set(names)].join(', ');
}

/** The sets of a witness by kind; empty ones are left out. */
function describeWitness(witness: readonly FaultSet[]): string {
  const setsOf = (kind: FaultSet['kind']): string =>
    witness
      .filter((set) => set.kind === kind && !set.members.isEmpty)
      .map(({ members }) => `{${describeProcesses(members)}}`)
      .join(', ');
  const [byzantine, slow] = [setsOf('byzantine'), setsOf('slow')];
  return [byzantine && `Byzantine ${byzantine}`, slow && `slow ${slow}`].filter((part) => part !== '').join('; ');
}

function describeAcceptance({ c2, c2OfLeaders }: TrustReport): string {
  const fast = c2._tag === 'holds' ? 'C2' : `C2ℓ for ${leaderCount(c2OfLeaders.size)}`;
  return `The trust model holds: C1, and ${fast}.`;
}

function leaderCount(count: number): string {
  return count === 1 ? 'the one leader' : `each of the ${count} leaders`;
}

function describeViolations(report: TrustReport, trust: TrustAssumption): readonly string[] {
  const { slowWithinByzantine, c1, c2OfLeaders } = report;
  const lines = slowWithinByzantine._tag === 'violated' ? [describeExcess(slowWithinByzantine.witness ?? [])] : [];
  if (c1._tag === 'violated') return [...lines, describeCover('C1', c1, c1Faults, trust)];
  const violated = [...c2OfLeaders].filter(([, verdict]) => verdict._tag === 'violated');
  const [first] = violated;
  if (first === undefined) return lines;
  const [leader, verdict] = first;
  const others = violated.length === 1 ? '' : ` (and ${violated.length - 1} more)`;
  const faults = c2FaultsOf(trust.leaders.universe.of([leader]));
  return [...lines, describeCover(`C2ℓ for leader ${leader}${others}`, verdict, faults, trust)];
}

function describeExcess(witness: readonly FaultSet[]): string {
  const sets = witness.map(({ members }) => `{${describeProcesses(members)}}`);
  return `Slow sets must be possible Byzantine sets; ${sets.join(', ')} is none.`;
}

function describeCover(
  condition: string,
  verdict: Verdict,
  faults: CoveringFaults,
  { system }: TrustAssumption,
): string {
  const witness = verdict._tag === 'violated' ? verdict.witness : undefined;
  const advice = system instanceof OrganizationSystem ? ` ${describeRemedy(system, faults)}` : '';
  if (witness === undefined) return `${condition} is violated (no counterexample was sought).${advice}`;
  return `${condition} is violated: ${describeWitness(witness)} together are every server.${advice}`;
}

/** What the root gate lacks. */
function describeRemedy(system: OrganizationSystem, faults: CoveringFaults): string {
  const question = system.question(system.processes, faults);
  const { children, f, t } = system.root;
  const judged = (verdict: Covering): readonly PlacedGate[] =>
    children.filter((child) => judge(child, question) === verdict);
  const [good, weak, forced] = [judged('uncovered'), judged('covered'), judged('forced')];
  const needed = question.byzantine * (f - forced.length) + question.slow * t + 1;
  const besides = forced.length === 0 ? '' : ` besides ${names(forced)}`;
  const repair = weak.length === 0 ? '' : `, add servers to ${names(weak)}`;
  return `${needed} members${besides} must withstand this by themselves, ${good.length} do: add members${repair}, or lower f or t.`;
}

function names(gates: readonly PlacedGate[]): string {
  return gates.map(({ members }) => describeProcesses(members)).join(', ');
}

function describeLargestSlow(largest: LargestSlow, { system }: TrustAssumption): readonly string[] {
  const { root, inner, tree, rootAtAnySize } = largest;
  const most = `The largest t that holds is ${root} at the root${inner > 0 ? ` and ${inner} inside` : ''}: ${printTrustTree(tree)}.`;
  if (!(system instanceof OrganizationSystem) || root >= system.root.f) return [most];
  const { f, children } = system.root;
  const hope =
    rootAtAnySize > root
      ? `More servers inside the members could raise it to ${rootAtAnySize}.`
      : `The two-step path cannot survive the silence of ${root + 1} of ${children.length} members at f=${f}, however many servers each has.`;
  return [most, hope];
}
