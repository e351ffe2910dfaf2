/** A request's bytes are the same, whether it was read or made here, and however often they are asked for. */
import { describe, expect, it } from 'vitest';
import { Reader, Writer } from '../../src/prelude/canonical.js';
import { digest } from '../../src/prelude/digest.js';
import { utf8 } from '../../src/prelude/bytes.js';
import {
  detachedRequest,
  encodeRequest,
  readRequest,
  type Request,
  requestStatement,
  writeRequest,
} from '../../src/consensus/batch.js';

const [alliance, key] = [digest(utf8('alliance')), digest(utf8('key'))];
const made = (signatureLength = 64): Request => ({
  client: 'a/app',
  session: 7,
  firstSequence: 3,
  commands: [utf8('one'), utf8('')],
  signature: new Uint8Array(signatureLength).fill(9),
});
const readBack = (bytes: Uint8Array): Request => readRequest(new Reader(bytes));

describe('a request', () => {
  it('is signed and encoded alike, read or made', () => {
    const bytes = encodeRequest(made());
    const read = readBack(bytes);
    expect(encodeRequest(read)).toEqual(bytes);
    expect(requestStatement(alliance, key, read)).toEqual(requestStatement(alliance, key, made()));
    const writer = new Writer().u8(1);
    writeRequest(writer, read);
    expect(writer.finish()).toEqual(Uint8Array.of(1, ...bytes));
  });

  it('is another one with another signature or another number', () => {
    const read = readBack(encodeRequest(made()));
    const changed = { ...read, session: 8, signature: new Uint8Array(64) };
    expect(encodeRequest(changed)).toEqual(encodeRequest({ ...made(), session: 8, signature: new Uint8Array(64) }));
    expect(requestStatement(alliance, key, changed)).not.toEqual(requestStatement(alliance, key, read));
  });

  it('states the same whatever its signature is', () => {
    const short = made(5);
    encodeRequest(short);
    expect(requestStatement(alliance, key, short)).toEqual(requestStatement(alliance, key, made()));
  });

  it('is read within a frame without what stands beside it', () => {
    const bytes = encodeRequest(made());
    const frame = new Uint8Array(bytes.length + 2000);
    frame.set(bytes, 1000);
    const reader = new Reader(frame);
    reader.fixed(1000);
    const read = readRequest(reader);
    expect(encodeRequest(read)).toEqual(bytes);
    const detached = detachedRequest(read);
    expect(detached).toEqual(read);
    expect(detached.signature.buffer.byteLength).toBe(bytes.length);
    expect(encodeRequest(detached).buffer.byteLength).toBe(bytes.length);
  });
});
