/** `koinon policy`: what others computed, what each first line means, and what is refused. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vectors } from '../support/vectors.js';
import { run } from './run.js';

interface TreeCase {
  readonly policy: string;
  readonly json: object;
  readonly minimalQuorums: readonly (readonly string[])[];
  readonly minimalBlockingSets: readonly (readonly string[])[];
  readonly resilience: number;
  readonly minSplittingSetSize: number;
  readonly pairwiseIntersecting: boolean;
  readonly failProne_Qk_if_policy_means_NOT_failprone: Readonly<Record<string, boolean>>;
  readonly load: string;
  readonly 'availability_p0.9': number;
}

interface WeightedCase {
  readonly json: object;
  readonly Qk: Readonly<Record<string, boolean>>;
  readonly minimalQuorums: readonly (readonly string[])[];
  readonly minimalBlockingSets: readonly (readonly string[])[];
  readonly minSplittingSetSize: number;
}

interface BigCase {
  readonly orgs: number;
  readonly servers: number;
  readonly outer: number;
  readonly inner: number;
  readonly minimalQuorumCount: string;
  readonly minimalBlockingCount: string;
  readonly minQuorumSize: number;
  readonly minBlockingSize: number;
  readonly minSplittingSize: number;
  readonly minOrgsToBlock: number;
  readonly minOrgsToSplit_wholeOrgs: number;
  readonly load: string;
  readonly 'avail_.95': number;
}

const trees = vectors('quorum/threshold-trees-small.json') as { cases: readonly TreeCase[] } | undefined;
const weighted = vectors('quorum/weighted-trees-small.json') as { cases: readonly WeightedCase[] } | undefined;
const alliances = vectors('quorum/two-level-alliances.json') as { big: readonly BigCase[] } | undefined;

async function reported(...argv: readonly string[]): Promise<{ exitCode: number; json: Record<string, unknown> }> {
  const { exitCode, stdout, stderr } = await run('policy', 'check', ...argv, '--json');
  expect(stderr).toBe('');
  return { exitCode, json: JSON.parse(stdout) as Record<string, unknown> };
}

/** Sets as sets of sets: neither order says anything. */
function sorted(sets: unknown): readonly string[] {
  return (sets as readonly (readonly string[])[]).map((set) => [...set].sort().join(' ')).sort();
}

describe.skipIf(trees === undefined)('figures of others: threshold trees', () => {
  it.each(trees?.cases ?? [])('$policy', async (given) => {
    for (const written of [given.policy, JSON.stringify(given.json)]) {
      const { exitCode, json } = await reported(written, '--availability', '0.9');
      expect(exitCode).toBe(given.pairwiseIntersecting ? 0 : 1);
      expect(json['verdict'] === 'UNSAFE').toBe(!given.pairwiseIntersecting);
      expect(sorted(json['minimalQuorums'])).toEqual(sorted(given.minimalQuorums));
      expect(sorted(json['minimalBlockingSets'])).toEqual(sorted(given.minimalBlockingSets));
      expect(json).toMatchObject({
        minimalQuorumCount: String(given.minimalQuorums.length),
        minimalBlockingSetCount: String(given.minimalBlockingSets.length),
        resilience: given.resilience,
        minSplittingSize: given.minSplittingSetSize,
        q: given.failProne_Qk_if_policy_means_NOT_failprone,
        load: given.load,
        conditions: null,
      });
      expect(json['availability']).toBeCloseTo(given['availability_p0.9'], 12);
    }
  });
});

describe.skipIf(weighted === undefined)('figures of others: weighted trees', () => {
  it.each((weighted?.cases ?? []).map((one, index) => ({ index, ...one })))('case $index', async (given) => {
    const { json } = await reported(JSON.stringify(given.json));
    expect(sorted(json['minimalQuorums'])).toEqual(sorted(given.minimalQuorums));
    expect(sorted(json['minimalBlockingSets'])).toEqual(sorted(given.minimalBlockingSets));
    expect(json).toMatchObject({ minSplittingSize: given.minSplittingSetSize, q: given.Qk });
    expect(typeof json['load']).toBe('string');
  });
});

describe.skipIf(alliances === undefined)('figures of others: alliances', () => {
  it.each(alliances?.big ?? [])('$outer of $orgs organizations, $inner of $servers servers each', async (given) => {
    const organizations = Array.from({ length: given.orgs }, (_, at) => `o${at}: ${given.inner} of ${given.servers}`);
    const text = `${given.outer} of (${organizations.join(', ')})`;
    const { json } = await reported(text, '--list', '5', '--availability', '0.95');
    expect(json['minimalQuorums']).toHaveLength(5);
    expect(json).toMatchObject({
      minimalQuorumCount: given.minimalQuorumCount,
      minimalBlockingSetCount: given.minimalBlockingCount,
      minQuorumSize: given.minQuorumSize,
      minBlockingSize: given.minBlockingSize,
      minSplittingSize: given.minSplittingSize,
      load: given.load,
      organizations: { minBlockingSize: given.minOrgsToBlock, minSplittingSize: given.minOrgsToSplit_wholeOrgs },
    });
    expect(json['availability']).toBeCloseTo(given['avail_.95'], 9);
    const { json: grouped } = await reported(text, '--list', '5', '--level', 'org');
    expect(grouped).toMatchObject({ level: 'org', minBlockingSize: given.minOrgsToBlock });
    expect((grouped['minimalBlockingSets'] as readonly unknown[])[0]).toHaveLength(given.minOrgsToBlock);
  });
});

