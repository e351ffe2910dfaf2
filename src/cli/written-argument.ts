/** What is written in a language of its own (a trust model, a policy) on the command line: a file, or the text itself. */
import { stat } from 'node:fs/promises';
import type { DecodeError } from '../prelude/codec.js';
import { E, type Either } from '../prelude/fp.js';
import { formatParseError, type ParseError } from '../quorum/errors.js';
import { describeDirectoryError } from '../server/directory/errors.js';
import { readTextFile } from '../server/directory/text-files.js';
import { badInput, type Failure } from './outcome.js';

const maxFileBytes = 1 << 20;

/** As somebody wrote it. */
export interface Written {
  /** Of the file, if it came from one. */
  readonly path: string | undefined;
  readonly text: string;
}

/** How the texts of a language are told from names of files, one of them for people, and what they mean. */
export interface Language<A> {
  readonly name: string;
  readonly example: string;
  readonly looksWritten: RegExp;
  readonly parseJson: (text: string) => Either<DecodeError, A>;
  /** If there is another notation than JSON. */
  readonly parse?: (text: string) => Either<ParseError, A>;
}

/** What is in the file of that name, or else in the argument itself. */
export async function readAs<A>(argument: string, language: Language<A>): Promise<Either<Failure, A>> {
  const written = await readWritten(argument, language);
  return E.isLeft(written) ? written : parseAs(written.right, language);
}

/** Reads the file of that name, or else takes the argument for the text, if it could be one. */
export async function readWritten(argument: string, language: Language<unknown>): Promise<Either<Failure, Written>> {
  if (!(await isThere(argument))) {
    if (language.looksWritten.test(argument)) return E.right({ path: undefined, text: argument });
    return badInput(`${argument}: no such file, nor ${language.name} such as "${language.example}"`);
  }
  const text = await readTextFile(argument, maxFileBytes)();
  return E.isLeft(text) ? badInput(describeDirectoryError(text.left)) : E.right({ path: argument, text: text.right });
}

/** Parses a text, or JSON where it begins as such. */
export function parseAs<A>(written: Written, { parseJson, parse }: Language<A>): Either<Failure, A> {
  const { text } = written;
  if (parse !== undefined && !isJson(written)) {
    const parsed = parse(text);
    return E.isLeft(parsed) ? badWriting(written, formatParseError(parsed.left, text)) : parsed;
  }
  const decoded = parseJson(text);
  if (E.isRight(decoded)) return decoded;
  return badWriting(written, `at ${decoded.left.path}: expected ${decoded.left.expected}`);
}

/** Whether it is JSON rather than text. */
export function isJson({ text }: Written): boolean {
  return text.trimStart().startsWith('{');
}

/** A complaint about what is written, with the file that it is in. */
export function badWriting({ path }: Written, complaint: string): Either<Failure, never> {
  return badInput(`${path === undefined ? '' : `${path}: `}${complaint}`);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
