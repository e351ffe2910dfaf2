/** Opening one connection to a server, up to the end of the handshake. */
import { connect } from 'node:tls';
import { E } from '../prelude/fp.js';
import type { ProcessId } from '../prelude/process.js';
import { mismatch } from './authority.js';
import { Connection } from './connection.js';
import { maxHandshakeFrameBytes, shakeHands } from './handshake.js';
import { difference, type Hello } from './hello.js';
import type { LinkLimits } from './limits.js';
import { provedBy, type TlsContext } from './tls-context.js';

/** Where a server is to be found. */
export interface ServerAddress {
  readonly id: ProcessId;
  readonly host: string;
  readonly port: number;
}

export interface Dial {
  readonly to: ServerAddress;
  readonly mine: Hello;
  readonly tls: TlsContext;
  readonly limits: LinkLimits;
  /** Sets the connection's handler. */
  readonly onEstablished: (connection: Connection) => void;
  readonly onFailed: (failure: { readonly _tag: 'Unreachable' | 'Refused'; readonly reason: string }) => void;
}

/** Returns what ends the attempt, whatever has come of it. */
export function dial({ to, mine, tls, limits, onEstablished, onFailed }: Dial): () => void {
  const socket = connect({
    host: to.host,
    port: to.port,
    secureContext: tls.secureContext,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  const unreachable = (reason: string): void => {
    socket.removeAllListeners('error').on('error', () => undefined);
    clearTimeout(timer);
    socket.destroy();
    onFailed({ _tag: 'Unreachable', reason });
  };
  const onError = (error: NodeJS.ErrnoException): void => {
    unreachable(error.code ?? error.message);
  };
  const timer = setTimeout(() => {
    unreachable(`no answer within ${limits.handshakeMs} ms`);
  }, limits.handshakeMs);
  socket.on('error', onError);
  socket.once('secureConnect', () => {
    clearTimeout(timer);
    socket.off('error', onError);
    const connection = new Connection(socket, maxHandshakeFrameBytes);
    const proved = provedBy(socket, tls.authorities);
    const expected = { role: 'server', id: to.id } as const;
    const check = (theirs: Hello): string | undefined =>
      mismatch(expected, theirs.identity) ?? difference(mine, theirs);
    shakeHands(connection, {
      mine,
      check,
      deadlineMs: limits.handshakeMs,
      onEstablished: () => {
        connection.establish(limits.maxFrameBytes, limits.pingMs);
        onEstablished(connection);
      },
      onFailed: (reason) => {
        onFailed({ _tag: 'Refused', reason });
      },
    });
    const refusal = E.isLeft(proved) ? proved.left : mismatch(proved.right, expected);
    if (refusal !== undefined) connection.close(refusal);
  });
  return () => {
    clearTimeout(timer);
    socket.destroy();
  };
}
