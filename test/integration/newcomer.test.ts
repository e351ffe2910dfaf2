/** Servers that are not in the document, or come back to it under new keys, join by themselves: from learner to server. */
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { equalBytes, utf8 } from '../../src/prelude/bytes.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { OrganizationEntry, ServerEntry } from '../../src/management/alliance.js';
import type { Action } from '../../src/management/proposals/action.js';
import { member } from '../../src/quorum/tree/tree-check.js';
import { parseTrust } from '../../src/quorum/trust/trust-text.js';
import { publicKeyFromSeed } from '../../src/schemes/ed25519/ed25519.js';
import { ed25519Seed } from '../../src/schemes/ed25519/encoding.js';
import { openClient } from '../../src/server/applications/application-client.js';
import { loadApplicationDirectory } from '../../src/server/directory/application-directory.js';
import { applicationPath } from '../../src/server/directory/layout.js';
import { loadServingDirectory } from '../../src/server/directory/learner-directory.js';
import { printPrivateKey } from '../../src/server/directory/private-key-file.js';
import { makeOrganizationCa } from '../../src/server/founding/certificates.js';
import { findFreePorts } from '../../src/server/founding/free-ports.js';
import { startAs } from '../../src/server/learner/newcomer.js';
import type { RunningServer } from '../../src/server/server.js';
import { right } from '../support/right.js';
import { writeFreshServer } from './fresh-server.js';
import { eventually } from './alliance-processes.js';
import { GovernedAlliance } from './governed-alliance.js';

/** The built one: a thread runs no TypeScript. */
const signingScript = new URL('../../dist/src/schemes/signing-thread/worker.js', import.meta.url);
const four = ['a/1', 'b/1', 'c/1', 'd/1'] as const;

let alliance: GovernedAlliance | undefined;
const newcomers: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(newcomers.splice(0).map((one) => one.close()));
  await alliance?.end();
  alliance = undefined;
});

class Scene {
  readonly said: string[] = [];
  readonly stopped: string[] = [];

  constructor(readonly made: GovernedAlliance) {}

  async startNewcomer(path: string): Promise<RunningServer> {
    const loaded = right(await loadServingDirectory(path)());
    if (loaded._tag !== 'learner') throw new Error('it is not listed');
    const events = {
      log: (line: string) => this.said.push(line),
      onStopped: (reason: string) => this.stopped.push(reason),
    };
    const server = right(await startAs(loaded, events, { signingScript })());
    newcomers.push(server);
    return server;
  }

  /** What an organization's own entry becomes. */
  entryOf(
    organization: string,
    servers: (now: readonly ServerEntry[]) => readonly ServerEntry[],
    lost: readonly ProcessId[] = [],
  ): Action {
    const entry = present(
      this.made.governance('a/1').document.organizations.find(({ name }) => name === organization),
      'an organization',
    );
    return { _tag: 'organization', organization: { ...entry, servers: servers(entry.servers) }, lost };
  }
}

async function begin(scheme: 'bls' | 'multisig', servers: readonly string[] = four): Promise<Scene> {
  const names = servers.map((id) => id.slice(0, 1)).join(', ');
  alliance = await GovernedAlliance.found({ trust: `f=1 t=0 of (${names})`, scheme: { _tag: scheme } });
  await alliance.start(...servers);
  const made = alliance;
  await eventually('the document is signed', () =>
    servers.every((id) => made.governance(id).enacted.signature !== undefined),
  );
  return new Scene(made);
}

/** As an organization does on its own machine: an authority, an administrator, and one server. */
async function foundOrganization(
  root: string,
  name: string,
): Promise<{ organization: OrganizationEntry; path: string }> {
  const [port = 0] = right(await findFreePorts({ _tag: 'any' }, '127.0.0.1', 1));
  const own = join(root, 'organizations', name);
  const day = 86_400_000;
  const authority = makeOrganizationCa(name, { from: new Date(Date.now() - day), to: new Date(Date.now() + day) });
  const seed = present(ed25519Seed(randomBytes(32)), 'a seed has 32 bytes');
  mkdirSync(own);
  writeFileSync(join(own, 'ca.crt'), authority.certificate);
  writeFileSync(join(own, 'ca.key'), authority.privateKey);
  writeFileSync(join(own, 'admin.key'), printPrivateKey(seed));
  const path = join(root, 'servers', `${name}-1`);
  const server = writeFreshServer(root, path, { id: `${name}/1` as ProcessId, host: '127.0.0.1', port });
  const admin = 'admin' as ProcessId;
  return {
    path,
    organization: {
      name,
      certificateAuthority: authority.certificate,
      servers: [server],
      administrators: [{ name: admin, key: publicKeyFromSeed(seed) }],
      rule: member(admin),
    },
  };
}

