/** Accepts connections: bounds what strangers may cost, and hands on those that have proved who they are. */
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { E, TE, type TaskEither } from '../prelude/fp.js';
import { refusedClaim } from './authority.js';
import { Connection } from './connection.js';
import type { ListenError } from './errors.js';
import { maxHandshakeFrameBytes, shakeHands } from './handshake.js';
import { difference, type Hello } from './hello.js';
import type { Identity } from './identity.js';
import type { LinkLimits } from './limits.js';
import { provedBy, type TlsContext } from './tls-context.js';

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly mine: Hello;
  readonly tls: TlsContext;
  readonly limits: LinkLimits;
  /** Why an identity that was proved may not connect; `undefined` if it may. */
  readonly admit: (identity: Identity) => string | undefined;
  /** Sets the connection's handler. */
  readonly onEstablished: (identity: Identity, connection: Connection) => void;
  /** @param identity - as far as it was proved. */
  readonly onRefused: (address: string, identity: Identity | undefined, reason: string) => void;
}

export class Listener {
  private readonly server: Server;
  /** Connections whose other side has not finished the handshake, oldest first, by remote address and port. */
  private readonly unproved = new Map<string, Socket>();

  private tls: TlsContext;

  constructor(private readonly options: ListenerOptions) {
    const { tls, limits } = options;
    this.tls = tls;
    this.server = createServer({
      ...tls.secureOptions,
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: limits.handshakeMs,
    });
    this.server.on('connection', (socket: Socket) => {
      this.bound(socket);
    });
    this.server.on('secureConnection', (socket: TLSSocket) => {
      this.greet(socket);
    });
    this.server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
      options.onRefused(addressOf(socket), undefined, `no TLS 1.3 handshake (${error.code ?? error.message})`);
      socket.destroy();
    });
  }

  /** Resolves with the port, which the system chooses where the options say 0. */
  listen(): TaskEither<ListenError, number> {
    const { host, port } = this.options;
    return TE.tryCatch(
      () =>
        new Promise<number>((resolve, reject) => {
          this.server.once('error', reject);
          this.server.listen(port, host, () => {
            this.server.off('error', reject);
            this.server.on('error', () => undefined);
            const address = this.server.address();
            resolve(typeof address === 'object' && address !== null ? address.port : port);
          });
        }),
      (reason): ListenError => {
        const error = reason as NodeJS.ErrnoException;
        if (error.code === 'EADDRINUSE') return { _tag: 'AddressInUse', host, port };
        return { _tag: 'CannotListen', host, port, detail: error.message };
      },
    );
  }

  /** Judges by other authorities from now on; whoever is connected stays. */
  become(tls: TlsContext): void {
    this.tls = tls;
    this.server.setSecureContext(tls.secureOptions);
  }

  /** Accepts nobody any more and drops those that have not finished the handshake. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
    for (const socket of this.unproved.values()) socket.destroy();
    await closed;
  }

  /** Lets a flood of connections push out only one another, never a link. */
  private bound(socket: Socket): void {
    const key = keyOf(socket);
    const [oldest] = this.unproved;
    if (oldest !== undefined && this.unproved.size >= this.options.limits.maxUnproved) {
      this.unproved.delete(oldest[0]);
      oldest[1].destroy();
    }
    this.unproved.set(key, socket);
    socket.once('close', () => {
      if (this.unproved.get(key) === socket) this.unproved.delete(key);
    });
    socket.on('error', () => undefined);
  }

  private greet(socket: TLSSocket): void {
    const { mine, limits, admit, onEstablished, onRefused } = this.options;
    const key = keyOf(socket);
    const address = addressOf(socket);
    const connection = new Connection(socket, maxHandshakeFrameBytes);
    const proved = provedBy(socket, this.tls.authorities);
    let identity = E.isRight(proved) ? proved.right : undefined;
    const check = (theirs: Hello): string | undefined => {
      if (identity === undefined) return 'nothing is proved';
      const refusal = refusedClaim(identity, theirs.identity);
      if (refusal !== undefined) return refusal;
      identity = theirs.identity;
      return difference(mine, theirs) ?? admit(identity);
    };
    shakeHands(connection, {
      mine,
      check,
      deadlineMs: limits.handshakeMs,
      onEstablished: (theirs) => {
        this.unproved.delete(key);
        const { role } = theirs.identity;
        connection.establish(role === 'client' ? limits.maxClientFrameBytes : limits.maxFrameBytes, limits.pingMs);
        onEstablished(theirs.identity, connection);
      },
      onFailed: (reason) => {
        onRefused(address, identity, reason);
      },
    });
    if (E.isLeft(proved)) connection.close(proved.left);
  }
}

function keyOf(socket: Socket): string {
  return `${socket.remoteAddress ?? ''} ${socket.remotePort ?? 0}`;
}

function addressOf(socket: Socket): string {
  return socket.remoteAddress ?? 'an unknown address';
}
