/** Byte strings. Every function here returns a fresh array unless it says that it returns a view. */
import { invariant } from './invariant.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const empty: Uint8Array = new Uint8Array(0);

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Equality in time that depends on the lengths only up to the first difference; not for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

export function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length >= prefix.length && prefix.every((byte, index) => byte === bytes[index]);
}

const hexDigits = utf8('0123456789abcdef');

/** What is made into a text at once: engines bound the number of arguments. */
const hexStep = 1024;

/** Lower-case hexadecimal, two digits a byte. Made at once: a text added up digit by digit would be kept as a tree of its parts. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += hexStep) {
    const end = Math.min(bytes.length, start + hexStep);
    const codes: number[] = [];
    for (let index = start; index < end; index++) {
      const byte = bytes[index] ?? 0;
      codes.push(hexDigits[byte >> 4] ?? 0, hexDigits[byte & 15] ?? 0);
    }
    text += String.fromCharCode(...codes);
  }
  return text;
}

/** The value of a hexadecimal digit by its code; 16 for what is none. */
const digitValues = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(code));
  return value < 0 ? 16 : value;
});

/** The inverse of {@link toHex}; `undefined` for anything that {@link toHex} would not have written. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    const high = digitValues[text.charCodeAt(2 * index)] ?? 16;
    const low = digitValues[text.charCodeAt(2 * index + 1)] ?? 16;
    if ((high | low) > 15) return undefined;
    bytes[index] = high * 16 + low;
  }
  return bytes;
}

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Decodes strict UTF-8; `undefined` for malformed bytes. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Big-endian bytes of a non-negative integer, exactly `length` of them. The caller makes sure that it fits. */
export function bigIntToBytes(value: bigint, length: number): Uint8Array {
  const bytes = fromHex(value.toString(16).padStart(2 * length, '0'));
  invariant(bytes?.length === length, 'the integer fits its bytes');
  return bytes;
}

/** The non-negative integer that `bytes` are, big-endian; zero for none. */
export function bytesToBigInt(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}

/** The bytes of `a`, each xor the one of `b` at its place. */
export function xorBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint8Array(a);
  for (let index = 0; index < a.length; index++) result[index] = (a[index] ?? 0) ^ (b[index] ?? 0);
  return result;
}
