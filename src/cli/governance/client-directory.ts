/** Whose directory a command was given: an application's, an alliance's for trying, or a server's, which is a client under its own id. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { E, type Either } from '../../prelude/fp.js';
import { type ClientIdentity, serverAsClient } from '../../server/applications/application-client.js';
import { findApplication } from '../../server/directory/application-directory.js';
import { describeDirectoryError } from '../../server/directory/errors.js';
import { fileNames } from '../../server/directory/layout.js';
import { loadServerDirectory } from '../../server/directory/server-directory.js';
import { badInput, type Failure } from '../outcome.js';

export interface ClientDirectory {
  readonly path: string;
  /** An application keeps documents of later epochs in its directory; a server does so by itself. */
  readonly identity: ClientIdentity;
}

export async function clientDirectoryAt(
  path: string,
  as: string | undefined,
): Promise<Either<Failure, ClientDirectory>> {
  if (existsSync(join(path, fileNames.server))) return serverAt(path, as);
  const application = await findApplication(path, as)();
  return E.isLeft(application)
    ? badInput(describeDirectoryError(application.left))
    : E.right({ path: application.right.path, identity: application.right });
}

async function serverAt(path: string, as: string | undefined): Promise<Either<Failure, ClientDirectory>> {
  const server = await loadServerDirectory(path)();
  if (E.isLeft(server)) return badInput(describeDirectoryError(server.left));
  const { id } = server.right.me;
  if (as !== undefined && as !== id) return badInput(`${path}: the directory of ${id}, not of ${as}`);
  const identity = serverAsClient(server.right);
  if (identity !== undefined) return E.right({ path, identity });
  return badInput(`${path}: ${id} was left out of an epoch, and has no keys to speak with any more`);
}
