/**
 * The grammar that policy and trust texts share: lists in parentheses behind a gate's numbers, `acme: …` for what belongs to one
 * organization, `acme: … of 4` for all of its servers (spec/quorum.md, "Text").
 */
import { E, type Either } from '../../prelude/fp.js';
import { isName, organizationOf, type ProcessId, processId } from '../../prelude/process.js';
import type { PolicyError } from '../errors.js';
import { type AnyTree, maxDepth, maxNodes, type Member, membersOf } from './tree-check.js';
import type { Token, Tokens } from './text-tokens.js';

/** The organizations of an alliance and the names of their servers, without `org/`. */
export type Membership = ReadonlyMap<string, readonly string[]>;

/** How one kind of gate is written. */
export interface GateGrammar<G> {
  /** Reads what stands before `of`, and returns how the gate is made from its children. */
  readonly readHead: (tokens: Tokens, path: string) => (of: readonly (Member | G)[]) => G;
  /** What stands before `of`, for people. */
  readonly headName: string;
  /** Checks the finished tree. */
  readonly check: (tree: Member | G) => Either<PolicyError, Member | G>;
}

/** Reads one tree, resolved against `membership` if there is one, and checks it. */
export function readTree<G>(tokens: Tokens, grammar: GateGrammar<G>, membership: Membership | undefined): Member | G {
  const tree = new TreeReading(tokens, grammar, membership).node('', undefined, 1);
  const checked = grammar.check(tree);
  if (E.isRight(checked)) return checked.right;
  const { code, path, expected } = checked.left;
  return tokens.fail({ code, path, expected, offset: tokens.offsetOf(path) });
}

class TreeReading<G> {
  private nodeCount = 0;

  constructor(
    private readonly tokens: Tokens,
    private readonly grammar: GateGrammar<G>,
    private readonly membership: Membership | undefined,
  ) {}

  node(path: string, organization: string | undefined, depth: number): Member | G {
    const { tokens } = this;
    const { offset } = tokens.peek();
    tokens.mark(path);
    this.count(1, path, offset);
    if (depth > maxDepth) tokens.fail({ code: 'TooDeep', path, expected: `at most ${maxDepth} levels`, offset });
    if (tokens.peek(1).kind === ':') return this.gate(path, this.organization(path, organization), depth, true);
    if (this.atGate()) return this.gate(path, organization, depth, false);
    return this.member(
      tokens.expect('word', path, `a member or "${this.grammar.headName} of (…)"`),
      path,
      organization,
    );
  }

  private atGate(): boolean {
    const { kind, text } = this.tokens.peek(1);
    return kind === '=' || (kind === 'word' && text === 'of');
  }

  private organization(path: string, outer: string | undefined): string {
    const { tokens } = this;
    const { text, offset } = tokens.expect('word', path, 'the name of an organization');
    if (outer !== undefined) {
      tokens.fail({ code: 'Syntax', path, expected: `no organization inside ${outer}`, offset });
    }
    if (!isName(text)) tokens.fail({ code: 'InvalidName', path, expected: 'the name of an organization', offset });
    if (this.membership !== undefined && !this.membership.has(text)) {
      tokens.fail({ code: 'UnknownMember', path, expected: `a member of the alliance, not ${text}`, offset });
    }
    tokens.expect(':', path, '":"');
    return text;
  }

  /** @param mayCount - whether a number may stand for all servers of `organization`. */
  private gate(path: string, organization: string | undefined, depth: number, mayCount: boolean): G {
    const { tokens, grammar } = this;
    if (!this.atGate()) tokens.unexpected(path, `"${grammar.headName} of …"`);
    const make = grammar.readHead(tokens, path);
    if (!tokens.accept('word', 'of')) tokens.unexpected(path, '"of"');
    if (tokens.peek().kind === '(') return make(this.list(path, organization, depth));
    if (organization === undefined || !mayCount) {
      return tokens.unexpected(
        `${path}/of`,
        '"(" and a list (a number of servers needs an organization: "acme: … of 4")',
      );
    }
    return make(this.servers(path, organization));
  }

