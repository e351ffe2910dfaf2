/** The lines of a file or of standard input, as bytes without their ends; a last line without an end counts. */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { badInput, type Failure } from './outcome.js';
import { E, type Either } from '../prelude/fp.js';
import type { Io } from './io.js';

const newline = 10;

/** Opens `file`, or standard input for `-`. */
export async function openInput(file: string, io: Io): Promise<Either<Failure, Readable>> {
  if (file === '-') return E.right(io.stdin);
  const stream = createReadStream(file);
  return new Promise((resolve) => {
    stream.once('error', (error: NodeJS.ErrnoException) => {
      resolve(badInput(`${file}: cannot be read (${error.code ?? error.message})`));
    });
    stream.once('readable', () => {
      resolve(E.right(stream));
    });
  });
}

/** A file may hold any bytes; a line may have at most `maxBytes`, and a longer one is yielded cut to one byte more. */
export async function* linesOf(input: Readable, maxBytes: number): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const piece of input) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : (piece as Uint8Array);
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      yield join(rest, chunk.subarray(start, end), maxBytes);
      rest = new Uint8Array(0);
      start = end + 1;
    }
    rest = join(rest, chunk.subarray(start), maxBytes);
  }
  if (rest.length > 0) yield rest;
}

function join(rest: Uint8Array, part: Uint8Array, maxBytes: number): Uint8Array {
  return new Uint8Array(Buffer.concat([rest, part]).subarray(0, maxBytes + 1));
}
