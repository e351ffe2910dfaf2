/** From learner to server: the files of the epoch which lists it take the place of those with which it was learning. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { printedJson } from '../../prelude/codec.js';
import { type Digest, shortHex } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import type { Alliance } from '../../management/alliance.js';
import { encodeAlliance } from '../../management/alliance-codec.js';
import { fileModes, replaceFile } from '../directory/durable-files.js';
import { describeDirectoryError } from '../directory/errors.js';
import { folderNames, formerDocumentPath } from '../directory/layout.js';
import type { LearnerDirectory } from '../directory/learner-directory.js';
import { enterEpoch, findPrepared, isConfiguration } from '../epochs/succession.js';

/** Keeps a document beside that with which the learner began: of an epoch that it has learned of since. */
export function keepDocument({ path, alliance }: LearnerDirectory, document: Alliance): void {
  const file = formerDocumentPath(path, document.epoch);
  if (document.epoch <= alliance.epoch || existsSync(file)) return;
  mkdirSync(join(path, folderNames.former), { recursive: true, mode: 0o700 });
  replaceFile(file, printedJson(encodeAlliance(document)), fileModes.public);
}

/** The error is one line for people: nothing has changed then, and it may be tried again. */
export async function enterFirstEpoch(
  { path, id, identityKey, allianceId, alliance, former }: LearnerDirectory,
  configuration: Digest,
  say: (line: string) => void,
): Promise<Either<string, void>> {
  const prepared = await findPrepared({ path, allianceId, alliance, former }, (error) => {
    say(describeDirectoryError(error));
  });
  const next = prepared.find((one) => isConfiguration(one, configuration));
  if (next === undefined)
    return E.left(
      `waits for the files of configuration ${shortHex(configuration)} in ${join(path, folderNames.prepared)}`,
    );
  return enterEpoch({ path, alliance, me: { id, identityKey } }, next)();
}
