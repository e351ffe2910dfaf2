/** Trust models and policies from texts that are known to be good. */
import { E, type Either } from '../../src/prelude/fp.js';
import { type ParseError, formatParseError } from '../../src/quorum/errors.js';
import type { Policy } from '../../src/quorum/policy/policy.js';
import { parsePolicy } from '../../src/quorum/policy/policy-text.js';
import type { TrustModel } from '../../src/quorum/trust/trust-model.js';
import { parseTrust } from '../../src/quorum/trust/trust-text.js';

export function trust(text: string): TrustModel {
  return good(parseTrust(text), text);
}

export function policy(text: string): Policy {
  return good(parsePolicy(text), text);
}

function good<A>(result: Either<ParseError, A>, text: string): A {
  if (E.isLeft(result)) throw new Error(formatParseError(result.left, text));
  return result.right;
}
