/** What an alliance means to survive, before it has a policy. */
import { E, type Either } from '../../prelude/fp.js';
import { isName, type ProcessId, processId } from '../../prelude/process.js';
import { present } from '../../prelude/invariant.js';
import { maxNodes, member } from '../tree/tree-check.js';
import { uncoverableFront } from '../trust/fault-front.js';
import type { TrustGate, TrustTree } from '../trust/trust-tree.js';
import { type OutOfRange, outOfRange } from './errors.js';

export interface IntendedOrganization {
  readonly name: string;
  /** At least 1; they are called name/1, name/2, … */
  readonly servers: number;
}

/** Who may fail or lie together. */
export interface IntendedFaults {
  /** So many organizations with all their servers. */
  readonly organizations: number;
  /** And so many servers inside each of the others. */
  readonly serversInEachOther: number;
}

/**
 * What quorums are for.
 * - signing: no faulty set can sign, and none can prevent it;
 * - amendment, storage: besides, any two quorums share a correct server, so that who reads signed data sees the last that was written;
 * - unsigned storage: so many correct servers are shared that they outvote the faulty ones (masking quorums, Malkhi & Reiter 1998).
 */
export type PolicyRole = 'signing' | 'amendment' | 'storage' | 'unsigned storage';

export interface Intent {
  readonly organizations: readonly IntendedOrganization[];
  readonly survive: IntendedFaults;
}

export type IntentError =
  | OutOfRange
  /** Nothing can survive this; `instead` are the largest intents, for these organizations, that can be met. */
  | { readonly _tag: 'NotSurvivable'; readonly reason: string; readonly instead: readonly IntendedFaults[] };

/** The servers of an organization. */
export function serversOf({ name, servers }: IntendedOrganization): readonly ProcessId[] {
  return Array.from({ length: servers }, (_, index) =>
    present(processId(`${name}/${index + 1}`), 'the name has been checked'),
  );
}

/** The faults of an intent as a trust tree, with t = 0: organizations as gates, one that has a single server as that server. */
export function intendedTrust({ organizations, survive }: Intent): Either<IntentError, TrustGate> {
  const names = new Set(organizations.map(({ name }) => name));
  if (names.size !== organizations.length || !organizations.every(({ name }) => isName(name)))
    return outOfRange('the organizations', 'distinct names');
  const total = organizations.reduce((sum, { servers }) => sum + servers, 0);
  if (!organizations.every(({ servers }) => Number.isSafeInteger(servers) && servers > 0) || 2 * total > maxNodes)
    return outOfRange('the numbers of servers', `integers from 1, ${maxNodes / 2} together`);
  const { organizations: f, serversInEachOther: inside } = survive;
  if (!isCount(f) || f >= organizations.length)
    return outOfRange('the organizations to survive', 'an integer from 0, less than all of them');
  const least = Math.min(...organizations.map(({ servers }) => servers));
  if (!isCount(inside) || inside >= least)
    return outOfRange('the servers to survive in each other organization', `an integer from 0 to ${least - 1}`);
  const of = organizations.map((organization): TrustTree => {
    const members = serversOf(organization).map(member);
    const [first] = members;
    return first !== undefined && members.length === 1 ? first : { _tag: 'gate', f: inside, t: 0, of: members };
  });
  return E.right({ _tag: 'gate', f, t: 0, of });
}

/** The largest faults of which no `covers` sets contain everybody, of the kind that can be intended. */
export function largestSurvivable(
  { organizations }: Intent,
  { trust, covers }: { readonly trust: TrustGate; readonly covers: number },
): readonly IntendedFaults[] {
  const most = Math.min(...organizations.map(({ servers }) => servers)) - 1;
  const found: IntendedFaults[] = [];
  // The most organizations come first; so a pair adds something if it has more servers than those before.
  for (const { root, inner } of uncoverableFront(trust, { byzantine: covers, slow: 0 })) {
    const serversInEachOther = Math.min(inner, most);
    if (serversInEachOther > (found.at(-1)?.serversInEachOther ?? -1))
      found.push({ organizations: root, serversInEachOther });
  }
  return found;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
