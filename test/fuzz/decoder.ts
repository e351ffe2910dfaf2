/** What the fuzzer knows of a decoder, and the properties that every one of them must have. */
import { cpuUsage, memoryUsage } from 'node:process';
import { equalBytes, fromUtf8, toHex, utf8 } from '../../src/prelude/bytes.js';
import { E, type Either } from '../../src/prelude/fp.js';
import { Prng } from '../support/simulation/random.js';
import { mutatedBytes, type Specimen } from './byte-mutation.js';
import { fieldsOf } from './fields.js';
import { abysses, mutatedText } from './text-mutation.js';

/** A way into the program for bytes or texts that anybody may have written. */
export interface Decoder {
  readonly name: string;
  /** Files of src that this decodes for, with the number of places in each where it is asked or defined. */
  readonly covers: Readonly<Record<string, number>>;
  readonly form: 'bytes' | 'json' | 'text';
  /** Valid inputs. */
  readonly corpus: readonly Uint8Array[];
  /** What an input decodes to, encoded again; `undefined` where it is refused. */
  readonly again: (bytes: Uint8Array) => Uint8Array | undefined;
  /** How many inputs of the usual number it gets; dear ones get fewer. */
  readonly share?: number;
}

/** A decoder of bytes, by what it decodes and encodes. */
export function bytesDecoder<A>(
  name: string,
  covers: Decoder['covers'],
  corpus: readonly Uint8Array[],
  decode: (bytes: Uint8Array) => Either<unknown, A>,
  encode: (value: A) => Uint8Array,
): Decoder {
  const again = (bytes: Uint8Array) => {
    const decoded = decode(bytes);
    return E.isLeft(decoded) ? undefined : encode(decoded.right);
  };
  return { name, covers, form: 'bytes', corpus, again };
}

/** A decoder of texts. What decodes is written in one way, which decodes to the same. */
export function textDecoder<A>(
  name: string,
  covers: Decoder['covers'],
  form: 'json' | 'text',
  corpus: readonly string[],
  decode: (text: string) => Either<unknown, A>,
  encode: (value: A) => string,
): Decoder {
  const again = (bytes: Uint8Array) => {
    const decoded = decode(fromUtf8(bytes) ?? '\ud800');
    return E.isLeft(decoded) ? undefined : utf8(encode(decoded.right));
  };
  return { name, covers, form, corpus: corpus.map(utf8), again };
}

/** What one input may take beyond a multiple of its length: far below what a false length could claim. */
const maxBytes = 24 * 1024 * 1024;
const maxBytesPerByte = 256;
const maxCpuMs = 1_500;

/** Whether a decoder accepts an input. Throws where it has a fault. */
function accepts({ again, form }: Decoder, input: Uint8Array): boolean {
  const before = memoryUsage();
  const startedAt = cpuUsage();
  const output = again(input);
  const { user } = cpuUsage(startedAt);
  const after = memoryUsage();
  const taken = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
  if (taken > maxBytes + maxBytesPerByte * input.length) throw new Error(`it took ${taken} bytes`);
  if (user / 1000 > maxCpuMs) throw new Error(`it took ${user / 1000} ms`);
  if (output === undefined) return false;
  if (form === 'bytes' && !equalBytes(output, input)) throw new Error(`it is encoded again as ${toHex(output)}`);
  const second = form === 'bytes' ? output : again(output);
  if (second === undefined || !equalBytes(second, output))
    throw new Error(`it is written in a way that reads otherwise: ${fromUtf8(output) ?? ''}`);
  return true;
}

export interface FuzzResult {
  readonly accepted: number;
  readonly refused: number;
}

/** Feeds a decoder with its corpus and with `count` mutants of it. Throws with the input at the first fault. */
export function fuzz(decoder: Decoder, count: number, seed: number): FuzzResult {
  const { form, corpus, again, name } = decoder;
  const random = new Prng(seed);
  const texts = form === 'bytes' ? [] : corpus.map((bytes) => fromUtf8(bytes) ?? '');
  const specimens =
    form === 'bytes' ? corpus.map((bytes): Specimen => ({ bytes, fields: fieldsOf(bytes, again) })) : [];
  let accepted = 0;
  const feed = (input: Uint8Array): boolean => {
    try {
      return accepts(decoder, input);
    } catch (cause) {
      const shown = form === 'bytes' ? toHex(input) : JSON.stringify(fromUtf8(input));
      throw new Error(`${name}, seed ${seed}, fed with ${shown.slice(0, 4000)}`, { cause });
    }
  };
  for (const valid of corpus) if (!feed(valid)) throw new Error(`${name}: its corpus is refused`);
  if (form !== 'bytes') for (const text of abysses) feed(utf8(text));
  for (let index = 0; index < count; index++) {
    const input =
      form === 'bytes' ? mutatedBytes(specimens, random) : utf8(mutatedText(texts, form === 'json', random));
    if (feed(input)) accepted += 1;
  }
  return { accepted, refused: count - accepted };
}
