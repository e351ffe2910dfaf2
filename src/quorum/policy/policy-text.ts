/**
 * Access policies and their rules as text: `2 of (acme: 2 of 3, globex: 3 of (g1, g2, g3, g4, g5), initech)`,
 * `weight >= 67 of (acme*30, globex*25, …)`, `a and (b or c)`, `majority of orgs`, with `all`, `any` and `majority` for numbers.
 */
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ParseError } from '../errors.js';
import type { Membership } from '../tree/membership.js';
import { type Written, writtenScoped } from '../tree/scoped-writing.js';
import { behindName, writtenGate, writtenName } from '../tree/text-writing.js';
import { parseTokens, type Tokens } from '../tree/text-tokens.js';
import { totalWeight } from '../tree/weights.js';
import type { GateHead, Operator, TreeGrammar } from '../tree/tree-grammar.js';
import { readTree } from '../tree/tree-text.js';
import { allOf, anyOf } from './gates.js';
import type { Policy } from './policy.js';
import {
  checkPolicyRule,
  type EveryOrganization,
  type EveryServer,
  fixedPolicy,
  isShareWord,
  type PolicyRule,
  type RuleGate,
  type Share,
  thresholdOf,
} from './policy-rule.js';
import { resolvePolicy } from './policy-resolution.js';

/**
 * @param membership - of the alliance, against which names are resolved, and which `orgs` and `servers` mean; without it names stand
 *   for themselves, and those two words are refused.
 */
export function parsePolicy(text: string, membership?: Membership): Either<ParseError, Policy> {
  return parseTokens(text, (tokens) => {
    const rule = readTree(tokens, grammar, membership);
    const policy = membership === undefined ? fixedPolicy(rule) : resolvePolicy(rule, membership);
    return E.isRight(policy) ? policy.right : tokens.refuse(policy.left);
  });
}

/** @param membership - against which names are resolved; `orgs` and `servers` stay what they are. */
export function parsePolicyRule(text: string, membership?: Membership): Either<ParseError, PolicyRule> {
  return parseTokens(text, (tokens) => readTree(tokens, grammar, membership));
}

/** One line, which {@link parsePolicy} reads back. */
export function printPolicy(policy: Policy): string {
  return written(policy).within(undefined);
}

/** One line, which {@link parsePolicyRule} reads back. */
export function printPolicyRule(rule: PolicyRule): string {
  return written(rule).within(undefined);
}

type RuleNode = RuleGate | EveryOrganization | EveryServer;

const operators: readonly Operator<RuleNode>[] = [
  { word: 'or', join: anyOf },
  { word: 'and', join: allOf },
];

const grammar: TreeGrammar<RuleNode> = {
  headName: '2',
  atHead: (tokens) => {
    const { kind, text } = tokens.peek(1);
    return kind === '=' || (kind === 'word' && text === 'of') || atWeight(tokens);
  },
  readHead: (tokens, path) => (atWeight(tokens) ? weightHead(tokens, path) : countHead(tokens, path)),
  operators,
  check: checkPolicyRule,
};

/** `weight >= 67` or `weight majority`; a member may be called `weight` too. */
function atWeight(tokens: Tokens): boolean {
  const { kind, text } = tokens.peek(1);
  return tokens.atWord('weight') && (kind === '>=' || (kind === 'word' && isShareWord(text)));
}

function weightHead(tokens: Tokens, path: string): GateHead<RuleNode> {
  tokens.next();
  const share = tokens.accept('>=') ? tokens.number(`${path}/k`, 'a weight') : readShare(tokens, `${path}/k`);
  return {
    isWeighted: true,
    gate: (list) => ({ _tag: 'threshold', k: thresholdOf(share, totalWeight(list)), ...list }),
  };
}

function countHead(tokens: Tokens, path: string): GateHead<RuleNode> {
  const k = readShare(tokens, `${path}/k`);
  return {
    isWeighted: false,
    gate: (list) => ({ _tag: 'threshold', k: thresholdOf(k, list.of.length), ...list }),
    orgs: (each) => (each === undefined ? { _tag: 'orgs', k } : { _tag: 'orgs', k, each }),
    servers: (organization) =>
      organization === undefined ? { _tag: 'servers', k } : { _tag: 'servers', k, organization },
  };
}

function readShare(tokens: Tokens, path: string): Share {
  const { kind, text } = tokens.peek();
  if (kind !== 'word' || !isShareWord(text)) return tokens.number(path, 'a number, "all", "any" or "majority"');
  tokens.mark(path);
  tokens.next();
  return text;
}

function written(rule: PolicyRule): Written<string> {
  switch (rule._tag) {
    case 'member':
      return writtenName(rule.id);
    case 'threshold': {
      const head = rule.weights === undefined ? String(rule.k) : `weight >= ${rule.k}`;
      return writtenGate(head, rule.of.map(written), rule);
    }
    case 'orgs': {
      const each = rule.each === undefined ? '' : ` (${printPolicyRule(rule.each)})`;
      return { organization: undefined, within: () => `${rule.k} of orgs${each}` };
    }
    case 'servers':
      return writtenScoped(rule.organization, () => `${rule.k} of servers`, behindName);
    default:
      return assertNever(rule);
  }
}
