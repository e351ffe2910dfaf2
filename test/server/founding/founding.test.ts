import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { equalBytes, utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { encodeStatement } from '../../../src/prelude/statement.js';
import { serversOf } from '../../../src/management/alliance.js';
import { defaultGovernance } from '../../../src/management/governance-defaults.js';
import { publicKeyFromSeed } from '../../../src/schemes/ed25519/ed25519.js';
import { serverAsClient } from '../../../src/server/applications/application-client.js';
import { parsePrivateKey } from '../../../src/server/directory/private-key-file.js';
import { loadAllianceDirectory } from '../../../src/server/directory/alliance-directory.js';
import { findApplication, loadApplicationDirectory } from '../../../src/server/directory/application-directory.js';
import { describeFoundingError } from '../../../src/server/directory/errors.js';
import type { AllianceScheme } from '../../../src/server/founding/alliance-key-dealing.js';
import { type Founded, foundForTrying, type FoundingWish } from '../../../src/server/founding/founding.js';
import { findFreePorts } from '../../../src/server/founding/free-ports.js';
import { applicationPath } from '../../../src/server/directory/layout.js';
import { writeNewDirectory } from '../../../src/server/directory/new-directory.js';
import { loadServerDirectory, type ServerDirectory } from '../../../src/server/directory/server-directory.js';
import { right } from '../../support/right.js';
import { safePrimes1024 } from '../../support/rsa-keys.js';
import { temporaryDirectory } from '../temporary-directory.js';

const root = temporaryDirectory();
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

const multisig = { _tag: 'multisig' } as const;
const shoupRsa = { _tag: 'shoup-rsa', modulusBits: 1024, primes: safePrimes1024 } as const;

function wishFor(name: string, more: Partial<FoundingWish> = {}): FoundingWish {
  const organizations = ['a', 'b', 'c', 'd'];
  return { directory: join(root, name), organizations, scheme: multisig, ports: { _tag: 'any' }, ...more };
}

async function loadServers(directory: string): Promise<readonly ServerDirectory[]> {
  const { servers } = right(await loadAllianceDirectory(directory)());
  return Promise.all(servers.map(async ({ path }) => right(await loadServerDirectory(path)())));
}

describe.each([
  ['a multisignature key', wishFor('multisig')],
  ['a Shoup RSA key', wishFor('shoup-rsa', { scheme: shoupRsa })],
  ['a BLS key', wishFor('bls', { scheme: { _tag: 'bls' } })],
  ['a BLS slow key', wishFor('slow-bls', { certificates: { _tag: 'bls' } })],
  ['a Shoup RSA slow key', wishFor('slow-rsa', { certificates: shoupRsa })],
  [
    'keys for documents',
    wishFor('documents', {
      documentKeys: new Map<string, AllianceScheme>([
        ['receipts', { _tag: 'bls' }],
        ['announcements', shoupRsa],
        ['minutes', multisig],
      ]),
    }),
  ],
  [
    'several servers in an organization',
    wishFor('nested', { organizations: undefined, trust: 'f=1 of (a: f=1 of 4, b, c, d, e)' }),
  ],
])('an alliance with %s', (_, wish) => {
  let founded: Founded;
  let servers: readonly ServerDirectory[];

  beforeAll(async () => {
    founded = right(await foundForTrying(wish)());
    servers = await loadServers(wish.directory);
  });

  it('has a directory for every server, all with the same document', () => {
    expect(servers.map(({ me }) => me.id)).toEqual(serversOf(founded.alliance).map(({ id }) => id));
    for (const { allianceId, configurationDigest } of servers) {
      expect(allianceId).toEqual(founded.allianceId);
      expect(configurationDigest).toEqual(founded.configurationDigest);
    }
  });

  it('has keys with which servers understand one another, and no stranger is understood', () => {
    const [first, second] = servers;
    const message = utf8('hello');
    const signature = keysOf(first).identities.sign(message);
    const { identities } = keysOf(second);
    expect(identities.keyId).toEqual(keysOf(first).identities.keyId);
    expect(identities.verify(present(first, 'a server').me.id, message, signature)).toBe(true);
    expect(identities.verify(present(second, 'a server').me.id, message, signature)).toBe(false);
  });

  it('has an alliance key and a slow key whose shares combine', () => {
    for (const signers of [
      servers.map((server) => present(keysOf(server).allianceShare, 'a share').signer),
      servers.map((server) => keysOf(server).slow),
    ]) {
      const first = present(signers[0], 'a signer');
      const context = { allianceId: founded.allianceId, keyId: first.keyId, epoch: 1 };
      const statement = encodeStatement(context, 'decided', utf8('a body'));
      const shares = new Map(signers.map((signer) => [signer.me, right(signer.signShare(statement))]));
      const { signature, invalid } = right(first.combine(statement, shares));
      expect(invalid.isEmpty).toBe(true);
      expect(signers.every((signer) => signer.verify(statement, signature))).toBe(true);
    }
  });

  it('has a key of each wanted kind for documents, which signs no statement', () => {
    const names = [...(wish.documentKeys?.keys() ?? [])].sort();
    expect(founded.alliance.documentKeys.map(({ name }) => name)).toEqual(names);
    for (const name of names) {
      const signers = servers.map((server) => present(keysOf(server).documents.get(name), 'a share').signer);
      const first = present(signers[0], 'a signer');
      const document = utf8('what people bring');
      const shares = new Map(signers.map((signer) => [signer.me, right(signer.signShare(document))]));
      const { signature } = right(first.combine(document, shares));
      expect(signers.every((signer) => signer.verify(document, signature))).toBe(true);
      const context = { allianceId: founded.allianceId, keyId: first.keyId, epoch: 1 };
      expect(E.isLeft(first.signShare(encodeStatement(context, 'decided', document)))).toBe(true);
    }
  });

  it('has organizations with an administrator and a recovery key, whose private halves no server has', () => {
    for (const { name, administrators, rule, recoveryKey } of founded.alliance.organizations) {
      const publicOf = (file: string) => {
        const pem = readFileSync(join(wish.directory, 'organizations', name, file), 'utf8');
        return publicKeyFromSeed(present(parsePrivateKey(pem), 'a private key'));
      };
      expect(administrators).toEqual([{ name: 'admin', key: publicOf('admin.key') }]);
      expect(rule).toEqual({ _tag: 'member', id: 'admin' });
      expect(recoveryKey).toEqual(publicOf('recovery.key'));
    }
    const secrets = filesIn(wish.directory).filter((path) => /admin|recovery|ca\.key/.test(path));
    expect(secrets).toHaveLength(3 * founded.alliance.organizations.length);
    expect(secrets.every((path) => path.includes('/organizations/'))).toBe(true);
  });

  it('has applications whose requests servers verify', async () => {
    for (const { id } of founded.alliance.applications) {
      const application = right(await loadApplicationDirectory(applicationPath(wish.directory, id))());
      const signature = application.sign(utf8('request'));
      for (const { clients } of servers) {
        expect(clients.keyId(id)).toEqual(application.requestKeyId);
        expect(clients.verify(id, utf8('request'), signature)).toBe(true);
        expect(clients.verify(id, utf8('another'), signature)).toBe(false);
        expect(clients.verify('a/stranger', utf8('request'), signature)).toBe(false);
      }
    }
  });

  it('has servers whose requests servers verify, signed with their identities', () => {
    for (const server of servers) {
      const client = present(serverAsClient(server), 'a server with keys');
      const signature = client.sign(utf8('request'));
      for (const { clients } of servers) {
        expect(clients.keyId(server.me.id)).toEqual(client.requestKeyId);
        expect(clients.verify(server.me.id, utf8('request'), signature)).toBe(true);
        expect(clients.verify(server.me.id, utf8('another'), signature)).toBe(false);
      }
    }
    expect(serverAsClient({ ...present(servers[0], 'a server'), keys: undefined })).toBeUndefined();
  });

  it('draws every private key afresh', () => {
    const keys = filesIn(wish.directory).filter((path) => path.endsWith('.key'));
    const texts = new Set(keys.map((path) => readFileSync(path, 'utf8')));
    expect(texts.size).toBe(keys.length);
  });

  it.skipIf(process.platform === 'win32')('lets nobody but its owner read a secret, or look into a directory', () => {
    for (const path of filesIn(wish.directory)) {
      const isSecret = path.endsWith('.key') || path.endsWith('share.json');
      expect([path, lstatSync(path).mode & 0o777]).toEqual([
        path,
        lstatSync(path).isDirectory() ? 0o700 : isSecret ? 0o600 : 0o644,
      ]);
    }
  });

  it('leaves nothing beside itself', () => {
    expect(readdirSync(root).filter((name) => name.includes('.partial-'))).toEqual([]);
  });
});

/** Four ports from the first of `bases` on which they are free. */
async function firstConsecutive(
  bases: readonly number[],
): Promise<{ base: number; ports: readonly number[] } | undefined> {
  for (const base of bases) {
    const ports = await findFreePorts({ _tag: 'from', port: base }, '127.0.0.1', 4);
    if (E.isRight(ports)) return { base, ports: ports.right };
  }
  return undefined;
}

/** Every file and directory below `directory`. */
function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => join(directory, name));
}

