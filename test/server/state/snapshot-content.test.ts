/** The bytes of a snapshot: one encoding of each state, and nothing else is read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, utf8 } from '../../../src/prelude/bytes.js';
import { Writer } from '../../../src/prelude/canonical.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { DeliveryTable } from '../../../src/consensus/delivery.js';
import { noEpochChange } from '../../../src/consensus/epoch-change.js';
import { chunkBytes } from '../../../src/consensus/manifest.js';
import { cut } from '../../../src/server/state/chunking.js';
import { decodeSnapshot, encodeSnapshot, type SnapshotContent } from '../../../src/server/state/snapshot-content.js';
import { right } from '../../support/right.js';
import { batchesUpTo } from './replicated-log.js';

const chain = digest(utf8('chain'));

function content(states: Readonly<Record<string, Uint8Array>>, last = 5): SnapshotContent {
  const delivery = DeliveryTable.empty();
  for (const [index, batch] of batchesUpTo(last).entries()) delivery.deliver(index + 1, batch);
  return { slot: 64, chain, epoch: 3, delivery, change: noEpochChange, states: new Map(Object.entries(states)) };
}

const encode = (snapshot: SnapshotContent): Uint8Array => concatBytes(...encodeSnapshot(snapshot));
const small = encode(content({ b: utf8('of b'), a: utf8('') }));
const empty = encode(content({}, 0));

describe('a snapshot', () => {
  it('is read back to what encodes to the same bytes, whatever the order of its states', () => {
    const name = fc.constantFrom('a', 'b', 'A', 'z.z', '_0', 'ledger');
    const states = fc.dictionary(name, fc.uint8Array({ maxLength: 50 }), { noNullPrototype: true });
    fc.assert(
      fc.property(states, fc.nat(9), (some, last) => {
        const bytes = encode(content(some, last));
        const reversed = Object.fromEntries(Object.entries(some).reverse());
        expect(encode(content(reversed, last))).toEqual(bytes);
        const back = right(decodeSnapshot(bytes));
        expect(encode(back)).toEqual(bytes);
        expect([back.slot, back.chain, back.epoch, Object.fromEntries(back.states)]).toEqual([64, chain, 3, some]);
      }),
    );
  });

  it('is refused, or another snapshot, with any bit flipped, any byte missing, any byte more', () => {
    for (let at = 0; at < small.length; at++) {
      const changes: Uint8Array[] = [1, 0x80].map((bit) =>
        small.map((byte, index) => (index === at ? byte ^ bit : byte)),
      );
      changes.push(concatBytes(small.subarray(0, at), small.subarray(at + 1)));
      changes.push(concatBytes(small.subarray(0, at), Uint8Array.of(0), small.subarray(at)));
      for (const changed of changes) {
        const read = decodeSnapshot(changed);
        // The same bytes again: a byte was put beside an equal one, and nothing else can be.
        if (E.isRight(read)) expect(encode(read.right)).toEqual(changed);
      }
    }
    for (const wrong of [small.subarray(1), concatBytes(small, Uint8Array.of(0)), small.subarray(0, -1)])
      expect(E.isLeft(decodeSnapshot(wrong))).toBe(true);
  });

  const header = (format = 1, slot = 64, epoch = 1) =>
    new Writer().u16(format).u64(slot).fixed(chain).u64(epoch).u32(0).bool(false).bool(false);

  it.each<[string, Writer, string]>([
    ['of another format', header(2).u32(0), 'format 1'],
    ['of slot 0', header(1, 0).u32(0), 'a slot and an epoch from 1'],
    ['of epoch 0', header(1, 1, 0).u32(0), 'a slot and an epoch from 1'],
    ['with names that descend', header().u32(2).text('b').u64(0).text('a').u64(0), 'names of applications that ascend'],
    ['with a name twice', header().u32(2).text('a').u64(0).text('a').u64(0), 'names of applications that ascend'],
    ['with a name that is none', header().u32(1).text('a/b').u64(0), 'names of applications that ascend'],
    ['with too many names', header().u32(1025), 'at most 1024 items'],
    [
      'with a state that is longer than everything',
      header()
        .u32(1)
        .text('a')
        .u64(2 ** 52),
      `${2 ** 52} more bytes`,
    ],
  ])('%s is refused', (_, writer, expected) => {
    expect(decodeSnapshot(writer.finish())).toMatchObject({ left: { expected } });
  });

  it('of nothing is a header', () => {
    expect(empty).toEqual(header(1, 64, 3).u32(0).u32(0).finish().slice(0, empty.length));
    expect(right(decodeSnapshot(empty)).states.size).toBe(0);
  });
});

describe('cutting', () => {
  it('gives the same bytes in parts of one length, the last shorter', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (pieces, length) => {
          const parts = [...cut(pieces, length)];
          expect(concatBytes(...parts)).toEqual(concatBytes(...pieces));
          expect(parts.slice(0, -1).every((part) => part.length === length)).toBe(true);
          expect(parts.every((part) => part.length > 0 && part.length <= length)).toBe(true);
        },
      ),
    );
    expect([...cut([new Uint8Array(chunkBytes)], chunkBytes)]).toHaveLength(1);
  });
});
