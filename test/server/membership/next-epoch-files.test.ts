/** The files of the next epoch, made of what lies in a server's directory. */
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { allianceIdOf, configurationDigestOf } from '../../../src/management/alliance-codec.js';
import { serversOf } from '../../../src/management/alliance.js';
import { fileNames } from '../../../src/server/directory/layout.js';
import { ChangeFiles } from '../../../src/server/membership/change-files.js';
import { prepareNextEpoch } from '../../../src/server/membership/next-epoch-files.js';
import { right } from '../../support/right.js';
import { temporaryDirectory } from '../temporary-directory.js';
import { type AllianceFiles, copyOf } from './alliance-files.js';

const root = temporaryDirectory();
const id = 'd/1' as ProcessId;

/** As a server that holds a share of nothing prepares the epoch of change 5; the folder in which it lies. */
function prepare(files: AllianceFiles): string {
  const { alliance } = files;
  const { identityKey } = present(
    serversOf(alliance).find((server) => server.id === id),
    'a server',
  );
  const path = files.path(id);
  const sign = (): Uint8Array => new Uint8Array();
  const server = { path, id, identityKey, sign, allianceId: allianceIdOf(alliance), alliance, shares: new Map() };
  const change = { number: 5, next: alliance, configuration: configurationDigestOf(alliance) };
  return right(prepareNextEpoch(server, change, new ChangeFiles(path)));
}

describe('a key that a server brings', () => {
  it('is found with whichever change it was brought: who learns may come to a later epoch than it joined for', async () => {
    const files = await copyOf(root, 'apart', 'brought');
    const share = join(files.path(id), fileNames.allianceShare);
    for (const [change, from] of [
      [3, share],
      [4, join(files.path('c/1' as ProcessId), fileNames.allianceShare)],
    ] as const) {
      const folder = join(files.path(id), 'moves', `change-${change}`);
      mkdirSync(folder, { recursive: true });
      cpSync(from, join(folder, 'alliance.brought.json'));
    }
    const prepared = join(prepare(files), fileNames.allianceShare);
    expect(JSON.parse(readFileSync(prepared, 'utf8'))).toEqual(JSON.parse(readFileSync(share, 'utf8')));
  });

  it('is no share where it is not the one that the document lists', async () => {
    const files = await copyOf(root, 'apart', 'none');
    expect(existsSync(join(prepare(files), fileNames.allianceShare))).toBe(false);
  });
});
