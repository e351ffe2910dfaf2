import { describe, expect, it } from 'vitest';
import { run } from './run.js';

async function json(
  ...argv: readonly string[]
): Promise<{ readonly exitCode: number; readonly answer: Record<string, unknown> }> {
  const { exitCode, stdout } = await run('trust', 'check', ...argv, '--json');
  return { exitCode, answer: JSON.parse(stdout) as Record<string, unknown> };
}

const fourOnce = 'sets ({a}, {b}, {c}, {d}) slow ({a}, {b}, {c}, {d}) of (a, b, c, d)';

describe('koinon trust check', () => {
  it.each([
    ['SAFE', 0, 'f=1 t=1 of (a, b, c, d)'],
    ['FRAGILE', 0, 'f=0 of (a, b, c)'],
    ['UNSAFE', 1, 'f=1 of (a, b, c)'],
    ['SAFE', 0, fourOnce],
  ] as const)('says %s and exits with %i: %s', async (verdict, status, text) => {
    const { exitCode, stdout, stderr } = await run('trust', 'check', text);
    expect([exitCode, stderr]).toEqual([status, '']);
    expect(stdout.startsWith(`${verdict}: `)).toBe(true);
    expect(await json(text)).toMatchObject({ exitCode: status, answer: { verdict, accepted: status === 0 } });
  });

  it('says UNKNOWN and exits with 3 where the budget is too small', async () => {
    expect(await json(fourOnce, '--budget', '0')).toMatchObject({
      exitCode: 3,
      answer: { verdict: 'UNKNOWN', conditions: { C1: { status: 'holds' }, C2l: { status: 'unknown', leader: 'a' } } },
    });
  });

  it.each(['-1', 'soon', '3601', '1e3'])('refuses a budget of %s', async (seconds) => {
    const { exitCode, stderr } = await run('trust', 'check', 'f=0 of (a, b)', `--budget=${seconds}`);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/Expected seconds from 0 to 3600/);
  });

  it('gives each condition its status and witness, C2l over all leaders', async () => {
    const one = (name: string): object => ({ kind: 'byzantine', members: [name] });
    const { answer } = await json('f=1 t=1 of (a, b, c)');
    expect(answer['conditions']).toMatchObject({
      C1: { status: 'violated', witness: [one('a'), one('b'), one('c')] },
      C2: { status: 'violated' },
      C2l: { status: 'violated', leader: 'a', witness: expect.any(Array) as unknown },
    });
    const held = await json('f=1 t=1 of (a, b, c, d)');
    expect(held.answer['conditions']).toMatchObject({
      C1: { status: 'holds', witness: null },
      C2: { status: 'violated' },
      C2l: { status: 'holds', witness: null, leader: null },
    });
  });

  it('has no witness, but a reason, where only the sum of the weights refuses', async () => {
    const { exitCode, answer } = await json('weight f=3 of (a*2, b*2, c*2, d*2)');
    expect(exitCode).toBe(1);
    expect(answer['conditions']).toMatchObject({
      C1: { status: 'violated', witness: null, reason: expect.stringMatching(/errs on the safe side/) as unknown },
    });
  });

  it('gives the slack of every gate and the fronts', async () => {
    const { answer } = await json(
      'f=1 t=1 of (a: f=1 of 6, b: f=1 of 6, c: f=1 of 6, d: f=1 of 6, e: f=1 of 6, g: f=1 of 2)',
    );
    const [root, a] = answer['gates'] as readonly object[];
    expect(root).toEqual({
      path: '/',
      organization: null,
      f: 1,
      t: 1,
      childCount: 6,
      total: 6,
      slack: {
        C1: { good: 5, forced: 0, needed: 4, slack: 2 },
        C2: { good: 5, forced: 0, needed: 6, slack: 0 },
        C2l: { good: 5, forced: 0, needed: 6, slack: 0 },
      },
    });
    expect(a).toMatchObject({ path: '/of/0', organization: 'a', slack: { C1: { slack: 3 } } });
    expect(answer['fronts']).toEqual({
      byzantine: [{ root: 1, inner: 1 }],
      fast: [
        { root: 1, inner: 0 },
        { root: 0, inner: 1 },
      ],
      slow: [{ root: 0, inner: 1 }],
    });
  });

  it('has neither gates nor fronts for listed sets', async () => {
    expect((await json(fourOnce)).answer).toMatchObject({
      gates: [],
      fronts: null,
      largestSlow: null,
      trust: fourOnce,
    });
  });

  it('explains its words', async () => {
    const { stdout } = await run('trust', 'check', '--help');
    for (const word of ['SAFE', 'FRAGILE', 'UNSAFE', 'UNKNOWN', '--budget']) expect(stdout).toContain(word);
  });
});