describe('a server under new keys', () => {
  it('takes the place of the one that was broken into', async () => {
    const scene = await begin('bls');
    const { made } = scene;
    const listed = present(
      made
        .governance('a/1')
        .document.organizations.flatMap(({ servers }) => servers)
        .find(({ id }) => id === 'd/1'),
      'd is listed',
    );
    const path = join(made.root, 'servers', 'd-1-again');
    const entry = writeFreshServer(made.root, path, listed);
    await made.stop('d/1');
    const fresh = await scene.startNewcomer(path);
    await made.decide('a/1', [scene.entryOf('d', () => [entry], [entry.id])], ['d']);
    await eventually('the learner has the change', () => fresh.governance?.change !== undefined);
    await eventually(
      'it is a server of the next epoch',
      () => fresh.status().epoch === 2 && fresh.port === listed.port,
    );
    await eventually('the next epoch is enacted', () =>
      ['a/1', 'b/1', 'c/1'].every((id) => made.governance(id).document.epoch === 2),
    );
    // Without it, and with another one away, too few would be left.
    await made.stop('c/1');
    expect(await (await made.application()).propose(utf8('after'))).toMatchObject({ _tag: 'committed' });
    expect(existsSync(join(path, 'alliance-share.json'))).toBe(true);
    expect(made.governance('a/1').without).toEqual([]);
    expect(scene.stopped).toEqual([]);
    expect(made.stopped.size).toBe(0);
    expect(equalBytes(entry.identityKey, listed.identityKey)).toBe(false);
  });
});

describe('a server of an organization that is admitted', () => {
  it('learns the log, joins, and is a server of the next epoch, whose key is another', async () => {
    const scene = await begin('multisig');
    const { made } = scene;
    const { organization, path } = await foundOrganization(made.root, 'e');
    const fresh = await scene.startNewcomer(path);
    await eventually('nobody knows its organization', () =>
      scene.said.some((line) => line.includes('whose organization is unknown here')),
    );
    const trust = right(parseTrust('f=1 t=0 of (a/1, b/1, c/1, d/1, e/1)'));
    await made.decide(
      'a/1',
      [
        { _tag: 'admit', organization },
        { _tag: 'trust', trust },
      ],
      ['a', 'b', 'c'],
    );
    await eventually('the change is open', () => made.governance('a/1').change !== undefined);
    await eventually('it learns', () => fresh.governance?.change !== undefined);
    const change = present(made.governance('a/1').change, 'a change');
    const acknowledged = await made.say('e', {
      _tag: 'acknowledge',
      change: change.number,
      draft: change.draftDigest,
    });
    expect(acknowledged).toContain('"taken"');
    await eventually('all are in the next epoch', () =>
      four.every(
        (id) => made.governance(id).document.epoch === 2 && made.running.get(id as ProcessId)?.status().epoch === 2,
      ),
    );
    await eventually('it is a server', () => fresh.status().epoch === 2 && fresh.governance?.document.epoch === 2);
    await eventually('the new key signs the document', () => made.governance('a/1').enacted.signature !== undefined);
    // Decided by three of the four and by the newcomer.
    await made.stop('d/1');
    const application = applicationPath(made.root, 'a/app' as ProcessId);
    copyFileSync(join(made.path('a/1'), 'alliance.json'), join(application, 'alliance.json'));
    const client = openClient(right(await loadApplicationDirectory(application)()), { from: 0 });
    expect(await client.propose(utf8('after'))).toMatchObject({ _tag: 'committed' });
    client.close();
    expect(scene.stopped).toEqual([]);
    expect(made.stopped.size).toBe(0);
  });
});

describe('a server of an organization that is removed', () => {
  it('erases its shares, and says so to those who go on', async () => {
    const { made } = await begin('bls', [...four, 'e/1']);
    const trust = right(parseTrust('f=1 t=0 of (a/1, b/1, c/1, d/1)'));
    await eventually('time is agreed', () => made.governance('a/1').time.nowMs > 0);
    await made.decide(
      'a/1',
      [
        { _tag: 'remove', organization: 'e' },
        { _tag: 'trust', trust },
      ],
      ['a', 'b', 'c', 'd'],
    );
    const isOver = (id: string) => made.governance(id).document.epoch === 2;
    await eventually('the next epoch has begun', () => four.every(isOver));
    await eventually('every old share is erased', () =>
      made
        .governance('a/1')
        .sharings.every(({ epoch, holders, erased }) => epoch === 2 || holders.length === erased.size),
    );
    expect(made.secret('e/1', 'alliance-share.json')).toBeUndefined();
    expect(made.secret('e/1', 'retired')).toContain('goes on without e/1');
    expect(made.stopped.size).toBe(0);
  });
});
