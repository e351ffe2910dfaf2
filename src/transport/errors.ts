/** Why a link cannot be had. */
import { assertNever } from '../prelude/invariant.js';

export type ListenError =
  | { readonly _tag: 'AddressInUse'; readonly host: string; readonly port: number }
  | { readonly _tag: 'CannotListen'; readonly host: string; readonly port: number; readonly detail: string }
  /** The own certificate, its key or a pinned authority is not what it should be. */
  | { readonly _tag: 'BadCredentials'; readonly detail: string };

export type ConnectError =
  | { readonly _tag: 'BadCredentials'; readonly detail: string }
  /** Nobody answers there, or not in time. */
  | { readonly _tag: 'Unreachable'; readonly host: string; readonly port: number; readonly detail: string }
  /** One of the two sides refused the other, and this is what differs. */
  | { readonly _tag: 'Refused'; readonly host: string; readonly port: number; readonly reason: string };

/** One line for people. */
export function describeLinkError(error: ListenError | ConnectError): string {
  switch (error._tag) {
    case 'AddressInUse':
      return `port ${error.port} on ${error.host} is in use by another program: stop it, or choose another port`;
    case 'CannotListen':
      return `cannot listen on ${error.host}:${error.port}: ${error.detail}`;
    case 'BadCredentials':
      return `the TLS credentials cannot be used: ${error.detail}`;
    case 'Unreachable':
      return `cannot reach ${error.host}:${error.port}: ${error.detail}`;
    case 'Refused':
      return `no link with ${error.host}:${error.port}: ${error.reason}`;
    default:
      return assertNever(error);
  }
}
