/** A transport inside one process, for tests and benchmarks: frames are copied and delivered in a later turn, in order. */
import type { ProcessId } from '../prelude/process.js';
import type { Transport, TransportListener } from './transport.js';

/** The wires between the transports that join it. */
export class MemoryNetwork {
  private readonly members = new Map<ProcessId, MemoryTransport>();

  /** Links `id` with everybody who has joined and not closed. The place of an earlier transport of that id must be free. */
  join(id: ProcessId, listener: TransportListener): Transport {
    const joining = new MemoryTransport(this.members, id, listener);
    for (const [other, member] of this.members) {
      member.later((to) => {
        to.onConnected(id);
      });
      joining.later((to) => {
        to.onConnected(other);
      });
    }
    this.members.set(id, joining);
    return joining;
  }
}

class MemoryTransport implements Transport {
  private readonly queue: ((listener: TransportListener) => void)[] = [];

  constructor(
    private readonly members: Map<ProcessId, MemoryTransport>,
    private readonly id: ProcessId,
    private readonly listener: TransportListener,
  ) {}

  send(to: ProcessId, frame: Uint8Array): void {
    if (this.members.get(this.id) !== this || to === this.id) return;
    const copy = new Uint8Array(frame);
    this.members.get(to)?.later((listener) => {
      listener.onFrame(this.id, copy);
    });
  }

  close(): Promise<void> {
    if (this.members.get(this.id) === this) {
      this.members.delete(this.id);
      for (const member of this.members.values()) {
        member.later((listener) => {
          listener.onDisconnected(this.id, 'closed');
        });
      }
    }
    return Promise.resolve();
  }

  /** Lets the listener hear something in a later turn, unless this transport has closed by then. */
  later(hear: (listener: TransportListener) => void): void {
    this.queue.push(hear);
    if (this.queue.length === 1)
      setImmediate(() => {
        this.deliver();
      });
  }

  private deliver(): void {
    for (const hear of this.queue.splice(0)) {
      if (this.members.get(this.id) === this) hear(this.listener);
    }
  }
}
