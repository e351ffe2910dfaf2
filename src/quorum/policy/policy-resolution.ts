/** What rules that adapt mean at an epoch, among the organizations and servers that it has. */
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { type PolicyError, policyError } from '../errors.js';
import { type Membership, serverNamed, serversOf } from '../tree/membership.js';
import { checkRange, maxNodes, member } from '../tree/tree-check.js';
import { checkPolicy, type Policy } from './policy.js';
import {
  checkPolicyRule,
  type EveryOrganization,
  type EveryServer,
  type PolicyRule,
  type Share,
  thresholdOf,
} from './policy-rule.js';

const ownMajority: PolicyRule = { _tag: 'servers', k: 'majority' };

/** The policy that `rule` is among these members. Names are resolved: an organization of one server stands for it. */
export function resolvePolicy(rule: PolicyRule, membership: Membership): Either<PolicyError, Policy> {
  const checked = checkPolicyRule(rule);
  if (E.isLeft(checked)) return checked;
  return E.chain(checkPolicy)(new Resolution(membership).node({ rule, path: '', scope: undefined }));
}

interface PlacedRule {
  readonly rule: PolicyRule;
  readonly path: string;
  /** The organization that is asked, below `orgs`. */
  readonly scope: string | undefined;
}

class Resolution {
  private nodeCount = 0;

  constructor(private readonly membership: Membership) {}

  node({ rule, path, scope }: PlacedRule): Either<PolicyError, Policy> {
    const complaint = this.count(1, path);
    if (complaint !== undefined) return E.left(complaint);
    switch (rule._tag) {
      case 'member':
        return this.member(rule.id, path, scope);
      case 'threshold': {
        const places = rule.of.map((child, index) => ({ rule: child, path: `${path}/of/${index}`, scope }));
        return E.map((of: readonly Policy[]): Policy => ({ ...rule, of }))(this.nodes(places));
      }
      case 'orgs':
        return this.organizations(rule, path);
      case 'servers':
        return this.servers(rule, path, scope);
      default:
        return assertNever(rule);
    }
  }

  private nodes(places: readonly PlacedRule[]): Either<PolicyError, readonly Policy[]> {
    return E.traverseReadonlyArrayWithIndex((_, place: PlacedRule) => this.node(place))(places);
  }

  private member(id: ProcessId, path: string, scope: string | undefined): Either<PolicyError, Policy> {
    const server = serverNamed(scope === undefined ? id : `${scope}/${id}`, this.membership);
    if (E.isLeft(server)) return E.left(policyError(server.left.code, path, server.left.expected));
    return E.right(member(server.right));
  }

  private organizations({ k, each = ownMajority }: EveryOrganization, path: string): Either<PolicyError, Policy> {
    const places = [...this.membership.keys()].map((scope) => ({ rule: each, path: `${path}/each`, scope }));
    const threshold = thresholdAmong(k, { count: places.length, path, what: 'the organizations' });
    if (E.isLeft(threshold)) return threshold;
    return E.map((of: readonly Policy[]): Policy => ({ _tag: 'threshold', k: threshold.right, of }))(
      this.nodes(places),
    );
  }

  private servers(
    { k, organization }: EveryServer,
    path: string,
    scope: string | undefined,
  ): Either<PolicyError, Policy> {
    const owner = organization ?? scope;
    const ids = this.serversOf(owner);
    if (ids === undefined) {
      return E.left(policyError('UnknownMember', path, `a member of the alliance, not ${String(owner)}`));
    }
    const complaint = this.count(ids.length, path);
    if (complaint !== undefined) return E.left(complaint);
    const what = owner === undefined ? 'the servers' : `the servers of ${owner}`;
    const of = ids.map(member);
    return E.map((threshold: number): Policy => ({ _tag: 'threshold', k: threshold, of }))(
      thresholdAmong(k, { count: ids.length, path, what }),
    );
  }

  private serversOf(organization: string | undefined): readonly ProcessId[] | undefined {
    if (organization !== undefined) return serversOf(organization, this.membership);
    return [...this.membership.keys()].flatMap((name) => serversOf(name, this.membership) ?? []);
  }

  private count(nodes: number, path: string): PolicyError | undefined {
    this.nodeCount += nodes;
    if (this.nodeCount <= maxNodes) return undefined;
    return policyError('TooLarge', path, `at most ${maxNodes} gates and members among these organizations`);
  }
}

function thresholdAmong(
  share: Share,
  { count, path, what }: { count: number; path: string; what: string },
): Either<PolicyError, number> {
  if (count === 0) return E.left(policyError('OutOfRange', `${path}/of`, `at least one among ${what}`));
  const k = thresholdOf(share, count);
  const complaint = checkRange(k, { min: 1, max: count, path: `${path}/k`, what: `a number of ${what}` });
  return complaint === undefined ? E.right(k) : E.left(complaint);
}
