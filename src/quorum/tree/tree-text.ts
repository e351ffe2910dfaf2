/**
 * The grammar that policy and trust texts share: lists in parentheses behind a gate's numbers, `acme: …` for what belongs to one
 * organization, `acme: … of 4` for all of its servers (spec/quorum.md, "Text").
 */
import { E } from '../../prelude/fp.js';
import { isName, type ProcessId, processId } from '../../prelude/process.js';
import { type Membership, serverNamed, serversOf } from './membership.js';
import type { Token, Tokens } from './text-tokens.js';
import { maxDepth, maxNodes, type Member, member } from './tree-check.js';
import type { GateList, Operator, TreeGrammar } from './tree-grammar.js';

export type { Membership } from './membership.js';

/** Reads one tree, its names resolved against `membership` if there is one, and checks it. */
export function readTree<N>(tokens: Tokens, grammar: TreeGrammar<N>, membership: Membership | undefined): Member | N {
  const tree = new TreeReading(tokens, grammar, membership).operands({ path: '', depth: 1, scope: undefined });
  const checked = grammar.check(tree);
  return E.isRight(checked) ? checked.right : tokens.refuse(checked.left);
}

/** Stands for each organization in turn; a name it cannot be. */
const eachOrganization = '*';

interface Place {
  readonly path: string;
  /** Of the root 1. */
  readonly depth: number;
  /** The organization whose servers names mean. */
  readonly scope: string | undefined;
}

class TreeReading<N> {
  private nodeCount = 0;
  private openCount = 0;

  constructor(
    private readonly tokens: Tokens,
    private readonly grammar: TreeGrammar<N>,
    private readonly membership: Membership | undefined,
  ) {}

  /** Operands joined by the first of `operators`, each made of tighter ones. Until an operator comes, the first stands at `place` itself. */
  operands(place: Place, [operator, ...tighter]: readonly Operator<N>[] = this.grammar.operators): Member | N {
    const { tokens } = this;
    if (operator === undefined) return this.term(place);
    const { markCount } = tokens;
    const { offset } = tokens.peek();
    const of = [this.operands(place, tighter)];
    if (!tokens.atWord(operator.word)) return of[0] as Member | N;
    tokens.moveMarks(markCount, place.path, '/of/0');
    tokens.mark(place.path, offset);
    this.count(1, place.path, offset);
    while (tokens.accept('word', operator.word)) of.push(this.operands(childOf(place, of.length), tighter));
    return operator.join(of);
  }

  private term(place: Place): Member | N {
    const { tokens } = this;
    const { path, depth } = place;
    const { kind, offset } = tokens.peek();
    tokens.mark(path);
    if (depth > maxDepth) this.tooDeep(path, offset);
    if (tokens.peek(1).kind === ':') return this.scoped(place);
    if (kind === '(' && this.grammar.operators.length > 0) return this.parenthesized(place);
    this.count(1, path, offset);
    if (this.grammar.atHead(tokens)) return this.gate(place, false);
    return this.member(tokens.expect('word', path, `a member or "${this.grammar.headName} of (…)"`), place);
  }

  private scoped({ path, depth, scope }: Place): Member | N {
    const { tokens, grammar } = this;
    const place = { path, depth, scope: this.organization(path, scope) };
    if (tokens.peek().kind === '(' && grammar.operators.length > 0) return this.parenthesized(place);
    this.count(1, path, tokens.peek().offset);
    return grammar.atHead(tokens) ? this.gate(place, true) : tokens.unexpected(path, `"${grammar.headName} of …"`);
  }

  private organization(path: string, outer: string | undefined): string {
    const { tokens } = this;
    const { text, offset } = tokens.expect('word', path, 'the name of an organization');
    if (outer !== undefined) {
      const expected = `no organization inside ${outer === eachOrganization ? '"orgs (…)"' : outer}`;
      tokens.fail({ code: 'Syntax', path, expected, offset });
    }
    if (!isName(text)) tokens.fail({ code: 'InvalidName', path, expected: 'the name of an organization', offset });
    if (this.membership !== undefined && !this.membership.has(text)) {
      tokens.fail({ code: 'UnknownMember', path, expected: `a member of the alliance, not ${text}`, offset });
    }
    tokens.expect(':', path, '":"');
    return text;
  }

  /** Parentheses that only group are bounded apart from the depth of the tree, in which they leave nothing. */
  private parenthesized(place: Place): Member | N {
    const { tokens } = this;
    const { offset } = tokens.expect('(', place.path, '"("');
    this.openCount += 1;
    if (this.openCount > maxDepth) this.tooDeep(place.path, offset);
    const tree = this.operands(place);
    tokens.expect(')', place.path, '")"');
    this.openCount -= 1;
    return tree;
  }

