/** Proposals for people and for programs. */
import { toHex } from '../../prelude/bytes.js';
import type { Action } from '../../management/proposals/action.js';
import type { ClosedProposal } from '../../management/governance/governance.js';
import type { Overview, ShownProposal } from '../../services/membership/view-shapes.js';
import { inColumn } from '../columns.js';
import { lengthText } from '../durations.js';
import { onOneLine } from '../one-line.js';
import type { Printable } from '../session.js';
import { describeAction } from './action-showing.js';

export function proposalJson(proposal: ShownProposal): Readonly<Record<string, unknown>> {
  const { id, number, author, state, kinds, overrides, ballots, isAutonomous, stillNeeded, lengthMs, endMs } = proposal;
  const end = endMs === undefined ? {} : { endMs };
  return {
    number,
    id: toHex(id),
    author,
    state,
    kinds,
    overrides,
    ballots,
    isAutonomous,
    stillNeeded,
    lengthMs,
    ...end,
  };
}

export function closedJson({ id, ...rest }: ClosedProposal): Readonly<Record<string, unknown>> {
  return { ...rest, id: toHex(id) };
}

/** One of the overview, in a few lines. */
function describeProposal(proposal: ShownProposal, nowMs: number): readonly string[] {
  const { number, author, kinds, overrides, isAutonomous, stillNeeded } = proposal;
  const own = isAutonomous ? ', its own business' : '';
  return [
    `${number}  ${kinds.join(', ')}, by ${author}${own}: ${describeState(proposal, nowMs)}`,
    ...(overrides.length === 0 ? [] : [`   overrides ${overrides.join(', ')}`]),
    ...describeBallots(proposal).map((line) => `   ${line}`),
    ...stillNeeded.map((line) => `   ${line}`),
  ];
}

/** With its actions. */
export function describeWhole(proposal: ShownProposal, actions: readonly Action[], nowMs: number): readonly string[] {
  const { number, id, author, overrides, stillNeeded } = proposal;
  const needed = stillNeeded.map((line) => row('can still decide', line));
  return [
    `Proposal ${number} of ${author}: ${describeState(proposal, nowMs)}`,
    ...actions.map((action, index) => row(index === 0 ? 'to do' : '', describeAction(action))),
    row('id', toHex(id)),
    ...(overrides.length === 0 ? [] : [row('overrides', overrides.join(', '))]),
    ...describeBallots(proposal).map((line) => row('ballots', line)),
    ...needed,
  ];
}

export function describeClosed({ number, author, ending, why }: ClosedProposal): string {
  // The effects of a document are what its organizations looked at: after another they look again.
  const remedy = ending === 'superseded' ? ': look at it again, and propose it anew' : '';
  return `${number}  by ${author}: ${ending} (${onOneLine(why)})${remedy}`;
}

/** All that is under way, and the newest that are over. */
export function showProposals(
  { proposals, conflicts, timeMs }: Overview,
  closed: readonly ClosedProposal[],
): Printable {
  const json = { proposals: proposals.map(proposalJson), conflicts, closed: closed.map(closedJson) };
  return {
    json,
    lines: [
      ...(proposals.length === 0
        ? ['No proposals are under way.']
        : proposals.flatMap((each) => describeProposal(each, timeMs))),
      ...conflicts.map(
        ({ between, about }) => `Proposals ${between.join(' and ')} act on the same thing: ${about.join(', ')}`,
      ),
      ...(closed.length === 0 ? [] : ['Over:', ...closed.map((each) => `  ${describeClosed(each)}`)]),
    ],
  };
}

function describeBallots({ ballots }: ShownProposal): readonly string[] {
  const who = (accepts: boolean): string =>
    ballots
      .filter((ballot) => ballot.accepts === accepts)
      .map(({ organization }) => organization)
      .join(', ');
  const [yes, no] = [who(true), who(false)];
  return ballots.length === 0
    ? []
    : [[yes === '' ? '' : `yes: ${yes}`, no === '' ? '' : `no: ${no}`].filter(Boolean).join('; ')];
}

function describeState({ state, endMs, lengthMs }: ShownProposal, nowMs: number): string {
  if (state === 'executing') return 'executing';
  if (endMs === undefined) return `${state}, for ${lengthText(lengthMs)} more`;
  return `${state}, for ${roughly(endMs - nowMs)} more`;
}

/** A length that is left, in its largest unit. */
export function roughly(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
  ] as const;
  const found = units.find(([, length]) => ms >= 2 * length);
  return found === undefined ? `${Math.max(0, Math.ceil(ms / 1000))} s` : `${Math.round(ms / found[1])} ${found[0]}`;
}

export function row(label: string, text: string): string {
  return `  ${inColumn(label, 18)}${text}`;
}
