import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../../src/prelude/bytes.js';
import { E, type TaskEither } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { publicKeyFromSeed } from '../../../src/schemes/ed25519/ed25519.js';
import { ed25519Seed } from '../../../src/schemes/ed25519/encoding.js';
import { loadAllianceDirectory } from '../../../src/server/directory/alliance-directory.js';
import { loadApplicationDirectory } from '../../../src/server/directory/application-directory.js';
import { readAllianceDocument } from '../../../src/server/directory/directory-documents.js';
import { describeDirectoryError, type DirectoryError } from '../../../src/server/directory/errors.js';
import { foundForTrying } from '../../../src/server/founding/founding.js';
import { parsePrivateKey, printPrivateKey } from '../../../src/server/directory/private-key-file.js';
import { loadServingDirectory } from '../../../src/server/directory/learner-directory.js';
import { loadServerDirectory } from '../../../src/server/directory/server-directory.js';
import {
  generateTlsKeyPair,
  issueServerCertificate,
  makeOrganizationCa,
} from '../../../src/server/founding/certificates.js';
import { right } from '../../support/right.js';
import { safePrimes1024 } from '../../support/rsa-keys.js';
import { testSeed, testUniverse } from '../../support/signers.js';
import { temporaryDirectory } from '../temporary-directory.js';

const root = temporaryDirectory();
const [ours, theirs, rsa] = [join(root, 'ours'), join(root, 'theirs'), join(root, 'rsa')];
const shared = join(root, 'shared');

beforeAll(async () => {
  const organizations = ['a', 'b', 'c', 'd'];
  const wish = { organizations, scheme: { _tag: 'multisig' }, ports: { _tag: 'any' } } as const;
  right(await foundForTrying({ ...wish, directory: ours })());
  right(await foundForTrying({ ...wish, directory: theirs })());
  const scheme = { _tag: 'shoup-rsa', modulusBits: 1024, primes: safePrimes1024 } as const;
  right(await foundForTrying({ ...wish, scheme, directory: rsa })());
  const bls = { _tag: 'bls' } as const;
  const documentKeys = new Map([
    ['x', bls],
    ['y', bls],
  ]);
  right(await foundForTrying({ ...wish, scheme: bls, certificates: bls, documentKeys, directory: shared })());
});

let copies = 0;

/** A copy of a directory of `ours` that a test may spoil. */
function copyOf(directory: string): string {
  copies += 1;
  const copy = join(root, `copy-${copies}`);
  cpSync(join(ours, directory), copy, { recursive: true });
  return copy;
}

function copyOfShared(directory: string): string {
  copies += 1;
  const copy = join(root, `copy-${copies}`);
  cpSync(join(shared, directory), copy, { recursive: true });
  return copy;
}

function editJson(path: string, edit: (json: Record<string, unknown>) => void): void {
  const json = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  edit(json);
  writeFileSync(path, JSON.stringify(json));
}

type Loader = (path: string) => TaskEither<DirectoryError, unknown>;

async function errorOf(load: Loader, path: string): Promise<DirectoryError> {
  const loaded = await load(path)();
  if (E.isRight(loaded)) throw new Error('a spoiled directory was loaded');
  expect(describeDirectoryError(loaded.left)).not.toMatch(/\n|PRIVATE/);
  return loaded.left;
}

interface Case {
  readonly what: string;
  readonly spoil: (copy: string) => void;
  readonly error: object;
  readonly message: RegExp;
}

