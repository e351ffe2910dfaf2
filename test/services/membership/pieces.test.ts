import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAll, Writer } from '../../../src/prelude/canonical.js';
import { present } from '../../../src/prelude/invariant.js';
import { cutIntoPieces, pieceLimits, Wholes } from '../../../src/services/membership/pieces.js';
import { right } from '../../support/right.js';

const long = Uint8Array.from({ length: 2 * pieceLimits.pieceBytes + 5 }, (_, index) => index % 251);

function copied(wholes: Wholes): Wholes {
  const writer = new Writer();
  wholes.write(writer);
  return right(readAll(writer.finish(), (reader) => Wholes.read(reader)));
}

describe('an act in pieces', () => {
  it('is whole when all have come, also across a snapshot', () => {
    const pieces = cutIntoPieces(long);
    expect(pieces).toHaveLength(3);
    let wholes = new Wholes();
    const came = pieces.map((piece) => {
      wholes = copied(wholes);
      return wholes.take('a/app', 1, piece);
    });
    expect(came.map(({ _tag }) => _tag)).toEqual(['waiting', 'waiting', 'whole']);
    expect(came[2]).toEqual({ _tag: 'whole', bytes: long });
  });

  it("is nobody else's, nor of another session", () => {
    const [first, second] = cutIntoPieces(long) as [Uint8Array, Uint8Array];
    const wholes = new Wholes();
    wholes.take('a/app', 1, first);
    expect(wholes.take('b/app', 1, second)._tag).toBe('refused');
    expect(wholes.take('a/app', 1, second)._tag).toBe('waiting');
    expect(wholes.take('a/app', 2, second)._tag).toBe('refused');
  });

  it('begins anew with a first piece, and ends with one that is out of its order', () => {
    const [first, second, third] = cutIntoPieces(long) as [Uint8Array, Uint8Array, Uint8Array];
    const wholes = new Wholes();
    wholes.take('a/app', 1, first);
    expect(wholes.take('a/app', 1, first)._tag).toBe('waiting');
    expect(wholes.take('a/app', 1, third)._tag).toBe('refused');
    expect(wholes.take('a/app', 1, second)._tag).toBe('refused');
  });

  it('is refused where the pieces make another one', () => {
    const [first, second, third] = cutIntoPieces(long) as [Uint8Array, Uint8Array, Uint8Array];
    const wholes = new Wholes();
    wholes.take('a/app', 1, first);
    const changed = Uint8Array.from(second);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    wholes.take('a/app', 1, changed);
    expect(wholes.take('a/app', 1, third)._tag).toBe('refused');
  });

  it('takes no more room than its organization has', () => {
    const wholes = new Wholes();
    const pieces = cutIntoPieces(new Uint8Array(pieceLimits.pieces * pieceLimits.pieceBytes));
    const most = Math.floor(pieceLimits.unfinishedBytes / pieceLimits.pieceBytes);
    for (const piece of pieces.slice(0, most - 10)) expect(wholes.take('a/app', 1, piece)._tag).toBe('waiting');
    const others = pieces.slice(0, 20).map((piece) => wholes.take('a/other', 1, piece)._tag);
    expect(others).toContain('refused');
    expect(wholes.take('b/app', 1, present(pieces[0], 'a piece'))._tag).toBe('waiting');
  });

  it('is never thrown at by what comes in its place', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1), fc.uint8Array({ maxLength: 60 }))), (commands) => {
        const wholes = new Wholes();
        for (const [session, body] of commands) wholes.take('a/app', session, body);
        expect(() => copied(wholes)).not.toThrow();
      }),
    );
  });
});
