/** A policy report laid out for a person: a summary line, then who can act, who can block, what it survives, and its uses. */
import { groupedBy } from '../../prelude/grouping.js';
import type { ProcessId } from '../../prelude/process.js';
import { downtimePerYear, nines } from '../analysis/availability/downtime.js';
import type { Fraction } from '../analysis/load/fraction.js';
import { listNames } from '../tree/name-list.js';
import { describeVerdict, section } from '../trust/report-layout.js';
import { exact, type Figure } from '../verdict.js';
import { describeCount, describeFigure, type NameSet } from './figure-text.js';
import { isComplete, type LevelReport, type SetsReport } from './level-report.js';
import { drawPolicy } from './policy-drawing.js';
import type { PolicyReport } from './policy-report.js';
import { namesIn, type PolicySummary } from './policy-summary.js';
import { policyUses, type TrustFit } from './trust-fit.js';

export function describePolicy(report: PolicyReport, { safety, findings }: PolicySummary): readonly string[] {
  const [worst, ...others] = findings;
  const { servers, organizations, trustFit } = report;
  const names = namesIn(report);
  return [
    `${safety}: ${worst ?? ''}`,
    ...others,
    ...section('Servers', describeLevel(servers, names)),
    ...(organizations === undefined ? [] : section('Organizations, each acting as one', describeGroups(organizations))),
    ...section('Gate by gate', drawPolicy(report.policy)),
    ...section(
      'Read as a fault model, in which whoever cannot act may be corrupted: Qk, no k such sets are everybody',
      describeCovers(servers, names),
    ),
    ...section('Under load', describeLoad(report)),
    ...(report.uptime === undefined ? [] : section('Over time', describeUptime(report.uptime))),
    ...(trustFit === undefined ? [] : section('Under the trust model', describeFit(trustFit, names))),
  ];
}

function describeGroups(level: LevelReport): readonly string[] {
  const power = describeFigure(level.power, describePower);
  return [...describeLevel(level, braces), `power             ${power}`];
}

function describeLevel(level: LevelReport, names: NameSet): readonly string[] {
  const { members, quorums, blockingSets } = level;
  const sized = ({ members: found }: { readonly members: readonly ProcessId[] }): string =>
    `${found.length} of ${members.length}${found.length === 0 ? '' : `, such as ${names(found)}`}`;
  return [
    `act together      ${describeFigure(quorums.smallest, sized)}; minimal quorums: ${describeFigure(quorums.count, describeCount)}`,
    ...describeListed(quorums),
    `block together    ${describeFigure(blockingSets.smallest, sized)}; minimal blocking sets: ${describeFigure(blockingSets.count, describeCount)}`,
    ...describeListed(blockingSets),
    `split it by lying ${describeFigure(level.smallestSplittingSet, sized)}`,
    ...listed('veto              ', level.vetoes),
    ...listed('act alone         ', level.soleActors),
    ...(level.dummies._tag === 'exact' ? listed('never matter      ', level.dummies.value) : []),
  ];
}

/** Every set in full, and whether there are more. */
function describeListed(sets: SetsReport): readonly string[] {
  const lines = sets.listed.map((set) => `{${set.join(', ')}}`);
  const more = lines.length === 0 || isComplete(sets) ? [] : [`and ${describeMore(sets)}`];
  return [...lines, ...more].map((line) => `                  ${line}`);
}

function describeMore({ count, listed }: SetsReport): string {
  return count._tag === 'exact' ? `${describeCount(count.value - BigInt(listed.length))} more` : 'perhaps more';
}

function listed(title: string, ids: readonly ProcessId[]): readonly string[] {
  return ids.length === 0 ? [] : [`${title}${listNames(ids)}`];
}

/** No more groups are named with their power. */
const maxPowers = 12;

/** Members of equal power share a figure. */
function describePower(power: ReadonlyMap<ProcessId, number>): string {
  const byShare = groupedBy(power.keys(), (id) => `${(100 * (power.get(id) ?? 0)).toFixed(1)} %`);
  const parts = [...byShare].map(([shown, ids]) => `${listNames(ids)} ${ids.length > 1 ? 'each ' : ''}${shown}`);
  return listNames(parts.slice(0, maxPowers));
}