describe('the first line', () => {
  const four = 'f=1 t=1 of (a, b, c, d)';

  it.each([
    ['SAFE', 0, ['3 of (a, b, c, d)']],
    ['FRAGILE', 0, ['2 of (a, b, c)']],
    ['FRAGILE', 0, ['all of (a, b)']],
    ['UNSAFE', 1, ['2 of (a, b, c, d)']],
    ['SAFE', 0, ['2 of (a, b, c, d)', '--trust', four]],
    ['UNSAFE', 1, ['1 of (a, b, c, d)', '--trust', four]],
    ['FRAGILE', 0, ['all of (a, b, c, d)', '--trust', four]],
    ['UNSAFE', 1, ['3 of (a, b, c)', '--trust', 'f=1 of (a, b, c)']],
    ['UNSAFE', 1, ['3 of (a, b, c, d)', '--away', 'a,b']],
    ['FRAGILE', 0, ['3 of (a, b, c, d)', '--away', 'a']],
  ])('%s, exit %i: %j', async (verdict, exitCode, argv) => {
    const found = await reported(...argv);
    expect([found.json['verdict'], found.exitCode]).toEqual([verdict, exitCode]);
    const { stdout } = await run('policy', 'check', ...argv);
    expect(stdout.startsWith(`${verdict}: `)).toBe(true);
  });

  it('is UNKNOWN, exit 3, when there was no time to tell', async () => {
    const places = Array.from({ length: 24 }, (_, at) => `2 of (x${at}, x${(at * 5 + 1) % 24}, x${(at * 7 + 2) % 24})`);
    const { json, exitCode } = await reported(`13 of (${places.join(', ')})`, '--budget', '0');
    expect([json['verdict'], exitCode]).toEqual(['UNKNOWN', 3]);
    expect(json).toMatchObject({ minimalQuorumCount: null, unknown: { minimalQuorumCount: {} } });
  });

  it('shows two quorums that never met, and liars who can act', async () => {
    const apart = await reported('any of (acme: 2 of 3, globex: 2 of 3)');
    expect(apart.json['findings']).toEqual([
      'Two quorums may act without having met: {globex/1, globex/2} and {acme/1, acme/2}.',
    ]);
    const forged = await reported('any of (a, b, c, d)', '--trust', four);
    expect(forged.json).toMatchObject({
      conditions: { C1: { status: 'holds' }, C2: { status: 'violated' }, C2l: { status: 'holds' } },
      fit: { unforgeable: { status: 'violated' }, live: { status: 'holds' } },
    });
    expect(forged.json['findings']).toEqual([expect.stringMatching(/^\{.\} may be Byzantine together, and can act/)]);
  });
});

describe('arguments', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'koinon-policy-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
  });

  async function file(name: string, text: string): Promise<string> {
    const path = join(directory, name);
    await writeFile(path, text);
    return path;
  }

  it('may be files, of text or of JSON, and failure models', async () => {
    const text = await file('text.policy', '# all but one\n3 of (a, b, # two\n c, d)\n');
    const json = await file(
      'json.policy',
      '{"threshold": 3, "of": [{"member": "a"}, {"member": "b"}, {"member": "c"}]}',
    );
    expect((await reported(text)).json['minQuorumSize']).toBe(3);
    expect((await reported(json)).json['minQuorumSize']).toBe(3);
    const wrong = await file('wrong.policy', '{"threshold": 0, "of": [{"member": "a"}]}');
    expect((await run('policy', 'check', wrong)).stderr).toContain(`${wrong}: at `);
    const model = await file(
      'model.json',
      '{"server": 0.5, "groups": [{"name": "g", "members": ["a", "b"], "up": 0.5}]}',
    );
    expect((await reported('any of (a, b)', '--availability', model)).json['availability']).toBeCloseTo(0.375, 14);
  });

  it('resolve names and rules among the members of the trust model', async () => {
    const trust = 'f=1 of (acme: f=1 of 4, globex: f=1 of 4, initech: f=1 of 4, umbrella: f=1 of 4)';
    const { json } = await reported('3 of orgs (3 of servers)', '--trust', trust);
    expect(json).toMatchObject({ verdict: 'SAFE', minQuorumSize: 9 });
  });

  it.each([
    [['2 of (a, b'], /^koinon: line 1, column 11: expected .*not the end/],
    [['3 of (a, b)'], /column 1: expected k from 1 to 2/],
    [['2 of (a, a)'], /expected each member once in a list \(a stands here a second time\)/],
    [['no-such-file'], /no-such-file: no such file, nor a policy such as/],
    [['{"threshold": 1, "of": [{"member": "a"}], "x": 1}'], /at \/x: expected no such key/],
    [['2 of (a, b)', '--trust', 'f=1 of (a, c, d, e)'], /b is not a member of the trust model/],
    [['majority of orgs'], /orgs/],
    [['2 of (a, b)', '--availability', '2'], /expected a probability from 0 to 1/],
    [['2 of (a, b)', '--availability', '{"server": 2}'], /at \/server: expected a probability/],
    [['2 of (a, b)', '--list', '-1'], /Expected an integer/],
    [['2 of (a, b)', '--gone', 'x'], /x: no member or organization of the policy/],
  ] as const)('are refused with what to mend: %j', async (argv, complaint) => {
    const { exitCode, stdout, stderr } = await run('policy', 'check', ...argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(complaint);
  });
});

