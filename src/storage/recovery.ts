/** Reads a journal directory back: what was durable, or where the disk has lost something. Changes nothing. */
import { join } from 'node:path';
import { E, type Either } from '../prelude/fp.js';
import type { Disk } from './disk.js';
import type { StorageError } from './errors.js';
import {
  decodeHeader,
  headerLength,
  readBatches,
  type SegmentContents,
  type SegmentHeader,
  segmentVersion,
} from './segment.js';

export const lockFile = 'lock';
export const sparePrefix = 'spare-';

export function segmentName(generation: number, index: number): string {
  return `journal-${String(generation).padStart(10, '0')}-${String(index).padStart(6, '0')}`;
}

/** The segment that the next batch goes to. */
interface OpenSegment {
  readonly header: SegmentHeader;
  readonly path: string;
  readonly fileLength: number;
  readonly end: number;
  readonly isTorn: boolean;
}

export interface Recovered {
  readonly records: readonly Uint8Array[];
  /** `undefined` in a directory without a journal. */
  readonly last: OpenSegment | undefined;
  readonly nextSequence: number;
  /** Bytes in the batches of the current generation. */
  readonly size: number;
  /** Segments of the current generation. */
  readonly segments: readonly string[];
  /** What interrupted work has left behind. */
  readonly obsolete: readonly string[];
}

interface Name {
  readonly name: string;
  readonly generation: number;
  readonly index: number;
}

export async function recover(disk: Disk, directory: string): Promise<Either<StorageError, Recovered>> {
  const listed = await disk.list(directory);
  const names: Name[] = [];
  const obsolete: string[] = [];
  for (const name of listed) {
    const [, generation, index] = /^journal-(\d{10})-(\d{6})$/.exec(name) ?? [];
    if (generation !== undefined && index !== undefined) {
      names.push({ name, generation: Number(generation), index: Number(index) });
    } else if (name.startsWith(sparePrefix)) obsolete.push(join(directory, name));
    else if (!name.startsWith(lockFile)) {
      const detail = `it holds ${name}, which is no part of a journal`;
      return E.left({ _tag: 'NotAccessible', path: directory, detail });
    }
  }
  const generation = Math.max(0, ...names.map((name) => name.generation));
  const current = names.filter((name) => name.generation === generation).sort((a, b) => a.index - b.index);
  for (const name of names) if (name.generation !== generation) obsolete.push(join(directory, name.name));
  const contents = await readGeneration(disk, directory, current);
  return E.map((read: Generation): Recovered => ({ ...read, obsolete }))(contents);
}

type Generation = Omit<Recovered, 'obsolete'>;

async function readGeneration(
  disk: Disk,
  directory: string,
  names: readonly Name[],
): Promise<Either<StorageError, Generation>> {
  const records: Uint8Array[] = [];
  const segments: string[] = [];
  let last: OpenSegment | undefined;
  let nextSequence = 1;
  let size = 0;
  for (const [position, { name, generation, index }] of names.entries()) {
    const path = join(directory, name);
    if (index !== position + 1) {
      return corrupt(join(directory, segmentName(generation, position + 1)), 0, 'the file is missing');
    }
    const bytes = await disk.read(path);
    const segment = readSegment(path, bytes);
    if (E.isLeft(segment)) return segment;
    const { header, contents } = segment.right;
    if (header.generation !== generation || header.index !== index)
      return corrupt(path, 0, 'the file bears another name');
    if (last !== undefined && header.firstSequence !== nextSequence) {
      return corrupt(last.path, last.end, `batches ${nextSequence} to ${header.firstSequence - 1} are missing`);
    }
    for (const record of contents.records) records.push(record);
    nextSequence = contents.nextSequence;
    size += contents.end - headerLength;
    segments.push(path);
    last = { header, path, fileLength: bytes.length, end: contents.end, isTorn: contents.isTorn };
  }
  return E.right({ records, last, nextSequence, size, segments });
}

function readSegment(
  path: string,
  bytes: Uint8Array,
): Either<StorageError, { readonly header: SegmentHeader; readonly contents: SegmentContents }> {
  const header = decodeHeader(bytes);
  if (E.isLeft(header)) {
    if (header.left._tag === 'Damaged') return corrupt(path, 0, 'the header is not intact');
    return E.left({ _tag: 'NewerVersion', path, found: header.left.version, supported: segmentVersion });
  }
  const contents = readBatches(bytes, header.right);
  if (E.isLeft(contents)) return corrupt(path, contents.left.offset, contents.left.detail);
  return E.right({ header: header.right, contents: contents.right });
}

function corrupt(path: string, offset: number, detail: string): Either<StorageError, never> {
  return E.left({ _tag: 'Corrupt', path, offset, detail });
}
