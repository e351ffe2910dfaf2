/**
 * Trust models as text: `f=1 t=1 of (acme, globex: f=1 of 4, …) leaders (acme)`, `weight f=30 of (acme*30, …)`, or the maximal sets
 * `sets ({a, b}, {c}) slow ({a}) of (a, b, c, d, e)`. t is 0 and no set is slow where none is written, and all may lead.
 */
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import { type ProcessId, processId } from '../../prelude/process.js';
import type { ParseError } from '../errors.js';
import { type Membership, serverNamed } from '../tree/membership.js';
import type { Written } from '../tree/scoped-writing.js';
import { parseTokens, type Tokens } from '../tree/text-tokens.js';
import { writtenGate, writtenName } from '../tree/text-writing.js';
import type { TreeGrammar } from '../tree/tree-grammar.js';
import { readTree } from '../tree/tree-text.js';
import { checkExplicitFaults, type ExplicitFaults } from './explicit-faults.js';
import { trustModel, type TrustModel, type TrustRule } from './trust-model.js';
import { checkTrustTree, type TrustGate, type TrustTree } from './trust-tree.js';

/** @param membership - of the alliance, against which names are resolved; without it they stand for themselves. */
export function parseTrust(text: string, membership?: Membership): Either<ParseError, TrustModel> {
  return parseTokens(text, (tokens) => {
    const rule = atSets(tokens) ? readSets(tokens, membership) : readTree(tokens, grammar, membership);
    return readLeaders(tokens, rule);
  });
}

/** One line, which {@link parseTrust} reads back. */
export function printTrust({ rule, leaders, system }: TrustModel): string {
  const suffix = leaders.equals(system.processes) ? '' : ` leaders (${[...leaders].join(', ')})`;
  return `${printTrustRule(rule)}${suffix}`;
}

function printTrustRule(rule: TrustRule): string {
  return rule._tag === 'explicit' ? printSets(rule) : printTrustTree(rule);
}

export function printTrustTree(tree: TrustTree): string {
  return written(tree).within(undefined);
}

function written(tree: TrustTree): Written<string> {
  switch (tree._tag) {
    case 'member':
      return writtenName(tree.id);
    case 'gate': {
      const limits = tree.t === 0 ? `f=${tree.f}` : `f=${tree.f} t=${tree.t}`;
      return writtenGate(tree.weights === undefined ? limits : `weight ${limits}`, tree.of.map(written), tree);
    }
    default:
      return assertNever(tree);
  }
}

function printSets({ byzantine, slow, of }: ExplicitFaults): string {
  const sets = (lists: ExplicitFaults['byzantine']): string => lists.map((ids) => `{${ids.join(', ')}}`).join(', ');
  const slowSets = slow.length === 0 ? '' : ` slow (${sets(slow)})`;
  return `sets (${sets(byzantine)})${slowSets} of (${of.join(', ')})`;
}

const leadersPath = '/leaders';

const grammar: TreeGrammar<TrustGate> = {
  headName: 'f=1',
  atHead: (tokens) => {
    const { kind, text } = tokens.peek(1);
    return kind === '=' || (kind === 'word' && (text === 'of' || (text === 'f' && tokens.atWord('weight'))));
  },
  readHead: (tokens, path) => {
    const isWeighted = tokens.atWord('weight');
    if (isWeighted) tokens.next();
    const f = readLimit(tokens, 'f', path);
    const t = tokens.atWord('t') ? readLimit(tokens, 't', path) : 0;
    return { isWeighted, gate: (list) => ({ _tag: 'gate', f, t, ...list }) };
  },
  operators: [],
  check: checkTrustTree,
};

function readLimit(tokens: Tokens, name: 'f' | 't', path: string): number {
  if (!tokens.accept('word', name)) tokens.unexpected(path, `"${name}="`);
  tokens.expect('=', path, '"="');
  return tokens.number(`${path}/${name}`, 'a number');
}

/** A process may be called `sets`. */
function atSets(tokens: Tokens): boolean {
  return tokens.atWord('sets') && tokens.peek(1).kind === '(';
}

function readSets(tokens: Tokens, membership: Membership | undefined): ExplicitFaults {
  tokens.mark('');
  tokens.next();
  const byzantine = readSetList(tokens, '/byzantine', membership);
  const slow = tokens.accept('word', 'slow') ? readSetList(tokens, '/slow', membership) : [];
  if (!tokens.accept('word', 'of')) tokens.unexpected('/of', '"slow" or "of"');
  const of = readProcesses(tokens, { open: '(', close: ')', path: '/of', membership });
  const checked = checkExplicitFaults({ _tag: 'explicit', of, byzantine, slow });
  return E.isRight(checked) ? checked.right : tokens.refuse(checked.left);
}

/** Sets in braces; none at all is a list too. */
function readSetList(
  tokens: Tokens,
  path: string,
  membership: Membership | undefined,
): readonly (readonly ProcessId[])[] {
  tokens.mark(path);
  tokens.expect('(', path, '"(" and sets in braces');
  const sets: (readonly ProcessId[])[] = [];
  if (tokens.accept(')')) return sets;
  do sets.push(readProcesses(tokens, { open: '{', close: '}', path: `${path}/${sets.length}`, membership }));
  while (tokens.accept(','));
  tokens.expect(')', path, '"," or ")"');
  return sets;
}

interface ProcessList {
  readonly open: '(' | '{';
  readonly close: ')' | '}';
  readonly path: string;
  readonly membership: Membership | undefined;
}

function readProcesses(tokens: Tokens, { open, close, path, membership }: ProcessList): readonly ProcessId[] {
  tokens.mark(path);
  tokens.expect(open, path, `"${open}"`);
  const ids: ProcessId[] = [];
  do ids.push(readProcess(tokens, `${path}/${ids.length}`, membership));
  while (tokens.accept(','));
  tokens.expect(close, path, `"," or "${close}"`);
  return ids;
}

function readProcess(tokens: Tokens, path: string, membership: Membership | undefined): ProcessId {
  tokens.mark(path);
  const { text, offset } = tokens.expect('word', path, 'a member');
  const id = processId(text);
  if (id === undefined) {
    return tokens.fail({ code: 'InvalidName', path, expected: 'a name or organization/server', offset });
  }
  if (membership === undefined) return id;
  const server = serverNamed(id, membership);
  return E.isRight(server) ? server.right : tokens.fail({ ...server.left, path, offset });
}

function readLeaders(tokens: Tokens, rule: TrustRule): TrustModel {
  tokens.mark(leadersPath);
  const names = tokens.accept('word', 'leaders') ? readNames(tokens) : undefined;
  const model = trustModel(rule, names);
  return E.isRight(model) ? model.right : tokens.refuse(model.left);
}

function readNames(tokens: Tokens): readonly string[] {
  tokens.expect('(', leadersPath, '"("');
  const names: string[] = [];
  do {
    const path = `${leadersPath}/${names.length}`;
    tokens.mark(path);
    names.push(tokens.expect('word', path, 'a member').text);
  } while (tokens.accept(','));
  tokens.expect(')', leadersPath, '"," or ")"');
  return names;
}