/** What can be wrong with any directory, whose private key `key` stands for. */
function commonCases(owner: string, key: string, other: string): readonly Case[] {
  return [
    ...['alliance.json', owner, key, 'tls.crt', 'tls.key'].map((name) => ({
      what: `without ${name}`,
      spoil: (copy: string) => {
        rmSync(join(copy, name));
      },
      error: { _tag: 'MissingFile' },
      message: new RegExp(`${name}: no such file`),
    })),
    {
      what: 'with an alliance.json that is no JSON',
      spoil: (copy) => {
        writeFileSync(join(copy, 'alliance.json'), '{');
      },
      error: { _tag: 'BadAlliance', error: { _tag: 'DecodeError' } },
      message: /alliance\.json: at \/: expected JSON/,
    },
    {
      what: 'with an alliance.json that has an unknown key',
      spoil: (copy) => {
        editJson(join(copy, 'alliance.json'), (json) => {
          json['colour'] = 'red';
        });
      },
      error: { _tag: 'BadAlliance', error: { _tag: 'DecodeError', path: '/colour' } },
      message: /at \/colour: expected no such key/,
    },
    {
      what: 'with a window whose reports outgrow a frame',
      spoil: (copy) => {
        editJson(join(copy, 'alliance.json'), (json) => {
          json['parameters'] = { windowSlots: 4096, checkpointInterval: 64, baseTimeoutMs: 1000 };
        });
      },
      error: { _tag: 'BadAlliance', error: { _tag: 'Inconsistent', path: '/parameters/windowSlots' } },
      message: /expected fewer slots: the reports of 4 servers about 4096/,
    },
    {
      what: 'with a newer alliance.json',
      spoil: (copy) => {
        editJson(join(copy, 'alliance.json'), (json) => {
          json['version'] = 2;
        });
      },
      error: { _tag: 'BadAlliance', error: { _tag: 'NewerVersion' } },
      message: /version 2.*update koinon/,
    },
    {
      what: 'with an alliance.json that is not UTF-8',
      spoil: (copy) => {
        writeFileSync(join(copy, 'alliance.json'), Uint8Array.of(0xff));
      },
      error: { _tag: 'MalformedFile' },
      message: /UTF-8/,
    },
    {
      what: 'with an alliance.json that is a directory',
      spoil: (copy) => {
        rmSync(join(copy, 'alliance.json'));
        mkdirSync(join(copy, 'alliance.json'));
      },
      error: { _tag: 'UnreadableFile' },
      message: /it is a directory/,
    },
    {
      what: 'with the alliance.json of another alliance',
      spoil: (copy) => {
        copyFileSync(join(theirs, 'alliance.json'), join(copy, 'alliance.json'));
      },
      error: { _tag: 'OtherAlliance' },
      message: /made for alliance [0-9a-f]{16}: put the right alliance\.json there/,
    },
    {
      what: `with a newer ${owner}`,
      spoil: (copy) => {
        editJson(join(copy, owner), (json) => {
          json['version'] = 2;
        });
      },
      error: { _tag: 'NewerFile', version: 2, newestKnown: 1 },
      message: /update koinon/,
    },
    {
      what: `with an ${owner} without id`,
      spoil: (copy) => {
        editJson(join(copy, owner), (json) => {
          Reflect.deleteProperty(json, 'id');
        });
      },
      error: { _tag: 'MalformedFile', at: '/id' },
      message: /at \/id: expected/,
    },
    {
      what: `whose ${owner} names somebody unknown`,
      spoil: (copy) => {
        editJson(join(copy, owner), (json) => {
          json['id'] = 'a/9';
        });
      },
      error: { _tag: 'NotListed', id: 'a/9' },
      message: /a\/9 does not stand in alliance\.json/,
    },
    {
      what: `with the ${key} of another`,
      spoil: (copy) => {
        copyFileSync(join(ours, other, key), join(copy, key));
      },
      error: { _tag: 'WrongKey' },
      message: new RegExp(`${key}: not the key that alliance\\.json lists for a/`),
    },
    {
      what: `with a ${key} that is no key`,
      spoil: (copy) => {
        writeFileSync(join(copy, key), 'no key');
      },
      error: { _tag: 'MalformedFile' },
      message: /expected an Ed25519 private key as PEM/,
    },
    {
      what: `with a ${key} that is too large`,
      spoil: (copy) => {
        writeFileSync(join(copy, key), 'x'.repeat(4097));
      },
      error: { _tag: 'FileTooLarge', maxBytes: 4096 },
      message: /larger than 4096 bytes/,
    },
    {
      what: 'with the certificate of another',
      spoil: (copy) => {
        copyFileSync(join(ours, other, 'tls.crt'), join(copy, 'tls.crt'));
      },
      error: { _tag: 'BadCredentials' },
      message: /the own certificate is for .* b\/.*, not for/,
    },
    {
      what: 'with the TLS key of another',
      spoil: (copy) => {
        copyFileSync(join(ours, other, 'tls.key'), join(copy, 'tls.key'));
      },
      error: { _tag: 'BadCredentials' },
      message: /does not belong to the own certificate/,
    },
  ];
}