describe('koinon policy compare', () => {
  it.each([
    ['SAME', '2 of (a, b, c)', '(a and b) or (a and c) or (b and c)'],
    ['WIDER', '3 of (a, b, c)', '2 of (a, b, c)'],
    ['NARROWER', 'any of (a, b)', 'a and b'],
    ['DIFFERENT', '2 of (a, b, c)', '2 of (b, c, d)'],
  ])('%s: %s, %s', async (relation, before, after) => {
    const { exitCode, stdout } = await run('policy', 'compare', before, after);
    expect(exitCode).toBe(0);
    expect(stdout.startsWith(`${relation}: `)).toBe(true);
  });

  it('tells figures side by side, and who gains and loses', async () => {
    const { stdout } = await run('policy', 'compare', '2 of (a, b, c)', 'a and (b or d)', '--availability', '0.9');
    expect(stdout).toMatch(/^act together +2 +2$/m);
    expect(stdout).toMatch(/^load +2\/3 +1$/m);
    expect(stdout).toMatch(/^could act before, and cannot after: \{b, c\}$/m);
    expect(stdout).toMatch(/^veto gained: a$/m);
    expect(stdout).toMatch(/^members gained: d$/m);
    expect(stdout).toMatch(/^members lost: c$/m);
    const { stdout: json } = await run('policy', 'compare', '2 of (a, b, c)', 'a and (b or d)', '--json');
    expect(JSON.parse(json)).toMatchObject({
      beforeWithinAfter: { status: 'violated' },
      vetoes: { gained: ['a'], lost: [] },
      before: { minBlockingSize: 2 },
      after: { minBlockingSize: 1 },
    });
  });
});

describe('koinon policy search', () => {
  const four = ['--orgs', 'acme:4,globex:4,initech:4,umbrella:4'];

  it('finds what survives any organization and a server in each other, with the least load', async () => {
    const { exitCode, stdout } = await run('policy', 'search', ...four, '--survive-servers', '1', '--json');
    expect(exitCode).toBe(0);
    const { found, trust } = JSON.parse(stdout) as { found: readonly Record<string, string>[]; trust: string };
    expect(found[0]).toMatchObject({ load: '1/4', minQuorumSize: 4 });
    const judged = await reported(found[0]?.['policy'] ?? '', '--trust', trust);
    expect(judged.json).toMatchObject({ verdict: 'SAFE', load: '1/4', minQuorumSize: 4 });
  });

  it('shows the neighbours that do not do, and long policies as rules', async () => {
    const { stdout } = await run('policy', 'search', '--orgs', '20x7', '--survive-orgs', '3', '--survive-servers', '1');
    expect(stdout).toMatch(/^1\. 4 of orgs \(2 of servers\)$/m);
    expect(stdout).toMatch(/^ {2}3 of orgs \(2 of servers\): \{.*\} can act alone$/m);
  });

  it('says what could be survived where that cannot', async () => {
    const { exitCode, stdout, stderr } = await run('policy', 'search', '--orgs', '3x4', '--role', 'storage');
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/can be survived: 0 and 1 inside each other/);
  });

  it.each([
    [['--orgs', 'acme:0'], /Expected organizations with their numbers of servers/],
    [['--orgs', 'acme:4,acme:4'], /the organizations: expected distinct names/],
    [[], /required option '--orgs <list>' not specified/],
    [['--orgs', '4x4', '--up', '1.5'], /Expected a probability/],
    [['--orgs', '4x4', '--survive-orgs', '4'], /less than all of them/],
  ])('refuses %j', async (argv, complaint) => {
    const { exitCode, stdout, stderr } = await run('policy', 'search', ...argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(complaint);
  });
});
