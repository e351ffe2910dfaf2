/** The requests that wait, and which of them a leader proposes next. */
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { readAll } from '../../src/prelude/canonical.js';
import {
  type Batch,
  batchBytesOf,
  batchLimits,
  encodeRequest,
  isWellFormed,
  readRequest,
  type Request,
  requestFootprint,
} from '../../src/consensus/batch.js';
import { DeliveryTable, sessionsPerClient } from '../../src/consensus/delivery.js';
import { type PoolLimits, poolLimits, RequestPool } from '../../src/consensus/request-pool.js';
import { right } from '../support/right.js';

function request(firstSequence: number, session = 1, client = 'acme/app', command = 'x'): Request {
  return { client, session, firstSequence, commands: [utf8(command)], signature: new Uint8Array(64) };
}

function poolOf(limits: Partial<PoolLimits> = {}) {
  const table = DeliveryTable.empty();
  const roomy = { totalBytes: 10_000_000, clientBytes: 10_000_000, batchBytes: 1_000_000 };
  const pool = new RequestPool(table, { ...roomy, ...limits });
  let slot = 0;
  const decide = (batch: Batch, nowMs = 0): void => {
    slot += 1;
    table.deliver(slot, batch);
    pool.settle(batch, nowMs);
  };
  return { pool, decide };
}

function sequences(batch: Batch | undefined): readonly number[] {
  return (batch?.requests ?? []).map(({ firstSequence }) => firstSequence);
}

