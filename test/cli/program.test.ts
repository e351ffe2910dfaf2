import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvariantViolation } from '../../src/prelude/invariant.js';
import { reportBug } from '../../src/cli/program.js';
import { Session } from '../../src/cli/session.js';
import { version } from '../../src/cli/version.js';
import { temporaryDirectory } from '../server/temporary-directory.js';
import { run } from './run.js';

const root = temporaryDirectory();
const goodTrust = 'f=1 t=1 of (a, b, c, d)';

describe('koinon', () => {
  it('has the version of its package', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(version).toBe(manifest.version);
    expect(await run('--version')).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([[['--help']], [['help']], [['init', '--help']], [['help', 'init']], [['trust', 'check', '--help']]])(
    'explains itself: %j',
    async (argv) => {
      const { exitCode, stdout, stderr } = await run(...argv);
      expect(exitCode).toBe(0);
      expect(stderr).toBe('');
      expect(stdout).toMatch(/Usage: koinon/);
      expect(stdout).toMatch(/Examples:\n {2}koinon /);
    },
  );

  it('shows its help where nothing is asked of it, which is bad usage', async () => {
    const { exitCode, stdout, stderr } = await run();
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/Usage: koinon/);
  });

  it('calls a bug a bug, with a stack trace only on request', () => {
    const complaintWith = (env: Record<string, string>): string => {
      const stderr = new PassThrough();
      const session = new Session({ stdin: new PassThrough(), stdout: new PassThrough(), stderr, env });
      expect(reportBug(new InvariantViolation('one and one are two'), session)).toBe(70);
      return String(stderr.read());
    };
    expect(complaintWith({})).toBe(
      'koinon: this is a bug in koinon: one and one are two (KOINON_DEBUG=1 shows where)\n',
    );
    expect(complaintWith({ KOINON_DEBUG: '1' })).toMatch(/one and one are two\n[^]*at /);
  });
});