/** What Q^k is asked for. */
const coverUses: ReadonlyMap<number, string> = new Map([
  [3, 'agreement'],
  [4, 'data that proves nothing'],
  [5, 'agreement in two steps'],
]);

/** One line each, and the sets for the first that does not hold; the others fail with it. */
function describeCovers({ uncoverable }: LevelReport, names: NameSet): readonly string[] {
  const failing = [...uncoverable].find(([, verdict]) => verdict._tag === 'violated');
  return [...uncoverable].map(([k, verdict]) => {
    const use = coverUses.get(k);
    const isFirst = verdict._tag !== 'violated' || failing?.[0] === k;
    const shown = isFirst ? describeVerdict(verdict, (sets) => `${shownSets(sets, names)} are everybody`) : 'violated';
    return `${`Q${k}${use === undefined ? '' : `, for ${use}`}`.padEnd(34)}  ${shown}`;
  });
}

function shownSets(sets: readonly (readonly ProcessId[])[], names: NameSet): string {
  return sets
    .filter((set) => set.length > 0)
    .map((set) => names(set))
    .join(', ');
}

/** The inverse of a load. */
function capacityOf(load: Figure<Fraction>): Figure<Fraction> {
  if (load._tag === 'exact') return exact(load.value.inverse);
  const { reason, atLeast, atMost } = load;
  return {
    _tag: 'unknown',
    reason,
    ...(atMost && { atLeast: atMost.inverse }),
    ...(atLeast && { atMost: atLeast.inverse }),
  };
}

function describeLoad({ load }: PolicyReport): readonly string[] {
  const shown = describeFigure(load, (fraction) => {
    const text = fraction.toString();
    return text.includes('/') ? `${text} (${fraction.toNumber().toPrecision(3)})` : text;
  });
  return [
    `load              ${shown}: the part of all requests that the busiest server must take, at best`,
    `capacity          ${describeFigure(capacityOf(load), (capacity) => capacity.toNumber().toPrecision(3))} times that of one server`,
  ];
}

function describeUptime(uptime: Exclude<PolicyReport['uptime'], undefined>): readonly string[] {
  return [
    `somebody can act  ${describeFigure(uptime, ({ up, down }) => `${up} of the time (${nineCount(nines(down))}): nobody can ${downtimePerYear(down)}`)}`,
  ];
}

function nineCount(count: number): string {
  return `${count} ${count === 1 ? 'nine' : 'nines'}`;
}

function describeFit(fit: TrustFit, names: NameSet): readonly string[] {
  const lines = {
    unforgeable: describeVerdict(fit.unforgeable, ({ quorums }) => `${shownSets(quorums, names)} can`),
    live: describeVerdict(fit.live, (set) => `${names(set)} can`),
    dissemination: describeVerdict(fit.dissemination, ({ quorums, faults }) => meeting(quorums, faults)),
    masking: describeVerdict(fit.masking, ({ quorums, faults }) => meeting(quorums, faults)),
    fast: describeVerdict(fit.fast, ({ quorums, faults }) => meeting(quorums, faults)),
  };
  return [
    `liars alone cannot act                       ${lines.unforgeable}`,
    `liars alone cannot block                     ${lines.live}`,
    `two quorums share a correct member           ${lines.dissemination}`,
    `they still do when others lie unprovably     ${lines.masking}`,
    `fast quorums leave one value to recovery     ${lines.fast}`,
    ...Object.entries(policyUses).map(([use, needs]) => {
      const verdicts = needs.map((need) => fit[need]._tag);
      const answer = verdicts.includes('violated') ? 'no' : verdicts.includes('unknown') ? 'not decided' : 'yes';
      return `${`fit for ${use}`.padEnd(44)} ${answer}`;
    }),
  ];

  function meeting(quorums: readonly (readonly ProcessId[])[], faults: readonly (readonly ProcessId[])[]): string {
    const liars = shownSets(faults, names);
    const met = quorums.map((set) => names(set)).join(' and ');
    return liars === '' ? `${met} have nobody in common` : `${met} meet only inside ${liars}`;
  }
}

function braces(ids: readonly ProcessId[]): string {
  return `{${listNames(ids)}}`;
}