  private list(path: string, organization: string | undefined, depth: number): readonly (Member | G)[] {
    const { tokens } = this;
    tokens.expect('(', `${path}/of`, '"("');
    const children: (Member | G)[] = [];
    do {
      children.push(this.node(`${path}/of/${children.length}`, organization, depth + 1));
    } while (tokens.accept(','));
    tokens.expect(')', path, '"," or ")"');
    return children;
  }

  private servers(path: string, organization: string): readonly Member[] {
    const { tokens } = this;
    const { offset } = tokens.peek();
    const count = tokens.number(`${path}/of`, 'a list in parentheses or a number of servers');
    this.count(count, path, offset);
    const names = this.membership?.get(organization);
    if (names !== undefined && names.length !== count) {
      const expected = `${names.length}, the number of servers of ${organization}`;
      tokens.fail({ code: 'WrongServerCount', path: `${path}/of`, expected, offset });
    }
    const servers = names ?? Array.from({ length: count }, (_, index) => String(index + 1));
    return servers.map((name) => member(`${organization}/${name}` as ProcessId));
  }

  private member(token: Token, path: string, organization: string | undefined): Member {
    const { text, offset } = token;
    const full = organization === undefined ? this.soleServer(token, path) : `${organization}/${text}`;
    const id = processId(full);
    if (id === undefined) {
      const expected = organization === undefined ? 'a name or organization/server' : `a server of ${organization}`;
      return this.tokens.fail({ code: 'InvalidName', path, expected, offset });
    }
    if (this.membership !== undefined && !isServer(id, this.membership)) {
      this.tokens.fail({ code: 'UnknownMember', path, expected: `a member of the alliance, not ${id}`, offset });
    }
    return member(id);
  }

  /** A bare name, which in an alliance stands for the one server of that organization. */
  private soleServer({ text, offset }: Token, path: string): string {
    const servers = this.membership?.get(text);
    if (servers === undefined) return text;
    if (servers.length === 1) return `${text}/${servers[0] ?? ''}`;
    const expected = `which of the ${servers.length} servers of ${text} is meant ("${text}: ${this.grammar.headName} of ${servers.length}")`;
    return this.tokens.fail({ code: 'WrongServerCount', path, expected, offset });
  }

  private count(nodes: number, path: string, offset: number): void {
    this.nodeCount += nodes;
    if (this.nodeCount <= maxNodes) return;
    this.tokens.fail({ code: 'TooLarge', path, expected: `at most ${maxNodes} gates and members`, offset });
  }
}

function member(id: ProcessId): Member {
  return { _tag: 'member', id };
}

function isServer(id: ProcessId, membership: Membership): boolean {
  const organization = organizationOf(id);
  return membership.get(organization)?.includes(id.slice(organization.length + 1)) ?? false;
}

/**
 * Writes a tree so that {@link readTree} reads it again. What belongs to one organization stands behind its name.
 *
 * @param head - what stands before `of`.
 */
export function printTree<T extends AnyTree>(tree: T, head: (gate: Exclude<T, Member>) => string): string {
  return print(tree, head as (gate: AnyTree) => string, undefined);
}

function print(tree: AnyTree, head: (gate: AnyTree) => string, within: string | undefined): string {
  if (tree._tag === 'member') return within === undefined ? tree.id : tree.id.slice(within.length + 1);
  const own = within === undefined ? commonOrganization(tree) : undefined;
  const inner = tree.of.map((child) => print(child, head, within ?? own)).join(', ');
  return `${own === undefined ? '' : `${own}: `}${head(tree)} of (${inner})`;
}

/** The organization to which all members below belong, if they are written `org/server`. */
function commonOrganization(tree: AnyTree): string | undefined {
  const [first, ...rest] = membersOf(tree);
  if (first?.includes('/') !== true) return undefined;
  const organization = organizationOf(first);
  return rest.every((id) => id.startsWith(`${organization}/`)) ? organization : undefined;
}
