/**
 * Brings acts into the log as commands of this server's own session, each exactly once: they are sent again until they are delivered.
 * What came of them is told to people where they were refused.
 */
import { concatBytes, toHex } from '../../prelude/bytes.js';
import { digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Request, UnsignedRequest } from '../../consensus/batch.js';
import type { Delivered } from '../../consensus/delivery.js';
import { Proposals } from '../../client/proposals.js';
import { bodyKinds, membershipName } from '../../services/membership/membership.js';
import { cutIntoPieces } from '../../services/membership/pieces.js';
import { encodeServiceCommand } from '../../services/service-command.js';
import type { ExecutedCommand } from '../state/executor.js';

export interface CarrierParts {
  readonly me: ProcessId;
  /** Higher than that of any earlier start. */
  readonly session: number;
  readonly sign: (request: UnsignedRequest) => Request;
  readonly submit: (request: Request) => void;
  readonly clock: () => number;
}

/**
 * Acts that wait: more are not taken, and whoever has something to say says it again. Of those, what others may bring, and how many
 * bytes of it: so nobody takes the server's own place.
 */
const maxWaiting = 256;
const maxBrought = { count: 64, bytes: 2 << 20 } as const;

export class Carrier {
  private readonly proposals: Proposals;
  private waiting = 0;
  /** Of the last command of the session that is known to be delivered. */
  private lastSequence = 0;

  constructor(private readonly parts: CarrierParts) {
    this.proposals = new Proposals(parts.me, parts.session, parts.sign);
  }

  /** Of what others bring: what waits, by digest. */
  private readonly brought = new Map<string, number>();

  /** The same of what somebody else brings; what waits already is not taken twice. */
  bring(act: Uint8Array): boolean {
    const name = toHex(digest(act));
    const bytes = [...this.brought.values()].reduce((sum, each) => sum + each, act.length);
    if (this.brought.has(name)) return true;
    if (this.brought.size >= maxBrought.count || bytes > maxBrought.bytes) return false;
    if (!this.carry(act, () => this.brought.delete(name))) return false;
    this.brought.set(name, act.length);
    return true;
  }

  /** Whether it was taken. */
  carry(act: Uint8Array, onDelivered?: () => void): boolean {
    if (this.waiting >= maxWaiting) return false;
    const pieces = cutIntoPieces(act).map((piece) => concatBytes(Uint8Array.of(bodyKinds.piece), piece));
    const commands = pieces.map((body) => encodeServiceCommand({ name: membershipName, body }));
    this.waiting += 1;
    const sent = commands.map((command) => this.proposals.add(command));
    void Promise.all(sent).then(() => {
      this.waiting -= 1;
      onDelivered?.();
    });
    this.flush();
    return true;
  }

  /** A slot is executed. */
  onExecuted(executed: readonly ExecutedCommand[]): void {
    const { me, session, clock } = this.parts;
    const own = executed.flatMap(({ delivered }) =>
      delivered.client === me && delivered.session === session ? this.upTo(delivered) : [],
    );
    if (own.length === 0) return;
    this.proposals.settle(own, clock());
    this.flush();
  }

  /** Sends again what has not been delivered for too long. */
  tick(): void {
    for (const request of this.proposals.takeOverdue(this.parts.clock())) this.parts.submit(request);
  }

  close(): void {
    this.proposals.abandon({ _tag: 'unknown', reason: 'the server was stopped' });
  }

  /** A session is delivered in order: what comes before was, though perhaps in slots whose state was installed here. */
  private upTo(last: Delivered): readonly Delivered[] {
    const count = last.sequence - this.lastSequence;
    const first = this.lastSequence + 1;
    this.lastSequence = last.sequence;
    return Array.from({ length: count }, (_, place) => ({ ...last, sequence: first + place }));
  }

  private flush(): void {
    for (const request of this.proposals.flush(this.parts.clock())) this.parts.submit(request);
  }
}
