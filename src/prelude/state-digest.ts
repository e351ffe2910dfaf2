/** How a state is named (spec/wire.md, "Digests"): for consensus, which transfers states, and for whoever reads of one in a history. */
import { utf8 } from './bytes.js';
import { Writer } from './canonical.js';
import { type Digest, digest } from './digest.js';

/** What fixes every byte of a state. */
export interface Manifest {
  /** From 1. */
  readonly chunkCount: number;
  readonly byteLength: number;
  /** Of the Merkle tree over the chunks. */
  readonly root: Digest;
}

/** Length of every chunk but the last, which may be shorter. */
export const chunkBytes = 64 * 1024;

/** No state has more. */
export const maxChunks = 2 ** 24;

/** How many chunks a state of `byteLength` bytes has. */
export function chunkCountOf(byteLength: number): number {
  return Math.ceil(byteLength / chunkBytes);
}

/** Names the state after `slot` that has this manifest. */
export function stateDigest(slot: number, { chunkCount, byteLength, root }: Manifest): Digest {
  const body = new Writer().u64(slot).u32(chunkCount).u64(byteLength).fixed(root).finish();
  return digest(utf8('koinon state v1'), body);
}
