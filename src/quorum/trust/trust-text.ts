/** Trust models as text: `f=1 t=1 of (acme, globex: f=1 of 4, …) leaders (acme)`; t is 0 where it is not written, and all may lead. */
import { invariant } from '../../prelude/invariant.js';
import { E, type Either } from '../../prelude/fp.js';
import type { ParseError } from '../errors.js';
import { parseTokens, type Tokens } from '../tree/text-tokens.js';
import { type GateGrammar, type Membership, printTree, readTree } from '../tree/tree-text.js';
import { checkTrustTree, type TrustGate, type TrustTree } from './trust-tree.js';
import { trustModel, type TrustModel } from './trust-model.js';

/** @param membership - of the alliance, against which names are resolved; without it they stand for themselves. */
export function parseTrust(text: string, membership?: Membership): Either<ParseError, TrustModel> {
  return parseTokens(text, (tokens) => {
    const tree = readTree(tokens, grammar, membership);
    return readLeaders(tokens, tree);
  });
}

/** One line, which {@link parseTrust} reads back. */
export function printTrust({ rule, leaders, system }: TrustModel): string {
  invariant(rule._tag !== 'explicit', 'listed fault sets have no text yet');
  const suffix = leaders.equals(system.processes) ? '' : ` leaders (${[...leaders].join(', ')})`;
  return `${printTrustTree(rule)}${suffix}`;
}

export function printTrustTree(tree: TrustTree): string {
  return printTree(tree, ({ f, t }: TrustGate) => (t === 0 ? `f=${f}` : `f=${f} t=${t}`));
}

const leadersPath = '/leaders';

const grammar: GateGrammar<TrustGate> = {
  headName: 'f=1',
  readHead: (tokens, path) => {
    const f = readLimit(tokens, 'f', path);
    const t = tokens.peek().text === 't' ? readLimit(tokens, 't', path) : 0;
    return (of) => ({ _tag: 'gate', f, t, of });
  },
  check: checkTrustTree,
};

function readLimit(tokens: Tokens, name: 'f' | 't', path: string): number {
  if (!tokens.accept('word', name)) tokens.unexpected(path, `"${name}="`);
  tokens.expect('=', path, '"="');
  return tokens.number(`${path}/${name}`, 'a number');
}

function readLeaders(tokens: Tokens, tree: TrustTree): TrustModel {
  tokens.mark(leadersPath);
  const names = tokens.accept('word', 'leaders') ? readNames(tokens) : undefined;
  const model = trustModel(tree, names);
  if (E.isRight(model)) return model.right;
  const { code, path, expected } = model.left;
  return tokens.fail({ code, path, expected, offset: tokens.offsetOf(path) });
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
