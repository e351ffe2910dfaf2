/** A trust report in words: which sets cover every server, what would mend it, how slow the two-step path may be. */
import type { CoveringFaults } from '../quorum-system.js';
import { membersOf } from '../tree/tree-check.js';
import type { FaultSet, Verdict } from '../verdict.js';
import { c1Faults, c2FaultsOf, type TrustAssumption } from './conditions.js';
import { coveringOfChildren, gateSlack } from './gate-slack.js';
import { type LargestSlow, largestSlow } from './largest-slow.js';
import { OrganizationSystem } from './organizations.js';
import { listNames } from '../tree/name-list.js';
import { braced, describeMembers } from './process-names.js';
import { describeVerdict } from './report-layout.js';
import { judgeAllLeaders, type TrustReport } from './trust-report.js';
import { printTrustTree } from './trust-text.js';

/** One line each: the answer, every condition that matters and is not met, and what t could be. */
export function describeTrustReport(report: TrustReport, trust: TrustAssumption): readonly string[] {
  const { accepted } = report;
  const largest = largestSlow(trust);
  const complaints = accepted ? [] : describeComplaints(report, trust);
  const slow = largest === undefined ? [] : describeLargestSlow(largest, trust);
  return [accepted ? describeAcceptance(report) : 'The trust model does not hold.', ...complaints, ...slow];
}

/** Which conditions make it acceptable. */
export function describeAcceptance({ c2, c2OfLeaders }: TrustReport): string {
  const fast = c2._tag === 'holds' ? 'C2' : `C2ℓ for ${leaderCount(c2OfLeaders.size)}`;
  return `The trust model holds: C1, and ${fast}.`;
}

export function leaderCount(count: number): string {
  return count === 1 ? 'the one leader' : `each of the ${count} leaders`;
}

/** What is violated or undecided of that which acceptance needs; the worst first. */
export function describeComplaints(report: TrustReport, trust: TrustAssumption): readonly string[] {
  const { slowWithinByzantine, c1 } = report;
  const excess = describeExcess(slowWithinByzantine);
  const { verdict, leader, count } = judgeAllLeaders(report);
  const others = count === 1 ? '' : ` (and ${count - 1} more)`;
  const faults = c2FaultsOf(trust.leaders.universe.of([leader]));
  const needed =
    c1._tag === 'violated'
      ? [describeCover('C1', c1, c1Faults, trust)]
      : [describeCover(`C2ℓ for leader ${leader}${others}`, verdict, faults, trust)];
  return [excess, ...needed].filter((line) => line !== undefined);
}

/** Undefined where slow sets are possible Byzantine sets. */
function describeExcess(verdict: Verdict): string | undefined {
  if (verdict._tag === 'holds') return undefined;
  if (verdict._tag === 'unknown') return `Whether slow sets are possible Byzantine sets: ${verdict.reason}.`;
  if (verdict.witness === undefined)
    return `Slow sets must be possible Byzantine sets; ${verdict.reason ?? 'some is none'}.`;
  const sets = verdict.witness.map(({ members }) => braced(members));
  return `Slow sets must be possible Byzantine sets; ${sets.join(', ')} is none.`;
}

/** Undefined where the condition holds. */
function describeCover(
  condition: string,
  verdict: Verdict,
  faults: CoveringFaults,
  trust: TrustAssumption,
): string | undefined {
  if (verdict._tag === 'holds') return undefined;
  const remedy = verdict._tag === 'violated' ? describeRemedy(trust, faults) : [];
  return [`${condition} is ${describeVerdict(verdict, describeCovering)}.`, ...remedy].join(' ');
}

/** The sets that cover every server by kind, without empty ones. */
export function describeCovering(sets: readonly FaultSet[]): string {
  const setsOf = (kind: FaultSet['kind']): string =>
    sets
      .filter((set) => set.kind === kind && !set.members.isEmpty)
      .map(({ members }) => braced(members))
      .join(', ');
  const [byzantine, slow] = [setsOf('byzantine'), setsOf('slow')];
  const parts = [byzantine && `Byzantine ${byzantine}`, slow && `slow ${slow}`].filter((part) => part !== '');
  return `${parts.join('; ')} together are every server`;
}

/** What the root gate lacks; nothing for a system without a tree. */
function describeRemedy({ system }: TrustAssumption, faults: CoveringFaults): readonly string[] {
  const [root] = gateSlack(system, faults);
  if (root === undefined) return [];
  const { universe } = system.processes;
  const children = coveringOfChildren(system, faults);
  const names = (kind: (typeof children)[number]['covering']): readonly string[] =>
    children.filter(({ covering }) => covering === kind).map(({ tree }) => describeMembers(membersOf(tree), universe));
  const [weak, forced] = [names('covered'), names('forced')];
  const besides = forced.length === 0 ? '' : ` besides ${listNames(forced)}`;
  const repair = weak.length === 0 ? '' : `, add servers to ${listNames(weak)}`;
  const need =
    root.gate.weights === undefined
      ? `${root.needed} members${besides} must withstand this by themselves, ${root.good} do`
      : `Members that weigh ${root.needed}${besides} must withstand this by themselves, those that do weigh ${root.good}`;
  return [`${need}: add members${repair}, or lower f or t.`];
}

/** The most silence that the two-step path could survive, and what keeps it from more. */
export function describeLargestSlow(largest: LargestSlow, { system }: TrustAssumption): readonly string[] {
  const { root, inner, tree, rootAtAnySize } = largest;
  const most = `The largest t that holds is ${root} at the root${inner > 0 ? ` and ${inner} inside` : ''}${printed(tree)}.`;
  if (!(system instanceof OrganizationSystem) || system.tree._tag === 'member' || root >= system.tree.f) return [most];
  const { f, of, weights } = system.tree;
  const silence = weights === undefined ? `${root + 1} of ${of.length} members` : `members that weigh ${root + 1}`;
  const hope =
    rootAtAnySize > root
      ? `More servers inside the members could raise it to ${rootAtAnySize}.`
      : `The two-step path cannot survive the silence of ${silence} at f=${f}, however many servers each has.`;
  return [most, hope];
}

/** No longer text is printed in a sentence. */
const maxPrinted = 400;

function printed(tree: LargestSlow['tree']): string {
  const text = printTrustTree(tree);
  return text.length > maxPrinted ? '' : `: ${text}`;
}
