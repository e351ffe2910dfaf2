/**
 * From one epoch to the next without trusting whoever tells of it: HANDOFF of the epoch that ended, under the alliance key that is
 * known, names the document that follows (spec/management.md, "Documents"). It runs wherever JavaScript does.
 */
import { equalBytes } from '../prelude/bytes.js';
import type { Digest } from '../prelude/digest.js';
import { E, type Either } from '../prelude/fp.js';
import { epochEndStatement } from '../prelude/handoff-statement.js';
import type { Alliance } from '../management/alliance.js';
import { allianceIdOf, configurationDigestOf, decodeAllianceText } from '../management/alliance-codec.js';
import { describeAllianceError } from '../management/errors.js';
import type { Signature } from '../schemes/contract/distributed-signer.js';
import { keyIdOf } from '../schemes/public-key.js';
import { publicVerifier } from '../schemes/public-verifier.js';

/** How an epoch ended, and which document follows. */
export interface Succession {
  /** The one that ended. */
  readonly epoch: number;
  /** Its last slot; the digests of the log and of the state there. */
  readonly slot: number;
  readonly chain: Digest;
  readonly state: Digest;
  /** HANDOFF. */
  readonly signature: Signature;
  /** The document of the next epoch, as its file has it. */
  readonly document: string;
}

/** The document that follows `now`, or in one sentence why it is not believed. */
export async function followSuccession(now: Alliance, told: Succession): Promise<Either<string, Alliance>> {
  const { epoch, slot, chain, state, signature } = told;
  if (epoch !== now.epoch) return E.left(`it tells of the end of epoch ${epoch} where epoch ${now.epoch} is known`);
  const next = decodeAllianceText(told.document);
  if (E.isLeft(next)) return E.left(`the next document is none: ${describeAllianceError(next.left)}`);
  const allianceId = allianceIdOf(now);
  const isNext = next.right.epoch === epoch + 1 && equalBytes(allianceIdOf(next.right), allianceId);
  const { previous } = next.right;
  if (!isNext || previous === undefined || !equalBytes(previous, configurationDigestOf(now)))
    return E.left('the document does not follow the one that is known');
  const context = { allianceId, keyId: keyIdOf(now.allianceKey), epoch };
  const statement = epochEndStatement(context, {
    slot,
    chain,
    state,
    configuration: configurationDigestOf(next.right),
  });
  const isSigned = await publicVerifier(now.allianceKey)(statement, signature);
  return isSigned ? next : E.left('its HANDOFF is not signed by the alliance key that is known');
}
