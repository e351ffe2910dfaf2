/** A trust model on the command line: a file, or the text itself. */
import { decodeJson } from '../prelude/codec.js';
import { E, type Either } from '../prelude/fp.js';
import { formatParseError } from '../quorum/errors.js';
import { trustModelCodec } from '../quorum/trust/trust-codec.js';
import type { TrustModel } from '../quorum/trust/trust-model.js';
import { parseTrust, printTrust } from '../quorum/trust/trust-text.js';
import type { Failure } from './outcome.js';
import { badWriting, isJson, type Language, readWritten, type Written } from './written-argument.js';

const language: Language = {
  name: 'a trust model',
  example: 'f=1 t=1 of (a, b, c, d)',
  looksWritten: /[=({\s]/,
};

/** Reads the file of that name, or else takes the argument for the text, if it could be one. */
export function readTrustArgument(argument: string): Promise<Either<Failure, Written>> {
  return readWritten(argument, language);
}

/** Parses a text, or JSON where it begins as such; names are taken as they are written. */
export function parseWrittenTrust(written: Written): Either<Failure, TrustModel> {
  const { text } = written;
  if (isJson(written)) {
    const decoded = decodeJson(trustModelCodec, text);
    return E.isLeft(decoded)
      ? badWriting(written, `at ${decoded.left.path}: expected ${decoded.left.expected}`)
      : decoded;
  }
  const parsed = parseTrust(text);
  return E.isLeft(parsed) ? badWriting(written, formatParseError(parsed.left, text)) : parsed;
}

/** The trust model in the argument. */
export async function trustOf(argument: string): Promise<Either<Failure, TrustModel>> {
  const written = await readTrustArgument(argument);
  return E.isLeft(written) ? written : parseWrittenTrust(written.right);
}

/** The trust model in the argument as text. */
export async function trustTextOf(argument: string): Promise<Either<Failure, string>> {
  const written = await readTrustArgument(argument);
  if (E.isLeft(written)) return written;
  if (!isJson(written.right)) return E.right(written.right.text);
  return E.map(printTrust)(parseWrittenTrust(written.right));
}
