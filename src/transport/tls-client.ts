/** An application's connection to one server: the same handshake as between servers, in the role of a client. */
import { E, type TaskEither } from '../prelude/fp.js';
import type { ProcessId } from '../prelude/process.js';
import { dial, type ServerAddress } from './dial.js';
import type { ConnectError } from './errors.js';
import type { Identity } from './identity.js';
import { type Credentials, defaultLimits, type LinkContext, type LinkLimits } from './limits.js';
import { attach, linkOver } from './link.js';
import { readNewcomerTlsContext, readTlsContext } from './tls-context.js';
import type { Link, LinkHandler } from './transport.js';

export interface ClientOptions {
  /** `organization/application`, for which the credentials were issued; or the id of the server that has them. */
  readonly me: ProcessId;
  readonly to: ServerAddress;
  readonly context: LinkContext;
  readonly credentials: Credentials;
  /** PEM certificates by organization. */
  readonly authorities: ReadonlyMap<string, string>;
  /** It is to join: its authority may not be among those that are known. */
  readonly isNewcomer?: boolean;
  /** Hears nothing before {@link connectClient} has resolved. */
  readonly handler: LinkHandler;
  readonly limits?: Partial<LinkLimits>;
}

/** Connects once; whoever wants to stay connected calls it again. */
export function connectClient(options: ClientOptions): TaskEither<ConnectError, Link> {
  const limits = { ...defaultLimits, ...options.limits };
  const { to, me, context, handler } = options;
  const { host, port } = to;
  return async () => {
    const identity: Identity = { role: 'client', id: me };
    const read = options.isNewcomer === true ? readNewcomerTlsContext : readTlsContext;
    const tls = read(identity, options.credentials, options.authorities);
    if (E.isLeft(tls)) return E.left({ _tag: 'BadCredentials', detail: tls.left });
    return new Promise((resolve) => {
      dial({
        to,
        mine: { identity, ...context },
        tls: tls.right,
        limits,
        onEstablished: (connection) => {
          attach(connection, deferred(handler));
          resolve(E.right(linkOver(connection, to.id, limits)));
        },
        onFailed: ({ _tag, reason }) => {
          resolve(E.left(_tag === 'Refused' ? { _tag, host, port, reason } : { _tag, host, port, detail: reason }));
        },
      });
    });
  };
}

/** Holds back, in order, what comes in the turn in which the link is established. */
function deferred(handler: LinkHandler): LinkHandler {
  let held: (() => void)[] | undefined = [];
  setImmediate(() => {
    for (const call of held ?? []) call();
    held = undefined;
  });
  const whenReady = (call: () => void): void => {
    if (held === undefined) call();
    else held.push(call);
  };
  return {
    onFrame: (frame) => {
      whenReady(() => {
        handler.onFrame(frame);
      });
    },
    onClosed: (reason) => {
      whenReady(() => {
        handler.onClosed(reason);
      });
    },
  };
}
