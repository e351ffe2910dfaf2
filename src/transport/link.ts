/** A {@link Link} over an established connection. */
import type { ProcessId } from '../prelude/process.js';
import type { Connection } from './connection.js';
import type { LinkLimits } from './limits.js';
import type { Link, LinkHandler } from './transport.js';

export function linkOver(connection: Connection, id: ProcessId, limits: LinkLimits): Link {
  return {
    id,
    get pending() {
      return connection.pending;
    },
    send(frame) {
      if (!connection.isOpen || frame.length > limits.maxFrameBytes) return false;
      if (connection.pending + frame.length > limits.maxPendingBytes) {
        connection.close(`too slow: ${connection.pending} bytes wait to be read`);
        return false;
      }
      connection.send('data', frame);
      return true;
    },
    close(reason) {
      connection.close(reason);
    },
  };
}

/** Hands the frames of an established connection to `handler`. */
export function attach(connection: Connection, handler: LinkHandler): void {
  connection.handler = {
    onFrame(kind, body) {
      if (kind === 'data') handler.onFrame(body);
      else connection.close(`a ${kind} frame came after the handshake`);
    },
    onClosed(reason) {
      handler.onClosed(reason);
    },
  };
}