  /** @param mayCount - whether a number may stand for all servers of the organization. */
  private gate(place: Place, mayCount: boolean): N {
    const { tokens, grammar } = this;
    const { path, scope } = place;
    const head = grammar.readHead(tokens, path);
    if (!tokens.accept('word', 'of')) tokens.unexpected(path, '"of"');
    tokens.mark(`${path}/of`);
    if (tokens.peek().kind === '(') return head.gate(head.isWeighted ? this.weightedList(place) : this.list(place));
    if (head.servers !== undefined && tokens.accept('word', 'servers')) return this.everyServer(head.servers, scope);
    if (head.orgs !== undefined && tokens.atWord('orgs')) return this.everyOrganization(head.orgs, place);
    if (scope !== undefined && mayCount && !head.isWeighted) return head.gate({ of: this.counted(path, scope) });
    const hint = head.isWeighted ? '' : ' (a number of servers needs an organization: "acme: … of 4")';
    return tokens.unexpected(`${path}/of`, `"(" and a list${hint}`);
  }

  private list(place: Place): GateList<N> {
    const of: (Member | N)[] = [];
    this.items(place.path, () => of.push(this.operands(childOf(place, of.length))));
    return { of };
  }

  private weightedList(place: Place): GateList<N> {
    const of: (Member | N)[] = [];
    const weights: number[] = [];
    this.items(place.path, () => {
      const child = childOf(place, of.length);
      of.push(this.term(child));
      weights.push(this.weight(child.path));
    });
    return { of, weights };
  }

  private items(path: string, readItem: () => void): void {
    const { tokens } = this;
    tokens.expect('(', `${path}/of`, '"("');
    do readItem();
    while (tokens.accept(','));
    tokens.expect(
      ')',
      path,
      tokens.peek().kind === '*' ? '"weight …" before "of" for a list with weights' : '"," or ")"',
    );
  }

  private weight(path: string): number {
    const { tokens } = this;
    const around = this.grammar.operators.some(({ word }) => tokens.atWord(word))
      ? ', parentheses around the rest'
      : '';
    if (!tokens.accept('*')) tokens.unexpected(path, `"*" and a weight${around}`);
    return tokens.number(`${path}/weight`, 'a weight');
  }

  private everyServer(servers: (organization: string | undefined) => N, scope: string | undefined): N {
    return servers(scope === eachOrganization ? undefined : scope);
  }

  private everyOrganization(orgs: (each: Member | N | undefined) => N, { path, depth, scope }: Place): N {
    const { tokens } = this;
    if (scope !== undefined) tokens.unexpected(`${path}/of`, '"(" and a list, or "servers"');
    tokens.next();
    if (tokens.peek().kind !== '(') return orgs(undefined);
    return orgs(this.eachIn({ path: `${path}/each`, depth: depth + 1, scope: eachOrganization }));
  }

  private eachIn(place: Place): Member | N {
    const { tokens } = this;
    tokens.expect('(', place.path, '"("');
    const each = this.operands(place);
    tokens.expect(')', place.path, '")"');
    return each;
  }

  private counted(path: string, organization: string): readonly Member[] {
    const { tokens } = this;
    const { offset } = tokens.peek();
    const count = tokens.number(`${path}/of`, 'a list in parentheses or a number of servers');
    this.count(count, path, offset);
    const servers = this.membership === undefined ? undefined : serversOf(organization, this.membership);
    if (servers !== undefined && servers.length !== count) {
      const expected = `${servers.length}, the number of servers of ${organization}`;
      tokens.fail({ code: 'WrongServerCount', path: `${path}/of`, expected, offset });
    }
    const numbered = (_: unknown, index: number): ProcessId => `${organization}/${index + 1}` as ProcessId;
    return (servers ?? Array.from({ length: count }, numbered)).map(member);
  }

  private member({ text, offset }: Token, { path, scope }: Place): Member {
    const name = scope === undefined || scope === eachOrganization ? text : `${scope}/${text}`;
    const id = processId(name);
    if (id === undefined || (scope === eachOrganization && !isName(text))) {
      const expected =
        scope === undefined ? 'a name or organization/server' : 'the name of a server of the organization';
      return this.tokens.fail({ code: 'InvalidName', path, expected, offset });
    }
    if (this.membership === undefined || scope === eachOrganization) return member(id);
    const server = serverNamed(id, this.membership);
    return E.isRight(server) ? member(server.right) : this.tokens.fail({ ...server.left, path, offset });
  }

  private count(nodes: number, path: string, offset: number): void {
    this.nodeCount += nodes;
    if (this.nodeCount <= maxNodes) return;
    this.tokens.fail({ code: 'TooLarge', path, expected: `at most ${maxNodes} gates and members`, offset });
  }

  private tooDeep(path: string, offset: number): never {
    return this.tokens.fail({ code: 'TooDeep', path, expected: `at most ${maxDepth} levels`, offset });
  }
}

function childOf({ path, depth, scope }: Place, index: number): Place {
  return { path: `${path}/of/${index}`, depth: depth + 1, scope };
}
