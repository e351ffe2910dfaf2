/** What the languages of trees tell the reading that they share: how gates begin, and what may stand in place of a list. */
import type { Either } from '../../prelude/fp.js';
import type { PolicyError } from '../errors.js';
import type { Tokens } from './text-tokens.js';
import type { Member } from './tree-check.js';

/** How one language writes its gates; `N` are its nodes that are no members. */
export interface TreeGrammar<N> {
  /** What stands before `of`, for people. */
  readonly headName: string;
  /** Whether the next tokens can only be a gate's numbers. */
  readonly atHead: (tokens: Tokens) => boolean;
  readonly readHead: (tokens: Tokens, path: string) => GateHead<N>;
  /** Words between operands, those that bind loosest first. Only a language that has some has parentheses around operands. */
  readonly operators: readonly Operator<N>[];
  /** Checks the finished tree. */
  readonly check: (tree: Member | N) => Either<PolicyError, Member | N>;
}

/** A gate of which the list is still to come. */
export interface GateHead<N> {
  /** Whether every child has a weight. */
  readonly isWeighted: boolean;
  readonly gate: (list: GateList<N>) => N;
  /** What `of orgs` means; `each` says what an organization needs. */
  readonly orgs?: (each: Member | N | undefined) => N;
  /** What `of servers` means, of one organization or of those that the place has. */
  readonly servers?: (organization: string | undefined) => N;
}

export interface GateList<N> {
  readonly of: readonly (Member | N)[];
  readonly weights?: readonly number[];
}

export interface Operator<N> {
  readonly word: string;
  readonly join: (of: readonly (Member | N)[]) => N;
}