describe('bad usage and input', () => {
  const holder = createServer();
  let heldPort = '';

  beforeAll(async () => {
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    heldPort = String((holder.address() as { port: number }).port);
    mkdirSync(join(root, 'occupied'));
    writeFileSync(join(root, 'occupied', 'something'), '');
    writeFileSync(join(root, 'bad.trust'), '# ours\nf=1 of (a, b,\n  c d)\n');
    writeFileSync(join(root, 'bad.json'), '{"tree": {"f": 1, "t": 0, "of": [{"member": "a"}, {"member": 7}]}}');
    writeFileSync(join(root, 'large.trust'), ' '.repeat((1 << 20) + 1));
    writeFileSync(join(root, 'binary.trust'), Uint8Array.of(0xff, 0xfe));
  });

  afterAll(async () => {
    await new Promise((resolve) => holder.close(resolve));
  });

  const fresh = (): string => join(root, 'fresh');
  const init = (...options: readonly string[]): readonly string[] => ['init', fresh(), ...options];
  const four = ['--orgs', 'a,b,c,d'] as const;

  const cases: readonly (readonly [string, () => readonly string[], RegExp])[] = [
    ['an unknown command', () => ['lisen'], /unknown command 'lisen' \(Did you mean listen\?\); see koinon --help/],
    ['an unknown subcommand', () => ['trust', 'chek'], /unknown command 'chek' \(Did you mean check\?\)/],
    ['an unknown option', () => init('--organisations', 'a'), /unknown option '--organisations'/],
    ['a missing argument', () => ['init'], /missing required argument 'directory'/],
    ['one argument too many', () => [...init(...four), 'more'], /too many arguments/],
    ['an option without its value', () => init('--orgs'), /option '--orgs <names>' argument missing/],
    ['no organizations', () => init(), /use --orgs a,b,c,d or --trust/],
    [
      'an unknown scheme',
      () => init(...four, '--scheme', 'rsa'),
      /'rsa' is invalid\. Allowed choices are multisig, shoup-rsa/,
    ],
    [
      'unknown certificates',
      () => init(...four, '--certificates', 'rsa'),
      /'rsa' is invalid\. Allowed choices are multisig, threshold, shoup-rsa/,
    ],
    ['a port that is none', () => init(...four, '--base-port', '70000'), /Expected an integer from 0 to 65535/],
    ['a port that is no number', () => init(...four, '--base-port', '0x10'), /Expected an integer/],
    ['ports beyond the last', () => init(...four, '--scheme', 'multisig', '--base-port', '65533'), /beyond 65535/],
    [
      'a port in use',
      () => init(...four, '--scheme', 'multisig', '--base-port', heldPort),
      /port \d+ on 127\.0\.0\.1 is in use: .*--base-port/,
    ],
    ['a modulus that is too short', () => init(...four, '--modulus-bits', '512'), /from 1024 to 4096/],
    ['a modulus of an odd length', () => init(...four, '--modulus-bits', '2049'), /an even number/],
    ['a bad name', () => init('--orgs', 'a,b-c'), /"b-c" is no name/],
    ['a name twice', () => init('--orgs', 'a,b,a'), /a is named twice/],
    ['an application of nobody', () => init(...four, '--apps', 'x/app'), /x\/app is no application/],
    ['a directory that is not empty', () => ['init', join(root, 'occupied'), ...four], /occupied: it exists already/],
    ['a directory that is a file', () => ['init', join(root, 'bad.trust'), ...four], /bad\.trust: cannot be written/],
    [
      'a trust model with a syntax error',
      () => init('--trust', 'f=1 of (a, b,, c)'),
      /line 1, column 14: expected .*\n.*\n {2} {13}\^\n$/,
    ],
    [
      'a trust model that does not hold',
      () => init('--trust', 'f=1 of (a, b, c)'),
      /C1 is violated: Byzantine \{a\}, \{b\}, \{c\}/,
    ],
    ['a trust model without an organization', () => init(...four, '--trust', 'f=0 of (a, b, c)'), /leaves out d/],
    ['a trust file that is missing', () => init('--trust', 'nosuch.trust'), /nosuch\.trust: no such file/],
    [
      'a checked file that is missing',
      () => ['trust', 'check', join(root, 'nosuch.trust')],
      /nosuch\.trust: no such file/,
    ],
    ['a checked directory', () => ['trust', 'check', root], /cannot be read \(it is a directory\)/],
    [
      'a syntax error in a file',
      () => ['trust', 'check', join(root, 'bad.trust')],
      /bad\.trust: line 3, column 5: .*\n {4}c d\)\n {6}\^\n$/,
    ],
    [
      'a file that is no such JSON',
      () => ['trust', 'check', join(root, 'bad.json')],
      /bad\.json: at \/tree\/of\/1\/member: expected/,
    ],
    ['a text that is no such JSON', () => ['trust', 'check', '{"tree": '], /at \/: expected JSON/],
    ['a file that is too large', () => ['trust', 'check', join(root, 'large.trust')], /larger than 1048576 bytes/],
    ['a file that is no text', () => ['trust', 'check', join(root, 'binary.trust')], /expected text in UTF-8/],
    [
      'an unknown leader',
      () => ['trust', 'check', `${goodTrust} leaders (x)`],
      /column 34: expected a member of the trust model, not x/,
    ],
  ];

  it.each(cases)('are told in one line, with exit code 2: %s', async (_, argv, complaint) => {
    const { exitCode, stdout, stderr } = await run(...argv());
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^koinon: .+/);
    expect(stderr).toMatch(complaint);
    expect(stderr).not.toMatch(/\bat .*\.[jt]s:\d+/);
    // A syntax error shows the line and a caret below the complaint.
    expect(stderr.trimEnd().split('\n')).toHaveLength(stderr.includes('^') ? 3 : 1);
    expect(existsSync(fresh())).toBe(false);
  });
});

describe('koinon trust check', () => {
  it('says that a trust model holds', async () => {
    const { exitCode, stdout, stderr } = await run('trust', 'check', goodTrust);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^SAFE: The trust model holds: C1, and C2ℓ for each of the 4 leaders\.\n/);
  });

  it('answers no with the counterexample, in the organizations’ names', async () => {
    const { exitCode, stdout } = await run('trust', 'check', 'f=1 of (a: f=1 of 4, b: f=1 of 4, c: f=1 of 4)');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^UNSAFE: C1 is violated: Byzantine \{a\}, \{b\}, \{c\} together are every server/);
  });

  it('prints one line of JSON on request, whatever the answer', async () => {
    const good = await run('trust', 'check', goodTrust, '--json');
    expect(good.exitCode).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({
      trust: goodTrust,
      accepted: true,
      conditions: { C1: { status: 'holds' } },
    });
    const bad = await run('trust', 'check', 'f=1 of (a, b, c)', '--json');
    expect(bad.exitCode).toBe(1);
    expect(bad.stdout.trimEnd()).not.toContain('\n');
    expect(JSON.parse(bad.stdout)).toMatchObject({
      accepted: false,
      conditions: {
        C1: { status: 'violated', witness: ['a', 'b', 'c'].map((name) => ({ kind: 'byzantine', members: [name] })) },
      },
      largestSlow: null,
    });
  });

  it('reads files, as text or JSON', async () => {
    const [asText, asJson] = [join(root, 'good.trust'), join(root, 'good.json')];
    writeFileSync(asText, `# four\n${goodTrust}\n`);
    writeFileSync(
      asJson,
      '{"tree": {"f": 1, "t": 1, "of": [{"member": "a"}, {"member": "b"}, {"member": "c"}, {"member": "d"}]}}',
    );
    for (const path of [asText, asJson]) {
      const { exitCode, stdout } = await run('trust', 'check', path, '--json');
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ trust: goodTrust });
    }
  });
});

