/** `koinon member list` and `show`: who belongs to an alliance, as its servers say together. */
import type { Command } from 'commander';
import { toHex } from '../../../prelude/bytes.js';
import { E, type Either } from '../../../prelude/fp.js';
import { organizationOf } from '../../../prelude/process.js';
import type { Seen } from '../../../client/governance/intentions.js';
import type { ShownOrganization } from '../../../services/membership/view-shapes.js';
import { printPolicy } from '../../../quorum/policy/policy-text.js';
import { inColumn } from '../../columns.js';
import { GovernanceSession } from '../../governance/governance-session.js';
import { asking, type ReadingOptions } from '../../governance/options.js';
import { roughly, row } from '../../governance/proposal-showing.js';
import { closing } from '../../governance/speaking.js';
import { badInput, type Failure, type Outcome, succeeded } from '../../outcome.js';
import type { Printable, Session } from '../../session.js';

export function registerMemberList(member: Command, session: Session): void {
  asking(
    member
      .command('list')
      .description('every organization that is a member, was one, or is about to be, with its servers'),
  ).action(
    session.action((path: string, options: ReadingOptions) =>
      look(path, options, session, (seen) => E.right(list(seen))),
    ),
  );
}

export function registerMemberShow(member: Command, session: Session): void {
  asking(member.command('show').description('one organization: its servers, who speaks for it, its applications'))
    .argument('<name>', 'of the organization')
    .action(
      session.action((path: string, name: string, options: ReadingOptions) =>
        look(path, options, session, (seen) => {
          const state = seen.overview.organizations.find((each) => each.name === name);
          return state === undefined ? badInput(`${name}: no such organization`) : E.right(show(seen, state));
        }),
      ),
    );
}

async function look(
  path: string,
  options: ReadingOptions,
  session: Session,
  showing: (seen: Seen) => Either<Failure, Printable>,
): Promise<Outcome> {
  const governance = await GovernanceSession.open(path, options, session);
  if (E.isLeft(governance)) return governance;
  const seen = await closing(governance.right, governance.right.look());
  if (E.isLeft(seen)) return seen;
  const shown = showing(seen.right);
  if (E.isLeft(shown)) return shown;
  session.print(shown.right, options.json);
  return succeeded;
}

function list({ overview }: Seen): Printable {
  const { organizations, servers, timeMs } = overview;
  const width = Math.max(...organizations.map(({ name }) => name.length)) + 2;
  const stateWidth = Math.max(14, ...organizations.map((each) => stateText(each, timeMs).length + 2));
  return {
    json: { organizations, servers },
    lines: organizations.map((organization) => {
      const own = servers.filter(({ id }) => organizationOf(id) === organization.name);
      const shown = own.map(({ id, state }) => (state === 'active' ? id : `${id} (${state})`));
      return `${inColumn(organization.name, width)}${inColumn(stateText(organization, timeMs), stateWidth)}${shown.join(', ')}`;
    }),
  };
}

function stateText({ state, suspendedUntilMs }: ShownOrganization, nowMs: number): string {
  return suspendedUntilMs === undefined ? state : `${state} (${roughly(suspendedUntilMs - nowMs)} more)`;
}

function show({ overview, document }: Seen, organization: ShownOrganization): Printable {
  const { name } = organization;
  const entry = document.organizations.find((each) => each.name === name);
  const servers = overview.servers.filter(({ id }) => organizationOf(id) === name);
  const applications = document.applications.filter(({ id }) => organizationOf(id) === name).map(({ id }) => id);
  const recovery = entry?.recoveryKey;
  const json = {
    ...organization,
    servers,
    applications,
    ...(entry === undefined
      ? {}
      : {
          rule: printPolicy(entry.rule),
          administrators: entry.administrators.map((one) => ({ name: one.name, key: toHex(one.key) })),
          ...(recovery === undefined ? {} : { recoveryKey: toHex(recovery) }),
        }),
  };
  const addresses = new Map(entry?.servers.map(({ id, host, port }) => [id, ` at ${host}:${port}`]));
  return {
    json,
    lines: [
      `${name}: ${stateText(organization, overview.timeMs)}`,
      ...servers.map(({ id, state }) => row('server', `${id}${addresses.get(id) ?? ''}, ${state}`)),
      ...(entry === undefined ? [] : [row('speaks for it', printPolicy(entry.rule))]),
      ...(entry?.administrators ?? []).map((one) => row('administrator', `${one.name}, ${toHex(one.key)}`)),
      ...(entry === undefined ? [] : [row('recovery key', recovery === undefined ? 'none' : toHex(recovery))]),
      row('applications', applications.join(', ') || 'none'),
    ],
  };
}
