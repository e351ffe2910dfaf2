/** The effect of a proposal for a terminal: before and after side by side, in lines of at most 100 columns. */
import { listNames } from '../../quorum/tree/name-list.js';
import type { Figure } from '../../quorum/verdict.js';
import type { Effect, ToldMove } from './effect-shape.js';
import type { PolicyStanding, Standing } from './standing.js';

const columns = { title: 30, cell: 34, line: 100 } as const;

export function describeEffect(effect: Effect): readonly string[] {
  const { before, after, gates, firstToAct, pause } = effect;
  return [
    ...tableRow(['', 'before', 'after']),
    ...rowsOf(before, after).flatMap(tableRow),
    ...section('Vetoes', describeVetoes(effect)),
    ...section('Keys', effect.moves.map(describeMove)),
    ...section('The trust model after', after.summary.findings),
    ...section(
      'Stands against it',
      gates.flatMap(({ gate, why }) => why.map((reason) => `${gate}: ${reason}`)),
    ),
    ...section('First to act', firstToAct),
    ...section('Pause', pause),
  ];
}

type Row = readonly [title: string, before: string, after: string];

function rowsOf(before: Standing, after: Standing): readonly Row[] {
  const row = (title: string, show: (standing: Standing) => string): Row => [title, show(before), show(after)];
  const names = [...new Set([...before.policies, ...after.policies].map(({ name }) => name))];
  return [
    row('organizations, servers', ({ organizationCount, serverCount }) => `${organizationCount}, ${serverCount}`),
    row('trust model', ({ summary }) => summary.safety),
    row('conditions', describeConditions),
    row('any so many may lie', ({ tolerances }) => describeTolerance(tolerances)),
    row('quick without any', ({ tolerances }) => counted(tolerances.silentServers, 'server')),
    ...names.flatMap((name) => [
      row(`${name}, blocked by`, (standing) => describeBlocking(policyOf(standing, name))),
      row(`${name}, vetoes`, (standing) => describeSole(policyOf(standing, name))),
    ]),
  ];
}

function policyOf({ policies }: Standing, name: string): PolicyStanding | undefined {
  return policies.find((policy) => policy.name === name);
}

function describeConditions({ verdicts }: Standing): string {
  const { slowWithinByzantine, c1, c2, c2OfLeaders } = verdicts;
  const slow = slowWithinByzantine === 'holds' ? '' : `, slow sets ${slowWithinByzantine}`;
  return `C1 ${c1}, C2 ${c2}, C2ℓ ${c2OfLeaders}${slow}`;
}

function describeTolerance({ dishonestServers, dishonestOrganizations }: Standing['tolerances']): string {
  return `${counted(dishonestServers, 'server')}, ${counted(dishonestOrganizations, 'organization')}`;
}

function counted(figure: Figure<number>, what: string): string {
  if (figure._tag === 'unknown') return `${what}s: not decided`;
  return `${figure.value} ${what}${figure.value === 1 ? '' : 's'}`;
}

function describeBlocking(policy: PolicyStanding | undefined): string {
  if (policy === undefined) return '-';
  const { smallestBlocking } = policy;
  if (smallestBlocking._tag === 'unknown') return 'not decided';
  const { value } = smallestBlocking;
  return `${value.length}: ${listNames(value, 4)}`;
}

function describeSole(policy: PolicyStanding | undefined): string {
  if (policy === undefined) return '-';
  return policy.vetoes.length === 0 ? 'none' : listNames(policy.vetoes, 6);
}

function describeVetoes({ vetoes }: Effect): readonly string[] {
  return vetoes.flatMap(({ policy, gained, lost }) => [
    ...(gained.length === 0 ? [] : [`${policy}: ${listNames(gained)} can block it alone, and could not before`]),
    ...(lost.length === 0 ? [] : [`${policy}: ${listNames(lost)} could block it alone, and cannot any more`]),
  ]);
}

const moveWords: Readonly<Record<ToldMove['kind'], string>> = {
  keep: 'stays as it is',
  collect: 'becomes another: of the keys that servers have or bring, side by side',
  refresh: 'stays; new shares, and the old ones erased',
  reshare: 'stays; new shares among the next servers, and the old ones erased',
  generate: 'is made anew by all who will hold it',
  accept: 'is a new one that a dealer made',
};

function describeMove({ key, kind, absent }: ToldMove): string {
  const without = absent.length === 0 ? '' : `, without the word of ${listNames(absent)}`;
  return `${key}: ${moveWords[kind]}${without}`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return ['', `${title}:`, ...lines.flatMap((line) => wrapped(line, columns.line - 4).map(indented))];
}

/** The first line by two columns, those that follow by four. */
function indented(line: string, index: number): string {
  return `${index === 0 ? '  ' : '    '}${line}`;
}

function tableRow([title, before, after]: Row): readonly string[] {
  const cells = [wrapped(title, columns.title), wrapped(before, columns.cell), wrapped(after, columns.cell)];
  const height = Math.max(...cells.map((lines) => lines.length));
  const widths = [columns.title, columns.cell, columns.cell];
  return Array.from({ length: height }, (_, index) =>
    cells
      .map((lines, column) => (lines[index] ?? '').padEnd(widths[column] ?? 0))
      .join(' ')
      .trimEnd(),
  );
}

/** At spaces where there are any; longer words are cut. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
