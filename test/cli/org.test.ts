import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { entryOf } from '../../src/cli/governance/entry-argument.js';
import { readHistoryAt } from '../../src/cli/history-argument.js';
import type { Alliance } from '../../src/management/alliance.js';
import { E } from '../../src/prelude/fp.js';
import { right } from '../support/right.js';
import { temporaryDirectory } from '../server/temporary-directory.js';
import { type Run, run, runWith } from './run.js';

const root = temporaryDirectory();
const names = ['acme', 'globex', 'initech', 'umbrella'];
const trust = 'f=1 t=1 of (acme, globex, initech, umbrella)';
const at = (...parts: readonly string[]): string => join(root, ...parts);
const entries = names.map((name) => at(`${name}.json`));
const founded = names.map((name) => at(name, 'founded.json'));
const document = at('alliance.json');
let words = '';

/** With somebody at the terminal who answers. */
function answering(answer: string, ...argv: readonly string[]): Promise<Run> {
  const stdin = new PassThrough();
  stdin.end(`${answer}\n`);
  return runWith({ stdin }, ...argv);
}

function jsonOf({ exitCode, stdout, stderr }: Run): Readonly<Record<string, unknown>> {
  expect([exitCode, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
}

async function init(name: string, directory: string, ...more: readonly string[]): Promise<Run> {
  return run('org', 'init', name, directory, '--servers', '1', ...more);
}

beforeAll(async () => {
  for (const name of names) {
    const people = name === 'acme' ? ['--administrators', 'ann,bob,carol', '--rule', '2 of (ann, bob, carol)'] : [];
    expect(await init(name, at(name), ...people)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await run('org', 'export', at(name), '-o', at(`${name}.json`))).toMatchObject({ exitCode: 0, stderr: '' });
  }
  const made = await run('alliance', 'assemble', ...entries, '--trust', trust, '-o', document, '--json');
  words = String(jsonOf(made)['words']);
});

describe('koinon org init', () => {
  it.each([
    [['--servers', 'nowhere'], /Expected a number, or host:port/],
    [['--servers', 'a:0'], /Expected a number, or host:port/],
    [['--servers', 'a:65536'], /Expected a number, or host:port/],
    [['--servers', '[a]:1'], /Expected a number, or host:port/],
    [['--servers', '0'], /Expected an integer from 1/],
    [['--servers', 'a:1,a:1'], /a host and port that no other server has/],
    [['--servers', '1', '--rule', 'ann'], /--rule: name its people with --administrators/],
    [
      ['--servers', '1', '--administrators', 'ann,bob'],
      /say with --rule which of them together, such as '2 of \(ann, bob\)'/,
    ],
    [['--servers', '1', '--administrators', 'ann,b/b', '--rule', 'any of (ann)'], /"b\/b" is no name/],
    [['--servers', '1', '--administrators', 'ann,bob', '--rule', '1 of (ann, eve)'], /--rule: eve is no administrator/],
    [['--servers', '1', '--administrators', 'ann,ann', '--rule', '1 of (ann, ann)'], /./],
    [['--servers', '1', '--applications', 'a-b'], /"a-b" is no name/],
    [[], /required option '--servers/],
  ])('refuses %j', async (argv, message) => {
    const { exitCode, stdout, stderr } = await run('org', 'init', 'acme', at('refused'), ...argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(existsSync(at('refused'))).toBe(false);
  });

  it('writes over nothing', async () => {
    const before = readdirSync(at('acme'), { recursive: true });
    expect((await init('acme', at('acme'))).stderr).toMatch(/it exists already/);
    expect(readdirSync(at('acme'), { recursive: true })).toEqual(before);
  });

  it('names servers where they are, and one administrator as it is asked', async () => {
    const argv = ['--servers', 's1.example:7100,[::1]:7101', '--applications', 'shop,bank', '--administrators', 'ann'];
    const made = jsonOf(await run('org', 'init', 'acme', at('addressed'), ...argv, '--json'));
    expect(made).toMatchObject({
      organization: 'acme',
      servers: [
        { id: 'acme/1', host: 's1.example', port: 7100 },
        { id: 'acme/2', host: '::1', port: 7101 },
      ],
      administrators: ['ann'],
      rule: 'ann',
      applications: ['acme/shop', 'acme/bank'],
    });
    expect(existsSync(at('addressed', 'admin-ann.key'))).toBe(true);
  });
});

describe('koinon org export and show', () => {
  it('say the same words, and whether all keys have signed', async () => {
    const shown = jsonOf(await run('org', 'show', at('acme.json'), '--json'));
    const told = jsonOf(await run('org', 'export', at('acme'), '-o', at('again.json'), '--json'));
    expect(told['words']).toBe(shown['words']);
    expect(shown).toMatchObject({ proven: true, unproven: [] });
    expect(readFileSync(at('again.json'), 'utf8')).toBe(readFileSync(at('acme.json'), 'utf8'));
    writeFileSync(at('changed.json'), readFileSync(at('acme.json'), 'utf8').replace('"127.0.0.1"', '"127.0.0.2"'));
    const { exitCode, stdout } = await run('org', 'show', at('changed.json'));
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^NOT PROVEN/);
    expect(stdout).not.toContain(String(shown['words']).slice(0, 30));
  });

  it('write over nothing else, and refuse what is no export', async () => {
    expect((await run('org', 'export', at('globex'), '-o', at('acme.json'))).stderr).toMatch(
      /acme\.json: it exists already: .*--out/,
    );
    expect(await run('org', 'export', at('acme'), '-o', at('acme.json'))).toMatchObject({ exitCode: 0 });
    expect(await run('org', 'show', at('nowhere.json'))).toMatchObject({ exitCode: 2, stdout: '' });
    expect((await run('org', 'show', document)).stderr).toMatch(/alliance\.json: at \/\S+: expected no such key/);
    expect((await run('org', 'export', root)).stderr).toMatch(/organization\.json: no such file or directory\n/);
  });
});

describe('koinon alliance assemble', () => {
  it('refuses what makes no alliance, and says why', async () => {
    const assemble = (...argv: readonly string[]) => run('alliance', 'assemble', ...argv, '-o', at('none.json'));
    const refusals: readonly (readonly [readonly string[], number, RegExp])[] = [
      [[...entries.slice(0, 3), '--trust', trust], 2, /umbrella/],
      [[...entries, '--trust', 'f=1 of (acme, globex, initech)'], 2, /the trust model leaves out umbrella/],
      [[...entries, '--trust', 'f=2 of (acme, globex, initech, umbrella)'], 2, /C1/],
      [[...entries, at('acme.json'), '--trust', trust], 2, /are both of acme/],
      [[at('changed.json'), ...entries.slice(1), '--trust', trust], 2, /nothing shows that acme holds/],
      [[...entries, '--trust', trust, '--amendment', '1 of (acme, eve)'], 2, /eve/],
      [
        [...entries, '--trust', trust, '--amendment', '1 of (acme, globex)'],
        1,
        /amendment-forgeable: .*\n.*--override/s,
      ],
      [
        [
          ...entries,
          '--trust',
          trust,
          '--recovery',
          'all of (acme, globex, initech, umbrella)',
          '--override',
          'sunshine',
        ],
        2,
        /Expected one of trust-violated/,
      ],
      [[...entries, '--trust', trust, '--terms', 'refreshMs=x'], 2, /Expected name=number of readingMs/],
      [[...entries, '--trust', trust, '--parameters', 'windowSlots=8,windowSlots=9'], 2, /given twice/],
      [[...entries, '--trust', trust, '--parameters', 'windowSlots=1'], 2, /windowSlots/],
      [[...entries, '--trust', trust, '--amendment-of', 'sing=acme'], 2, /Expected kind=policy/],
    ];
    for (const [argv, code, message] of refusals) {
      const { exitCode, stdout, stderr } = await assemble(...argv);
      expect([argv, exitCode, stdout]).toEqual([argv, code, '']);
      expect(stderr).toMatch(message);
    }
    expect(existsSync(at('none.json'))).toBe(false);
  });

  it('takes policies, terms and overrides into the document', async () => {
    const options = [
      ...['--amendment', '1 of (acme, globex)', '--override', 'amendment-forgeable', '--override', 'amendment-divided'],
      ...['--amendment-of', 'admit=all of (acme, globex, initech, umbrella)', '--override', 'amendment-stuck'],
      ...[
        '--emergency',
        '2 of (acme, globex, initech, umbrella)',
        '--structure',
        'f=1 of (acme, globex, initech, umbrella)',
      ],
      ...['--terms', 'refreshMs=1000,readingMs=500', '--limits', 'serversPerOrganization=3'],
      ...['--parameters', 'windowSlots=16,checkpointInterval=4'],
    ];
    const made = await run('alliance', 'assemble', ...entries, '--trust', trust, ...options, '-o', at('stated.json'));
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    expect(made.stdout).toMatch(/overridden +amendment-forgeable/);
    const { governance, parameters } = JSON.parse(readFileSync(at('stated.json'), 'utf8')) as Record<string, unknown>;
    expect(governance).toMatchObject({
      overrides: ['amendment-divided', 'amendment-forgeable', 'amendment-stuck'],
      terms: { refreshMs: 1000, readingMs: 500, changeMs: 3_600_000 },
      limits: { serversPerOrganization: 3, applicationsPerOrganization: 1000 },
    });
    expect(Object.keys(governance as object)).toEqual(expect.arrayContaining(['amendment', 'emergency', 'structure']));
    expect(parameters).toEqual({ windowSlots: 16, checkpointInterval: 4, baseTimeoutMs: 1000 });
  });
});

describe('koinon alliance acknowledge', () => {
  const acknowledge = (name: string, ...argv: readonly string[]) =>
    run('alliance', 'acknowledge', document, at(name), ...argv);

  it('signs nothing unless the words were compared', async () => {
    const wrong = words.replace(/^\S+/, words.startsWith('bada') ? 'badi' : 'bada');
    expect(await acknowledge('acme')).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await acknowledge('acme', '--expect', wrong)).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await acknowledge('acme', '--expect', '')).toMatchObject({ exitCode: 1, stdout: '' });
    for (const answer of ['', 'no', 'y', 'yes sir']) {
      const argv = ['alliance', 'acknowledge', document, at('acme')];
      expect(await answering(answer, ...argv)).toMatchObject({ exitCode: 1, stdout: '' });
    }
    expect(existsSync(at('acme', 'founded.json'))).toBe(false);
  });

  it('shows the words to whoever is asked, and signs by who says yes', async () => {
    const { exitCode, stdout, stderr } = await answering('yes', 'alliance', 'acknowledge', document, at('globex'));
    expect(exitCode).toBe(0);
    expect(stderr.replace(/\s+/g, ' ')).toContain(words);
    expect(stdout).toMatch(/Signed for globex by admin/);
    for (const line of [
      /^ {2}may fail +f=1 t=1 of \(acme, globex, initech, umbrella\) \(derived\)$/m,
      /^ {2}may amend +3 of \(acme, globex, initech, umbrella\)/m,
      /^ {2}may suspend +2 of /m,
      /^ {2}may restart +3 of /m,
      /^ {2}terms +reading 1 min, proposal 14 d/m,
      /^ {2}limits +\d+ servers/m,
      /^ {2}alliance +in words:\n {4}\S/m,
    ])
      expect(stderr).toMatch(line);
    // Where the words are given, they are not shown.
    const given = await run('alliance', 'acknowledge', document, at('globex'), '--expect', words);
    expect(given.stderr).toMatch(/^ {2}may restart/m);
    expect(given.stderr).not.toMatch(/in words/);
  });

  it('lets administrators sign one after another, each with a key of their own', async () => {
    mkdirSync(at('elsewhere'));
    for (const name of ['ann', 'bob']) copyFileSync(at('acme', `admin-${name}.key`), at('elsewhere', `${name}.key`));
    const first = jsonOf(
      await quiet(acknowledge('acme', '--key', at('elsewhere', 'ann.key'), '--expect', words, '--json')),
    );
    expect(first).toMatchObject({ signedBy: ['ann'], isComplete: false });
    const second = jsonOf(
      await quiet(acknowledge('acme', '--key', at('elsewhere', 'bob.key'), '--expect', words, '--json')),
    );
    expect(second).toMatchObject({ signedBy: ['bob'], isComplete: true });
    const refused = await acknowledge('acme', '--key', at('acme', 'recovery.key'), '--expect', words);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toMatch(/recovery\.key: not the key of an administrator of acme/);
  });

  it('refuses a document in which the organization is not what it is', async () => {
    await init('acme', at('another'));
    const refused = await run('alliance', 'acknowledge', document, at('another'), '--expect', words);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /others are its certificate authority, its servers, its administrators, its rule and \d more: do not sign it/,
    );
  });

  it('does not sign a second founding', async () => {
    const other = ['--parameters', 'windowSlots=16', '-o', at('second.json'), '--json'];
    const second = jsonOf(await run('alliance', 'assemble', ...entries, '--trust', trust, ...other));
    const refused = await run(
      'alliance',
      'acknowledge',
      at('second.json'),
      at('globex'),
      '--expect',
      String(second['words']),
    );
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /consents to another document.*if that founding was given up by all, remove the file/,
    );
  });

  it('completes the directories once all have signed, and not before', async () => {
    const early = await acknowledge('acme', '--merge', ...founded.slice(1, 2));
    expect(early).toMatchObject({ exitCode: 1 });
    expect(early.stdout).toMatch(/NOT FOUNDED yet: initech, umbrella have not signed/);
    expect(existsSync(at('acme', 'servers', 'acme-1', 'server.json'))).toBe(false);
    const serve = await run('serve', at('acme', 'servers', 'acme-1'));
    expect(serve).toMatchObject({ exitCode: 2 });
    for (const name of ['initech', 'umbrella'])
      expect(await acknowledge(name, '--expect', words)).toMatchObject({ exitCode: 0 });
    const whole = await acknowledge('acme', '--merge', ...founded, '-o', at('all.founded'));
    expect(whole).toMatchObject({ exitCode: 0, stderr: '' });
    expect(whole.stdout).toMatch(/Founded: all 4 organizations have signed/);
    // One file says what all have signed.
    rmSync(at('globex', 'founded.json'));
    expect(await acknowledge('globex', '--merge', at('all.founded'))).toMatchObject({ exitCode: 0 });
    const verified = await run('alliance', 'verify', at('globex'));
    expect(verified.stdout).toMatch(/founded by +all organizations of the first document/);
    const shown = await run('alliance', 'show', at('acme'));
    expect(shown.exitCode).toBe(0);
    expect(await run('alliance', 'show', document)).toEqual(shown);
  });
});

