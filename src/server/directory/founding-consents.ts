/** Whether all organizations have founded an alliance: no server starts in its first epoch before (spec/management.md, "Founding"). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { equalBytes } from '../../prelude/bytes.js';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import { allianceIdOf } from '../../management/alliance-codec.js';
import type { HistoryEntry } from '../../management/alliance-history.js';
import { decodeHistoryText, type HistoryFormError, maxHistoryBytes } from '../../management/alliance-history-codec.js';
import { describeAllianceError } from '../../management/errors.js';
import { organizationsWithoutConsent } from '../../management/founding-consent.js';
import { ed25519Verify } from '../../schemes/ed25519/ed25519.js';
import type { AllianceDocument } from './directory-documents.js';
import type { DirectoryError } from './errors.js';
import { fileNames } from './layout.js';
import { readTextFile } from './text-files.js';

/** The history in `path`, a file; not yet verified. */
export function readHistory(path: string): TaskEither<DirectoryError, readonly HistoryEntry[]> {
  return async () => {
    const text = await readTextFile(path, maxHistoryBytes)();
    if (E.isLeft(text)) return text;
    const entries = decodeHistoryText(text.right);
    if (E.isRight(entries)) return entries;
    return E.left({ _tag: 'MalformedFile', path, ...placeOf(entries.left) });
  };
}

function placeOf(error: HistoryFormError): { readonly at: string; readonly expected: string } {
  if (error._tag === 'DecodeError') return { at: error.path, expected: error.expected };
  const complaint = describeAllianceError(error.error);
  return { at: `/epochs/${error.epoch - 1}/document`, expected: `the document of an alliance: ${complaint}` };
}

/** Looks for the consents in the directory of a server. In later epochs the alliance has gone on, and nothing is asked. */
export function checkFounded(
  directory: string,
  { alliance, allianceId }: AllianceDocument,
): TaskEither<DirectoryError, void> {
  return async (): Promise<Either<DirectoryError, void>> => {
    if (alliance.allianceId !== undefined) return E.right(undefined);
    const path = join(directory, fileNames.history);
    const everyone = alliance.organizations.map(({ name }) => name);
    if (!existsSync(path)) return E.left({ _tag: 'NotFounded', path, organizations: everyone });
    const entries = await readHistory(path)();
    if (E.isLeft(entries)) return entries;
    const [first] = entries.right;
    const found = first === undefined ? allianceId : allianceIdOf(first.document);
    if (!equalBytes(found, allianceId)) return E.left({ _tag: 'OtherAlliance', path, madeFor: allianceId, found });
    const organizations = organizationsWithoutConsent(alliance, allianceId, first?.founded ?? [], ed25519Verify);
    return organizations.length === 0 ? E.right(undefined) : E.left({ _tag: 'NotFounded', path, organizations });
  };
}