describe('the request pool', () => {
  it('proposes in the order of each session, and nothing twice', () => {
    const { pool } = poolOf();
    for (const sequence of [3, 1, 2, 5]) expect(pool.add(request(sequence), 0)).toBe('added');
    expect(pool.add(request(2), 0)).toBe('old');
    expect(sequences(pool.takeBatch())).toEqual([1, 2, 3]);
    expect(pool.hasProposable).toBe(false);
    pool.add(request(4), 0);
    expect(sequences(pool.takeBatch())).toEqual([4, 5]);
  });

  it('takes sessions in turn', () => {
    const { pool } = poolOf();
    for (const session of [1, 2]) for (const sequence of [1, 2]) pool.add(request(sequence, session), 0);
    expect(pool.takeBatch()?.requests.map(({ session, firstSequence }) => [session, firstSequence])).toEqual([
      [1, 1],
      [2, 1],
      [1, 2],
      [2, 2],
    ]);
  });

  it('proposes again what a gap kept from being delivered', () => {
    const { pool, decide } = poolOf();
    for (const sequence of [1, 2]) pool.add(request(sequence), 0);
    pool.takeBatch();
    decide({ requests: [request(2)] });
    expect(sequences(pool.takeBatch())).toEqual([1, 2]);
    decide({ requests: [request(1), request(2)] });
    expect(pool.oldestHeadMs).toBeUndefined();
    expect(pool.add(request(2), 0)).toBe('old');
  });

  it('goes on behind what others had decided meanwhile', () => {
    const { pool, decide } = poolOf();
    for (const sequence of [1, 2, 3, 4]) pool.add(request(sequence), 0);
    pool.noteProposed({ requests: [request(1)] });
    decide({ requests: [request(1), request(2), request(3)] });
    expect(sequences(pool.takeBatch())).toEqual([4]);
  });

  it('notes what is proposed again only where it follows without a gap', () => {
    const { pool } = poolOf();
    for (const sequence of [1, 2, 3]) pool.add(request(sequence), 0);
    pool.noteProposed({ requests: [request(3)] });
    expect(sequences(pool.takeBatch())).toEqual([1, 2, 3]);
    pool.resetProposals();
    pool.noteProposed({ requests: [request(1)] });
    expect(sequences(pool.takeBatch())).toEqual([2, 3]);
  });

  it('counts the waiting of heads alone, from when they became heads', () => {
    const { pool, decide } = poolOf();
    pool.add(request(2), 10);
    expect(pool.oldestHeadMs).toBeUndefined();
    pool.add(request(1), 20);
    expect(pool.oldestHeadMs).toBe(20);
    decide({ requests: [request(1)] }, 30);
    expect(pool.oldestHeadMs).toBe(30);
  });

  it('forwards each head once it has waited, and again after as long', () => {
    const { pool } = poolOf();
    pool.add(request(1), 0);
    pool.add(request(2), 0);
    pool.add(request(1, 2), 50);
    const at = (nowMs: number) => pool.takeToForward(nowMs, 100, 9).map(({ session }) => session);
    expect([at(99), at(100), at(120), at(150), at(199), at(200)]).toEqual([[], [1], [], [2], [], [1]]);
    expect(pool.takeToForward(1000, 100, 1)).toHaveLength(1);
  });

  it('keeps within its limits, and gives room back', () => {
    const size = requestFootprint(request(1));
    const { pool, decide } = poolOf({ totalBytes: 3 * size, clientBytes: 2 * size });
    expect([1, 2, 3].map((sequence) => pool.add(request(sequence), 0))).toEqual(['added', 'added', 'full']);
    expect([1, 2].map((sequence) => pool.add(request(sequence, 1, 'globex/app'), 0))).toEqual(['added', 'full']);
    decide({ requests: [request(1)] });
    expect(pool.add(request(3), 0)).toBe('added');
  });

  it('fills batches no further than their bounds', () => {
    const size = requestFootprint(request(1));
    const { pool } = poolOf({ batchBytes: 3 * size });
    for (let sequence = 1; sequence <= 5; sequence++) pool.add(request(sequence), 0);
    expect([sequences(pool.takeBatch()), sequences(pool.takeBatch())]).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it('has room in a batch for any request that is within bounds, however wide the window', () => {
    const text = 'x'.repeat(batchLimits.requestBytes / batchLimits.commandsPerRequest - 4);
    const commands = Array.from({ length: batchLimits.commandsPerRequest }, () => utf8(text));
    const longest = { ...request(1), commands };
    expect(isWellFormed(longest)).toBe(true);
    expect(isWellFormed({ ...longest, commands: [...commands.slice(1), utf8(`${text}${'x'.repeat(13)}`)] })).toBe(
      false,
    );
    for (const windowSlots of [8, 256, 4096]) {
      const { pool } = poolOf(poolLimits({ maxPendingBytes: 2 ** 26, windowSlots }));
      pool.add(longest, 0);
      expect(pool.takeBatch()).toEqual({ requests: [longest] });
    }
  });

  it('keeps the batches of a full window within what open slots may hold', () => {
    const ofWindow = (slots: number): number => slots * batchBytesOf(slots);
    expect([8, 96, 128, 256].map((slots) => ofWindow(slots) / 2 ** 20)).toEqual([8, 96, 96, 96]);
    expect(batchBytesOf(4096)).toBe(372_966);
  });

  it('keeps nothing of the frame that a request came in but the request', () => {
    const { pool } = poolOf();
    const small = request(1, 1, 'acme/app', 'a command');
    const frame = new Uint8Array(1_000_000);
    frame.set(encodeRequest(small));
    const came = right(readAll(frame.subarray(0, encodeRequest(small).length), readRequest));
    expect(pool.add(came, 0)).toBe('added');
    const [kept] = pool.first(1e9);
    expect(kept).toEqual(small);
    expect(kept?.signature.buffer.byteLength).toBe(encodeRequest(small).length);
    expect(pool.holds(came)).toBe(true);
    const large = { ...request(2), commands: [new Uint8Array(1000)] };
    pool.add(large, 0);
    expect(pool.first(1e9)[1]).toBe(large);
  });

  it('counts what commands take that say nothing', () => {
    const empties = (firstSequence: number) => ({
      ...request(firstSequence),
      commands: Array.from({ length: 1024 }, () => new Uint8Array(0)),
    });
    const { pool } = poolOf({ totalBytes: 1_000_000, clientBytes: 1_000_000 });
    const added = Array.from({ length: 20 }, (_, index) => pool.add(empties(1 + 1024 * index), 0));
    expect(added.filter((outcome) => outcome === 'added')).toHaveLength(8);
  });

  it('keeps as many sessions of a client as can deliver, the newest', () => {
    const { pool } = poolOf();
    for (let session = 1; session <= sessionsPerClient + 1; session++)
      expect(pool.add(request(2, session + 1), 0)).toBe('added');
    expect(pool.first(1e9).map(({ session }) => session)).not.toContain(2);
    expect(pool.first(1e9)).toHaveLength(sessionsPerClient);
    expect(pool.add(request(1, 1), 0)).toBe('full');
    expect(pool.add(request(1, 2, 'globex/app'), 0)).toBe('added');
  });

  it('lists for a new leader the first of every session, within so many bytes', () => {
    const { pool } = poolOf();
    for (const session of [1, 2]) for (const sequence of [2, 1, 3]) pool.add(request(sequence, session), 0);
    const listed = pool.first(4 * requestFootprint(request(1)));
    expect(listed.map(({ session, firstSequence }) => [session, firstSequence])).toEqual([
      [1, 1],
      [2, 1],
      [1, 2],
      [2, 2],
    ]);
  });
});
