/** A client that keeps so many commands undecided, through the client library's own half, against replicas in this process. */
import { Proposals } from '../../src/client/proposals.js';
import { encodeRequest, type UnsignedRequest } from '../../src/consensus/batch.js';
import { commandsOf, type Delivered, type DeliveredRun } from '../../src/consensus/delivery.js';
import { fromUtf8, utf8 } from '../../src/prelude/bytes.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { placementsByClient } from '../../src/server/applications/placements.js';
import { testClient, testRequest } from '../../test/support/cluster.js';
import { type Alliance, vouchingServers } from './alliance.js';
import { cpuMs } from './processor.js';
import { Replicas } from './replicas.js';

/** `flush`: all that is proposed in one turn is signed once, as the library does. `command`: everything by itself. */
export type SigningHabit = 'flush' | 'command';

const command = utf8('x'.repeat(100));

/** What has happened so far. */
interface Readings {
  readonly atMs: number;
  readonly decided: number;
  readonly slots: number;
  readonly certificates: number;
  /** Of all servers together: the client's is not theirs. */
  readonly serverCpuMs: number;
  /** Of that, the alliance key's. */
  readonly keyCpuMs: number;
}

/** What happened in one round. */
export type Round = Readings;

export interface LoadOptions {
  readonly outstanding: number;
  readonly habit: SigningHabit;
  readonly durationMs: number;
}

/** Runs for so long, from one decision to another: where slots are few, a part of one would count for much. */
export async function runLoad(alliance: Alliance, { outstanding, habit, durationMs }: LoadOptions): Promise<Round> {
  const load = new Load(alliance, habit);
  const nextDecision = async (): Promise<Readings> => {
    for (const { decided } = load; load.decided === decided; ) await turn();
    return load.read();
  };
  load.propose(outstanding);
  const start = await nextDecision();
  await turn(durationMs);
  const end = await nextDecision();
  load.stop();
  return difference(start, end);
}

function turn(ms = 0): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function difference(start: Readings, end: Readings): Round {
  return {
    atMs: end.atMs - start.atMs,
    decided: end.decided - start.decided,
    slots: end.slots - start.slots,
    certificates: end.certificates - start.certificates,
    serverCpuMs: end.serverCpuMs - start.serverCpuMs,
    keyCpuMs: end.keyCpuMs - start.keyCpuMs,
  };
}

class Load {
  decided = 0;
  private slots = 0;
  private readonly replicas: Replicas;
  private readonly proposals: Proposals;
  /** Decided by the first server, and not certified. */
  private uncertified: Delivered[] = [];
  private wished = 0;
  private turns = 0;
  private clientCpuMs = 0;
  private isStopped = false;
  private flushing: NodeJS.Immediate | undefined;

  constructor(
    private readonly alliance: Alliance,
    private readonly habit: SigningHabit,
  ) {
    this.proposals = new Proposals(testClient, 1, sign);
    this.replicas = new Replicas(alliance, {
      onPlaced: (server, delivered) => {
        this.asClient(() => {
          this.place(server, delivered);
        });
      },
      onCertified: (slot) => {
        this.asClient(() => {
          this.settle(slot);
        });
      },
    });
  }

  read(): Readings {
    const { certificates, keyCpuMs } = this.replicas;
    const serverCpuMs = cpuMs() - this.clientCpuMs;
    return { atMs: performance.now(), decided: this.decided, slots: this.slots, certificates, serverCpuMs, keyCpuMs };
  }

  stop(): void {
    this.isStopped = true;
    this.replicas.stop();
  }

  /** Proposes so many commands more, in a later turn. */
  propose(count: number): void {
    this.wished += count;
    this.flushing ??= setImmediate(() => {
      this.flushing = undefined;
      this.asClient(() => {
        this.flush();
      });
    });
  }

  private flush(): void {
    for (; this.wished > 0; this.wished--) {
      void this.proposals.add(command, ({ slot }) => {
        this.decided += 1;
        this.slots = Math.max(this.slots, slot);
        this.propose(1);
      });
      if (this.habit === 'command') this.submit();
    }
    this.submit();
  }

  private submit(): void {
    for (const request of this.proposals.flush(performance.now())) {
      const bytes = encodeRequest(request);
      this.turns += 1;
      for (const server of vouchingServers(this.alliance, this.turns)) this.replicas.submit(server, bytes);
    }
  }

  private place(server: ProcessId, delivered: readonly DeliveredRun[]): void {
    if (this.isStopped) return;
    const { universe, system } = this.alliance;
    for (const placement of placementsByClient(delivered).get(testClient) ?? [])
      this.proposals.place(server, placement, (servers) => system.containsCorrect(universe.of(servers)));
    if (server === universe.at(0)) this.uncertified.push(...delivered.flatMap(commandsOf));
  }

  private settle(slot: number): void {
    const isCertified = (delivered: Delivered): boolean => delivered.slot <= slot;
    this.proposals.settle(this.uncertified.filter(isCertified), performance.now());
    this.uncertified = this.uncertified.filter((delivered) => !isCertified(delivered));
    // What the window of the library held back may go now.
    this.propose(0);
  }

  /** Takes the client's time. */
  private asClient(work: () => void): void {
    const startMs = cpuMs();
    work();
    this.clientCpuMs += cpuMs() - startMs;
  }
}

function sign({ firstSequence, commands, session }: UnsignedRequest): ReturnType<typeof testRequest> {
  const texts = commands.map((bytes) => present(fromUtf8(bytes), 'commands of this client are text'));
  return testRequest(firstSequence, texts, session);
}