const serverCases: readonly Case[] = [
  ...commonCases('server.json', 'identity.key', 'servers/b-1'),
  {
    what: 'with the slow key of another',
    spoil: (copy) => {
      copyFileSync(join(ours, 'servers/b-1/slow.key'), join(copy, 'slow.key'));
    },
    error: { _tag: 'WrongKey', id: 'a/1' },
    message: /slow\.key: not the key that alliance\.json lists for a\/1/,
  },
  {
    what: 'with identity and slow key exchanged',
    spoil: (copy) => {
      copyFileSync(join(ours, 'servers/a-1/slow.key'), join(copy, 'identity.key'));
      copyFileSync(join(ours, 'servers/a-1/identity.key'), join(copy, 'slow.key'));
    },
    error: { _tag: 'WrongKey', id: 'a/1' },
    message: /identity\.key/,
  },
  ...['ours/servers/b-1', 'theirs/servers/a-1', 'rsa/servers/a-1'].map((from) => ({
    what: `with the alliance key share of ${from}`,
    spoil: (copy: string) => {
      copyFileSync(join(root, from, 'alliance-share.json'), join(copy, 'alliance-share.json'));
    },
    error: { _tag: 'WrongKey', id: 'a/1' },
    message: /alliance-share\.json: not the key/,
  })),
  {
    what: 'with an alliance key share that is none',
    spoil: (copy) => {
      writeFileSync(join(copy, 'alliance-share.json'), '{"_tag":"unheard"}');
    },
    error: { _tag: 'MalformedFile', at: '/_tag' },
    message: /alliance-share\.json: at \/_tag/,
  },
  {
    what: 'with an alliance key share that is no JSON, without a word of it',
    spoil: (copy) => {
      writeFileSync(join(copy, 'alliance-share.json'), 'c0ffee');
    },
    error: { _tag: 'MalformedFile', expected: 'JSON' },
    message: /alliance-share\.json: (?!.*c0ffee)/,
  },
  ...['identity.key', 'slow.key', 'alliance-share.json', 'tls.key'].map((name) => ({
    what: `whose ${name} others can read`,
    spoil: (copy: string) => {
      chmodSync(join(copy, name), 0o640);
    },
    error: { _tag: 'OpenToOthers' },
    message: new RegExp(`${name.replace('.', '\\.')}: .*chmod`),
  })),
];

