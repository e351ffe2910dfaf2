/** A trust model on the command line: a file, or the text itself; names are taken as they are written. */
import { decodeJson } from '../prelude/codec.js';
import { E, type Either } from '../prelude/fp.js';
import { trustModelCodec } from '../quorum/trust/trust-codec.js';
import type { TrustModel } from '../quorum/trust/trust-model.js';
import { parseTrust, printTrust } from '../quorum/trust/trust-text.js';
import type { Failure } from './outcome.js';
import { isJson, type Language, parseAs, readAs, readWritten } from './written-argument.js';

const language: Language<TrustModel> = {
  name: 'a trust model',
  example: 'f=1 t=1 of (a, b, c, d)',
  looksWritten: /[=({\s]/,
  parseJson: (text) => decodeJson(trustModelCodec, text),
  parse: parseTrust,
};

/** The trust model in the argument. */
export function trustOf(argument: string): Promise<Either<Failure, TrustModel>> {
  return readAs(argument, language);
}

/** The trust model in the argument as text. */
export async function trustTextOf(argument: string): Promise<Either<Failure, string>> {
  const written = await readWritten(argument, language);
  if (E.isLeft(written)) return written;
  if (!isJson(written.right)) return E.right(written.right.text);
  return E.map(printTrust)(parseAs(written.right, language));
}
