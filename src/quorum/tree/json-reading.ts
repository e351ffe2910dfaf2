/** What the JSON of a tree means once its form is right: lists with and without weights, and names behind an organization's. */
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { type PolicyError, type PolicyErrorCode, policyError } from '../errors.js';
import { jsonPathOf } from './json-path.js';
import type { Member } from './tree-check.js';
import type { WeightedList } from './weights.js';
import type { ListJson, MemberJson } from './tree-codec.js';

/** Where in the JSON a node stands, and what is wrong with it: the first complaint counts. */
export interface JsonPlace {
  readonly path: string;
  /** The organization behind whose name it stands. */
  readonly scope: string | undefined;
  readonly complaints: PolicyError[];
}

/** Reads a whole tree by `read`; its complaints come before those of `check`, whose paths lead through the tree. */
export function meaningOf<J, N, A>(
  json: J,
  read: (json: J, place: JsonPlace) => N,
  check: (node: N) => Either<PolicyError, A>,
): Either<PolicyError, A> {
  const complaints: PolicyError[] = [];
  const node = read(json, { path: '', scope: undefined, complaints });
  const [complaint] = complaints;
  if (complaint !== undefined) return E.left(complaint);
  return E.mapLeft((error: PolicyError) => ({ ...error, path: jsonPathOf(json, error.path) }))(check(node));
}

export function below(place: JsonPlace, step: string): JsonPlace {
  return { ...place, path: `${place.path}${step}` };
}

export function behindOrganization(place: JsonPlace, organization: string, step: string): JsonPlace {
  if (place.scope !== undefined) complain(place, 'Syntax', '/org', `no organization inside ${place.scope}`);
  return { ...below(place, step), scope: organization };
}

export function complain(place: JsonPlace, code: PolicyErrorCode, step: string, expected: string): void {
  place.complaints.push(policyError(code, `${place.path}${step}`, expected));
}

/** A member, completed where an organization's name stands before it; there it may be written short. */
export function memberAt({ member }: MemberJson, place: JsonPlace): Member {
  const { scope } = place;
  if (scope === undefined) return { _tag: 'member', id: member };
  if (!member.includes('/')) return { _tag: 'member', id: `${scope}/${member}` as ProcessId };
  if (!member.startsWith(`${scope}/`)) complain(place, 'InvalidName', '/member', `a server of ${scope}`);
  return { _tag: 'member', id: member };
}

interface NodeList<N> {
  readonly of: readonly N[];
  readonly weights?: readonly number[];
}

/** The children of a gate. */
export function listAt<J, N>(json: ListJson<J>, place: JsonPlace, read: (json: J, place: JsonPlace) => N): NodeList<N> {
  if ('of' in json) return { of: json.of.map((child, index) => read(child, below(place, `/of/${index}`))) };
  return {
    of: json.weighted.map((entry, index) => read(entry.of, below(place, `/weighted/${index}/of`))),
    weights: json.weighted.map(({ weight }) => weight),
  };
}

/** The list of a gate as it will be written. */
export function listJson<J>(children: readonly J[], { weights }: WeightedList): ListJson<J> {
  if (weights === undefined) return { of: children };
  return {
    weighted: children.map((of, index) => ({ weight: present(weights[index], 'a weight for each child'), of })),
  };
}