describe('a server directory', () => {
  it('is loaded', async () => {
    const server = right(await loadServerDirectory(join(ours, 'servers/a-1'))());
    expect(server.me.id).toBe('a/1');
    expect(server.keys?.slow.me).toBe('a/1');
    expect(server.keys?.allianceShare?.signer.me).toBe('a/1');
    expect(server.dataPath).toBe(join(ours, 'servers/a-1/data'));
    expect([...server.authorityPems.keys()]).toEqual(['a', 'b', 'c', 'd']);
  });

  it.each(serverCases)('is refused $what', async ({ spoil, error, message }) => {
    const copy = copyOf('servers/a-1');
    spoil(copy);
    const found = await errorOf(loadServerDirectory, copy);
    expect(found).toMatchObject(error);
    expect(describeDirectoryError(found)).toMatch(message);
  });

  it('is refused where its Shoup RSA share is of another key, or another server', async () => {
    const copy = join(root, 'rsa-copy');
    cpSync(join(rsa, 'servers/a-1'), copy, { recursive: true });
    copyFileSync(join(rsa, 'servers/b-1/alliance-share.json'), join(copy, 'alliance-share.json'));
    expect(await errorOf(loadServerDirectory, copy)).toMatchObject({ _tag: 'WrongKey', id: 'a/1' });
    editJson(join(copy, 'alliance-share.json'), (json) => {
      json['process'] = 'a/1';
    });
    expect(await errorOf(loadServerDirectory, copy)).toMatchObject({ _tag: 'WrongKey', id: 'a/1' });
  });

  it('is refused where its share of one slow key is another server’s, of another key, or a key as servers of their own have', async () => {
    const slow = join(copyOfShared('servers/a-1'), 'slow.key');
    for (const [text, error] of [
      [readFileSync(join(shared, 'servers/b-1/slow.key'), 'utf8'), { _tag: 'WrongKey', id: 'a/1', path: slow }],
      [readFileSync(join(shared, 'servers/a-1/alliance-share.json'), 'utf8'), { _tag: 'WrongKey', id: 'a/1' }],
      [readFileSync(join(ours, 'servers/a-1/slow.key'), 'utf8'), { _tag: 'MalformedFile', path: slow }],
    ] as const) {
      writeFileSync(slow, text);
      expect(await errorOf(loadServerDirectory, dirname(slow))).toMatchObject(error);
    }
  });

  it('is refused where its share of a key for documents is another server’s, of another key, of none, or open to all', async () => {
    const shareOf = (path: string, name: string) => join(path, 'keys', `${name}.share.json`);
    const b = join(shared, 'servers/b-1');
    const spoiled = async (spoil: (copy: string) => void) => {
      const copy = copyOfShared('servers/a-1');
      spoil(copy);
      return errorOf(loadServerDirectory, copy);
    };
    const refused = { _tag: 'WrongKey', id: 'a/1' };
    expect(
      await spoiled((copy) => {
        copyFileSync(shareOf(b, 'x'), shareOf(copy, 'x'));
      }),
    ).toMatchObject(refused);
    expect(
      await spoiled((copy) => {
        copyFileSync(shareOf(copy, 'y'), shareOf(copy, 'x'));
      }),
    ).toMatchObject(refused);
    expect(
      await spoiled((copy) => {
        cpSync(shareOf(copy, 'y'), shareOf(copy, 'z'));
      }),
    ).toMatchObject(refused);
    expect(
      await spoiled((copy) => {
        writeFileSync(shareOf(copy, 'x'), '{');
      }),
    ).toMatchObject({ _tag: 'MalformedFile' });
    expect(
      await spoiled((copy) => {
        chmodSync(shareOf(copy, 'x'), 0o644);
      }),
    ).toMatchObject({ _tag: 'OpenToOthers' });
  });

  it('is loaded without a share of a key for documents, with which it signs nothing then', async () => {
    const copy = copyOfShared('servers/a-1');
    rmSync(join(copy, 'keys/x.share.json'));
    const { keys } = right(await loadServerDirectory(copy)());
    expect([...(keys?.documents.keys() ?? [])]).toEqual(['y']);
    rmSync(join(copy, 'keys'), { recursive: true });
    expect(right(await loadServerDirectory(copy)()).keys?.documents.size).toBe(0);
  });

  it('is refused where the commitments of its slow key are none', async () => {
    const copy = copyOfShared('servers/a-1');
    editJson(join(copy, 'alliance.json'), (json) => {
      const slowKey = json['slowKey'] as { groupKey: string; commitments: string[] };
      slowKey.commitments.reverse();
    });
    editJson(join(copy, 'server.json'), (json) => {
      const document = JSON.parse(readFileSync(join(copy, 'alliance.json'), 'utf8')) as unknown;
      json['allianceId'] = toHex(right(readAllianceDocument('', JSON.stringify(document))).allianceId);
    });
    expect(await errorOf(loadServerDirectory, copy)).toMatchObject({ _tag: 'MalformedFile', at: '/slowKey' });
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'is refused where it may not be read',
    async () => {
      const copy = copyOf('servers/a-1');
      chmodSync(join(copy, 'identity.key'), 0);
      expect(describeDirectoryError(await errorOf(loadServerDirectory, copy))).toMatch(
        /identity\.key: cannot be read \(permission denied\)/,
      );
    },
  );

  it.each(['ours', 'rsa', 'shared'])('shows no secret, whoever prints it (%s)', async (name) => {
    const path = join(root, name, 'servers/a-1');
    const server = right(await loadServerDirectory(path)());
    expectNoSecrets(server, path);
  });
});

const applicationCases = commonCases('application.json', 'request.key', 'applications/b-app');

describe('an application directory', () => {
  it.each(applicationCases)('is refused $what', async ({ spoil, error, message }) => {
    const copy = copyOf('applications/a-app');
    spoil(copy);
    const found = await errorOf(loadApplicationDirectory, copy);
    expect(found).toMatchObject(error);
    expect(describeDirectoryError(found)).toMatch(message);
  });

  it('is no server directory, nor the reverse', async () => {
    expect(await errorOf(loadServerDirectory, join(ours, 'applications/a-app'))).toMatchObject({ _tag: 'MissingFile' });
    expect(await errorOf(loadApplicationDirectory, join(ours, 'servers/a-1'))).toMatchObject({ _tag: 'MissingFile' });
  });

  it('shows no secret, whoever prints it', async () => {
    const path = join(ours, 'applications/a-app');
    expectNoSecrets(right(await loadApplicationDirectory(path)()), path);
  });
});

/** Neither `inspect` nor JSON of `value` holds a private key of the directory at `path`, in any usual writing. */
function expectNoSecrets(value: object, path: string): void {
  const seen = new Set<unknown>();
  const replacer = (_: string, inner: unknown): unknown => {
    if (typeof inner === 'bigint') return inner.toString(16);
    if (typeof inner !== 'object' || inner === null) return inner;
    if (seen.has(inner)) return undefined;
    seen.add(inner);
    if (inner instanceof Uint8Array) return toHex(inner);
    return inner instanceof Map ? [...inner] : inner;
  };
  const shown = `${inspect(value, { depth: 20, maxArrayLength: null, maxStringLength: null })}${JSON.stringify(value, replacer)}`;
  const compact = shown.replace(/[\s,]/g, '');
  const keys = ['identity.key', 'slow.key', 'request.key', 'tls.key'].flatMap((name) => {
    const pem = E.tryCatch(() => readFileSync(join(path, name), 'utf8'), String);
    return E.isRight(pem) ? [pem.right] : [];
  });
  expect(keys.length).toBeGreaterThan(1);
  for (const text of keys) {
    if (!text.startsWith('{')) expect(shown).not.toContain(text.split('\n')[1]);
    const secrets = text.startsWith('{') ? rowSecrets(text) : [parsePrivateKey(text)];
    expect(secrets.length).toBeGreaterThan(0);
    for (const secret of secrets) {
      expect(shown).not.toContain(toHex(present(secret, 'a private key')));
      expect(compact).not.toContain([...present(secret, 'a private key')].join(''));
    }
  }
  expect(shown).not.toContain('PRIVATE KEY');
}

/** Of a share of a shared key. */
function rowSecrets(text: string): readonly Uint8Array[] {
  const { rows } = JSON.parse(text) as { readonly rows: readonly { readonly secret: string }[] };
  return rows.map(({ secret }) => Uint8Array.from(Buffer.from(secret, 'hex')));
}

describe('the directory of an alliance', () => {
  it('knows which directories of servers are there', async () => {
    const copy = copyOf('.');
    rmSync(join(copy, 'servers/c-1'), { recursive: true });
    const { servers } = right(await loadAllianceDirectory(copy)());
    expect(servers.map(({ entry }) => entry.id)).toEqual(['a/1', 'b/1', 'd/1']);
  });

  it('is none without alliance.json', async () => {
    expect(await loadAllianceDirectory(root)()).toMatchObject({
      left: { _tag: 'MissingFile', path: join(root, 'alliance.json') },
    });
  });
});

describe('a private key file', () => {
  const seed = testSeed(present(testUniverse('a/1').ids[0], 'a process'));

  it('is read back', () => {
    expect(parsePrivateKey(printPrivateKey(seed))).toEqual(seed);
  });

  it('is refused where it is encrypted, of another kind, or public', () => {
    expect(parsePrivateKey('')).toBeUndefined();
    expect(parsePrivateKey(readFileSync(join(rsa, 'alliance-key.pem'), 'utf8'))).toBeUndefined();
    expect(parsePrivateKey(readFileSync(join(ours, 'servers/a-1/tls.crt'), 'utf8'))).toBeUndefined();
  });
});

describe('the directory of a server that is to join', () => {
  const learnerOf = async (path: string) => {
    const loaded = right(await loadServingDirectory(path)());
    return loaded._tag === 'learner' ? loaded.directory : undefined;
  };
  const other = printPrivateKey(present(ed25519Seed(new Uint8Array(32).fill(7)), 'a seed'));

  it('is that of a learner where the document lists another key for it, or does not list it', async () => {
    expect(await learnerOf(copyOf('servers/a-1'))).toBeUndefined();
    const replaced = copyOf('servers/a-1');
    writeFileSync(join(replaced, 'identity.key'), other);
    rmSync(join(replaced, 'alliance-share.json'));
    const learner = present(await learnerOf(replaced), 'a learner');
    expect(learner.id).toBe('a/1');
    expect(learner.identityKey).toEqual(publicKeyFromSeed(present(parsePrivateKey(other), 'a key')));
    expect(learner.dataPath).toBe(join(replaced, 'data'));
    expect(inspect(learner, { depth: 10 })).not.toContain('PRIVATE KEY');

    const stranger = copyOf('servers/a-1');
    editJson(join(stranger, 'server.json'), (json) => {
      json['id'] = 'a/9';
    });
    // Its certificate is still that of a/1.
    expect(await errorOf(loadServingDirectory, stranger)).toMatchObject({ _tag: 'BadCredentials' });
  });

  it('needs no authority that the document knows, but a certificate and a key that belong to it', async () => {
    const copy = copyOf('servers/a-1');
    const authority = makeOrganizationCa('z', { from: new Date(0), to: new Date(Date.now() + 86_400_000) });
    const { publicKey, privateKey } = generateTlsKeyPair();
    const validity = { from: new Date(0), to: new Date(Date.now() + 86_400_000) };
    const process = 'z/1' as ProcessId;
    editJson(join(copy, 'server.json'), (json) => {
      json['id'] = process;
    });
    writeFileSync(join(copy, 'identity.key'), other);
    writeFileSync(
      join(copy, 'tls.crt'),
      issueServerCertificate(authority, { process, hosts: [], publicKey, validity }),
    );
    expect(await errorOf(loadServingDirectory, copy)).toMatchObject({ _tag: 'BadCredentials' });
    writeFileSync(join(copy, 'tls.key'), privateKey);
    expect((await learnerOf(copy))?.id).toBe(process);
    chmodSync(join(copy, 'tls.key'), 0o644);
    expect(await errorOf(loadServingDirectory, copy)).toMatchObject({ _tag: 'OpenToOthers' });
  });

  it('is that of a member where it was left out of the next epoch', async () => {
    const copy = copyOf('servers/a-1');
    for (const name of ['slow.key', 'alliance-share.json']) rmSync(join(copy, name));
    writeFileSync(join(copy, 'retired'), 'epoch 2 goes on without it');
    expect(right(await loadServingDirectory(copy)())._tag).toBe('member');
  });
});
