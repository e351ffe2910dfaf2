/**
 * The files of states in one directory: chunks, their leaf digests, and the record that says what they are, without which they are
 * of no account. Reads what is there and finds whether it is what was written; which states are kept, and when, is not decided here.
 */
import { join } from 'node:path';
import { equalBytes } from '../../prelude/bytes.js';
import { readAll, Writer } from '../../prelude/canonical.js';
import { type Digest, digestLength } from '../../prelude/digest.js';
import { E } from '../../prelude/fp.js';
import { merkleLeaf, MerkleTree } from '../../prelude/merkle.js';
import {
  chunkBytes,
  chunkLength,
  type Manifest,
  readStateTarget,
  type StateTarget,
  stateDigest,
  writeStateTarget,
} from '../../consensus/manifest.js';
import type { Disk } from '../../storage/disk.js';
import { StorageFailure } from '../../storage/errors.js';
import { cut } from './chunking.js';
import { readRecord, writeRecord, writeWhole } from './record-file.js';
import type { HeldSnapshot } from './retention.js';
import { draftNames, stateName } from './snapshot-files.js';

/** A state read back whole, and found to be what its manifest says. */
export interface VerifiedState {
  readonly target: StateTarget;
  readonly bytes: Uint8Array;
  readonly tree: MerkleTree;
}

/** A snapshot with the tree over its chunks. */
export interface StoredSnapshot extends HeldSnapshot {
  readonly tree: MerkleTree;
}

/** How many chunks one write takes. */
const chunksPerWrite = 16;

/** The name of a state. */
export function stateOf({ slot, manifest }: StateTarget): Digest {
  return stateDigest(slot, manifest);
}

export class StateFiles {
  constructor(
    readonly directory: string,
    private readonly disk: Disk,
  ) {}

  path(name: string): string {
    return join(this.directory, name);
  }

  corrupt(name: string, detail: string, offset: number): StorageFailure {
    return new StorageFailure({ _tag: 'Corrupt', path: this.path(name), offset, detail });
  }

  /** The bytes of a record, which must be intact. */
  async record(name: string): Promise<Uint8Array> {
    const bytes = await readRecord(this.disk, this.path(name));
    if (bytes === undefined) throw this.corrupt(name, 'it is not intact', 0);
    return bytes;
  }

  writeState(name: string, target: StateTarget, isCertified: boolean): Promise<void> {
    const writer = new Writer();
    writeStateTarget(writer, target);
    return writeRecord(this.disk, this.path(name), writer.bool(isCertified).finish());
  }

  async readState(name: string): Promise<{ readonly target: StateTarget; readonly isCertified: boolean }> {
    const read = readAll(await this.record(name), (reader) => ({
      target: readStateTarget(reader),
      isCertified: reader.bool(),
    }));
    if (E.isLeft(read)) throw this.corrupt(name, 'it is malformed', read.left.offset);
    if (!name.startsWith(stateName(read.right.target))) throw this.corrupt(name, 'it bears another name', 0);
    return read.right;
  }

  /** A snapshot whose files begin with `name`. */
  async load(name: string): Promise<StoredSnapshot> {
    const { target, isCertified } = await this.readState(`${name}.snapshot`);
    const leaves = await this.disk.read(this.path(`${name}.leaves`));
    const { chunkCount, root } = target.manifest;
    const isWhole = leaves.length === chunkCount * digestLength;
    const tree = new MerkleTree(isWhole ? new Uint8Array(leaves) : new Uint8Array(0));
    if (!equalBytes(tree.root, root)) throw this.corrupt(`${name}.leaves`, 'it is not that of the state', 0);
    return { ...target, state: stateOf(target), isCertified, tree };
  }

  /** All of a state, if its chunks are those of its manifest. */
  async readWhole(target: StateTarget): Promise<VerifiedState | undefined> {
    const { chunkCount, byteLength, root } = target.manifest;
    const bytes = new Uint8Array(byteLength);
    const leaves = new Uint8Array(chunkCount * digestLength);
    for (let index = 0; index < chunkCount; index++) {
      const chunk = await this.readChunk(target, index);
      bytes.set(chunk, index * chunkBytes);
      leaves.set(merkleLeaf(chunk), index * digestLength);
    }
    const tree = new MerkleTree(leaves);
    return equalBytes(tree.root, root) ? { target, bytes, tree } : undefined;
  }

  readChunk(target: StateTarget, index: number): Promise<Uint8Array> {
    const path = this.path(`${stateName(target)}.chunks`);
    return this.disk.readPart(path, index * chunkBytes, chunkLength(target.manifest, index));
  }

  /** The chunks and their leaves, durable under the names of a draft. Cost: everything is hashed and written once. */
  async writeDraft(
    pieces: readonly Uint8Array[],
  ): Promise<{ readonly manifest: Manifest; readonly leaves: Uint8Array }> {
    const leaves: Digest[] = [];
    let byteLength = 0;
    const groups = function* (): Generator<Uint8Array> {
      for (const group of cut(pieces, chunksPerWrite * chunkBytes)) {
        for (const chunk of cut([group], chunkBytes)) leaves.push(merkleLeaf(chunk));
        byteLength += group.length;
        yield group;
      }
    };
    await writeWhole(this.disk, this.path(draftNames.chunks), groups());
    const tree = new MerkleTree(concatDigests(leaves));
    await writeWhole(this.disk, this.path(draftNames.leaves), [tree.leaves]);
    return { manifest: { chunkCount: tree.count, byteLength, root: tree.root }, leaves: tree.leaves };
  }

  /** The draft becomes the chunks and leaves of `name`. */
  async nameDraft(name: string): Promise<void> {
    await this.disk.rename(this.path(draftNames.chunks), this.path(`${name}.chunks`));
    await this.disk.rename(this.path(draftNames.leaves), this.path(`${name}.leaves`));
    await this.disk.syncDirectory(this.directory);
  }

  /** What was fetched has all chunks: its leaves are written, and its record says from now on that it is complete. */
  async complete(target: StateTarget, tree: MerkleTree): Promise<void> {
    const name = stateName(target);
    await writeWhole(this.disk, this.path(`${name}.leaves`), [tree.leaves]);
    await this.disk.rename(this.path(`${name}.target`), this.path(`${name}.snapshot`));
    await this.disk.syncDirectory(this.directory);
  }

  /** Removes files of a state in this order: its record first, without which the others are of no account. */
  async remove(target: StateTarget | undefined, endings: readonly string[]): Promise<void> {
    if (target === undefined) return;
    for (const [index, ending] of endings.entries()) {
      await this.disk.remove(this.path(`${stateName(target)}.${ending}`));
      if (index === 0) await this.disk.syncDirectory(this.directory);
    }
  }
}

function concatDigests(digests: readonly Digest[]): Uint8Array {
  const whole = new Uint8Array(digests.length * digestLength);
  for (const [index, one] of digests.entries()) whole.set(one, index * digestLength);
  return whole;
}
