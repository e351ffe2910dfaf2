/**
 * Access policies that adapt to the membership of an alliance: `majority of orgs`, `acme: all of servers`. They say nothing until an
 * epoch resolves them (Hyperledger Fabric's implicit meta policies are their model).
 */
import { E, type Either } from '../../prelude/fp.js';
import { isName } from '../../prelude/process.js';
import { type PolicyError, policyError } from '../errors.js';
import { checkRange, checkTree, maxNodes, type Member } from '../tree/tree-check.js';
import { majority } from './gates.js';
import { checkThreshold, type Policy } from './policy.js';

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

/** The k of a list of this length, or of this weight. */
export function thresholdOf(share: Share, total: number): number {
  switch (share) {
    case 'all':
      return total;
    case 'any':
      return 1;
    case 'majority':
      return majority(total);
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
