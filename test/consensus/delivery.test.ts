/** Exactly once, in the order of each session, whatever is decided; and the table's own encoding. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAll, Writer } from '../../src/prelude/canonical.js';
import { utf8 } from '../../src/prelude/bytes.js';
import type { Batch, Request } from '../../src/consensus/batch.js';
import { DeliveryTable, sessionsPerClient } from '../../src/consensus/delivery.js';
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
});
