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

/** One side of a connection between an application and a server: the same for both. */
export interface Link {
  /** Who is proved to be at the other end: to a server `organization/application`, to an application the server. */
  readonly id: ProcessId;
  /** Bytes that were sent and have not left this process. */
  readonly pending: number;
  /** Queues a frame; false if it is larger than the link allows or the link has ended. */
  send(frame: Uint8Array): boolean;
  close(reason: string): void;
}

/** What one side of a {@link Link} hears. */
export interface LinkHandler {
  /** The bytes belong to the handler. */
  onFrame(frame: Uint8Array): void;
  /** Called once, by whichever side the link was ended. */
  onClosed(reason: string): void;
}

/** Called for every application that connects; what it returns hears that application. */
export type OnClient = (session: Link) => LinkHandler;