function keysOf(server: ServerDirectory | undefined) {
  return present(server?.keys, 'a server has keys');
}

describe('ordinary software', () => {
  const directory = join(root, 'shoup-rsa');

  it('knows the alliance key', async () => {
    const { alliance } = right(await loadAllianceDirectory(directory)());
    const key = createPublicKey(readFileSync(join(directory, 'alliance-key.pem')));
    const { n } = key.export({ format: 'jwk' });
    const modulus = BigInt(`0x${Buffer.from(n ?? '', 'base64url').toString('hex')}`);
    expect(alliance.allianceKey).toMatchObject({ _tag: 'shoup-rsa', modulus });
    expect(existsSync(join(root, 'multisig', 'alliance-key.pem'))).toBe(false);
  });

  it.skipIf(!hasOpenssl)('reads the alliance key, the private keys and the certificates (openssl)', () => {
    const openssl = (...args: readonly string[]): string =>
      execFileSync('openssl', args, { cwd: directory, encoding: 'utf8' });
    expect(openssl('pkey', '-pubin', '-in', 'alliance-key.pem', '-noout', '-text')).toMatch(/1024 bit/);
    expect(openssl('pkey', '-in', 'servers/a-1/identity.key', '-noout', '-text')).toMatch(/ED25519 Private-Key/);
    for (const certificate of ['servers/a-1/tls.crt', 'applications/a-app/tls.crt']) {
      expect(openssl('verify', '-CAfile', 'organizations/a/ca.crt', certificate)).toMatch(/OK/);
    }
    expect(
      spawnSync('openssl', ['verify', '-CAfile', 'organizations/b/ca.crt', 'servers/a-1/tls.crt'], { cwd: directory })
        .status,
    ).not.toBe(0);
  });

  it('sees certificates that name server and address', () => {
    const certificate = new X509Certificate(readFileSync(join(directory, 'servers/a-1/tls.crt')));
    expect(certificate.subjectAltName).toMatch(/URI:koinon:server\/a\/1/);
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  });
});

