/** A policy report as JSON, under names that programs may rely on. */
import { Fraction } from '../quorum/analysis/load/fraction.js';
import { isComplete, type LevelReport } from '../quorum/report/level-report.js';
import type { Level, PolicyReport } from '../quorum/report/policy-report.js';
import type { PolicySummary } from '../quorum/report/policy-summary.js';
import type { TrustFit } from '../quorum/report/trust-fit.js';
import { printPolicy } from '../quorum/policy/policy-text.js';
import type { Figure, Verdict } from '../quorum/verdict.js';
import { conditionsJson } from './trust-json.js';
import { verdictJson } from './verdict-json.js';

/** Numbers that are not known are null; what is known of them stands in `unknown`. Counts are decimal strings. */
export function policyJson(report: PolicyReport, { safety, findings }: PolicySummary, level: Level): object {
  const { policy, servers, organizations, load, uptime, trustFit } = report;
  const chosen = level === 'org' && organizations !== undefined ? organizations : servers;
  return {
    policy: printPolicy(policy),
    verdict: safety,
    findings,
    level,
    ...levelJson(chosen),
    load: figureJson(load, String),
    capacity: figureJson(load, (fraction) => 1 / fraction.toNumber()),
    ...uptimeJson(uptime),
    ...(organizations === undefined ? {} : { organizations: levelJson(organizations) }),
    conditions: trustFit === undefined ? null : conditionsJson(trustFit.trust),
    ...(trustFit === undefined ? {} : { fit: fitJson(trustFit) }),
    unknown: unknownOf({ ...figuresOf(chosen), load, ...(uptime === undefined ? {} : { availability: uptime }) }),
  };
}

function levelJson(level: LevelReport): object {
  const { quorums, blockingSets } = level;
  const blocking = figureJson(blockingSets.smallest, ({ cost }) => cost);
  return {
    members: level.members,
    minimalQuorumCount: figureJson(quorums.count, String),
    minimalBlockingSetCount: figureJson(blockingSets.count, String),
    minimalQuorums: quorums.listed,
    minimalBlockingSets: blockingSets.listed,
    minimalQuorumsComplete: isComplete(quorums),
    minimalBlockingSetsComplete: isComplete(blockingSets),
    minQuorumSize: figureJson(quorums.smallest, ({ cost }) => cost),
    minBlockingSize: blocking,
    minSplittingSize: figureJson(level.smallestSplittingSet, ({ members }) => members.length),
    splitting: figureJson(level.smallestSplittingSet, (split) => split),
    resilience: blocking === null ? null : blocking - 1,
    q: Object.fromEntries([...level.uncoverable].map(([k, verdict]) => [k, decidedOf(verdict)])),
    qWitnesses: Object.fromEntries([...level.uncoverable].map(([k, verdict]) => [k, witnessOf(verdict)])),
    vetoes: level.vetoes,
    soleActors: level.soleActors,
    dummies: figureJson(level.dummies, (ids) => ids),
    power: figureJson(level.power, (power) => Object.fromEntries(power)),
  };
}

/** What may be unknown of a level. */
function figuresOf({ quorums, blockingSets, smallestSplittingSet, dummies, power }: LevelReport): object {
  return {
    minimalQuorumCount: quorums.count,
    minimalBlockingSetCount: blockingSets.count,
    smallestQuorum: quorums.smallest,
    smallestBlockingSet: blockingSets.smallest,
    smallestSplittingSet,
    dummies,
    power,
  };
}

function uptimeJson(uptime: PolicyReport['uptime']): object {
  if (uptime === undefined) return { availability: null };
  return { availability: figureJson(uptime, ({ up }) => up), unavailability: figureJson(uptime, ({ down }) => down) };
}

function fitJson({ trust: _, ...fit }: TrustFit): object {
  return Object.fromEntries(Object.entries(fit).map(([name, verdict]) => [name, verdictJson<unknown>(verdict)]));
}

/** The value, or null where it is not known. */
export function figureJson<A, B>(figure: Figure<A>, show: (value: A) => B): B | null {
  return figure._tag === 'exact' ? show(figure.value) : null;
}

function decidedOf(verdict: Verdict<unknown>): boolean | null {
  return verdict._tag === 'unknown' ? null : verdict._tag === 'holds';
}

function witnessOf<W>(verdict: Verdict<W>): W | null {
  return verdict._tag === 'violated' ? (verdict.witness ?? null) : null;
}

/** Why what is null is, with the bounds that hold all the same. */
function unknownOf(figures: Readonly<Record<string, unknown>>): object {
  const isUnknown = (value: unknown): value is Extract<Figure<unknown>, { readonly _tag: 'unknown' }> =>
    typeof value === 'object' && value !== null && '_tag' in value && value._tag === 'unknown';
  return Object.fromEntries(
    Object.entries(figures).flatMap(([name, figure]) =>
      isUnknown(figure)
        ? [[name, { reason: figure.reason, atLeast: plain(figure.atLeast), atMost: plain(figure.atMost) }]]
        : [],
    ),
  );
}

/** As JSON can hold it. */
function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Fraction) return value.toString();
  return value;
}
