/** Cutting what comes in pieces. */

/** Pieces one after another, cut anew into arrays of `length` bytes, the last of them shorter: copies. */
export function* cut(pieces: Iterable<Uint8Array>, length: number): Generator<Uint8Array> {
  let next = new Uint8Array(length);
  let filled = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + length - filled);
      next.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < length) continue;
      yield next;
      next = new Uint8Array(length);
      filled = 0;
    }
  }
  if (filled > 0) yield next.subarray(0, filled);
}
