/**
 * What a snapshot holds, byte for byte: where in the log it was taken, what has been delivered, how far a change of epoch has
 * come, and the applications' states (spec/wire.md, "States"). There is one encoding of each state.
 */
import { type MalformedBytes, type Reader, readAll, Writer } from '../../prelude/canonical.js';
import { type Digest, digestLength } from '../../prelude/digest.js';
import type { Either } from '../../prelude/fp.js';
import { isName } from '../../prelude/process.js';
import { DeliveryTable } from '../../consensus/delivery.js';
import { type EpochChange, readEpochChange, writeEpochChange } from '../../consensus/epoch-change.js';
import type { Prefix } from '../../consensus/statement.js';

export interface SnapshotContent extends Prefix {
  /** Of `slot`. */
  readonly epoch: number;
  readonly delivery: DeliveryTable;
  readonly change: EpochChange;
  /** The applications' states by name. */
  readonly states: ReadonlyMap<string, Uint8Array>;
}

const snapshotFormat = 1;

const maxNameBytes = 64;

/** How many applications a server runs at most. */
export const maxApplications = 1024;

/** The encoding in pieces, so that large states are not copied before they are cut into chunks. */
export function encodeSnapshot({
  slot,
  chain,
  epoch,
  delivery,
  change,
  states,
}: SnapshotContent): readonly Uint8Array[] {
  const header = new Writer().u16(snapshotFormat).u64(slot).fixed(chain).u64(epoch);
  delivery.write(header);
  writeEpochChange(header, change);
  const pieces = [header.u32(states.size).finish()];
  for (const [name, state] of [...states].sort(([a], [b]) => (a < b ? -1 : 1)))
    pieces.push(new Writer().text(name).u64(state.length).finish(), state);
  return pieces;
}

/** Reads what {@link encodeSnapshot} wrote, and nothing else. The states are views of `bytes`. */
export function decodeSnapshot(bytes: Uint8Array): Either<MalformedBytes, SnapshotContent> {
  return readAll(bytes, readSnapshot);
}

function readSnapshot(reader: Reader): SnapshotContent {
  if (reader.u16() !== snapshotFormat) return reader.fail(`format ${snapshotFormat}`);
  const slot = reader.u64();
  const chain = reader.fixed(digestLength) as Digest;
  const epoch = reader.u64();
  if (slot < 1 || epoch < 1) return reader.fail('a slot and an epoch from 1');
  const delivery = DeliveryTable.read(reader);
  const change = readEpochChange(reader);
  let last = '';
  const states = reader.list(maxApplications, (inner) => {
    const name = inner.text(maxNameBytes);
    if (!isName(name) || name <= last) inner.fail('names of applications that ascend');
    last = name;
    return [name, inner.fixed(inner.u64())] as const;
  });
  return { slot, chain, epoch, delivery, change, states: new Map(states) };
}
