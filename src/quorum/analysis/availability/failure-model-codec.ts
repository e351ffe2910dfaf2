/** Failure models as JSON: `{"server": 0.99, "organization": 0.999, "groups": [{"name": "eu-west", "members": ["a/1", "b/1"], "up": 0.9995}]}`. */
import * as t from 'io-ts';
import { type DecodeError, list, record, refined, text } from '../../../prelude/codec.js';
import { E, type Either } from '../../../prelude/fp.js';
import { organizationOf, type ProcessId } from '../../../prelude/process.js';
import { processCodec } from '../../../prelude/process-codec.js';
import { type FailureModel, groupsBy, neverDown, upWith } from './failure-model.js';

/** Probabilities of being up. */
export interface FailureModelJson {
  /** Of every server but those listed. */
  readonly server: number;
  readonly servers?: Readonly<Record<string, number>>;
  /** Of every organization as a whole but those listed; 1 if absent. */
  readonly organization?: number;
  readonly organizations?: Readonly<Record<string, number>>;
  readonly groups?: readonly FailureGroupJson[];
}

interface FailureGroupJson {
  readonly name: string;
  readonly members: readonly ProcessId[];
  readonly up: number;
}

/** No model names more. */
const maxEntries = 10_000;

const probability = refined(t.number, 'a probability from 0 to 1', (value) =>
  value >= 0 && value <= 1 ? value : undefined,
);

const probabilities = refined(
  t.record(t.string, probability),
  `at most ${maxEntries} probabilities from 0 to 1 by name`,
  (values) => (Object.keys(values).length <= maxEntries ? values : undefined),
);

const group: t.Type<FailureGroupJson, unknown> = record('a group {name, members, up}', {
  name: text(100),
  members: list(processCodec, maxEntries, 1),
  up: probability,
});

export const failureModelCodec: t.Type<FailureModelJson, unknown> = record(
  'a failure model {server, servers, organization, organizations, groups}',
  { server: probability },
  {
    servers: probabilities,
    organization: probability,
    organizations: probabilities,
    groups: list(group, maxEntries),
  },
);

/** The model among `members`, all of whose names are theirs. */
export function failureModelOf(
  json: FailureModelJson,
  members: readonly ProcessId[],
): Either<DecodeError, FailureModel> {
  const stranger = strangerIn(json, members);
  if (stranger !== undefined) return E.left({ _tag: 'DecodeError', ...stranger });
  const { server, servers = {}, organization, organizations = {}, groups = [] } = json;
  const uptimeOf = (values: Readonly<Record<string, number>>, name: string, otherwise: number | undefined) => {
    const own = Object.hasOwn(values, name) ? values[name] : otherwise;
    return own === undefined ? neverDown : upWith(own);
  };
  const byOrganization = groupsBy(members, organizationOf, (name) => uptimeOf(organizations, name, organization));
  return E.right({
    server: (id) => uptimeOf(servers, id, server),
    groups: [
      ...byOrganization.filter(({ uptime }) => uptime.down > 0),
      ...groups.map(({ name, members: ids, up }) => ({ name, members: ids, uptime: upWith(up) })),
    ],
  });
}

/** The first name that no member has: a slip of the pen would otherwise make a model rosier than was meant. */
function strangerIn(
  { servers = {}, organizations = {}, groups = [] }: FailureModelJson,
  members: readonly ProcessId[],
): { readonly path: string; readonly expected: string } | undefined {
  const ids = new Set<string>(members);
  const names = new Set(members.map(organizationOf));
  const server = Object.keys(servers).find((id) => !ids.has(id));
  if (server !== undefined) return { path: '/servers', expected: `members of the policy, not ${server}` };
  const organization = Object.keys(organizations).find((name) => !names.has(name));
  if (organization !== undefined)
    return { path: '/organizations', expected: `organizations of the policy, not ${organization}` };
  for (const [at, { members: grouped }] of groups.entries()) {
    const place = grouped.findIndex((id) => !ids.has(id));
    if (place !== -1)
      return {
        path: `/groups/${at}/members/${place}`,
        expected: `a member of the policy, not ${grouped[place] ?? ''}`,
      };
  }
  return undefined;
}
