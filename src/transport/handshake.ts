/** The first frames of a link: each side says who it is, checks the other, and says `welcome` or why not. */
import { E } from '../prelude/fp.js';
import type { Connection } from './connection.js';
import { decodeHello, encodeHello, type Hello } from './hello.js';

/** What a frame may be long before anybody has proved anything, in bytes. */
export const maxHandshakeFrameBytes = 1024;

export interface Handshake {
  readonly mine: Hello;
  /** Why the other side is refused; `undefined` if it is not. */
  readonly check: (theirs: Hello) => string | undefined;
  readonly deadlineMs: number;
  /** Both sides have accepted. Sets the connection's handler for what follows. */
  readonly onEstablished: (theirs: Hello) => void;
  readonly onFailed: (reason: string) => void;
}

export function shakeHands(connection: Connection, handshake: Handshake): void {
  let theirs: Hello | undefined;
  const timer = setTimeout(() => {
    connection.close(`no handshake within ${handshake.deadlineMs} ms`);
  }, handshake.deadlineMs);

  const takeHello = (body: Uint8Array): void => {
    const hello = decodeHello(body);
    const refusal = E.isLeft(hello) ? hello.left : handshake.check(hello.right);
    if (refusal !== undefined || E.isLeft(hello)) {
      connection.close(refusal ?? '');
    } else {
      theirs = hello.right;
      connection.send('welcome', new Uint8Array(0));
    }
  };

  connection.handler = {
    onFrame(kind, body) {
      if (kind === 'hello' && theirs === undefined) takeHello(body);
      else if (kind === 'welcome' && theirs !== undefined) {
        clearTimeout(timer);
        handshake.onEstablished(theirs);
      } else connection.close(`a ${kind} frame came where the handshake has none`);
    },
    onClosed(reason) {
      clearTimeout(timer);
      handshake.onFailed(reason);
    },
  };
  connection.send('hello', encodeHello(handshake.mine));
}
