/** What may be down, and how often: servers on their own, and groups (organizations, regions, vendors) that fail as one. */
import { groupedBy } from '../../../prelude/grouping.js';
import { invariant } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';

/** The probabilities of being up and of being down. Both, because near 1 the first alone has lost all digits of the second. */
export interface Uptime {
  readonly up: number;
  readonly down: number;
}

/** A server is up if nothing of its own is wrong and every group that it belongs to is up. All these are independent. */
export interface FailureModel {
  readonly server: (id: ProcessId) => Uptime;
  readonly groups: readonly FailureGroup[];
}

/** Groups may nest and overlap. Members outside the policy are ignored. */
export interface FailureGroup {
  readonly name: string;
  readonly members: readonly ProcessId[];
  readonly uptime: Uptime;
}

export const neverDown: Uptime = { up: 1, down: 0 };
export const alwaysDown: Uptime = { up: 0, down: 1 };

/** @param up - from 0 to 1. */
export function upWith(up: number): Uptime {
  invariant(up >= 0 && up <= 1, 'a probability lies between 0 and 1');
  return { up, down: 1 - up };
}

/** For what is so rarely down that 1 − `down` would be 1. */
export function downWith(down: number): Uptime {
  invariant(down >= 0 && down <= 1, 'a probability lies between 0 and 1');
  return { up: 1 - down, down };
}

/** Of a thing that needs two others, independent ones. */
export function bothUp(one: Uptime, other: Uptime): Uptime {
  return { up: one.up * other.up, down: one.down + one.up * other.down };
}

export function independentServers(up: (id: ProcessId) => number): FailureModel {
  return { server: (id) => upWith(up(id)), groups: [] };
}

/**
 * The groups of members that share an attribute: their organization, region, vendor.
 * @param nameOf - the group of a member; undefined for members of none.
 */
export function groupsBy(
  members: readonly ProcessId[],
  nameOf: (id: ProcessId) => string | undefined,
  uptimeOf: (name: string) => Uptime,
): readonly FailureGroup[] {
  return [...groupedBy(members, nameOf)].flatMap(([name, ids]) =>
    name === undefined ? [] : [{ name, members: ids, uptime: uptimeOf(name) }],
  );
}
