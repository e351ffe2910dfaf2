/** The words and marks of a policy or trust text, with their places. `#` begins a comment that ends with its line. */
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ParseError, PolicyError, PolicyErrorCode } from '../errors.js';

/** No text is longer, in UTF-16 units. */
export const maxTextLength = 2 ** 20;

export interface Token {
  /** `word` is a name, a process or a number; a mark is its own kind; `end` comes last; a `stranger` belongs to no text. */
  readonly kind: 'word' | '(' | ')' | '{' | '}' | ',' | ':' | '*' | '=' | '>=' | 'end' | 'stranger';
  readonly text: string;
  /** Offset in UTF-16 units. */
  readonly offset: number;
}

const tokenPattern = /\s+|#[^\n]*|(?<word>[A-Za-z0-9_./]+)|(?<mark>>=|[(){},:*=])|(?<stranger>[^])/gu;

/** Thrown by {@link Tokens.fail} and caught by {@link parseTokens}, nowhere else. */
class Refused extends Error {
  constructor(readonly fact: Refusal) {
    super(fact.expected);
  }
}

interface Refusal {
  readonly code: PolicyErrorCode;
  readonly path: string;
  readonly expected: string;
  readonly offset: number;
}

/** Where the text says what stands at a path. */
interface Mark {
  readonly path: string;
  readonly offset: number;
}

/** Reads tokens one after another. */
export class Tokens {
  private readonly scanned: Token[] = [];
  private readonly rest: Iterator<Token, undefined>;
  private readonly marks: Mark[] = [];

  constructor(private readonly source: string) {
    this.rest = scan(source);
  }

  /** The token `ahead` places from here, without taking it. */
  peek(ahead: 0 | 1 = 0): Token {
    while (this.scanned.length <= ahead) {
      const step = this.rest.next();
      this.scanned.push(step.done === true ? { kind: 'end', text: '', offset: this.source.length } : step.value);
    }
    return present(this.scanned[ahead], 'tokens were scanned as far as asked');
  }

  next(): Token {
    const token = this.peek();
    this.scanned.shift();
    return token;
  }

  /** Takes the next token if it is of this kind (and, for a word, this text). */
  accept(kind: Token['kind'], text?: string): boolean {
    const token = this.peek();
    const matches = token.kind === kind && (text === undefined || token.text === text);
    if (matches) this.next();
    return matches;
  }

  expect(kind: Token['kind'], path: string, expected: string): Token {
    return this.peek().kind === kind ? this.next() : this.unexpected(path, expected);
  }

  /** Whether the next token is this word. */
  atWord(text: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && token.text === text;
  }

  /** Remembers that the text says from here (or from `offset`) what stands at `path`. */
  mark(path: string, offset = this.peek().offset): void {
    this.marks.push({ path, offset });
  }

  get markCount(): number {
    return this.marks.length;
  }

  /** What was marked as standing at `path` and below, all but the first `count` marks, stands at `below` it instead. */
  moveMarks(count: number, path: string, below: string): void {
    const moved = this.marks.splice(count);
    for (const mark of moved) {
      this.marks.push({ path: `${path}${below}${mark.path.slice(path.length)}`, offset: mark.offset });
    }
  }

  /** A decimal number without sign or leading zeros, of at most fifteen digits. */
  number(path: string, expected: string): number {
    this.mark(path);
    const { kind, text } = this.peek();
    if (kind !== 'word' || !/^(0|[1-9][0-9]{0,14})$/.test(text)) return this.unexpected(path, expected);
    this.next();
    return Number(text);
  }

  /** Refuses the next token where something else was `expected`. */
  unexpected(path: string, expected: string): never {
    const { kind, text, offset } = this.peek();
    if (kind === 'stranger') this.checkName(path, offset);
    const found = kind === 'end' ? 'the end' : `"${text.slice(0, 40).replace(/[^\x20-\x7e]/gu, '?')}"`;
    return this.fail({ code: 'Syntax', path, expected: `${expected}, not ${found}`, offset });
  }

  /** Refuses a run of letters and other signs around a stranger: it was meant as a name. */
  private checkName(path: string, at: number): void {
    const before = /[^\s(),:={}*>#]*$/u.exec(this.source.slice(0, at))?.[0] ?? '';
    const after = /^[^\s(),:={}*>#]*/u.exec(this.source.slice(at, at + 80))?.[0] ?? '';
    const name = `${before}${after}`;
    if (!/^[^-\p{C}]*\p{L}\P{C}*$/u.test(name)) return;
    const expected = `a name (letters a to z, digits, "_" and "."), not "${name}"`;
    this.fail({ code: 'InvalidName', path, expected, offset: at - before.length });
  }

  /** Refuses what was read, at the place that the complaint's path has in the text. */
  refuse({ code, path, expected }: PolicyError): never {
    return this.fail({ code, path, expected, offset: this.offsetOf(path === '/' ? '' : path) });
  }

  fail(refusal: Refusal): never {
    throw new Refused(refusal);
  }

  /** The last mark at `path`, or else at the nearest place above it. */
  private offsetOf(path: string): number {
    const offsets = new Map(this.marks.map(({ path: marked, offset }) => [marked, offset]));
    let place = path;
    while (place !== '' && !offsets.has(place)) place = place.slice(0, place.lastIndexOf('/'));
    return offsets.get(place) ?? 0;
  }
}

/** Reads all of `text` by `read`; every refusal becomes a value with line and column. */
export function parseTokens<A>(text: string, read: (tokens: Tokens) => A): Either<ParseError, A> {
  if (text.length > maxTextLength) {
    const expected = `a text of at most ${maxTextLength} characters`;
    return E.left({ _tag: 'ParseError', code: 'TooLarge', path: '/', expected, line: 1, column: 1 });
  }
  try {
    const tokens = new Tokens(text);
    const value = read(tokens);
    tokens.expect('end', '/', 'the end');
    return E.right(value);
  } catch (error) {
    if (error instanceof Refused) return E.left(locate(error.fact, text));
    throw error;
  }
}

function* scan(text: string): Generator<Token, undefined> {
  for (const match of text.matchAll(tokenPattern)) {
    const offset = match.index;
    const { word, mark, stranger } = match.groups ?? {};
    if (word !== undefined) yield { kind: 'word', text: word, offset };
    else if (mark !== undefined) yield { kind: mark as Token['kind'], text: mark, offset };
    else if (stranger !== undefined) yield { kind: 'stranger', text: stranger, offset };
  }
  return undefined;
}

function locate({ code, path, expected, offset }: Refusal, text: string): ParseError {
  const before = text.slice(0, offset).split('\n');
  const column = (before.at(-1) ?? '').length + 1;
  return { _tag: 'ParseError', code, path: path === '' ? '/' : path, expected, line: before.length, column };
}
