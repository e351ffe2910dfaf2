/** Access policies as text: `2 of (acme: 2 of 3, globex: 3 of (g1, g2, g3, g4, g5), initech)`; `all of`, `any of`, `majority of`. */
import type { Either } from '../../prelude/fp.js';
import type { ParseError } from '../errors.js';
import { checkPolicy, type Policy, type ThresholdGate } from './policy.js';
import { parseTokens, type Tokens } from '../tree/text-tokens.js';
import { type GateGrammar, type Membership, printTree, readTree } from '../tree/tree-text.js';

/** @param membership - of the alliance, against which names are resolved; without it they stand for themselves. */
export function parsePolicy(text: string, membership?: Membership): Either<ParseError, Policy> {
  return parseTokens(text, (tokens) => readTree(tokens, grammar, membership));
}

/** One line, which {@link parsePolicy} reads back. */
export function printPolicy(policy: Policy): string {
  return printTree(policy, ({ k }: ThresholdGate) => String(k));
}

const grammar: GateGrammar<ThresholdGate> = {
  headName: '2',
  readHead: (tokens, path) => {
    const kOf = readThreshold(tokens, `${path}/k`);
    return (of) => ({ _tag: 'threshold', k: kOf(of.length), of });
  },
  check: checkPolicy,
};

const words: Readonly<Record<string, (childCount: number) => number>> = {
  all: (childCount) => childCount,
  any: () => 1,
  majority: (childCount) => Math.floor(childCount / 2) + 1,
};

function readThreshold(tokens: Tokens, path: string): (childCount: number) => number {
  const word = Object.hasOwn(words, tokens.peek().text) ? words[tokens.next().text] : undefined;
  if (word !== undefined) return word;
  const k = tokens.number(path, 'a number, "all", "any" or "majority"');
  return () => k;
}
