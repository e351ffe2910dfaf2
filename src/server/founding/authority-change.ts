/** Who speaks for an organization from now on: other administrators, another rule, another recovery key. */
import { randomBytes } from 'node:crypto';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { OrganizationExport } from '../../management/founding/organization-export.js';
import type { Policy } from '../../quorum/policy/policy.js';
import { publicKeyFromSeed } from '../../schemes/ed25519/ed25519.js';
import type { Ed25519Seed } from '../../schemes/ed25519/encoding.js';
import { administratorKeyName, fileNames } from '../directory/layout.js';
import { type NewEntry, writeNewDirectory } from '../directory/new-directory.js';
import { printPrivateKey } from '../directory/private-key-file.js';
import { checkContent, contentInForce, recordContent } from './entry-change.js';
import type { AllianceContext } from './founding-files.js';
import { drawSeed } from './founding-members.js';
import { type OrganizationDirectory, readSeed } from './organization-directory.js';
import { notMade, type OrganizationError } from './organization-errors.js';

/** Somebody who is to speak for the organization, with the key in `file`; with one that is drawn if absent. */
export interface NewAdministrator {
  readonly name: ProcessId;
  readonly file?: string;
}

export interface AuthorityChange {
  /** A new or empty directory for the keys that are drawn, if any. */
  readonly directory: string;
  /** Whoever has the same name loses the old key. */
  readonly added: readonly NewAdministrator[];
  readonly removed: readonly string[];
  /** As it was if absent. */
  readonly rule?: Policy;
  readonly hasNewRecoveryKey: boolean;
  readonly alliance?: AllianceContext;
  readonly random?: RandomBytes;
}

interface KnownAdministrator {
  readonly name: ProcessId;
  readonly seed: Ed25519Seed;
  readonly isDrawn: boolean;
}

/** Writes the keys that are drawn, then says in organization.json what the organization is now; see `renewServer`. */
export function changeAuthority(
  { path, content: own }: OrganizationDirectory,
  change: AuthorityChange,
): TaskEither<OrganizationError, OrganizationExport> {
  return async () => {
    const { random = randomBytes, alliance, removed } = change;
    const content = contentInForce(own, alliance);
    const { administrators, rule, recoveryKey, ...rest } = content.organization;
    const known = administrators.map(({ name }) => name);
    const stranger = removed.find((name) => !known.includes(name as ProcessId));
    if (stranger !== undefined) return E.left({ _tag: 'UnknownAdministrator', wanted: stranger, known });
    const added = await seedsOf(change.added, random);
    if (E.isLeft(added)) return added;
    const gone = new Set<string>([...removed, ...added.right.map(({ name }) => name)]);
    const recoverySeed = change.hasNewRecoveryKey ? drawSeed(random) : undefined;
    const recovery = recoverySeed === undefined ? recoveryKey : publicKeyFromSeed(recoverySeed);
    const next = {
      ...content,
      organization: {
        ...rest,
        administrators: [
          ...administrators.filter(({ name }) => !gone.has(name)),
          ...added.right.map(({ name, seed }) => ({ name, key: publicKeyFromSeed(seed) })),
        ],
        rule: change.rule ?? rule,
        ...(recovery === undefined ? {} : { recoveryKey: recovery }),
      },
    };
    const checked = checkContent(next);
    if (E.isLeft(checked)) return checked;
    const entries = keyEntries(added.right, recoverySeed);
    const written = entries.length === 0 ? E.right(path) : writeNewDirectory(change.directory, entries);
    if (E.isLeft(written)) return notMade(written.left);
    const seeds = [...added.right.map(({ seed }) => seed), ...(recoverySeed === undefined ? [] : [recoverySeed])];
    return recordContent(path, next, seeds);
  };
}

async function seedsOf(
  added: readonly NewAdministrator[],
  random: RandomBytes,
): Promise<Either<OrganizationError, readonly KnownAdministrator[]>> {
  const all: KnownAdministrator[] = [];
  for (const { name, file } of added) {
    const seed = file === undefined ? E.right(drawSeed(random)) : await readSeed(file)();
    if (E.isLeft(seed)) return seed;
    all.push({ name, seed: seed.right, isDrawn: file === undefined });
  }
  return E.right(all);
}

function keyEntries(added: readonly KnownAdministrator[], recoverySeed: Ed25519Seed | undefined): readonly NewEntry[] {
  const seeds: readonly (readonly [string, Ed25519Seed])[] = [
    ...added.filter(({ isDrawn }) => isDrawn).map(({ name, seed }) => [administratorKeyName(name), seed] as const),
    ...(recoverySeed === undefined ? [] : [[fileNames.recoveryKey, recoverySeed] as const]),
  ];
  return seeds.map(([path, seed]) => ({ path, content: printPrivateKey(seed), isSecret: true }));
}
