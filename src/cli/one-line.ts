/** What others have written, on a terminal: a character that would break or move the line is shown by its number. */
import { fromUtf8, toHex } from '../prelude/bytes.js';

export function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) =>
    character === '\t' ? character : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** Bytes that may be text: as JSON and on one line; in hexadecimal where they are no UTF-8. */
export function readable(bytes: Uint8Array): {
  readonly json: { readonly text: string } | { readonly hex: string };
  readonly line: string;
} {
  const text = fromUtf8(bytes);
  const hex = toHex(bytes);
  return text === undefined ? { json: { hex }, line: hex } : { json: { text }, line: onOneLine(text) };
}
