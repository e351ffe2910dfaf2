/** A state while it is fetched: each chunk at its place, and behind it, once it is durable, its leaf digest. */
import { equalBytes } from '../../prelude/bytes.js';
import { type Digest, digestLength } from '../../prelude/digest.js';
import { merkleLeaf } from '../../prelude/merkle.js';
import { chunkBytes, chunkLength, type StateTarget, stateDigest } from '../../consensus/manifest.js';
import type { Chunk, ResumedTransfer } from '../../consensus/state-transfer.js';
import type { Disk, DurableFile } from '../../storage/disk.js';

interface Files {
  readonly chunks: DurableFile;
  readonly leaves: DurableFile;
}

export class IncomingState implements ResumedTransfer {
  private readonly state: Digest;

  private constructor(
    readonly target: StateTarget,
    private readonly files: Files,
    private readonly found: ReadonlySet<number>,
  ) {
    this.state = stateDigest(target.slot, target.manifest);
  }

  /** Begins with nothing, whatever was there. */
  static async create(disk: Disk, path: string, target: StateTarget): Promise<IncomingState> {
    // Without leaves no chunk counts: they go first.
    await disk.createZeroed(`${path}.leaves`, 0);
    await disk.createZeroed(`${path}.chunks`, 0);
    return new IncomingState(target, await openFiles(disk, path), new Set());
  }

  /** Goes on with what is intact. Cost: all that was stored is read and hashed. */
  static async open(disk: Disk, path: string, target: StateTarget): Promise<IncomingState> {
    const found = new Set<number>();
    const leaves = await disk.read(`${path}.leaves`);
    for (let index = 0; index < target.manifest.chunkCount; index++) {
      const leaf = leaves.subarray(index * digestLength, (index + 1) * digestLength);
      if (leaf.every((byte) => byte === 0)) continue;
      const chunk = await disk.readPart(`${path}.chunks`, index * chunkBytes, chunkLength(target.manifest, index));
      if (equalBytes(merkleLeaf(chunk), leaf)) found.add(index);
    }
    return new IncomingState(target, await openFiles(disk, path), found);
  }

  is(state: Digest): boolean {
    return equalBytes(this.state, state);
  }

  /** Whether the chunk was found when this was opened. */
  has = (index: number): boolean => this.found.has(index);

  async store({ index, bytes }: Chunk): Promise<void> {
    await this.files.chunks.write(bytes, index * chunkBytes);
    await this.files.leaves.write(merkleLeaf(bytes), index * digestLength);
  }

  async close(): Promise<void> {
    await this.files.chunks.close();
    await this.files.leaves.close();
  }
}

async function openFiles(disk: Disk, path: string): Promise<Files> {
  const chunks = await disk.open(`${path}.chunks`);
  try {
    return { chunks, leaves: await disk.open(`${path}.leaves`) };
  } catch (error) {
    await chunks.close();
    throw error;
  }
}
