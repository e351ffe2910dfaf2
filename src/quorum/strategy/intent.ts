/** What an alliance means to survive, before it has a policy; and the policies that could be meant. */
import { E, type Either } from '../../prelude/fp.js';
import { isName, type ProcessId, processId } from '../../prelude/process.js';
import { present } from '../../prelude/invariant.js';
import type { Policy, ThresholdGate } from '../policy/policy.js';
import { maxNodes, member } from '../tree/tree-check.js';
import { totalWeight } from '../tree/weights.js';
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
function serversOf({ name, servers }: IntendedOrganization): readonly ProcessId[] {
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

/** A policy of one of the shapes that are tried, with its numbers: the root's threshold first. */
export interface ShapedPolicy {
  readonly policy: Policy;
  readonly shape: 'organizations' | 'weighted organizations' | 'servers';
  /** Of the root, then of organizations by their number of servers, fewest first. */
  readonly thresholds: readonly number[];
}

/** The policies of one shape that differ in the root's threshold alone. The larger it is, the fewer sets are quorums. */
export interface PolicyRow {
  readonly shape: ShapedPolicy['shape'];
  /** Of organizations by their number of servers, fewest first. */
  readonly inner: readonly number[];
  /** The root's threshold is from 1 to this. */
  readonly largest: number;
}

/** Every policy of these shapes. */
export class PolicyShapes {
  private readonly groups: readonly (readonly ProcessId[])[];
  /** Distinct numbers of servers, ascending. */
  private readonly sizes: readonly number[];

  constructor({ organizations }: Intent) {
    this.groups = organizations.map(serversOf);
    this.sizes = [...new Set(this.groups.map(({ length }) => length))].sort((a, b) => a - b);
  }

  *rows(): Generator<PolicyRow> {
    const total = this.groups.reduce((sum, { length }) => sum + length, 0);
    yield { shape: 'servers', inner: [], largest: total };
    for (const inner of this.innerThresholds()) {
      yield { shape: 'organizations', inner, largest: this.groups.length };
      if (this.sizes.length > 1) yield { shape: 'weighted organizations', inner, largest: total };
    }
  }

  /** @param k - in the range of the row. */
  at({ shape, inner }: PolicyRow, k: number): ShapedPolicy {
    return present(this.shaped(shape, [k, ...inner]), 'the thresholds of a row are in range');
  }

  /** Those that differ from `shaped` by one in one threshold. */
  *neighbours({ shape, thresholds }: ShapedPolicy): Generator<ShapedPolicy> {
    for (const [index, threshold] of thresholds.entries())
      for (const step of [-1, 1]) {
        const neighbour = this.shaped(shape, thresholds.with(index, threshold + step));
        if (neighbour !== undefined) yield neighbour;
      }
  }

  /** Undefined where a threshold is out of range. */
  private shaped(shape: ShapedPolicy['shape'], thresholds: readonly number[]): ShapedPolicy | undefined {
    const policy = shape === 'servers' ? this.flat(thresholds[0] ?? 0) : this.nested(shape, thresholds);
    return policy === undefined ? undefined : { policy, shape, thresholds };
  }

  private flat(k: number): Policy | undefined {
    return gate(k, this.groups.flat().map(member));
  }

  private nested(shape: ShapedPolicy['shape'], [k = 0, ...inner]: readonly number[]): Policy | undefined {
    const of = this.groups.map((ids) => gate(inner[this.sizes.indexOf(ids.length)] ?? 0, ids.map(member)));
    if (!of.every((child) => child !== undefined)) return undefined;
    const weights = this.groups.map(({ length }) => length);
    return shape === 'organizations' ? gate(k, of) : gate(k, of, weights);
  }

  /** For each number of servers a threshold. */
  private *innerThresholds(from = 0): Generator<readonly number[]> {
    const size = this.sizes[from];
    if (size === undefined) {
      yield [];
      return;
    }
    for (let k = 1; k <= size; k++) for (const rest of this.innerThresholds(from + 1)) yield [k, ...rest];
  }
}

function gate(k: number, of: readonly Policy[], weights?: readonly number[]): ThresholdGate | Policy | undefined {
  const list = { of, ...(weights === undefined ? {} : { weights }) };
  if (k < 1 || k > totalWeight(list)) return undefined;
  return of.length === 1 && weights === undefined ? of[0] : { _tag: 'threshold', k, ...list };
}
