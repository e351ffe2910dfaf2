/**
 * The transport between servers over TLS 1.3 with mutual, pinned certificates; applications come in by the same port.
 * One connection joins each pair of servers, dialled by the one whose id is the smaller: whatever epoch either is in.
 */
import { pipe, TE, type TaskEither } from '../prelude/fp.js';
import type { ProcessId } from '../prelude/process.js';
import type { Connection } from './connection.js';
import type { ServerAddress } from './dial.js';
import type { ListenError } from './errors.js';
import type { Hello } from './hello.js';
import { describeIdentity, type Identity } from './identity.js';
import { type Credentials, defaultLimits, type LinkContext, type LinkLimits } from './limits.js';
import { attach, linkOver } from './link.js';
import { Listener } from './listener.js';
import { Notices } from './notices.js';
import { Redialer } from './redial.js';
import { readTlsContext, type TlsContext } from './tls-context.js';
import type { OnClient, Transport, TransportListener } from './transport.js';

export interface TlsTransportOptions {
  readonly me: ProcessId;
  /** Every server that there may be links with, this one included. */
  readonly servers: readonly ServerAddress[];
  readonly context: LinkContext;
  readonly credentials: Credentials;
  /** PEM certificates by organization. */
  readonly authorities: ReadonlyMap<string, string>;
  /** Where to listen, if not where the others find this server. */
  readonly listenAt?: { readonly host: string; readonly port: number };
  readonly listener: TransportListener;
  /** Whether an application (`organization/application`) may connect. */
  readonly isEnrolled: (application: ProcessId) => boolean;
  readonly onClient: OnClient;
  readonly log: (line: string) => void;
  readonly limits?: Partial<LinkLimits>;
}

/** Starts to listen and to dial. */
export function openTlsTransport(options: TlsTransportOptions): TaskEither<ListenError, TlsTransport> {
  const identity: Identity = { role: 'server', id: options.me };
  return pipe(
    TE.fromEither(readTlsContext(identity, options.credentials, options.authorities)),
    TE.mapLeft((detail): ListenError => ({ _tag: 'BadCredentials', detail })),
    TE.chain((tls) => {
      const transport = new TlsTransport(options, tls, { identity, ...options.context });
      return TE.map(() => transport)(transport.start());
    }),
  );
}

export class TlsTransport implements Transport {
  /** The port on which this server listens, once it does. */
  port = 0;
  private readonly limits: LinkLimits;
  private readonly notices: Notices;
  private readonly inbound: Listener;
  private readonly servers: ReadonlyMap<ProcessId, ServerAddress>;
  private readonly links = new Map<ProcessId, Connection>();
  /** Connections of applications, oldest first, and whose they are. */
  private readonly clients = new Map<Connection, ProcessId>();
  private readonly redialers: Redialer[] = [];
  private isClosing = false;

  /** Use {@link openTlsTransport}. */
  constructor(
    private readonly options: TlsTransportOptions,
    private readonly tls: TlsContext,
    private readonly mine: Hello,
  ) {
    this.limits = { ...defaultLimits, ...options.limits };
    this.notices = new Notices(options.log);
    this.servers = new Map(options.servers.map((server) => [server.id, server]));
    const { host, port } = options.listenAt ?? this.servers.get(options.me) ?? { host: '127.0.0.1', port: 0 };
    this.inbound = new Listener({
      host,
      port,
      mine,
      tls,
      limits: this.limits,
      admit: (identity) => this.refusal(identity),
      onEstablished: (identity, connection) => {
        this.accept(identity, connection);
      },
      onRefused: (address, identity, reason) => {
        this.reportRefused(address, identity, reason);
      },
    });
  }

  /** Called by {@link openTlsTransport}. */
  start(): TaskEither<ListenError, void> {
    return TE.map((port: number) => {
      this.port = port;
      this.dialOthers();
    })(this.inbound.listen());
  }

  send(to: ProcessId, frame: Uint8Array): void {
    const link = this.links.get(to);
    if (link === undefined) return;
    if (frame.length > this.limits.maxFrameBytes) {
      const line = `a frame of ${frame.length} bytes for ${to} was not sent: at most ${this.limits.maxFrameBytes} are allowed`;
      this.notices.say(`frame ${to}`, line);
    } else if (link.pending + frame.length <= this.limits.maxPendingBytes) link.send('data', frame);
  }

