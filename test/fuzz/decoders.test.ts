/**
 * Bad input: every decoder of src, fed with changed encodings. None throws; none takes time or memory out of proportion;
 * what decodes encodes again to the very same bytes. `FUZZ_INPUTS` is how many inputs each gets, `FUZZ_SEED` which.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Reader, Writer } from '../../src/prelude/canonical.js';
import { ceremonyDecoders } from './ceremony-decoders.js';
import { consensusDecoders, pieceDecoder } from './consensus-decoders.js';
import { type Decoder, fuzz } from './decoder.js';
import { managementDecoders } from './management-decoders.js';
import { schemeDecoders } from './scheme-decoders.js';
import { serverDecoders } from './server-decoders.js';
import { textDecoders } from './text-decoders.js';

const inputs = Number(process.env['FUZZ_INPUTS'] ?? 200);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);

const decoders: readonly Decoder[] = [
  ...consensusDecoders,
  ...serverDecoders,
  ...textDecoders,
  ...schemeDecoders,
  ...ceremonyDecoders,
  ...managementDecoders,
];

/** Where bytes or texts from outside are decoded, and where such a decoder is defined. */
const door =
  /(?<!\.)\b(?:readAll|decodeJson|JSON\.parse|X509Certificate)\((?!\))|export (?:async )?function (?:decode|parse)[A-Z]|export const \w+Codec\b/gu;

/** Doors that no row of the table covers, and why none has to. */
const others: Readonly<Record<string, readonly [doors: number, why: string]>> = {
  'src/prelude/codec.ts': [2, 'what decodeJson is'],
  'src/prelude/json-keys.ts': [1, 'within decodeJson, of a string that is JSON'],
  'src/cli/commands/verify.ts': [1, 'stretches of fixed length, compared; test/cli'],
  'src/cli/commands/alliance/trusted-key.ts': [1, 'by the decoders of public keys and documents'],
  'src/cli/demo/proof.ts': [1, 'in a script that is written out, of what was written beside it'],
  'src/cli/governance/entry-argument.ts': [1, 'by the decoder of organizations; test/cli/governance'],
  'src/cli/written-argument.ts': [1, 'by the decoders of policies and trust models'],
  'src/management/changes/moves.ts': [2, 'with the plan of a change; moves-state.test.ts'],
  'src/management/governance/transcript.ts': [
    1,
    'of a digest that a document names; server/membership/transcripts.test.ts',
  ],
  'src/management/governance/proposal-record.ts': [1, 'of a chain whose head governance has; proposal-record.test.ts'],
  'src/services/membership/pieces.ts': [1, 'one after another; pieces.test.ts'],
  'src/server/founding/certificates.ts': [1, 'of what was just made'],
};

function sources(): readonly string[] {
  const root = resolve(import.meta.dirname, '../..');
  const names = readdirSync(resolve(root, 'src'), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => `src/${name.replaceAll('\\', '/')}`);
}

/** Decoders with one fault each, of a list of pairs in ascending order. */
const faulty: Readonly<Record<string, (reader: Reader) => readonly number[]>> = {
  throws: (reader) => reader.list(9, (inner) => invariantly(inner.u16())),
  'reserves what is claimed': (reader) => {
    const claimed = new Float64Array(Math.min(reader.u32(), 2 ** 25));
    return Array.from({ length: Math.min(claimed.length, 9) }, () => reader.u16());
  },
  'takes more than one form for the same': (reader) => reader.list(9, (inner) => inner.u16() & 0x7fff),
  'forgets what is twice there': (reader) => [...new Set(reader.list(9, (inner) => inner.u16()))],
  'does not look at the end': (reader) => {
    const items = reader.list(9, (inner) => inner.u16());
    reader.fixed(
      Reflect.get(Reflect.get(reader, 'source') as object, 'length') - (Reflect.get(reader, 'offset') as number),
    );
    return items;
  },
};

function invariantly(item: number): number {
  if (item > 9) throw new RangeError('an item up to 9');
  return item;
}

describe('the fuzzer', () => {
  it.each(Object.entries(faulty))('finds a decoder that %s', (name, read) => {
    const lists = [[], [1], [1, 2, 3]];
    const write = (writer: Writer, items: readonly number[]) => writer.list(items, (inner, item) => inner.u16(item));
    const decoder = pieceDecoder(name, {}, lists, read, write);
    expect(() => fuzz(decoder, 400, seed)).toThrow(name);
  });

  it('finds nothing in one that is right', () => {
    const write = (writer: Writer, items: readonly number[]) => writer.list(items, (inner, item) => inner.u16(item));
    const decoder = pieceDecoder(
      'right',
      {},
      [[], [1], [1, 2, 3]],
      (reader) => reader.list(9, (inner) => inner.u16()),
      write,
    );
    const { accepted, refused } = fuzz(decoder, 400, seed);
    expect(accepted).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(100);
  });
});

describe('decoders', () => {
  it('are all in the table: who adds one adds a row, or a word why none is needed', () => {
    const root = resolve(import.meta.dirname, '../..');
    const found: Record<string, number> = {};
    for (const name of sources()) {
      const count = readFileSync(resolve(root, name), 'utf8').match(door)?.length ?? 0;
      if (count > 0) found[name] = count;
    }
    const covered: Record<string, number> = {};
    for (const { covers } of decoders) Object.assign(covered, covers);
    for (const [name, [count]] of Object.entries(others)) covered[name] = count;
    expect(covered).toEqual(found);
  });

  it.each(decoders.map((decoder) => [decoder.name, decoder] as const))('survive whatever comes: %s', (_, decoder) => {
    const { refused } = fuzz(decoder, Math.ceil(inputs * (decoder.share ?? 1)), seed);
    expect(refused).toBeGreaterThan(0);
  });
});
