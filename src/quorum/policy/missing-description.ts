/** What a set lacks, in words: "one more of globex (g2, g4, g5), or any of initech". */
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { listNames } from '../tree/name-list.js';
import type { GateNeed, Missing, Need } from './missing.js';

/** No list shows more; the rest is counted. */
const maxNames = 6;
const maxParts = 5;

const smallNumbers = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

export function describeMissing(missing: Missing): string {
  switch (missing._tag) {
    case 'nothing':
      return 'nothing is missing';
    case 'unreachable':
      return `can no longer be reached${missing.refused.length === 0 ? '' : ` without ${listNames(missing.refused, maxNames)}`}`;
    case 'completion':
      return `${listNames(missing.members, maxNames)} (others may do as well)`;
    case 'member':
    case 'gate':
      return describeNeed(missing, undefined);
    default:
      return assertNever(missing);
  }
}

/** @param within - the organization whose servers go by their short names here. */
function describeNeed(need: Need, within: string | undefined): string {
  if (need._tag === 'member') return nameWithin(need.id, within);
  const [only] = need.open;
  if (only !== undefined && need.open.length === 1) return describeNeed(only.need, within);
  const members = need.open.flatMap((child) => (child.need._tag === 'member' ? [child.need.id] : []));
  return members.length === need.open.length ? describeMembers(need, members, within) : describeParts(need, within);
}

/** "two more of globex (g2, g4, g5)": only members are open. */
function describeMembers(need: GateNeed, members: readonly ProcessId[], within: string | undefined): string {
  const { organization, open, childCount } = need;
  const inner = organization ?? within;
  const weights = isCounted(need) ? undefined : open.map(({ weight }) => weight);
  const names = members.map((id, index) => nameWithin(id, inner) + weightSuffix(weights?.[index]));
  const list = `(${listNames(names, maxNames)})`;
  const isNamed = organization !== undefined && organization !== within;
  const isWhole = need.isWhole && open.length === childCount && weights === undefined;
  const whom = isNamed ? (isWhole ? organization : `${organization} ${list}`) : list;
  return `${amount(need)} of ${whom}`;
}

/** "two of: …; …": there are gates among what is open; what needs the fewest members is shown first. */
function describeParts(need: GateNeed, within: string | undefined): string {
  const { organization } = need;
  const inner = organization ?? within;
  const nearest = need.open
    .map((child) => ({ ...child, effort: effortOf(child.need) }))
    .sort((a, b) => a.effort - b.effort);
  const count = countOf(need);
  const parts = nearest
    .slice(0, maxParts)
    .map(({ need: part, weight }) => bracketed(part, inner) + weightSuffix(isCounted(need) ? undefined : weight));
  const rest = nearest.length - parts.length;
  const others = rest === 0 ? [] : [`${rest} others`];
  const place = organization === undefined || organization === within ? '' : `in ${organization}: `;
  if (count === 1) return `${place}${[...parts, ...others.map((more) => `one of ${more}`)].join(', or ')}`;
  if (count === need.open.length) return `${place}${[...parts, ...others].join(', and ')}`;
  return `${place}${amount(need)} of: ${[...parts, ...others].join('; ')}`;
}

/** In brackets where its own "or" and "and" could be read as those of the list around it. */
function bracketed(need: Need, within: string | undefined): string {
  const text = describeNeed(need, within);
  const isList = need._tag === 'gate' && need.open.length > 1 && need.open.some((child) => child.need._tag === 'gate');
  return isList ? `(${text})` : text;
}

/** "any", "all", "two", "two more", or by weight "30 more by weight". */
function amount(need: GateNeed): string {
  const { present, open, childCount } = need;
  const count = countOf(need);
  const more = present > 0 ? ' more' : '';
  if (count === undefined) return `${need.lacking}${more} by weight`;
  if (count === 1 && present === 0) return 'any';
  if (count === childCount && open.length === childCount) return 'all';
  return `${smallNumbers[count] ?? count}${more}`;
}

/** How many of the open children are needed, whichever these are; undefined where that depends on their weights. */
function countOf({ lacking, open }: GateNeed): number | undefined {
  const weights = open.map(({ weight }) => weight).sort((a, b) => a - b);
  const fewest = countUntil(weights.toReversed(), lacking);
  return fewest === countUntil(weights, lacking) ? fewest : undefined;
}

function countUntil(weights: readonly number[], lacking: number): number {
  let [count, sum] = [0, 0];
  while (sum < lacking && count < weights.length) sum += weights[count++] ?? 0;
  return count;
}

function isCounted(need: GateNeed): boolean {
  return countOf(need) !== undefined;
}

/** About how many members must join; for the order of what is shown. */
function effortOf(need: Need): number {
  if (need._tag === 'member') return 1;
  const open = need.open.map((child) => ({ weight: child.weight, effort: effortOf(child.need) }));
  let [effort, sum] = [0, 0];
  for (const child of open.sort((a, b) => a.effort / a.weight - b.effort / b.weight)) {
    if (sum >= need.lacking) break;
    sum += child.weight;
    effort += child.effort;
  }
  return effort;
}

function nameWithin(id: ProcessId, within: string | undefined): string {
  return within !== undefined && id.startsWith(`${within}/`) ? id.slice(within.length + 1) : id;
}

function weightSuffix(weight: number | undefined): string {
  return weight === undefined ? '' : `*${weight}`;
}