describe('koinon org join and renew', () => {
  it('make a newcomer ready once the words were compared', async () => {
    await init('hooli', at('hooli'));
    const join = (...argv: readonly string[]) => run('org', 'join', at('hooli'), '--history', at('acme'), ...argv);
    expect(await join()).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await join('--expect-alliance', 'bada')).toMatchObject({ exitCode: 1, stdout: '' });
    expect(existsSync(at('hooli', 'servers', 'hooli-1', 'server.json'))).toBe(false);
    const joined = jsonOf(await join('--expect-alliance', words, '--json'));
    expect(joined).toMatchObject({ epoch: 1, servers: ['hooli/1'], applications: ['hooli/app'], words });
    expect(existsSync(at('hooli', 'servers', 'hooli-1', 'alliance-share.json'))).toBe(false);
  });

  it('believe no history that a consent is missing from', async () => {
    await init('gavin', at('gavin'));
    const history = JSON.parse(readFileSync(at('acme', 'history.json'), 'utf8')) as {
      epochs: { founded: unknown[] }[];
    };
    history.epochs[0]?.founded.pop();
    writeFileSync(at('torn.json'), JSON.stringify(history));
    const refused = await run('org', 'join', at('gavin'), '--history', at('torn.json'), '--expect-alliance', words);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(/NOT VALID: umbrella did not sign the founding document/);
  });

  it('give one server new keys, and the entry that says so', async () => {
    const renewed = jsonOf(await run('org', 'renew', at('globex'), '1', '--address', 'new.example:7', '--json'));
    expect(renewed).toMatchObject({ server: 'globex/1', directory: at('globex', 'renewed', 'globex-1') });
    expect(jsonOf(await run('org', 'show', String(renewed['entry']), '--json'))).toMatchObject({
      proven: true,
      servers: [{ id: 'globex/1', host: 'new.example', port: 7 }],
    });
    expect((await run('org', 'renew', at('globex'), 'globex/1')).stderr).toMatch(
      /globex-1\.json: it exists already: .*--entry, and another directory with --out/,
    );
    expect((await run('org', 'export', at('globex'))).stderr).toMatch(
      /identity\.key: not the identity key of globex\/1 .*put the new directory in the place of the old/,
    );
    expect((await run('org', 'renew', at('globex'), 'globex/9')).stderr).toMatch(
      /globex\/9: no server .* there are globex\/1/,
    );
    expect((await run('org', 'renew', at('globex'), 'a/b/c')).stderr).toMatch(/expected the name of a server/);
  });
});

