/** What is signed about documents: by the servers of an epoch, and by those who found an alliance (spec/wire.md, "Statements"). */
import type { Digest } from '../prelude/digest.js';
import { encodeStatement, type StatementContext } from '../prelude/statement.js';

/**
 * ENACTED: the servers of an epoch run under this document, their own.
 *
 * @param context - of the alliance key of that epoch.
 */
export function enactedStatement(context: StatementContext, configurationDigest: Digest): Uint8Array {
  return encodeStatement(context, 'enacted', configurationDigest);
}

/**
 * FOUNDED: administrators of an organization found the alliance with the document of this digest.
 *
 * @param keyId - of their authority.
 */
export function foundedStatement(allianceId: Digest, keyId: Digest): Uint8Array {
  return encodeStatement({ allianceId, keyId, epoch: 1 }, 'founded', allianceId);
}
