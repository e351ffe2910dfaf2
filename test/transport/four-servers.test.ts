/** Four servers exchange many frames while one is killed and comes back: what arrives is what was sent, in order within a link. */
import { afterAll, expect, it } from 'vitest';
import type { ProcessId } from '../../src/prelude/process.js';
import type { TlsTransport } from '../../src/transport/tls.js';
import { ear, freePorts, type Heard, ids, optionsFor, start, until } from './support.js';

const transports = new Map<ProcessId, TlsTransport>();
const ears = new Map<ProcessId, Heard>();
afterAll(async () => {
  await Promise.all([...transports.values()].map((transport) => transport.close()));
});

const frameCount = 10_000;

/** `number u32`, then a byte that depends on sender and number, as often as the number says. */
function frameOf(from: ProcessId, number: number): Uint8Array {
  const frame = Buffer.alloc(4 + (number % 300), number + from.charCodeAt(0));
  frame.writeUInt32BE(number);
  return frame;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it(`exchanges ${frameCount} frames in each direction of each pair`, async () => {
  const ports = await freePorts(4);
  const open = async (id: ProcessId): Promise<void> => {
    const heard = ears.get(id) ?? ear();
    ears.set(id, heard);
    transports.set(id, await start(optionsFor(id, ports, heard)));
  };
  await Promise.all(ids.map(open));
  await until(() => ids.every((id) => ears.get(id)?.up.length === 3), 'all links');
  const [, victim] = ids;
  const startedAt = performance.now();
  for (let number = 0; number < frameCount; number++) {
    for (const from of ids)
      for (const to of ids) if (from !== to) transports.get(from)?.send(to, frameOf(from, number));
    if (number % 20 === 0) await turn();
    if (number === 4000) await transports.get(victim)?.close();
    if (number === 6000) {
      await open(victim);
      const rejoined = (id: ProcessId): boolean => ears.get(id)?.up.filter((peer) => peer === victim).length === 2;
      await until(
        () => ids.every((id) => id === victim || rejoined(id)) && ears.get(victim)?.up.length === 6,
        'the links of the one that came back',
      );
    }
  }
  const lastSeen = (to: ProcessId, from: ProcessId): number => {
    const last = ears.get(to)?.frames.findLast((heard) => heard.from === from);
    return last === undefined ? -1 : Buffer.from(last.frame).readUInt32BE();
  };
  await until(
    () => ids.every((to) => ids.every((from) => from === to || lastSeen(to, from) === frameCount - 1)),
    'the last frames',
  );
  const elapsed = performance.now() - startedAt;
  let total = 0;
  for (const to of ids) {
    for (const from of ids.filter((id) => id !== to)) {
      const frames = ears.get(to)?.frames.filter((heard) => heard.from === from) ?? [];
      const numbers = frames.map(({ frame }) => Buffer.from(frame).readUInt32BE());
      expect(numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0))).toBe(true);
      expect(frames.every(({ frame }, index) => Buffer.compare(frame, frameOf(from, numbers[index] ?? 0)) === 0)).toBe(
        true,
      );
      if (from !== victim && to !== victim) expect(numbers.length).toBe(frameCount);
      else expect(numbers.length).toBeGreaterThan(frameCount / 2);
      total += frames.length;
    }
  }
  expect(ears.get(ids[0])?.down[0]).toEqual({
    peer: victim,
    reason: `refused by the other side: ${victim} is shutting down`,
  });
  console.info(`${Math.round((total / elapsed) * 1000)} frames/s through four servers in one process`);
});

it('measures a round trip', async () => {
  const ports = await freePorts(2);
  const [left, right] = [ear(), ear()];
  const [a, b] = ids;
  const echo = {
    ...right,
    listener: {
      ...right.listener,
      onFrame: (from: ProcessId, frame: Uint8Array) => {
        two.send(from, frame);
      },
    },
  };
  const two = await start(optionsFor(b, ports, echo));
  const one = await start(optionsFor(a, ports, left));
  await until(() => left.up.length === 1 && right.up.length === 1, 'the link');
  const times: number[] = [];
  for (let round = 1; round <= 500; round++) {
    const sentAt = performance.now();
    one.send(b, new Uint8Array(100));
    while (left.frames.length < round) await turn();
    times.push(performance.now() - sentAt);
  }
  times.sort((x, y) => x - y);
  console.info(`round trip: median ${(times[250] ?? 0).toFixed(3)} ms, p99 ${(times[495] ?? 0).toFixed(3)} ms`);
  expect(left.frames.length).toBe(500);
  await Promise.all([one.close(), two.close()]);
});
