/**
 * Access policies that adapt to the membership of an alliance: `majority of orgs`, `acme: all of servers`. They say nothing until an
 * epoch resolves them (Hyperledger Fabric's implicit meta policies are their model).
 */
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import { isName, type ProcessId } from '../../prelude/process.js';
import { type PolicyError, policyError } from '../errors.js';
import { type Membership, serverNamed, serversOf } from '../tree/membership.js';
import { checkRange, checkTree, maxNodes, type Member } from '../tree/tree-check.js';
import { checkPolicy, checkThreshold, type Policy } from './policy.js';

/** How many of a list, where nobody knows yet how long it is. */
export type Share = number | 'all' | 'any' | 'majority';

/** As in a policy. */
export interface RuleGate {
  readonly _tag: 'threshold';
  readonly k: number;
  readonly of: readonly PolicyRule[];
  readonly weights?: readonly number[];
}

/** So many organizations of the membership. */
export interface EveryOrganization {
  readonly _tag: 'orgs';
  readonly k: Share;
  /** What each needs: a rule in which `servers`, and names of servers without `org/`, are its own. More than half of its servers if absent. */
  readonly each?: PolicyRule;
}

/** So many servers of one organization, of each in turn (below `orgs`), or of all together. */
export interface EveryServer {
  readonly _tag: 'servers';
  readonly k: Share;
  readonly organization?: string;
}

export type PolicyRule = Member | RuleGate | EveryOrganization | EveryServer;

const ownMajority: PolicyRule = { _tag: 'servers', k: 'majority' };

/** The k of a list of this length, or of this weight. */
export function thresholdOf(share: Share, total: number): number {
  switch (share) {
    case 'all':
      return total;
    case 'any':
      return 1;
    case 'majority':
      return Math.floor(total / 2) + 1;
    default:
      return share;
  }
}

export function isShareWord(text: string): text is Exclude<Share, number> {
  return text === 'all' || text === 'any' || text === 'majority';
}

/** Returns `rule` if it is one: bounded, every number in range as far as it can be known, no member twice in one list. */
export function checkPolicyRule(rule: PolicyRule): Either<PolicyError, PolicyRule> {
  const complaint = checkTree(rule, childrenOf, checkNode, childPath) ?? checkScopes(rule, '', false);
  return complaint === undefined ? E.right(rule) : E.left(complaint);
}

/** The rule itself, if it says what it means without a membership; its complaint names what does not. */
export function fixedPolicy(rule: PolicyRule): Either<PolicyError, Policy> {
  const checked = checkPolicyRule(rule);
  if (E.isLeft(checked)) return checked;
  const adaptive = findAdaptive(rule, '');
  if (adaptive === undefined) return E.right(rule as Policy);
  const expected = `a list, or a membership from which to take the ${adaptive.what}`;
  return E.left(policyError('NoMembership', `${adaptive.path}/of`, expected));
}

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
    return E.right({ _tag: 'member', id: server.right });
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
    const of = ids.map((id): Policy => ({ _tag: 'member', id }));
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

function childrenOf(rule: PolicyRule): readonly PolicyRule[] {
  if (rule._tag === 'threshold') return rule.of;
  return rule._tag === 'orgs' && rule.each !== undefined ? [rule.each] : [];
}

function childPath({ _tag }: PolicyRule, index: number): string {
  return _tag === 'orgs' ? '/each' : `/of/${index}`;
}

function checkNode(rule: PolicyRule, path: string): PolicyError | undefined {
  if (rule._tag === 'member') return undefined;
  if (rule._tag === 'threshold') return checkThreshold(rule, path);
  if (typeof rule.k !== 'number') return undefined;
  return checkRange(rule.k, { min: 1, max: maxNodes, path: `${path}/k`, what: 'k' });
}

/** Below `orgs` everything belongs to whichever organization is asked: nothing there names one. For rules of checked depth. */
function checkScopes(rule: PolicyRule, path: string, isInEach: boolean): PolicyError | undefined {
  if (isInEach) {
    const complaint = checkInEach(rule, path);
    if (complaint !== undefined) return complaint;
  }
  for (const [index, child] of childrenOf(rule).entries()) {
    const complaint = checkScopes(child, `${path}${childPath(rule, index)}`, isInEach || rule._tag === 'orgs');
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

function checkInEach(rule: PolicyRule, path: string): PolicyError | undefined {
  if (rule._tag === 'member' && !isName(rule.id)) {
    return policyError('InvalidName', path, 'the name of a server, without an organization');
  }
  if (rule._tag === 'orgs') return policyError('Syntax', path, 'no "orgs" inside "orgs"');
  if (rule._tag !== 'servers' || rule.organization === undefined) return undefined;
  return policyError('Syntax', path, 'the servers of each organization, not of one');
}

/** The first node that only a membership makes a policy. */
function findAdaptive(rule: PolicyRule, path: string): { path: string; what: string } | undefined {
  if (rule._tag === 'orgs') return { path, what: 'organizations' };
  if (rule._tag === 'servers') {
    return { path, what: rule.organization === undefined ? 'servers' : `servers of ${rule.organization}` };
  }
  for (const [index, child] of childrenOf(rule).entries()) {
    const found = findAdaptive(child, `${path}/of/${index}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