describe('koinon init', () => {
  it('makes an alliance for trying, and says that it is one', async () => {
    const directory = join(root, 'league');
    const options = ['--orgs', 'acme, globex,initech,umbrella', '--scheme', 'multisig', '--base-port', '0'];
    const { exitCode, stdout, stderr } = await run('init', directory, ...options);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/Made an alliance for trying/);
    expect(stdout).toMatch(/f=1 t=1 of \(acme\/1, globex\/1, initech\/1, umbrella\/1\)/);
    expect(stdout).toMatch(/for trying and testing only/);
    expect(readdirSync(join(directory, 'servers'))).toEqual(['acme-1', 'globex-1', 'initech-1', 'umbrella-1']);
  });

  it('deals one key for certificates on request, and says what that means', async () => {
    const made = async (name: string, trust: string, ...options: readonly string[]) => {
      const directory = join(root, name);
      const ports = ['--scheme', 'multisig', '--base-port', '0'];
      const { exitCode, stdout, stderr } = await run('init', directory, '--trust', trust, ...ports, ...options);
      expect([exitCode, stderr]).toEqual([0, '']);
      const document = JSON.parse(readFileSync(join(directory, 'alliance.json'), 'utf8')) as Record<string, unknown>;
      return { stdout, slowKey: document['slowKey'] };
    };
    const trust = 'f=1 t=0 of (a, b, c, d)';
    const plain = await made('side-by-side', trust);
    expect(plain.slowKey).toBeUndefined();
    expect(plain.stdout).toMatch(/certificates {2}multisig\n/);
    expect(plain.stdout).not.toMatch(/dealt anew/);
    const shared = await made('shared', trust, '--certificates', 'threshold');
    expect(shared.slowKey).toMatchObject({ _tag: 'bls', usage: 'statement', policy: { threshold: 3 } });
    expect(shared.stdout).toMatch(/certificates {2}bls\n/);
    expect(shared.stdout).toMatch(/dealt anew in each epoch/);
    expect(shared.stdout).toMatch(/while a server is missing/);
    // Where nobody may fail, nobody is ever missing who could be waited for.
    const trusting = await made('trusting', 'f=0 of (a, b)', '--certificates', 'threshold', '--json');
    expect(JSON.parse(trusting.stdout)).toMatchObject({ certificates: 'bls' });
    const silent = await made('silent', 'f=0 of (a, b)', '--certificates', 'threshold');
    expect(silent.stdout).not.toMatch(/while a server is missing/);
  });

  it('deals an alliance key of any scheme', async () => {
    const directory = join(root, 'bls');
    const options = ['--orgs', 'a,b,c,d', '--scheme', 'bls', '--base-port', '0', '--json'];
    const { exitCode, stdout, stderr } = await run('init', directory, ...options);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ directory, scheme: 'bls' });
    const { allianceKey } = JSON.parse(readFileSync(join(directory, 'alliance.json'), 'utf8')) as {
      allianceKey: unknown;
    };
    expect(allianceKey).toMatchObject({ _tag: 'bls', usage: 'statement', suite: 'min-pk-pop' });
  });

  it('searches for safe primes, says so meanwhile, and prints JSON on request', async () => {
    const directory = join(root, 'json');
    const argv = [
      'init',
      directory,
      '--trust',
      '{"tree": {"f": 0, "t": 0, "of": [{"member": "a/1"}, {"member": "a/2"}, {"member": "b/1"}]}}',
      '--apps',
      'a/shop',
    ];
    const { exitCode, stdout, stderr } = await run(...argv, '--modulus-bits', '1024', '--base-port', '0', '--json');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^Looking for two safe primes.*: 0 found after 0 s\n/);
    expect(stderr).toMatch(/2 found after \d+ s\n$/);
    expect(JSON.parse(stdout)).toMatchObject({
      directory,
      scheme: 'shoup-rsa',
      trust: 'f=0 of (a/1, a/2, b/1)',
      servers: [{ id: 'a/1' }, { id: 'a/2' }, { id: 'b/1' }],
      applications: ['a/shop'],
    });
    expect(readdirSync(join(directory, 'applications'))).toEqual(['a-shop']);
  });
});