  /** Tells everybody, sends what is queued, and frees the port. No callback comes afterwards. */
  async close(): Promise<void> {
    this.isClosing = true;
    for (const redialer of this.redialers) redialer.stop();
    const connections = [...this.links.values(), ...this.clients.keys()];
    for (const connection of connections) connection.close(`${this.options.me} is shutting down`);
    await Promise.all([this.inbound.close(), ...connections.map((connection) => connection.closed())]);
  }

  private dialOthers(): void {
    for (const to of this.servers.values()) {
      if (to.id <= this.options.me) continue;
      const attempt = { to, mine: this.mine, tls: this.tls, limits: this.limits };
      const redialer = new Redialer({
        attempt,
        onUp: (connection) => {
          this.adopt(to.id, connection, () => {
            redialer.again();
          });
        },
        onFailed: (reason) => {
          this.reportDown(to.id, reason);
        },
      });
      this.redialers.push(redialer);
    }
  }

  private refusal({ role, id }: Identity): string | undefined {
    if (role === 'client') {
      if (!this.options.isEnrolled(id)) return `application ${id} is not enrolled`;
      const hasRoom = this.clients.size < this.limits.maxClients || this.greedierThan(id) !== undefined;
      return hasRoom ? undefined : 'too many applications are connected';
    }
    if (!this.servers.has(id)) return `server ${id} is not in the alliance`;
    return id < this.options.me ? undefined : `${this.options.me} dials ${id}, not the other way round`;
  }

  private accept({ role, id }: Identity, connection: Connection): void {
    if (role === 'server') {
      this.adopt(id, connection, () => undefined);
      return;
    }
    const handler = this.options.onClient(linkOver(connection, id, this.limits));
    if (this.clients.size >= this.limits.maxClients)
      this.greedierThan(id)?.close('its place is needed for an application that has fewer connections');
    this.clients.set(connection, id);
    attach(connection, {
      onFrame: (frame) => {
        handler.onFrame(frame);
      },
      onClosed: (reason) => {
        this.clients.delete(connection);
        if (!this.isClosing) handler.onClosed(reason);
      },
    });
  }

  /** The oldest connection of the application that has most, where these are more than `id` would have with one more. */
  private greedierThan(id: ProcessId): Connection | undefined {
    const counts = new Map<ProcessId, number>();
    for (const owner of this.clients.values()) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    const most = Math.max(0, ...counts.values());
    if (most <= (counts.get(id) ?? 0) + 1) return undefined;
    for (const [connection, owner] of this.clients) if (counts.get(owner) === most) return connection;
    return undefined;
  }

  /** A newer connection takes the place of an older one, whose other side has then forgotten it. */
  private adopt(peer: ProcessId, connection: Connection, onEnd: () => void): void {
    const older = this.links.get(peer);
    this.links.set(peer, connection);
    attach(connection, {
      onFrame: (frame) => {
        if (!this.isClosing && this.links.get(peer) === connection) this.options.listener.onFrame(peer, frame);
      },
      onClosed: (reason) => {
        onEnd();
        if (this.links.get(peer) !== connection) return;
        this.links.delete(peer);
        this.reportDown(peer, reason);
      },
    });
    older?.close('a newer connection has taken its place');
    this.notices.forget(peer);
    if (!this.isClosing) this.options.listener.onConnected(peer);
  }

  private reportRefused(address: string, identity: Identity | undefined, reason: string): void {
    if (identity?.role === 'server' && this.servers.has(identity.id)) {
      if (!this.links.has(identity.id)) this.reportDown(identity.id, reason);
    } else {
      const who = identity === undefined ? address : `${describeIdentity(identity)} at ${address}`;
      if (!this.isClosing) this.notices.say(who, `refused ${who}: ${reason}`, 1000);
    }
  }

  /** Once for each new reason: a server that stays away is dialled again and again. */
  private reportDown(peer: ProcessId, reason: string): void {
    if (this.isClosing) return;
    if (this.notices.say(peer, `no link with ${peer}: ${reason}`)) this.options.listener.onDisconnected(peer, reason);
  }
}
