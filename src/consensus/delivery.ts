/**
 * From decided batches to the commands that applications see: each command of a client's session exactly once, in order.
 * The rule reads nothing but the decided log, so every server and every listener delivers the same.
 */
import type { Writer, Reader } from '../prelude/canonical.js';
import { invariant } from '../prelude/invariant.js';
import { type Batch, batchLimits, type ClientId, type Request } from './batch.js';

/** A command as delivered. */
export interface Delivered {
  readonly slot: number;
  /** Position among the commands delivered in its slot, from 0. */
  readonly index: number;
  readonly client: ClientId;
  readonly session: number;
  readonly sequence: number;
  readonly command: Uint8Array;
}

/** Commands as delivered, of one request: consecutive in their session and in their slot. */
export interface DeliveredRun {
  readonly slot: number;
  /** Position of the first among the commands delivered in its slot, from 0. */
  readonly index: number;
  readonly client: ClientId;
  readonly session: number;
  /** Of the first. */
  readonly firstSequence: number;
  readonly commands: readonly Uint8Array[];
}

/** The commands of a run one by one. */
export function commandsOf({
  slot,
  index,
  client,
  session,
  firstSequence,
  commands,
}: DeliveredRun): readonly Delivered[] {
  return commands.map((command, place) => ({
    slot,
    index: index + place,
    client,
    session,
    sequence: firstSequence + place,
    command,
  }));
}

/** How many sessions of one client are remembered; an older one can deliver no more. */
export const sessionsPerClient = 64;

/** How many clients a table can hold: whoever enrols clients enforces it, counting all that there ever were. */
export const maxClients = 100_000;

/** For each client and session, the last sequence number delivered. */
export class DeliveryTable {
  private constructor(
    private readonly sessions: Map<ClientId, Map<number, number>>,
    private readonly joinsMidway = false,
  ) {}

  static empty(): DeliveryTable {
    return new DeliveryTable(new Map());
  }

  /** For a listener that begins in the middle of the log: a session's first request seen counts as its next. */
  static joining(): DeliveryTable {
    return new DeliveryTable(new Map(), true);
  }

  /** The last delivered sequence number of a session; 0 before the first. */
  lastSequence(client: ClientId, session: number): number {
    return this.sessions.get(client)?.get(session) ?? 0;
  }

  /** Whether a session is so old that it has been forgotten: its commands are never delivered again. */
  isForgotten(client: ClientId, session: number): boolean {
    const sessions = this.sessions.get(client);
    if (sessions === undefined || sessions.has(session) || sessions.size < sessionsPerClient) return false;
    return session < Math.min(...sessions.keys());
  }

  /** Takes the batch decided in `slot`, which follows everything taken so far, and returns what it delivers. */
  deliver(slot: number, batch: Batch): readonly Delivered[] {
    return this.deliverRuns(slot, batch).flatMap(commandsOf);
  }

  /** The same, without an object a command. */
  deliverRuns(slot: number, batch: Batch): readonly DeliveredRun[] {
    const runs: DeliveredRun[] = [];
    let index = 0;
    for (const request of batch.requests) {
      const skipped = this.take(request);
      if (skipped === undefined) continue;
      const { client, session, firstSequence } = request;
      const commands = skipped === 0 ? request.commands : request.commands.slice(skipped);
      runs.push({ slot, index, client, session, firstSequence: firstSequence + skipped, commands });
      index += commands.length;
    }
    return runs;
  }

  /** Takes over what another table knows, in the place of its own: whoever refers to this table goes on with that. */
  replaceBy(other: DeliveryTable): void {
    const copies = [...other.sessions].map(([client, sessions]) => [client, new Map(sessions)] as const);
    this.sessions.clear();
    for (const [client, sessions] of copies) this.sessions.set(client, sessions);
  }

  copy(): DeliveryTable {
    const copy = DeliveryTable.empty();
    copy.replaceBy(this);
    return copy;
  }

  /** The encoding within snapshots: clients ascending by name, and the sessions of each by number. */
  write(writer: Writer): void {
    invariant(this.sessions.size <= maxClients, 'no more clients are enrolled than a snapshot holds');
    const clients = [...this.sessions].sort(([a], [b]) => (a < b ? -1 : 1));
    writer.list(clients, (outer, [client, sessions]) => {
      const sorted = [...sessions].sort(([a], [b]) => a - b);
      outer.text(client).list(sorted, (inner, [session, sequence]) => inner.u64(session).u64(sequence));
    });
  }

  /** Reads what {@link write} wrote, and nothing else. */
  static read(reader: Reader): DeliveryTable {
    let last: ClientId | undefined;
    const clients = reader.list(maxClients, (outer) => {
      const client = outer.text(batchLimits.clientBytes);
      if (last !== undefined && client <= last) outer.fail('clients that ascend');
      last = client;
      return [client, readSessions(outer)] as const;
    });
    return new DeliveryTable(new Map(clients));
  }

  /** How many commands of a request have been delivered before the next one; `undefined` after a gap, or where none comes next. */
  private take({ client, session, firstSequence, commands }: Request): number | undefined {
    if (this.isForgotten(client, session)) return undefined;
    const known = this.lastSequence(client, session);
    const next = known === 0 && this.joinsMidway ? firstSequence : known + 1;
    const skipped = next - firstSequence;
    if (skipped < 0 || skipped >= commands.length) return undefined;
    this.advance(client, session, firstSequence + commands.length - 1);
    return skipped;
  }

  private advance(client: ClientId, session: number, sequence: number): void {
    const sessions = this.sessions.get(client) ?? new Map<number, number>();
    this.sessions.set(client, sessions);
    sessions.set(session, sequence);
    if (sessions.size > sessionsPerClient) sessions.delete(Math.min(...sessions.keys()));
  }
}

function readSessions(reader: Reader): Map<number, number> {
  let last = -1;
  const sessions = reader.list(sessionsPerClient, (inner) => {
    const [session, sequence] = [inner.u64(), inner.u64()];
    if (session <= last) inner.fail('sessions that ascend');
    if (sequence < 1) inner.fail('a sequence number from 1');
    last = session;
    return [session, sequence] as const;
  });
  return sessions.length > 0 ? new Map(sessions) : reader.fail('a client with a session');
}
