/**
 * One TLS connection as a sequence of frames in each direction.
 * What is sent in answer to one thing that happens leaves in one write, right after. Nothing that arrives makes it throw.
 */
import type { TLSSocket } from 'node:tls';
import { fromUtf8, utf8 } from '../prelude/bytes.js';
import { describeFrameError, encodeFrame, type FrameKind, FrameReader } from './frames.js';

export interface ConnectionHandler {
  /** Any frame but `refused`. */
  onFrame(kind: FrameKind, body: Uint8Array): void;
  /** Called once. */
  onClosed(reason: string): void;
}

const maxReasonBytes = 500;
/** How long the other side gets to read why the connection ends. */
const farewellMs = 500;

export class Connection {
  handler: ConnectionHandler | undefined;
  private readonly reader: FrameReader;
  private parts: Uint8Array[] = [];
  private queuedBytes = 0;
  private isFlushing = false;
  private reason: string | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private heard = true;
  private silentBeats = 0;

  /** @param maxFrameBytes - the longest body that is accepted, for now. */
  constructor(
    private readonly socket: TLSSocket,
    maxFrameBytes: number,
  ) {
    this.reader = new FrameReader(maxFrameBytes);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Uint8Array) => {
      this.receive(chunk);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.finish(`the connection broke (${error.code ?? error.message})`);
    });
    socket.on('close', () => {
      clearInterval(this.heartbeat);
      this.finish('the other side closed the connection');
    });
  }

  /** Bytes that have not left this process. */
  get pending(): number {
    return this.queuedBytes + this.socket.writableLength;
  }

  get isOpen(): boolean {
    return this.reason === undefined;
  }

  /** From here on, accepts larger frames and notices when the other side is gone without a word. */
  establish(maxFrameBytes: number, pingMs: number): void {
    this.reader.maxLength = maxFrameBytes;
    this.heartbeat = setInterval(() => {
      this.beat();
    }, pingMs);
  }

  /** Queues a frame; after the end of the connection nothing happens. The body must not be changed afterwards. */
  send(kind: FrameKind, body: Uint8Array): void {
    if (!this.isOpen) return;
    const frame = encodeFrame(kind, body);
    this.parts.push(frame);
    this.queuedBytes += frame.length;
    if (this.isFlushing) return;
    this.isFlushing = true;
    queueMicrotask(() => {
      this.flush();
    });
  }

  /** Ends the connection and tells both sides why. What was queued before still leaves. */
  close(reason: string): void {
    if (!this.isOpen) return;
    this.send('refused', utf8(reason).subarray(0, maxReasonBytes));
    this.flush();
    this.finish(reason);
    this.endSocket();
  }

  /** Resolves when the socket is gone. */
  closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.closed) resolve();
      else
        this.socket.once('close', () => {
          resolve();
        });
    });
  }

  private flush(): void {
    this.isFlushing = false;
    const [first] = this.parts;
    if (first !== undefined && this.socket.writable)
      this.socket.write(this.parts.length === 1 ? first : Buffer.concat(this.parts, this.queuedBytes));
    this.parts = [];
    this.queuedBytes = 0;
  }

  private receive(chunk: Uint8Array): void {
    this.heard = true;
    if (!this.isOpen) return;
    const error = this.reader.push(chunk, (kind, body) => {
      this.take(kind, body);
    });
    if (error !== undefined) this.close(describeFrameError(error));
  }

  private take(kind: FrameKind, body: Uint8Array): void {
    if (!this.isOpen || kind === 'ping') return;
    if (kind === 'refused') {
      this.finish(`refused by the other side: ${readReason(body)}`);
      this.endSocket();
    } else this.handler?.onFrame(kind, body);
  }

  private beat(): void {
    this.silentBeats = this.heard ? 0 : this.silentBeats + 1;
    this.heard = false;
    if (this.silentBeats >= 4) this.close('nothing was heard from the other side');
    else if (this.pending === 0) this.send('ping', new Uint8Array(0));
  }

  private finish(reason: string): void {
    if (!this.isOpen) return;
    this.reason = reason;
    clearInterval(this.heartbeat);
    // Whoever calls close() is not called back from inside it.
    queueMicrotask(() => this.handler?.onClosed(reason));
  }

  private endSocket(): void {
    this.socket.end();
    const timer = setTimeout(() => this.socket.destroy(), farewellMs);
    this.socket.once('close', () => {
      clearTimeout(timer);
    });
  }
}

/** One printable line out of whatever came. */
function readReason(body: Uint8Array): string {
  const text = fromUtf8(body.subarray(0, maxReasonBytes)) ?? 'no reason that can be read';
  return text.replace(/[^\x20-\x7e]/g, '?');
}
