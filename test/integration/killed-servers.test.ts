import { afterEach, expect, it } from 'vitest';
import { fromUtf8, utf8 } from '../../src/prelude/bytes.js';
import { present } from '../../src/prelude/invariant.js';
import { AllianceProcesses, eventually } from './alliance-processes.js';

let alliance: AllianceProcesses | undefined;

afterEach(async () => {
  await alliance?.end();
});

/** A small multiplicative congruential generator: the same moments in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 0x7fffffff;
    return state / 0x7fffffff;
  };
}

it('decides every command once and in order while each server, the leader included, is killed at twenty moments', async () => {
  alliance = await AllianceProcesses.found();
  const { ids } = alliance;
  await alliance.startAll();
  const client = alliance.client({ from: 0 });
  const random = seeded(20_261_122);

  const ending = new AbortController();
  let sent = 0;
  const outcomes: Promise<{ readonly _tag: string }>[] = [];
  let committed = 0;
  const stream = (async () => {
    while (!ending.signal.aborted) {
      outcomes.push(
        client.propose(utf8(`command ${sent}`)).then((outcome) => {
          if (outcome._tag === 'committed') committed += 1;
          return outcome;
        }),
      );
      sent += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();

  await eventually('the first command is committed', () => committed > 0);
  let leadersKilled = 0;
  const killed = new Set<string>();
  for (let moment = 0; moment < 20; moment++) {
    const turn = ids.slice(moment % ids.length);
    const victim = present([...turn, ...ids][Math.floor(2 * random())], 'four servers');
    killed.add(victim);
    await new Promise((resolve) => setTimeout(resolve, 200 * random()));
    const status = await client.askStatus(victim, 10_000);
    if (status?.leader === victim) leadersKilled += 1;
    await alliance.kill(victim);
    const before = committed;
    await eventually(`the others go on without ${victim}`, () => committed > before);
    expect(await alliance.start(victim)).toBe(true);
    await eventually(`${victim} is back`, async () => {
      const back = await client.askStatus(victim, 1000);
      return back !== undefined && back.connected.length === 3;
    });
  }
  ending.abort();
  await stream;
  const settled = await Promise.all(outcomes);
  expect(settled.filter(({ _tag }) => _tag !== 'committed')).toEqual([]);
  expect(leadersKilled).toBeGreaterThan(0);
  expect(killed.size).toBe(ids.length);

  const expected = Array.from({ length: sent }, (_, index) => `command ${index}`);
  const logs = ids.map((id) => present(alliance, 'an alliance runs').follow(id));
  await eventually('every server serves the whole log', () => logs.every(({ delivered }) => delivered.length >= sent));
  for (const { delivered, doubts } of logs) {
    expect(delivered.map(({ command }) => fromUtf8(command))).toEqual(expected);
    expect(doubts).toEqual([]);
  }
  const last = Math.min(...logs.map(({ certificates }) => certificates.at(-1)?.slot ?? 0));
  expect(last).toBeGreaterThan(0);
});
