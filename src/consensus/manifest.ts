/**
 * How a state is named and cut for its transfer: chunks, the manifest that fixes each of them, and the digest that names the
 * state after one slot (spec/wire.md, "States").
 */
import type { Reader, Writer } from '../prelude/canonical.js';
import { type Digest, digestLength } from '../prelude/digest.js';
import { isInMerkleTree } from '../prelude/merkle.js';
import { chunkBytes, chunkCountOf, type Manifest, maxChunks, stateDigest } from '../prelude/state-digest.js';
import { rangeLimits } from './range.js';
import type { Prefix } from './statement.js';
import type { Signature } from '../schemes/contract/distributed-signer.js';

export { chunkBytes, chunkCountOf, type Manifest, stateDigest };

/** Bounds on a manifest and on a chunk's path: a tree of so many leaves is so high. */
const manifestLimits = { chunks: maxChunks, path: 24 } as const;

/** The state after a slot: everything that whoever transfers it must know before. */
export interface StateTarget extends Prefix {
  readonly manifest: Manifest;
}

/** SNAPSHOT under the slow key: a slow quorum of the epoch has this state after the slot. */
export interface SnapshotCertificate extends StateTarget {
  readonly signature: Signature;
}

export interface Chunk {
  /** Digest of the state that it is part of. */
  readonly state: Digest;
  /** From 0. */
  readonly index: number;
  readonly bytes: Uint8Array;
  /** Its siblings in the tree over the chunks, from the leaf upwards. */
  readonly path: readonly Digest[];
}

/** The length of chunk `index` (from 0) of a state with this manifest. */
export function chunkLength({ chunkCount, byteLength }: Manifest, index: number): number {
  return index + 1 < chunkCount ? chunkBytes : byteLength - index * chunkBytes;
}

/** Whether `bytes` are chunk `index` of the state with this manifest. */
export function isChunk(manifest: Manifest, index: number, bytes: Uint8Array, path: readonly Digest[]): boolean {
  const { chunkCount, root } = manifest;
  if (index >= chunkCount || bytes.length !== chunkLength(manifest, index)) return false;
  return isInMerkleTree(root, { index, count: chunkCount }, bytes, path);
}

export function writeManifest(writer: Writer, { chunkCount, byteLength, root }: Manifest): void {
  writer.u32(chunkCount).u64(byteLength).fixed(root);
}

export function readManifest(reader: Reader): Manifest {
  const chunkCount = reader.u32();
  const byteLength = reader.u64();
  if (chunkCount < 1 || chunkCount > manifestLimits.chunks) return reader.fail('1 to 2^24 chunks');
  if (chunkCount !== chunkCountOf(byteLength)) return reader.fail('as many chunks as the bytes need');
  return { chunkCount, byteLength, root: reader.fixed(digestLength) as Digest };
}

export function writeStateTarget(writer: Writer, { slot, chain, manifest }: StateTarget): void {
  writer.u64(slot).fixed(chain);
  writeManifest(writer, manifest);
}

export function readStateTarget(reader: Reader): StateTarget {
  const slot = reader.u64();
  if (slot < 1) return reader.fail('a slot from 1');
  return { slot, chain: reader.fixed(digestLength) as Digest, manifest: readManifest(reader) };
}

export function writeSnapshotCertificate(writer: Writer, certificate: SnapshotCertificate): void {
  writeStateTarget(writer, certificate);
  writer.bytes(certificate.signature);
}

export function readSnapshotCertificate(reader: Reader): SnapshotCertificate {
  const target = readStateTarget(reader);
  return { ...target, signature: reader.bytes(rangeLimits.signatureBytes) as Signature };
}

export function writeChunk(writer: Writer, { state, index, bytes, path }: Chunk): void {
  writer.fixed(state).u32(index).bytes(bytes);
  writer.list(path, (inner, one) => inner.fixed(one));
}

export function readChunk(reader: Reader): Chunk {
  const state = readStateDigest(reader);
  const index = readChunkIndex(reader);
  const bytes = reader.bytes(chunkBytes);
  if (bytes.length === 0) return reader.fail('a chunk with bytes');
  return { state, index, bytes, path: reader.list(manifestLimits.path, readStateDigest) };
}

export function readStateDigest(reader: Reader): Digest {
  return reader.fixed(digestLength) as Digest;
}

export function readChunkIndex(reader: Reader): number {
  const index = reader.u32();
  return index < manifestLimits.chunks ? index : reader.fail('a chunk below 2^24');
}
