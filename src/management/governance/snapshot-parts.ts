/** What recurs in snapshots of governance. */
import { fromUtf8, utf8 } from '../../prelude/bytes.js';
import type { Reader, Writer } from '../../prelude/canonical.js';
import { canonicalJson } from '../../prelude/codec.js';
import { type Digest, digestLength } from '../../prelude/digest.js';
import { E } from '../../prelude/fp.js';
import { type ProcessId, processId } from '../../prelude/process.js';
import type { Alliance } from '../alliance.js';
import { decodeAllianceText, encodeAlliance, maxAllianceBytes } from '../alliance-codec.js';
import type { Term } from './term.js';

export const maxItems = 100_000;
const maxNameBytes = 130;

export function writeDocument(writer: Writer, document: Alliance): void {
  writer.bytes(utf8(canonicalJson(encodeAlliance(document))));
}

export function readDocument(reader: Reader): Alliance {
  const document = decodeAllianceText(fromUtf8(reader.bytes(maxAllianceBytes)) ?? '');
  return E.isRight(document) ? document.right : reader.fail('an alliance document');
}

export function writeNames(writer: Writer, names: Iterable<string>): void {
  writer.list([...names], (each, name) => each.text(name));
}

export function readNames<K>(reader: Reader, name: (reader: Reader) => K): readonly K[] {
  return reader.list(maxItems, name);
}

export function readName(reader: Reader): string {
  return reader.text(maxNameBytes);
}

export function readId(reader: Reader): ProcessId {
  return processId(readName(reader)) ?? reader.fail('the id of a server');
}

export function readDigest(reader: Reader): Digest {
  return Uint8Array.from(reader.fixed(digestLength)) as Digest;
}

export function writeTerm(writer: Writer, { lengthMs, endMs }: Term): Writer {
  return writer.u64(lengthMs).option(endMs, (each, at) => each.u64(at));
}

export function readTerm(reader: Reader): Term {
  const lengthMs = reader.u64();
  const endMs = reader.option((each) => each.u64());
  return endMs === undefined ? { lengthMs } : { lengthMs, endMs };
}

/** Of an act, put together. */
export const maxActBytes = 4 << 20;

/** Of all that was said while the keys of one change moved. */
export const maxMovesBytes = 256 << 20;
