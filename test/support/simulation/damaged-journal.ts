/** A journal in which one bit has changed, read as the storage that ships reads it: it refuses it, or finds that its end is torn. */
import { concatBytes, equalBytes } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { decodeHeader, encodeBatch, encodeHeader, readBatches } from '../../../src/storage/segment.js';
import type { Prng } from './random.js';
import { fail } from './violation.js';

const saltLength = 8;

/** @returns how many of the records are left; `undefined` where the journal is refused. */
export function recordsLeft(records: readonly Uint8Array[], random: Prng): number | undefined {
  const salt = random.bytes(saltLength);
  const header = encodeHeader({ generation: 1, index: 1, firstSequence: 1, based: random.chance(0.5), salt });
  const journal = concatBytes(header, ...records.map((record, index) => encodeBatch(salt, index + 1, [record])));
  const at = random.between(0, journal.length - 1);
  journal[at] = (journal[at] ?? 0) ^ (1 << random.between(0, 7));
  const found = decodeHeader(journal);
  if (E.isLeft(found)) return undefined;
  const contents = readBatches(journal, found.right);
  if (E.isLeft(contents)) return undefined;
  const left = contents.right.records;
  const isPrefix = left.every((record, index) => equalBytes(record, records[index] ?? new Uint8Array(0)));
  if (!isPrefix || left.length >= records.length) fail('I3', `bit ${at} of a journal has changed, and nobody notices`);
  return left.length;
}
