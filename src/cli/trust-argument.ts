/** A trust model on the command line: a file, or the text itself. */
import { stat } from 'node:fs/promises';
import { decodeJson } from '../prelude/codec.js';
import { E, type Either } from '../prelude/fp.js';
import { formatParseError } from '../quorum/errors.js';
import { trustModelCodec } from '../quorum/trust/trust-codec.js';
import type { TrustModel } from '../quorum/trust/trust-model.js';
import { parseTrust, printTrust } from '../quorum/trust/trust-text.js';
import { describeDirectoryError } from '../server/errors.js';
import { readTextFile } from '../server/text-files.js';
import { badInput, type Failure } from './outcome.js';

const maxFileBytes = 1 << 20;

/** A trust model as somebody wrote it. */
export interface WrittenTrust {
  /** Of the file, if it came from one. */
  readonly path: string | undefined;
  readonly text: string;
}

/** Reads the file of that name, or else takes the argument for the text, if it could be one. */
export async function readTrustArgument(argument: string): Promise<Either<Failure, WrittenTrust>> {
  if (!(await isThere(argument))) {
    if (/[=({\s]/.test(argument)) return E.right({ path: undefined, text: argument });
    return badInput(`${argument}: no such file, nor a trust model such as "f=1 t=1 of (a, b, c, d)"`);
  }
  const text = await readTextFile(argument, maxFileBytes)();
  return E.isLeft(text) ? badInput(describeDirectoryError(text.left)) : E.right({ path: argument, text: text.right });
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

/** Parses a text, or JSON where it begins as such; names are taken as they are written. */
export function parseWrittenTrust({ path, text }: WrittenTrust): Either<Failure, TrustModel> {
  const where = path === undefined ? '' : `${path}: `;
  if (text.trimStart().startsWith('{')) {
    const decoded = decodeJson(trustModelCodec, text);
    return E.isLeft(decoded) ? badInput(`${where}at ${decoded.left.path}: expected ${decoded.left.expected}`) : decoded;
  }
  const parsed = parseTrust(text);
  return E.isLeft(parsed) ? badInput(`${where}${formatParseError(parsed.left, text)}`) : parsed;
}

/** The trust model in the argument as text. */
export async function trustTextOf(argument: string): Promise<Either<Failure, string>> {
  const written = await readTrustArgument(argument);
  if (E.isLeft(written)) return written;
  if (!written.right.text.trimStart().startsWith('{')) return E.right(written.right.text);
  return E.map(printTrust)(parseWrittenTrust(written.right));
}
