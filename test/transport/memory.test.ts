/** The transport inside one process. */
import { expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { MemoryNetwork } from '../../src/transport/memory.js';
import { ear, ids, until } from './support.js';

const [a, b, c] = ids;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('delivers copies, in order, in a later turn, to those who are there', async () => {
  const network = new MemoryNetwork();
  const [left, right] = [ear(), ear()];
  const one = network.join(a, left.listener);
  const two = network.join(b, right.listener);
  const frame = utf8('1');
  one.send(b, frame);
  one.send(b, utf8('2'));
  one.send(c, utf8('nobody'));
  one.send(a, utf8('myself'));
  two.send(a, utf8('3'));
  frame.fill(0);
  expect([right.frames, right.up]).toEqual([[], []]);
  await until(() => right.frames.length === 2 && left.frames.length === 1, 'the frames');
  expect(right.frames).toEqual([
    { from: a, frame: utf8('1') },
    { from: a, frame: utf8('2') },
  ]);
  expect([left.up, right.up]).toEqual([[b], [a]]);
  await turn();
  expect(left.frames).toEqual([{ from: b, frame: utf8('3') }]);
});

it('ends with its close, and a new transport takes its place', async () => {
  const network = new MemoryNetwork();
  const [left, right, again] = [ear(), ear(), ear()];
  const one = network.join(a, left.listener);
  const two = network.join(b, right.listener);
  one.send(b, utf8('lost'));
  await two.close();
  two.send(a, utf8('too late'));
  await until(() => left.down.length === 1, 'the end');
  network.join(b, again.listener);
  one.send(b, utf8('found'));
  await until(() => again.frames.length === 1, 'the frame');
  expect([right.frames, left.frames, left.up]).toEqual([[], [], [b, b]]);
});
