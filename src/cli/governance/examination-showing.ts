/** A dry run for people and for programs: what actions do, what stands against them, and who has to agree. */
import { toHex } from '../../prelude/bytes.js';
import { organizationOf } from '../../prelude/process.js';
import type { Alliance } from '../../management/alliance.js';
import type { Action } from '../../management/proposals/action.js';
import { stillNeeded } from '../../management/proposals/approval.js';
import { isAutonomous } from '../../management/proposals/autonomy.js';
import type { Examination } from '../../management/proposals/dry-run.js';
import type { Effect } from '../../management/proposals/effect.js';
import { describeEffect } from '../../management/proposals/effect-description.js';
import type { GateName } from '../../management/proposals/gate-names.js';
import type { Figure } from '../../quorum/verdict.js';
import type { Printable } from '../session.js';
import { describeAction } from './action-showing.js';

/** What was examined, and for whom. */
export interface Examined {
  readonly document: Alliance;
  readonly actions: readonly Action[];
  readonly overrides: readonly GateName[];
  readonly examination: Examination;
  /** Who proposes it. */
  readonly author?: string | undefined;
  readonly suspended?: ReadonlySet<string>;
}

export function showExamination(examined: Examined): Printable {
  const { actions, examination } = examined;
  const { effect, effectValue, gates, requirements } = examination;
  const needed = whoHasToAgree(examined);
  const json = {
    actions: actions.map(describeAction),
    effect: toHex(effect),
    gates,
    requirements: requirements.map(({ says }) => says),
    stillNeeded: needed,
    ...(effectValue === undefined ? {} : { does: effectJson(effectValue) }),
  };
  const does =
    effectValue === undefined ? ['It takes effect at once, and no change of epoch.'] : describeEffect(effectValue);
  return {
    json,
    lines: [
      ...actions.map((action, index) => `${index === 0 ? 'To do: ' : '       '}${describeAction(action)}`),
      '',
      ...does,
      '',
      'Who has to agree:',
      ...(needed.length === 0
        ? ["  nobody else: it is the organization's own business"]
        : needed.map((line) => `  ${line}`)),
    ],
  };
}

/** A line for each policy; none where it is its author's own business. Applications of its that have been dismissed are not known here. */
function whoHasToAgree(examined: Examined): readonly string[] {
  const { examination, overrides, suspended = new Set() } = examined;
  return isOwn(examined) ? [] : stillNeeded(examination.requirements, { ballots: [], suspended, overrides });
}

function isOwn({ author, actions, document, examination: { draft, effectValue } }: Examined): boolean {
  if (author === undefined || draft === undefined || effectValue === undefined) return false;
  const counts = new Map<string, number>();
  for (const { id } of document.applications) counts.set(organizationOf(id), (counts.get(organizationOf(id)) ?? 0) + 1);
  return isAutonomous({ author, actions, draft, effect: effectValue, applicationCounts: counts });
}

function effectJson({ before, after, vetoes, moves, firstToAct, pause }: Effect): unknown {
  return {
    before: standingJson(before),
    after: standingJson(after),
    vetoes,
    moves: moves.map(moveJson),
    firstToAct,
    pause,
  };
}

function standingJson({
  organizationCount,
  serverCount,
  verdicts,
  tolerances,
  summary,
  policies,
}: Effect['before']): unknown {
  const { dishonestServers, silentServers, dishonestOrganizations } = tolerances;
  return {
    organizations: organizationCount,
    servers: serverCount,
    safety: summary.safety,
    findings: summary.findings,
    verdicts,
    tolerances: {
      dishonestServers: valueOf(dishonestServers),
      silentServers: valueOf(silentServers),
      dishonestOrganizations: valueOf(dishonestOrganizations),
    },
    policies: policies.map(({ name, vetoes, smallestBlocking }) => ({
      name,
      vetoes,
      smallestBlocking: valueOf(smallestBlocking),
    })),
  };
}

/** Null where it was not found. */
function valueOf<A>(figure: Figure<A>): A | null {
  return figure._tag === 'exact' ? figure.value : null;
}

function moveJson({ present, dealt, ...move }: Effect['moves'][number]): unknown {
  return {
    ...move,
    ...(present === undefined ? {} : { present: toHex(present) }),
    ...(dealt === undefined ? {} : { dealt: toHex(dealt) }),
  };
}
