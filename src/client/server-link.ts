/** A link to one server that comes back by itself, and the messages on it. */
import { E, type TaskEither } from '../prelude/fp.js';
import type { ProcessId } from '../prelude/process.js';
import { type ConnectError, describeLinkError } from '../transport/errors.js';
import type { Link, LinkHandler } from '../transport/transport.js';
import { type ClientMessage, decodeServerMessage, encodeClientMessage, type ServerMessage } from './protocol.js';

/** Connects to one server once. */
export type Connect = (server: ProcessId, handler: LinkHandler) => TaskEither<ConnectError, Link>;

export interface ServerLinkHandler {
  /** @param bytes - what the message took on the link. */
  onMessage(from: ProcessId, message: ServerMessage, bytes: number): void;
  onUp(server: ProcessId): void;
  onDown(server: ProcessId, reason: string): void;
}

const firstRetryMs = 50;
const lastRetryMs = 2000;
/** A link that lasted for less counts as one that did not come up. */
const lastingMs = 2000;

export class ServerLink {
  private link: Link | undefined;
  private retryMs = firstRetryMs;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;
  private lasting: NodeJS.Timeout | undefined;

  constructor(
    readonly server: ProcessId,
    private readonly connect: Connect,
    private readonly handler: ServerLinkHandler,
  ) {
    void this.open();
  }

  get isUp(): boolean {
    return this.link !== undefined;
  }

  /** Whether the message was taken; nothing is kept for a link that is down. */
  send(message: ClientMessage): boolean {
    return this.link?.send(encodeClientMessage(message)) ?? false;
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    clearTimeout(this.lasting);
    this.link?.close('the application is done');
  }

  private async open(): Promise<void> {
    const opened = await this.connect(this.server, {
      onFrame: (frame) => {
        this.receive(frame);
      },
      onClosed: (reason) => {
        this.onDown(reason);
      },
    })();
    if (this.isClosed) {
      if (E.isRight(opened)) opened.right.close('the application is done');
      return;
    }
    if (E.isLeft(opened)) {
      this.onDown(describeLinkError(opened.left));
      return;
    }
    this.link = opened.right;
    this.lasting = setTimeout(() => {
      this.retryMs = firstRetryMs;
    }, lastingMs);
    this.handler.onUp(this.server);
  }

  private receive(frame: Uint8Array): void {
    if (this.isClosed) return;
    const decoded = decodeServerMessage(frame);
    if (E.isRight(decoded)) this.handler.onMessage(this.server, decoded.right, frame.length);
    else this.link?.close(`a malformed message: expected ${decoded.left.expected} at byte ${decoded.left.offset}`);
  }

  private onDown(reason: string): void {
    this.link = undefined;
    clearTimeout(this.lasting);
    if (this.isClosed) return;
    this.handler.onDown(this.server, reason);
    this.timer = setTimeout(() => void this.open(), this.retryMs);
    this.retryMs = Math.min(lastRetryMs, 2 * this.retryMs);
  }
}
