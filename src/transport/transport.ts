/** Authenticated links between servers: frames of bytes, unordered and lossy across reconnections, never forged. */
import type { ProcessId } from '../prelude/process.js';

/** What a server hears from its links. Callbacks never run inside a call to the transport. */
export interface TransportListener {
  /** A whole frame from a peer whose identity the link has proved. The bytes belong to the listener. */
  onFrame(from: ProcessId, frame: Uint8Array): void;
  /** A link to `peer` is up: everything sent earlier may be lost. */
  onConnected(peer: ProcessId): void;
  onDisconnected(peer: ProcessId, reason: string): void;
}

export interface Transport {
  /** Queues a frame; dropped without notice where no link is up or its queue is full. */
  send(to: ProcessId, frame: Uint8Array): void;
  close(): Promise<void>;
}
