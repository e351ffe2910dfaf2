/** The applications connected to a server: what they submit goes to the replica, and what is certified goes to those that listen. */
import { E } from '../prelude/fp.js';
import type { Request } from '../consensus/batch.js';
import {
  type ClientMessage,
  decodeClientMessage,
  encodeServerMessage,
  type ServerMessage,
  type ServerStatus,
} from '../client/protocol.js';
import type { Link, LinkHandler } from '../transport/transport.js';
import type { DecidedLog } from './decided-log.js';

export interface ApplicationService {
  readonly log: DecidedLog;
  submit(request: Request): void;
  status(): ServerStatus;
}

/** While so many bytes wait to be read by a listener, it is sent nothing more. */
const listenerPendingBytes = 4 * 1024 * 1024;

/** How often a listener that was slow to read is looked after again. */
const pendingCheckMs = 20;

class Session implements LinkHandler {
  /** The next slot to send; `undefined` while the application does not listen. */
  private nextSlot: number | undefined;
  private check: NodeJS.Timeout | undefined;

  constructor(
    readonly link: Link,
    private readonly service: ApplicationService,
    private readonly onEnd: () => void,
  ) {}

  onFrame(frame: Uint8Array): void {
    const decoded = decodeClientMessage(frame);
    if (E.isLeft(decoded))
      this.link.close(`a malformed message: expected ${decoded.left.expected} at byte ${decoded.left.offset}`);
    else this.onMessage(decoded.right);
  }

  onClosed(): void {
    clearTimeout(this.check);
    this.nextSlot = undefined;
    this.onEnd();
  }

  send(message: ServerMessage): void {
    this.link.send(encodeServerMessage(message));
  }

  /** Sends what is certified and not yet sent, as far as the application reads it. */
  advance(): void {
    clearTimeout(this.check);
    while (this.nextSlot !== undefined) {
      if (this.link.pending > listenerPendingBytes) {
        this.check = setTimeout(() => {
          this.advance();
        }, pendingCheckMs);
        return;
      }
      const range = this.service.log.range(this.nextSlot);
      if (range === undefined) return;
      this.nextSlot += range.batches.length;
      this.send({ _tag: 'Range', range });
    }
  }

  private onMessage(message: ClientMessage): void {
    switch (message._tag) {
      case 'Submit':
        for (const request of message.requests) this.submit(request);
        return;
      case 'Listen':
        this.listen(message.from);
        return;
      case 'AskStatus':
        this.send({ _tag: 'Status', status: this.service.status() });
        return;
    }
  }

  private submit(request: Request): void {
    if (request.client === this.link.id) {
      this.service.submit(request);
      return;
    }
    const reason = `a request of ${request.client} came on the link of ${this.link.id}`;
    this.send({ _tag: 'Refused', session: request.session, firstSequence: request.firstSequence, reason });
  }

  private listen(wanted: number): void {
    const { log } = this.service;
    const from = wanted === 0 ? (log.newestCertificate?.slot ?? 0) + 1 : wanted;
    const first = Math.min(from, log.last + 1);
    const previous = log.chainAt(first - 1);
    if (previous === undefined) return;
    this.send({ _tag: 'Begin', from: first, previous });
    this.nextSlot = first;
    this.advance();
  }
}

export class ApplicationSessions {
  private readonly sessions = new Set<Session>();

  constructor(private readonly service: ApplicationService) {}

  open(link: Link): LinkHandler {
    const session: Session = new Session(link, this.service, () => {
      this.sessions.delete(session);
    });
    this.sessions.add(session);
    return session;
  }

  /** A new certificate has come. */
  onCertified(): void {
    for (const session of this.sessions) session.advance();
  }

  /** Tells the client of a request that it was not taken. */
  onRefused({ client, session, firstSequence }: Request, reason: string): void {
    for (const open of this.sessions)
      if (open.link.id === client) open.send({ _tag: 'Refused', session, firstSequence, reason });
  }
}