describe('koinon org add-server, retire and administrators', () => {
  /** Of a copy of a founded organization, since they say in it what it is now. */
  function copied(name: string, as: string): string {
    cpSync(at(name), at(as), { recursive: true });
    return at(as);
  }

  it('give another server a directory, among the others, and the entry that names it', async () => {
    const home = copied('globex', 'growing');
    const added = jsonOf(await run('org', 'add-server', home, '--address', 's2.example:7', '--json'));
    expect(added).toMatchObject({
      server: 'globex/2',
      directory: join(home, 'servers', 'globex-2'),
      entry: join(home, 'renewed', 'globex-2.json'),
    });
    expect(jsonOf(await run('org', 'show', String(added['entry']), '--json'))).toMatchObject({
      proven: true,
      servers: [{ id: 'globex/1' }, { id: 'globex/2', host: 's2.example', port: 7 }],
    });
    expect(existsSync(join(home, 'servers', 'globex-2', 'server.json'))).toBe(true);
    expect(existsSync(join(home, 'servers', 'globex-2', 'alliance-share.json'))).toBe(false);
    // The alliance lists one server still, so the name is the same, and nothing is written over.
    const again = await run('org', 'add-server', home, '--address', 's3.example:7');
    expect(again).toMatchObject({ exitCode: 2, stdout: '' });
    expect(again.stderr).toMatch(/globex-2\.json: it exists already: .*--entry/);
    expect((await run('org', 'add-server', home)).stderr).toMatch(/required option '--address/);
    expect((await run('org', 'add-server', home, '--address', 'x')).stderr).toMatch(/Expected host:port/);
  });

  it('make the entry without a server, but not without the last', async () => {
    const home = at('two');
    await init('two', home, '--servers', 's1.example:7,s2.example:7');
    const retired = jsonOf(await run('org', 'retire', home, '1', '--json'));
    expect(retired).toMatchObject({ server: 'two/1', servers: [{ id: 'two/2' }] });
    expect((await run('org', 'retire', home, 'two/7')).stderr).toMatch(/two\/7: no server .* there are two\/2/);
    expect((await run('org', 'retire', home, 'two/2')).stderr).toMatch(
      /two\/2: the only server .*koinon member remove/,
    );
  });

  it('name other administrators, whose keys are drawn or brought, and another recovery key', async () => {
    const home = copied('umbrella', 'speaking');
    copyFileSync(at('acme', 'admin-bob.key'), at('bob.key'));
    const change = (...argv: readonly string[]) => run('org', 'administrators', home, ...argv);
    expect((await change()).stderr).toMatch(/nothing is to change/);
    expect((await change('--add', 'ann')).stderr).toMatch(/say with --rule/);
    expect((await change('--remove', 'eve', '--rule', 'admin')).stderr).toMatch(
      /eve: no administrator .* there are admin/,
    );
    expect((await change('--add', 'ann', '--rule', '1 of (ann, eve)')).stderr).toMatch(/eve is none/);
    expect(existsSync(join(home, 'renewed'))).toBe(false);
    const people = ['--add', `ann,bob=${at('bob.key')}`, '--remove', 'admin', '--rule', 'all of (ann, bob)'];
    const changed = jsonOf(await change(...people, '--recovery-key', '--json'));
    expect(changed).toMatchObject({ administrators: ['ann', 'bob'], rule: '2 of (ann, bob)', hasRecoveryKey: true });
    const keys = join(home, 'renewed', 'administrators');
    expect(readdirSync(keys).sort()).toEqual(['admin-ann.key', 'recovery.key']);
    expect(statSync(join(keys, 'admin-ann.key')).mode & 0o77).toBe(0);
    expect(jsonOf(await run('org', 'show', join(home, 'renewed', 'administrators.json'), '--json'))).toMatchObject({
      proven: true,
    });
    const recoveryOf = (file: string): string =>
      (JSON.parse(readFileSync(file, 'utf8')) as { organization: { recoveryKey: string } }).organization.recoveryKey;
    expect(recoveryOf(join(home, 'organization.json'))).not.toBe(recoveryOf(at('umbrella', 'organization.json')));
  });

  it('make entries that can be proposed although keys that stand in the alliance are elsewhere', async () => {
    const home = copied('globex', 'careful');
    for (const name of ['admin.key', 'recovery.key']) rmSync(join(home, name));
    const added = jsonOf(await run('org', 'add-server', home, '--address', 's2.example:7', '--json'));
    const file = String(added['entry']);
    expect((await run('org', 'show', file)).stdout).toMatch(/unsigned by +the administrator key of admin/);
    const inForce = right(await readHistoryAt(home)).at(-1)?.document;
    expect(right(await entryOf(file, inForce)).servers).toHaveLength(2);
    // A key that stands there for another use, for somebody else, or not at all, has to sign.
    expect(await entryOf(file)).toMatchObject({
      left: { message: expect.stringMatching(/nothing shows that globex holds/) as string },
    });
    const stranger = { ...inForce, organizations: inForce?.organizations.filter(({ name }) => name !== 'globex') };
    expect(E.isLeft(await entryOf(file, stranger as Alliance))).toBe(true);
    const changed = readFileSync(file, 'utf8').replace('"s2.example"', '"s3.example"');
    writeFileSync(at('turned.json'), changed);
    expect(await entryOf(at('turned.json'), inForce)).toMatchObject({
      left: { message: expect.stringMatching(/the identity key of globex\/2/) as string },
    });
    const renewed = jsonOf(
      await run('org', 'renew', home, '1', '--out', at('fresh'), '--entry', at('fresh.json'), '--json'),
    );
    const unsigned = { ...(JSON.parse(readFileSync(String(renewed['entry']), 'utf8')) as object), proofs: [] };
    writeFileSync(at('unsigned.json'), JSON.stringify(unsigned));
    expect(await entryOf(at('unsigned.json'), inForce)).toMatchObject({
      left: {
        message: expect.stringMatching(/holds the identity key of globex\/1, the slow key of globex\/1:/) as string,
      },
    });
  });
});

/** Without what was said on the way. */
async function quiet(result: Promise<Run>): Promise<Run> {
  return { ...(await result), stderr: '' };
}
