/**
 * Believing the history of an alliance by the public key of one of its epochs, or by its id, and by nobody's word. It runs wherever
 * JavaScript does: nothing here, nor below, imports Node.
 */
import { E, type Either } from '../prelude/fp.js';
import {
  examineHistory,
  foundersMissing,
  type History,
  type HistoryEntry,
  type TrustedOrigin,
} from '../management/alliance-history.js';
import type { HistoryError } from '../management/alliance-history-errors.js';
import { ed25519VerifyPortable } from '../schemes/ed25519/ed25519-portable.js';
import { publicVerifier } from '../schemes/public-verifier.js';

/** All of it holds, or the first thing that does not is named. */
export async function verifyHistory(
  entries: readonly HistoryEntry[],
  origin: TrustedOrigin,
): Promise<Either<HistoryError, History>> {
  const examined = examineHistory(entries, origin, ed25519VerifyPortable);
  if (E.isLeft(examined)) return examined;
  const { claims, ...history } = examined.right;
  const organizations = foundersMissing(entries, ed25519VerifyPortable);
  if (organizations.length > 0) return E.left({ _tag: 'NotFounded', organizations });
  for (const { epoch, statement, key, bytes, signature } of claims) {
    if (!(await publicVerifier(key)(bytes, signature))) return E.left({ _tag: 'BadSignature', epoch, statement });
  }
  return E.right(history);
}
