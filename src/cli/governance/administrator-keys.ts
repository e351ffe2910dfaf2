/** The keys of administrators: private key files, and whose they are, by the document. */
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { equalBytes } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import type { AdministratorKey } from '../../client/governance/act-signing.js';
import type { OrganizationEntry } from '../../management/alliance.js';
import { ed25519Sign, publicKeyFromSeed } from '../../schemes/ed25519/ed25519.js';
import type { Ed25519Seed } from '../../schemes/ed25519/encoding.js';
import { describeDirectoryError } from '../../server/directory/errors.js';
import { folderNames, organizationPath } from '../../server/directory/layout.js';
import { parsePrivateKey } from '../../server/directory/private-key-file.js';
import { readTextFile } from '../../server/directory/text-files.js';
import { badInput, type Failure } from '../outcome.js';

const maxKeyBytes = 4096;

/** Keys of administrators of one organization. */
export interface Administrators {
  readonly organization: string;
  readonly keys: readonly AdministratorKey[];
}

/**
 * Whose keys these are.
 *
 * @param entries - of the organizations whose administrators they may be.
 */
export async function readAdministrators(
  files: readonly string[],
  entries: readonly OrganizationEntry[],
): Promise<Either<Failure, Administrators>> {
  const found: (AdministratorKey & { readonly organization: string })[] = [];
  for (const file of files) {
    const seed = await readSeed(file);
    if (E.isLeft(seed)) return seed;
    const owner = ownerOf(seed.right, entries);
    if (owner === undefined)
      return badInput(`${file}: the key of no administrator of ${entries.map(({ name }) => name).join(', ')}`);
    found.push(owner);
  }
  const [first] = found;
  if (first === undefined) return badInput("no administrator's key is given: --key FILE");
  const other = found.find(({ organization }) => organization !== first.organization);
  if (other !== undefined)
    return badInput(
      `--key: the keys of two organizations, ${first.organization} and ${other.organization}: each speaks for itself`,
    );
  return E.right({ organization: first.organization, keys: found });
}

async function readSeed(file: string): Promise<Either<Failure, Ed25519Seed>> {
  const text = await readTextFile(file, maxKeyBytes, 'owner')();
  if (E.isLeft(text)) return badInput(describeDirectoryError(text.left));
  const seed = parsePrivateKey(text.right);
  return seed === undefined ? badInput(`${file}: expected an Ed25519 private key as PEM`) : E.right(seed);
}

/** The secret is inside the function that signs. */
function ownerOf(
  seed: Ed25519Seed,
  entries: readonly OrganizationEntry[],
): (AdministratorKey & { readonly organization: string }) | undefined {
  const key = publicKeyFromSeed(seed);
  for (const { name: organization, administrators } of entries) {
    const own = administrators.find((administrator) => equalBytes(administrator.key, key));
    if (own !== undefined) return { organization, name: own.name, sign: (statement) => ed25519Sign(seed, statement) };
  }
  return undefined;
}

/**
 * Where founding has put the keys of an organization: in its own directory, or for trying in that of the alliance. `directory` is either,
 * or that of an application or server in it.
 */
export function keyFilesOf(directory: string, organization: string): readonly string[] {
  for (const root of [directory, dirname(dirname(resolve(directory)))]) {
    for (const folder of [organizationPath(root, organization), root]) {
      const names = filesIn(folder).filter((name) => /^admin(-[^/]*)?\.key$/.test(name));
      if (names.length > 0) return names.map((name) => join(folder, name));
    }
  }
  return [];
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** For people, where no key was found. */
export function describeMissingKeys(directory: string, organization: string): string {
  const where = join(folderNames.organizations, organization);
  return `${directory}: no administrator's key of ${organization} here (nor in ${where}): name it with --key FILE`;
}
