/** What a simulated server keeps besides its log and its journals: snapshots, a state that it is fetching, certificates, HANDOFFs. */
import { concatBytes, equalBytes } from '../../../src/prelude/bytes.js';
import type { Digest } from '../../../src/prelude/digest.js';
import { digestLength } from '../../../src/prelude/digest.js';
import { merkleLeaf, MerkleTree } from '../../../src/prelude/merkle.js';
import type { Handoff } from '../../../src/consensus/handoff.js';
import {
  chunkBytes,
  type SnapshotCertificate,
  type StateTarget,
  stateDigest,
} from '../../../src/consensus/manifest.js';
import type { Chunk } from '../../../src/consensus/state-transfer.js';
import { cut } from '../../../src/server/state/chunking.js';
import type { HeldSnapshot } from '../../../src/server/state/retention.js';
import { encodeSnapshot, type SnapshotContent } from '../../../src/server/state/snapshot-content.js';

/** A state, cut as it travels. */
export interface StoredState extends HeldSnapshot {
  readonly chunks: readonly Uint8Array[];
  readonly tree: MerkleTree;
}

interface IncomingState {
  readonly target: StateTarget;
  readonly state: Digest;
  readonly chunks: Map<number, Uint8Array>;
}

interface StoreView {
  /** By ascending slots. */
  held: readonly StoredState[];
  certificate?: SnapshotCertificate;
  incoming?: IncomingState | undefined;
  /** The state whose installation has begun. */
  marked?: Digest | undefined;
  /** By the epoch that ended. */
  readonly handoffs: Map<number, Handoff>;
}

export type StoreChange =
  | { readonly _tag: 'Snapshot'; readonly state: StoredState }
  | { readonly _tag: 'Certificate'; readonly certificate: SnapshotCertificate }
  | { readonly _tag: 'Remove'; readonly states: readonly StoredState[] }
  /** A state is to be fetched, in the place of any other; or none. */
  | { readonly _tag: 'Target'; readonly target: StateTarget | undefined }
  | { readonly _tag: 'Chunk'; readonly chunk: Chunk }
  | { readonly _tag: 'Mark'; readonly state: Digest }
  | { readonly _tag: 'Unmark' }
  /** What was fetched is a snapshot as the server's own are. */
  | { readonly _tag: 'Adopt'; readonly state: StoredState }
  | { readonly _tag: 'Handoff'; readonly handoff: Handoff };

export function emptyStore(): StoreView {
  return { held: [], handoffs: new Map() };
}

export function applyToStore(view: StoreView, change: StoreChange): void {
  switch (change._tag) {
    case 'Snapshot':
      add(view, change.state);
      return;
    case 'Certificate':
      if (change.certificate.slot > (view.certificate?.slot ?? 0)) view.certificate = change.certificate;
      noteCertified(view, change.certificate);
      return;
    case 'Remove':
      // The store that ships asks what may go when it comes to it: what has been certified meanwhile stays.
      view.held = view.held.filter(
        (held) =>
          !change.states.some(
            ({ state, isCertified }) => isCertified === held.isCertified && equalBytes(state, held.state),
          ),
      );
      return;
    case 'Target':
      view.incoming = change.target && { target: change.target, state: stateOf(change.target), chunks: new Map() };
      return;
    case 'Chunk': {
      const { state, index, bytes } = change.chunk;
      if (view.incoming !== undefined && equalBytes(view.incoming.state, state)) view.incoming.chunks.set(index, bytes);
      return;
    }
    case 'Mark':
      view.marked = change.state;
      return;
    case 'Unmark':
      view.marked = undefined;
      return;
    case 'Adopt':
      add(view, change.state);
      view.incoming = undefined;
      return;
    case 'Handoff':
      view.handoffs.set(change.handoff.epoch, change.handoff);
      noteCertified(view, change.handoff);
      return;
  }
}

function add(view: StoreView, state: StoredState): void {
  const others = view.held.filter((held) => !equalBytes(held.state, state.state));
  const isCertified = [view.certificate, ...view.handoffs.values()].some(
    (target) => target !== undefined && equalBytes(stateOf(target), state.state),
  );
  view.held = [...others, isCertified ? { ...state, isCertified } : state].sort((a, b) => a.slot - b.slot);
}

function noteCertified(view: StoreView, target: StateTarget): void {
  const name = stateOf(target);
  view.held = view.held.map((held) => (equalBytes(held.state, name) ? { ...held, isCertified: true } : held));
}

const names = new WeakMap<StateTarget, Digest>();

/** Computed once for each object. */
export function stateOf(target: StateTarget): Digest {
  const known = names.get(target) ?? stateDigest(target.slot, target.manifest);
  names.set(target, known);
  return known;
}

/** The state cut last: the servers of a run take the same ones, one after another. */
let last: { readonly bytes: Uint8Array; readonly state: StoredState } | undefined;

/** Cuts a state as it is stored and sent. */
export function storedState(content: SnapshotContent): StoredState {
  const { slot, chain } = content;
  const bytes = concatBytes(...encodeSnapshot(content));
  if (last !== undefined && isSame(last.bytes, bytes)) return last.state;
  const chunks = bytes.length <= chunkBytes ? [bytes] : [...cut([bytes], chunkBytes)];
  const tree = treeOver(chunks);
  const manifest = { chunkCount: chunks.length, byteLength: bytes.length, root: tree.root };
  const state = { slot, chain, manifest, state: stateDigest(slot, manifest), isCertified: false, chunks, tree };
  last = { bytes, state };
  return state;
}

/** States are large. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

/** What was fetched, once all of it is there and is what it should be. */
export function verified({ target, state, chunks: received }: IncomingState): StoredState | undefined {
  const { slot, chain, manifest } = target;
  const chunks = Array.from({ length: manifest.chunkCount }, (_, index) => received.get(index));
  if (!chunks.every((chunk) => chunk !== undefined)) return undefined;
  const tree = treeOver(chunks);
  return equalBytes(tree.root, manifest.root)
    ? { slot, chain, manifest, state, isCertified: true, chunks, tree }
    : undefined;
}

function treeOver(chunks: readonly Uint8Array[]): MerkleTree {
  const leaves = new Uint8Array(chunks.length * digestLength);
  for (const [index, chunk] of chunks.entries()) leaves.set(merkleLeaf(chunk), index * digestLength);
  return new MerkleTree(leaves);
}
