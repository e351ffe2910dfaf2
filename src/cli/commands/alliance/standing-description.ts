/** What an alliance will bear, and who could block what: before anybody signs its document. */
import type { Alliance } from '../../../management/alliance.js';
import { governingPolicies } from '../../../management/proposals/governing-policies.js';
import type { PolicyStanding, Standing } from '../../../management/proposals/standing.js';
import { printPolicy } from '../../../quorum/policy/policy-text.js';
import type { Figure } from '../../../quorum/verdict.js';
import { row } from '../../spoken-rows.js';

export function describeStanding(
  alliance: Alliance,
  standing: Standing,
): { readonly json: object; readonly lines: readonly string[] } {
  const { summary, tolerances, policies } = standing;
  const stated = governingPolicies(alliance).map(({ name, policy }) => ({ name, policy: printPolicy(policy) }));
  const { dishonestServers, silentServers, dishonestOrganizations } = tolerances;
  const json = {
    safety: summary.safety,
    findings: summary.findings,
    tolerances: {
      dishonestServers: valueOf(dishonestServers),
      silentServers: valueOf(silentServers),
      dishonestOrganizations: valueOf(dishonestOrganizations),
    },
    policies: stated,
    blocking: policies.map(({ name, vetoes, smallestBlocking }) => ({
      name,
      vetoes,
      smallestBlocking: valueOf(smallestBlocking),
    })),
    overrides: alliance.governance.overrides,
  };
  const lines = [
    row('it is', summary.safety),
    ...summary.findings.map((finding) => row('', finding)),
    row(
      'it bears',
      `any ${counted(dishonestServers, 'dishonest server')}, any ${counted(dishonestOrganizations, 'dishonest organization')}`,
    ),
    row('', `${counted(silentServers, 'silent server')} without becoming slower`),
    ...stated.map(({ name, policy }) => row('policy', `${name}: ${policy}`)),
    ...policies.map((policy) => row('blocked by', blockedBy(policy))),
    ...alliance.governance.overrides.map((gate) => row('overridden', `${gate}: accepted although it is warned of`)),
  ];
  return { json, lines };
}

function valueOf<A>(figure: Figure<A>): A | undefined {
  return figure._tag === 'exact' ? figure.value : undefined;
}

function counted(figure: Figure<number>, what: string): string {
  if (figure._tag === 'unknown') return `${what} (how many is not decided)`;
  return `${figure.value} ${what}${figure.value === 1 ? '' : 's'}`;
}

function blockedBy({ name, vetoes, smallestBlocking }: PolicyStanding): string {
  const set = valueOf(smallestBlocking);
  const least = set === undefined ? 'not decided' : `${set.length} organizations, such as ${set.join(', ')}`;
  return `${name}: ${vetoes.length === 0 ? least : `${vetoes.join(', ')}, each alone`}`;
}
