/** Changes to valid encodings: blind ones, and ones that know where integers, lengths, counts, items and options stand. */
import { concatBytes } from '../../src/prelude/bytes.js';
import { Writer } from '../../src/prelude/canonical.js';
import type { Prng } from '../support/simulation/random.js';
import type { Field } from './fields.js';

/** A valid encoding with its fields. */
export interface Specimen {
  readonly bytes: Uint8Array;
  readonly fields: readonly Field[];
}

type Change = (specimen: Specimen, random: Prng, others: readonly Specimen[]) => Uint8Array;

const integers = [0, 1, 2, 127, 128, 255, 256, 4095, 4096, 4097, 65_535, 65_536, 2 ** 24, 2 ** 31, 2 ** 32 - 1];
const longIntegers = [2 ** 32, 2 ** 52, 2 ** 53 - 2, 2 ** 53 - 1];

/** Replaces `bytes` from `start` to `end`. */
function spliced(bytes: Uint8Array, start: number, end: number, put: Uint8Array): Uint8Array {
  return concatBytes(bytes.subarray(0, start), put, bytes.subarray(end));
}

function u32(value: number): Uint8Array {
  return new Writer().u32(value).finish();
}

/** Two places in order. */
function stretch({ bytes }: Specimen, random: Prng): readonly [number, number] {
  const at = random.between(0, bytes.length);
  return [at, Math.min(bytes.length, at + random.between(0, 40))];
}

function fieldOf({ fields }: Specimen, random: Prng, ...kinds: readonly Field['kind'][]): Field | undefined {
  const found = fields.filter(({ kind }) => kinds.includes(kind));
  return found.length === 0 ? undefined : random.pick(found);
}

const blind: readonly Change[] = [
  ({ bytes }, random) => {
    const copy = Uint8Array.from(bytes);
    const at = random.between(0, copy.length - 1);
    if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << random.between(0, 7));
    return copy;
  },
  ({ bytes }, random) => bytes.subarray(0, random.between(0, bytes.length)),
  ({ bytes }, random) => concatBytes(bytes, random.bytes(random.between(1, 9))),
  ({ bytes }, random) => concatBytes(random.bytes(random.between(1, 9)), bytes),
  (specimen, random) => spliced(specimen.bytes, ...stretch(specimen, random), random.bytes(random.between(0, 12))),
  (specimen, random) => {
    const [start, end] = stretch(specimen, random);
    return spliced(specimen.bytes, start, start, specimen.bytes.subarray(start, end));
  },
  (specimen, random, others) => {
    const other = random.pick(others).bytes;
    return concatBytes(
      specimen.bytes.subarray(0, random.between(0, specimen.bytes.length)),
      other.subarray(random.between(0, other.length)),
    );
  },
  ({ bytes }, random) => {
    const at = random.between(0, bytes.length);
    return spliced(bytes, at, Math.min(bytes.length, at + 4), u32(random.pick(integers)));
  },
  (_, random) => random.bytes(random.between(0, 200)),
];

/** Sets an integer, of any width, to a telling value. */
const setInteger: Change = (specimen, random) => {
  const { bytes } = specimen;
  const field = fieldOf(specimen, random, 'integer');
  if (field === undefined) return bytes;
  const width = field.end - field.start;
  const candidates = width === 8 ? [...integers, ...longIntegers] : integers;
  const all = new Uint8Array(8).fill(random.pick([255, 128]));
  const value = random.chance(0.1) ? all : new Writer().u64(random.pick(candidates)).finish();
  return spliced(bytes, field.start, field.end, value.subarray(8 - width));
};

/** Claims a length or a count, with nothing behind it to match. */
const claimLength: Change = (specimen, random) => {
  const field = fieldOf(specimen, random, 'bytes', 'list');
  if (field === undefined) return specimen.bytes;
  const claimed = random.pick([...integers, field.items.length, field.items.length - 2, field.end - field.start - 3]);
  return spliced(specimen.bytes, field.start, field.start + 4, u32(Math.max(0, claimed)));
};

/** Makes a byte string longer or shorter, and its length right. */
const resize: Change = (specimen, random) => {
  const { bytes } = specimen;
  const field = fieldOf(specimen, random, 'bytes');
  if (field === undefined) return bytes;
  const body = bytes.subarray(field.start + 4, field.end);
  const longer = random.chance(0.05) ? random.pick([1024, 65_537, 300_000]) : random.between(1, 40);
  const changed = random.chance(0.5)
    ? concatBytes(body, new Uint8Array(longer).fill(97))
    : body.subarray(0, random.between(0, body.length));
  return spliced(bytes, field.start, field.end, concatBytes(u32(changed.length), changed));
};

/** Repeats, drops, swaps or multiplies the items of a list, and makes its count right. */
const rearrange: Change = (specimen, random) => {
  const { bytes } = specimen;
  const field = fieldOf(specimen, random, 'list');
  if (field === undefined || field.items.length < 2) return bytes;
  const items = field.items.slice(0, -1).map((start, index) => bytes.subarray(start, field.items[index + 1]));
  const one = random.pick(items);
  const changed = random.pick([
    () => [...items, one],
    () => [one, ...items],
    () => items.filter((item) => item !== one),
    () => random.shuffled(items),
    () => [...items].reverse(),
    () => Array.from({ length: Math.min(5000, Math.ceil(200_000 / Math.max(1, one.length))) }, () => one),
  ])();
  return spliced(bytes, field.start, field.end, concatBytes(u32(changed.length), ...changed));
};

/** Adds or drops what may be there or not. */
const toggle: Change = (specimen, random) => {
  const { bytes } = specimen;
  const field = fieldOf(specimen, random, 'option');
  if (field === undefined) return bytes;
  const isThere = bytes[field.start] === 1;
  const put = isThere ? Uint8Array.of(0) : concatBytes(Uint8Array.of(1), random.bytes(random.between(0, 80)));
  return spliced(bytes, field.start, isThere && random.chance(0.5) ? field.start + 1 : field.end, put);
};

/** Puts a field of another encoding in the place of one of the same kind. */
const transplant: Change = (specimen, random, others) => {
  const field = fieldOf(specimen, random, 'integer', 'fixed', 'bytes', 'list', 'option');
  const donor = random.pick(others);
  const other = field === undefined ? undefined : fieldOf(donor, random, field.kind);
  if (field === undefined || other === undefined) return specimen.bytes;
  return spliced(specimen.bytes, field.start, field.end, donor.bytes.subarray(other.start, other.end));
};

const aware: readonly Change[] = [
  setInteger,
  setInteger,
  claimLength,
  claimLength,
  resize,
  rearrange,
  toggle,
  transplant,
];

/** One to three changes to one of the specimens. */
export function mutatedBytes(specimens: readonly Specimen[], random: Prng): Uint8Array {
  const specimen = random.pick(specimens);
  const isAware = specimen.fields.length > 0 && random.chance(0.7);
  let bytes = random.pick(isAware ? aware : blind)(specimen, random, specimens);
  for (let more = random.pick([0, 0, 0, 1, 2]); more > 0; more--)
    bytes = random.pick(blind)({ bytes, fields: [] }, random, specimens);
  return bytes;
}