describe('founding', () => {
  it('states the structure of organizations where three sets of the usual one would be everyone', async () => {
    const trust = 'f=2 t=0 of (a/1, b/1, c/1, c/2, c/3, d/1, d/2, d/3)';
    const { alliance } = right(await foundForTrying(wishFor('uneven', { organizations: undefined, trust }))());
    const { structure } = alliance.governance;
    expect(structure?.rule).toEqual({ _tag: 'explicit', of: ['a', 'b', 'c', 'd'], byzantine: [['a', 'b']], slow: [] });
    expect(right(await foundForTrying(wishFor('even'))()).alliance.governance).toEqual(defaultGovernance);
  });

  it('refuses a trust model from which no structure of organizations follows', async () => {
    const servers = Array.from({ length: 21 }, (_, index) => `o${index}/1, o${index}/2`).join(', ');
    const founded = await foundForTrying(
      wishFor('vast', { organizations: undefined, trust: `f=3 t=3 of (${servers})` }),
    )();
    expect(founded).toMatchObject({ left: { _tag: 'NoStructure' } });
    if (E.isLeft(founded)) expect(describeFoundingError(founded.left)).toMatch(/at most 20 organizations/);
  });

  it('refuses a key for documents that could be no file', async () => {
    const documentKeys = new Map([['a/b', multisig]]);
    expect(await foundForTrying(wishFor('odd', { documentKeys }))()).toEqual(E.left({ _tag: 'BadName', name: 'a/b' }));
  });

  it('accepts an empty directory, and no other that exists', async () => {
    const directory = join(root, 'vacant');
    mkdirSync(directory);
    expect(E.isRight(await foundForTrying(wishFor('vacant'))())).toBe(true);
    const before = readFileSync(join(directory, 'alliance.json'), 'utf8');
    expect(await foundForTrying(wishFor('vacant'))()).toEqual(E.left({ _tag: 'NotVacant', path: directory }));
    expect(readFileSync(join(directory, 'alliance.json'), 'utf8')).toBe(before);
  });

  it('gives many servers a window whose reports have room in a frame', async () => {
    const organizations = Array.from({ length: 31 }, (_, index) => `org${index}`);
    const founded = right(await foundForTrying(wishFor('many', { organizations, scheme: { _tag: 'multisig' } }))());
    expect(founded.alliance.parameters).toMatchObject({ windowSlots: 64, checkpointInterval: 16 });
  });

  it('says which port is in use', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as { port: number };
    const founded = await foundForTrying(wishFor('ports', { ports: { _tag: 'from', port } }))();
    await new Promise((resolve) => holder.close(resolve));
    expect(founded).toEqual(E.left({ _tag: 'PortInUse', host: '127.0.0.1', port }));
    expect(existsSync(join(root, 'ports'))).toBe(false);
  });

  it('gives consecutive ports from the base', async () => {
    const found = await firstConsecutive([21_000, 23_000, 25_000, 27_000, 29_000]);
    const { base, ports } = present(found, 'four free ports in a row somewhere');
    expect(ports).toEqual([base, base + 1, base + 2, base + 3]);
  });

  it('refuses ports beyond the last', async () => {
    const founded = await foundForTrying(wishFor('beyond', { ports: { _tag: 'from', port: 65_533 } }))();
    expect(founded).toEqual(E.left({ _tag: 'NotEnoughPorts', from: 65_533, needed: 4 }));
  });

  it('says so where it cannot write', async () => {
    writeFileSync(join(root, 'a-file'), '');
    const founded = await foundForTrying(wishFor('a-file/alliance'))();
    expect(founded).toMatchObject({ left: { _tag: 'CannotWrite' } });
    if (E.isLeft(founded)) expect(describeFoundingError(founded.left)).toMatch(/a-file\/alliance: cannot be written/);
  });

  it('uses the safe primes that it is given, and says that it cannot deal others', async () => {
    const primes = { p: safePrimes1024.p, q: safePrimes1024.p };
    const founded = await foundForTrying(wishFor('primes', { scheme: { ...shoupRsa, primes } }))();
    expect(founded).toMatchObject({ left: { _tag: 'CannotDeal' } });
  });
});

