/** What a search found, in words. */
import { assertNever } from '../../prelude/invariant.js';
import { type ProcessId, Universe } from '../../prelude/process.js';
import { downtimePerYear } from '../analysis/availability/downtime.js';
import { printPolicy } from '../policy/policy-text.js';
import { membersOf } from '../tree/tree-check.js';
import { braced } from '../trust/process-names.js';
import { printTrustTree } from '../trust/trust-text.js';
import type { Figure } from '../verdict.js';
import type { IntentError } from './intent.js';
import type { FoundPolicy } from './policy-front.js';
import type { Flaw, PolicySearch, RejectedPolicy } from './policy-search.js';
import type { ShapedPolicy } from './policy-shapes.js';

/** No more policies, and no longer texts, are shown. */
const maxShown = 8;
const maxTextLength = 160;

/** One policy a paragraph, the best first, then what its neighbours lack. At least one was found. */
export function describeSearch(search: PolicySearch): readonly string[] {
  const { trust, found, rejected, triedCount, isComplete } = search;
  const universe = new Universe(membersOf(trust));
  const names = (ids: readonly ProcessId[]): string => braced(universe.of(ids));
  const others = found.length > maxShown ? [`and ${found.length - maxShown} more (--json lists them)`] : [];
  return [
    `Survived is ${shortened(printTrustTree(trust))}`,
    `${triedCount} policies were judged${isComplete ? '' : '; the search was not finished'}. None of these is worse than another in every respect, the best first:`,
    ...found.slice(0, maxShown).flatMap((one, index) => ['', `${index + 1}. ${describeFound(one)}`]),
    ...others,
    ...(rejected.length === 0 ? [] : ['', 'Next to the first, and not good enough:']),
    ...rejected.slice(0, maxShown).map((one) => `  ${describeRejected(one, names)}`),
  ];
}

function describeFound(found: FoundPolicy): string {
  const { load, uptime, size } = found;
  const figures = [
    `load ${shown(load, String)}`,
    `nobody can act ${shown(uptime, ({ down }) => downtimePerYear(down))}`,
    `quorums of ${size} or more`,
  ];
  return `${policyText(found)}\n   ${figures.join(', ')}`;
}

function describeRejected(rejected: RejectedPolicy, names: (ids: readonly ProcessId[]) => string): string {
  return `${policyText(rejected)}: ${describeFlaw(rejected.flaw, names)}`;
}

/** In full, or where that is long as the rule that it is for these organizations, if one says it. */
function policyText({ policy, shape, thresholds }: ShapedPolicy): string {
  const text = printPolicy(policy);
  const [root = 0, inner, ...more] = thresholds;
  if (text.length <= maxTextLength) return text;
  if (shape === 'servers') return `${root} of servers`;
  if (shape === 'organizations' && inner !== undefined && more.length === 0)
    return `${root} of orgs (${inner} of servers)`;
  return shortened(text);
}

function describeFlaw(flaw: Flaw, names: (ids: readonly ProcessId[]) => string): string {
  switch (flaw._tag) {
    case 'canBeBlocked':
      return `${flaw.witness === undefined ? 'liars' : names(flaw.witness)} can block it`;
    case 'canBeForged':
      return `${flaw.witness?.quorums[0] === undefined ? 'liars' : names(flaw.witness.quorums[0])} can act alone`;
    case 'canMeetInFaults': {
      if (flaw.witness === undefined) return 'two quorums may meet in liars only';
      return `${flaw.witness.quorums.map((quorum) => names(quorum)).join(' and ')} may share liars only`;
    }
    case 'undecided':
      return `not decided: ${flaw.reason}`;
    default:
      return assertNever(flaw);
  }
}

export function describeIntentError(error: IntentError): string {
  if (error._tag === 'OutOfRange') return `${error.what}: expected ${error.expected}`;
  const most = error.instead
    .map(({ organizations, serversInEachOther }) => `${organizations} and ${serversInEachOther} inside each other`)
    .join(', or ');
  return `${error.reason}; the most organizations and servers that can be survived: ${most}`;
}

function shown<A>(figure: Figure<A>, show: (value: A) => string): string {
  if (figure._tag === 'exact') return show(figure.value);
  return figure.atMost === undefined ? 'unknown' : `at most ${show(figure.atMost)}`;
}

function shortened(text: string): string {
  return text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength)}…`;
}
