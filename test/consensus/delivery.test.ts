/** Exactly once, in the order of each session, whatever is decided; and the table's own encoding. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAll, Writer } from '../../src/prelude/canonical.js';
import { utf8 } from '../../src/prelude/bytes.js';
import type { Batch, Request } from '../../src/consensus/batch.js';
import { DeliveryTable, maxClients, sessionsPerClient } from '../../src/consensus/delivery.js';
import { right } from '../support/right.js';

function request(firstSequence: number, count: number, session = 1, client = 'acme/app'): Request {
  const commands = Array.from({ length: count }, (_, index) => utf8(`${session}.${firstSequence + index}`));
  return { client, session, firstSequence, commands, signature: new Uint8Array(64) };
}

function deliverAll(table: DeliveryTable, batches: readonly Batch[]): readonly string[] {
  return batches.flatMap((batch, index) =>
    table.deliver(index + 1, batch).map(({ command }) => new TextDecoder().decode(command)),
  );
}

describe('the delivery table', () => {
  it('delivers what comes next, skips what was delivered, and waits at a gap', () => {
    const table = DeliveryTable.empty();
    const requests = [request(1, 2), request(1, 3), request(5, 1), request(4, 1), request(5, 1), request(2, 1)];
    const delivered = deliverAll(table, [{ requests: requests.slice(0, 3) }, { requests: requests.slice(3) }]);
    expect(delivered).toEqual(['1.1', '1.2', '1.3', '1.4', '1.5']);
    expect(table.lastSequence('acme/app', 1)).toBe(5);
  });

  it('numbers what a slot delivers', () => {
    const delivered = DeliveryTable.empty().deliver(7, { requests: [request(1, 2), request(1, 1, 2)] });
    expect(delivered.map(({ slot, index }) => [slot, index])).toEqual([
      [7, 0],
      [7, 1],
      [7, 2],
    ]);
  });

  it('delivers each session’s commands once and in order, whatever is decided', () => {
    const anyRequest = fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }))
      .map(([first, count, session]) => request(first, count, session));
    fc.assert(
      fc.property(fc.array(fc.array(anyRequest, { maxLength: 4 }), { maxLength: 12 }), (lists) => {
        const delivered = deliverAll(
          DeliveryTable.empty(),
          lists.map((requests) => ({ requests })),
        );
        for (const session of [1, 2, 3]) {
          const own = delivered.filter((text) => text.startsWith(`${session}.`));
          expect(own).toEqual(own.map((_, index) => `${session}.${index + 1}`));
        }
      }),
    );
  });

  it('forgets the oldest session of a client that has too many, and delivers it no more', () => {
    const table = DeliveryTable.empty();
    for (let session = 2; session <= sessionsPerClient + 2; session++)
      table.deliver(session, { requests: [request(1, 1, session)] });
    expect(table.isForgotten('acme/app', 1)).toBe(true);
    expect(table.isForgotten('acme/app', 2)).toBe(true);
    expect(table.isForgotten('acme/app', 3)).toBe(false);
    expect(table.isForgotten('acme/app', 1000)).toBe(false);
    expect(table.isForgotten('globex/app', 1)).toBe(false);
    expect(table.deliver(100, { requests: [request(2, 1, 2)] })).toEqual([]);
  });

  it('is written the same whatever the order, and read back', () => {
    const [one, other] = [DeliveryTable.empty(), DeliveryTable.empty()];
    const requests = [request(1, 3, 5), request(1, 1, 2, 'globex/app'), request(1, 2, 4)];
    one.deliver(1, { requests });
    other.deliver(1, { requests: [...requests].reverse() });
    const bytes = (table: DeliveryTable) => {
      const writer = new Writer();
      table.write(writer);
      return writer.finish();
    };
    expect(bytes(one)).toEqual(bytes(other));
    const back = right(readAll(bytes(one), (reader) => DeliveryTable.read(reader)));
    expect(bytes(back)).toEqual(bytes(one));
    expect(back.lastSequence('acme/app', 5)).toBe(3);
  });

  it('is replaced in place, by a copy', () => {
    const [kept, other] = [DeliveryTable.empty(), DeliveryTable.empty()];
    kept.deliver(1, { requests: [request(1, 3, 1, 'old/app')] });
    other.deliver(1, { requests: [request(1, 2)] });
    kept.replaceBy(other);
    other.deliver(2, { requests: [request(3, 5)] });
    const copy = kept.copy();
    copy.deliver(3, { requests: [request(3, 1)] });
    expect([kept, other, copy].map((table) => table.lastSequence('acme/app', 1))).toEqual([2, 7, 3]);
    expect(kept.lastSequence('old/app', 1)).toBe(0);
    kept.replaceBy(kept);
    expect(kept.lastSequence('acme/app', 1)).toBe(2);
  });
});

describe('the encoding of a delivery table', () => {
  type Entries = readonly (readonly [string, readonly (readonly [number, number])[]])[];
  const encoded = (entries: Entries, count = entries.length) => {
    const writer = new Writer().u32(count);
    for (const [client, sessions] of entries)
      writer.text(client).list(sessions, (inner, [session, sequence]) => inner.u64(session).u64(sequence));
    return writer.finish();
  };
  const read = (bytes: Uint8Array) => readAll(bytes, (reader) => DeliveryTable.read(reader));

  it.each<[string, Entries, string | undefined]>([
    ['nobody', [], undefined],
    [
      'two clients',
      [
        ['a/1', [[0, 1]]],
        [
          'a/2',
          [
            [7, 1],
            [8, 3],
          ],
        ],
      ],
      undefined,
    ],
    [
      'a client twice',
      [
        ['a/1', [[0, 1]]],
        ['a/1', [[1, 1]]],
      ],
      'clients that ascend',
    ],
    [
      'clients that descend',
      [
        ['a/2', [[0, 1]]],
        ['a/1', [[0, 1]]],
      ],
      'clients that ascend',
    ],
    [
      'a session twice',
      [
        [
          'a/1',
          [
            [4, 1],
            [4, 2],
          ],
        ],
      ],
      'sessions that ascend',
    ],
    [
      'sessions that descend',
      [
        [
          'a/1',
          [
            [4, 1],
            [3, 2],
          ],
        ],
      ],
      'sessions that ascend',
    ],
    ['nothing delivered', [['a/1', [[4, 0]]]], 'a sequence number from 1'],
    ['a client without a session', [['a/1', []]], 'a client with a session'],
    [
      'too many sessions',
      [['a/1', Array.from({ length: 65 }, (_, session) => [session, 1] as const)]],
      'at most 64 items',
    ],
  ])('that has %s', (_, entries, expected) => {
    const bytes = encoded(entries);
    const table = read(bytes);
    if (expected !== undefined) {
      expect(table).toMatchObject({ left: { expected } });
      return;
    }
    const writer = new Writer();
    right(table).write(writer);
    expect(writer.finish()).toEqual(bytes);
  });

  it('is refused beyond its bounds before anything is read', () => {
    expect(read(encoded([], 100_001))).toMatchObject({ left: { expected: 'at most 100000 items', offset: 4 } });
    expect(read(encoded([], 100_000))).toMatchObject({ left: { expected: '4 more bytes' } });
  });

  it('is not written where a reader would refuse it', () => {
    const table = DeliveryTable.empty();
    const one = request(1, 1);
    const requests = Array.from({ length: maxClients + 1 }, (_, index) => ({ ...one, client: `a/${index}` }));
    table.deliver(1, { requests });
    expect(() => {
      table.write(new Writer());
    }).toThrow('no more clients are enrolled');
  });
});