describe('a new directory', () => {
  it('appears whole or not at all', () => {
    const target = join(root, 'half', 'made');
    const twice = { path: 'x', content: 'once' };
    expect(writeNewDirectory(target, [twice, { path: 'y/z' }, twice])).toMatchObject({ left: { _tag: 'CannotWrite' } });
    expect(readdirSync(join(root, 'half'))).toEqual([]);
    expect(E.isRight(writeNewDirectory(target, [twice, { path: 'y/z' }]))).toBe(true);
    expect(readFileSync(join(target, 'x'), 'utf8')).toBe('once');
    expect(readdirSync(join(root, 'half'))).toEqual(['made']);
  });
});

describe('the application to act as', () => {
  const directory = join(root, 'multisig');

  it('must be named where there are several', async () => {
    const found = await findApplication(directory)();
    expect(found).toMatchObject({ left: { _tag: 'ManyApplications', known: ['a/app', 'b/app', 'c/app', 'd/app'] } });
    expect(right(await findApplication(directory, 'b/app')()).me.id).toBe('b/app');
  });

  it('is the only one, or the one whose directory is named', async () => {
    right(await foundForTrying(wishFor('single', { applications: ['c/shop'] }))());
    expect(right(await findApplication(join(root, 'single'))()).me.id).toBe('c/shop');
    const own = join(root, 'single', 'applications', 'c-shop');
    expect(right(await findApplication(own)()).me.id).toBe('c/shop');
    expect(right(await findApplication(own, 'c/shop')()).me.id).toBe('c/shop');
  });

  it.each([
    ['multisig', 'a/other', 'UnknownApplication'],
    ['multisig', '../a-app', 'UnknownApplication'],
    ['multisig/applications/a-app', 'b/app', 'UnknownApplication'],
    ['multisig/servers/a-1', undefined, 'NoApplication'],
    ['nowhere', undefined, 'MissingFile'],
  ])('is not found: %s as %s', async (path, as, tag) => {
    expect(await findApplication(join(root, path), as)()).toMatchObject({ left: { _tag: tag } });
  });
});

describe('digests', () => {
  it('differ between alliances', async () => {
    const one = right(await loadAllianceDirectory(join(root, 'multisig'))());
    const other = right(await loadAllianceDirectory(join(root, 'vacant'))());
    expect(equalBytes(one.allianceId, other.allianceId)).toBe(false);
  });
});
