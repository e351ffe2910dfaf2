/** Histories on the command line: those that hold, and those of which people have compared the name of the alliance besides. */
import type { Digest } from '../prelude/digest.js';
import { E, type Either } from '../prelude/fp.js';
import { verifyHistory } from '../client/history.js';
import type { Alliance } from '../management/alliance.js';
import { allianceIdOf } from '../management/alliance-codec.js';
import type { HistoryEntry } from '../management/alliance-history.js';
import { describeHistoryError } from '../management/alliance-history-errors.js';
import { defaultBlsSuite } from '../schemes/bls/ciphersuite.js';
import { loadBackends } from '../schemes/bls/load-backends.js';
import { compareWords } from './confirmation.js';
import { readHistoryAt } from './history-argument.js';
import { badInput, exitCodes, type Failure } from './outcome.js';
import type { Session } from './session.js';

export interface BelievedHistory {
  readonly allianceId: Digest;
  readonly history: readonly HistoryEntry[];
  /** The document in force, as far as the history goes. */
  readonly alliance: Alliance;
}

/** A history that holds in itself. */
export async function verifiedHistory(path: string): Promise<Either<Failure, BelievedHistory>> {
  const entries = await readHistoryAt(path);
  if (E.isLeft(entries)) return entries;
  const [first, last] = [entries.right[0], entries.right.at(-1)];
  if (first === undefined || last === undefined) return badInput(`${path}: the history has no epochs`);
  const allianceId = allianceIdOf(first.document);
  await loadBackends([defaultBlsSuite]);
  const verified = await verifyHistory(entries.right, { _tag: 'alliance', allianceId });
  if (E.isRight(verified)) return E.right({ allianceId, history: entries.right, alliance: last.document });
  const message = `${path}: NOT VALID: ${describeHistoryError(verified.left)}`;
  return E.left({ exitCode: exitCodes.no, message });
}

/** @param heard - the words of the alliance's id, as somebody else has read them out; a person is asked if absent. */
export async function believedHistory(
  path: string,
  heard: string | undefined,
  session: Session,
): Promise<Either<Failure, BelievedHistory>> {
  const verified = await verifiedHistory(path);
  if (E.isLeft(verified)) return verified;
  const question = 'Do members of the alliance read the same words?';
  const terms = { heard, option: '--expect-alliance', question };
  const compared = await compareWords(verified.right.allianceId, terms, session);
  return E.isLeft(compared) ? compared : verified;
}
