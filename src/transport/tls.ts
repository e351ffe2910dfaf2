/**
 * The transport between servers over TLS 1.3 with mutual, pinned certificates; applications come in by the same port.
 * One connection joins each pair of servers, dialled by the one whose id is the smaller: whatever epoch either is in.
 */
import { E, type Either, pipe, TE, type TaskEither } from '../prelude/fp.js';
import { present } from '../prelude/invariant.js';
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
  /** Every server that there may be links with, this one included; {@link TlsTransport.meet} names others. */
  readonly servers: readonly ServerAddress[];
  readonly context: LinkContext;
  readonly credentials: Credentials;
  /** PEM certificates by organization. */
  readonly authorities: ReadonlyMap<string, string>;
  /** Where to listen, if not where the others find this server. */
  readonly listenAt?: { readonly host: string; readonly port: number };
  readonly listener: TransportListener;
  /** Whether an application (`organization/application`) may connect. Servers that may be linked may be clients as well. */
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
  /** Who may be linked now. */
  private servers: ReadonlyMap<ProcessId, ServerAddress>;
  private readonly links = new Map<ProcessId, Connection>();
  /** Connections of applications, oldest first, and whose they are. */
  private readonly clients = new Map<Connection, ProcessId>();
  /** One for each server that this one dials. */
  private readonly redialers = new Map<ProcessId, Redialer>();
  private isClosing = false;

  /** Use {@link openTlsTransport}. */
  constructor(
    private readonly options: TlsTransportOptions,
    private tls: TlsContext,
    private readonly mine: Hello,
  ) {
    this.limits = { ...defaultLimits, ...options.limits };
    this.notices = new Notices(options.log);
    this.servers = byId(options.servers);
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

  /**
   * Sets who may be linked besides those it was opened with, in the place of what an earlier call said: they may come and are
   * dialled, and their authorities count beside the others. Who is not named any more is cut off; all other links stay as they are.
   * Where two know an address, that of the options counts. The error is one sentence, and nothing has changed then.
   *
   * @param authorities - PEM certificates by organization.
   */
  meet(servers: readonly ServerAddress[], authorities: ReadonlyMap<string, string>): Either<string, void> {
    const { credentials, authorities: own } = this.options;
    const tls = readTlsContext(this.mine.identity, credentials, own, authorities);
    if (E.isLeft(tls)) return tls;
    if (this.isClosing) return E.right(undefined);
    this.tls = tls.right;
    this.inbound.become(tls.right);
    this.servers = byId([...servers, ...this.options.servers]);
    this.partFromOthers();
    this.dialOthers();
    return E.right(undefined);
  }

  /** Tells everybody, sends what is queued, and frees the port. No callback comes afterwards. */
  async close(): Promise<void> {
    this.isClosing = true;
    for (const redialer of this.redialers.values()) redialer.stop();
    const connections = [...this.links.values(), ...this.clients.keys()];
    for (const connection of connections) connection.close(`${this.options.me} is shutting down`);
    await Promise.all([this.inbound.close(), ...connections.map((connection) => connection.closed())]);
  }

  /** Ends the links with those who may not be linked any more. */
  private partFromOthers(): void {
    for (const [id, redialer] of this.redialers) {
      if (this.servers.has(id)) continue;
      redialer.stop();
      this.redialers.delete(id);
    }
    for (const [id, connection] of this.links)
      if (!this.servers.has(id)) connection.close(`server ${id} is not in the alliance any more`);
    for (const [connection, id] of this.clients)
      if (!this.isClient(id)) connection.close(`${id} is not in the alliance any more`);
  }

  private dialOthers(): void {
    for (const id of this.servers.keys())
      if (id > this.options.me && !this.redialers.has(id)) this.redialers.set(id, this.redialerFor(id));
  }

  private redialerFor(id: ProcessId): Redialer {
    const { mine, limits } = this;
    const redialer = new Redialer({
      attempt: () => ({
        to: present(this.servers.get(id), 'who is dialled has an address'),
        mine,
        tls: this.tls,
        limits,
      }),
      limits,
      onUp: (connection) => {
        this.adopt(id, connection, () => {
          redialer.again();
        });
      },
      onFailed: (reason) => {
        this.reportDown(id, reason);
      },
    });
    return redialer;
  }

  private refusal({ role, id }: Identity): string | undefined {
    if (role === 'client') {
      if (!this.isClient(id)) return `application ${id} is not enrolled`;
      const hasRoom = this.clients.size < this.limits.maxClients || this.greedierThan(id) !== undefined;
      return hasRoom ? undefined : 'too many applications are connected';
    }
    if (!this.servers.has(id)) return `server ${id} is not in the alliance`;
    return id < this.options.me ? undefined : `${this.options.me} dials ${id}, not the other way round`;
  }

  private isClient(id: ProcessId): boolean {
    return this.options.isEnrolled(id) || this.servers.has(id);
  }

  private accept({ role, id }: Identity, connection: Connection): void {
    if (role === 'server') {
      // It may have been named no more since it was admitted.
      const refusal = this.refusal({ role, id });
      if (refusal !== undefined) connection.close(refusal);
      else this.adopt(id, connection, () => undefined);
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

/** The last of those with one id counts. */
function byId(servers: readonly ServerAddress[]): ReadonlyMap<ProcessId, ServerAddress> {
  return new Map(servers.map((server) => [server.id, server]));
}
