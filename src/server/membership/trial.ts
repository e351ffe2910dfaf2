/** Whether files of the next epoch can be entered: they are read as they will be when they have taken their place. */
import { join } from 'node:path';
import { E } from '../../prelude/fp.js';
import { maxFileBytes } from '../directory/directory-documents.js';
import { describeDirectoryError } from '../directory/errors.js';
import { fileNames } from '../directory/layout.js';
import { loadEpochFiles } from '../directory/server-directory.js';
import { readTextFile } from '../directory/text-files.js';

/** Why not, in one line; `undefined` if they can. */
export async function tryEpochFiles(server: string, folder: string): Promise<string | undefined> {
  const owner = await readTextFile(join(server, fileNames.server), maxFileBytes.owner)();
  if (E.isLeft(owner)) return describeDirectoryError(owner.left);
  const files = await loadEpochFiles(folder, owner.right)();
  return E.isLeft(files) ? describeDirectoryError(files.left) : undefined;
}
