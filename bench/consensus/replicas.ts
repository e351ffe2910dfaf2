/** The replicas of an alliance in this process, over a network, journals and logs in memory; the alliance key in line. */
import { readRequest } from '../../src/consensus/batch.js';
import { ConsensusCodec } from '../../src/consensus/codec.js';
import { type DeliveredRun, DeliveryTable } from '../../src/consensus/delivery.js';
import { chainStart } from '../../src/consensus/statement.js';
import { FabMachine } from '../../src/consensus/step.js';
import { readAll } from '../../src/prelude/canonical.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { DistributedSigner } from '../../src/schemes/contract/distributed-signer.js';
import { DecidedLog } from '../../src/server/log/decided-log.js';
import { Replica } from '../../src/server/replica/replica.js';
import type { AllianceKey, ReplicaObserver, ReplicaParts } from '../../src/server/replica/replica-parts.js';
import { MemoryJournal, MemoryLogStore } from '../../src/storage/memory.js';
import { MemoryNetwork } from '../../src/transport/memory.js';
import { right } from '../table.js';
import { type Alliance, makeMember } from './alliance.js';
import { cpuMs } from './processor.js';
import { Tally } from './tally.js';

/** n servers share a thread here: nobody loses patience over that. */
const parameters = { baseTimeoutMs: 60_000, statusMs: 5000, idleStatusMs: 5000 };

/** What a client hears of the replicas. */
export interface Audience {
  /** `server` has decided these commands, durably. */
  onPlaced(server: ProcessId, delivered: readonly DeliveredRun[]): void;
  /** The first server has a certificate up to `slot`. */
  onCertified(slot: number): void;
}

export class Replicas {
  /** Of the alliance key. */
  keyCpuMs = 0;
  certificates = 0;
  private readonly network = new MemoryNetwork();
  private readonly replicas: ReadonlyMap<ProcessId, Replica>;
  private readonly first: ProcessId;

  constructor(
    private readonly alliance: Alliance,
    private readonly audience: Audience,
  ) {
    const { ids } = alliance.universe;
    this.first = present(ids[0], 'a server');
    this.replicas = new Map(ids.map((me) => [me, this.open(me)]));
    for (const replica of this.replicas.values()) replica.start();
  }

  submit(server: ProcessId, request: Uint8Array): void {
    this.replicas.get(server)?.submit(right(readAll(request, readRequest)));
  }

  stop(): void {
    for (const replica of this.replicas.values()) replica.stop();
  }

  private open(me: ProcessId): Replica {
    const { config, allianceSigner } = makeMember(this.alliance, me, new Tally(), parameters);
    const { allianceId, system } = config;
    const chains = new Map([[0, chainStart(allianceId)]]);
    const log = new DecidedLog(new MemoryLogStore(), allianceId, stopHere);
    const replica = new Replica({
      me,
      machine: new FabMachine(config, [], { decidedUpTo: 0, chains, delivery: DeliveryTable.empty() }),
      codec: new ConsensusCodec(system.processes.universe, config.epoch),
      journal: new MemoryJournal(),
      log,
      state: stateless(log),
      allianceKey: this.inLine(allianceSigner),
      send: (to, frame) => {
        transport.send(to, frame);
      },
      observer: this.observe(me),
      clock: () => performance.now(),
    });
    const transport = this.network.join(me, {
      onFrame: (from, frame) => {
        replica.onFrame(from, frame);
      },
      onConnected: (peer) => {
        replica.onConnected(peer);
      },
      onDisconnected: () => undefined,
    });
    return replica;
  }

  private observe(me: ProcessId): ReplicaObserver {
    return {
      hasListeners: () => me === this.first,
      onCertified: ({ slot }) => {
        if (me !== this.first) return;
        this.certificates += 1;
        this.audience.onCertified(slot);
      },
      onCovered: () => undefined,
      onPlaced: (delivered) => {
        this.audience.onPlaced(me, delivered);
      },
      onRefused: (_, reason) => stopHere(`refused: ${reason}`),
      onView: (view) => stopHere(`entered view ${view}`),
      onBlame: (process, fault) => stopHere(`blames ${process}: ${JSON.stringify(fault)}`),
      onStatesDiffer: (slot) => stopHere(`states differ after slot ${slot}`),
      onHandedOver: () => stopHere('handed over'),
      onStopped: ({ _tag }) => stopHere(_tag),
    };
  }

  private inLine(signer: DistributedSigner): AllianceKey {
    const timed = <A>(work: () => A): Promise<A> => {
      const startMs = cpuMs();
      const result = work();
      this.keyCpuMs += cpuMs() - startMs;
      return Promise.resolve(result);
    };
    return {
      signShare: (message) => timed(() => signer.signShare(message)),
      proveShare: (message) => timed(() => signer.proveShare(message)),
      verify: (message, signature) => timed(() => signer.verify(message, signature)),
      combine: (message, shares) => timed(() => signer.combine(message, shares)),
    };
  }
}

/** Nothing of the kind happens where all are correct. */
function stopHere(reason: unknown): never {
  throw new Error(String(reason));
}

/** No application, and no snapshots. */
function stateless(log: DecidedLog): ReplicaParts['state'] {
  return {
    decide: async ({ slot, chain, batch }) => {
      await log.append(slot, chain, batch);
      return [{ _tag: 'Stored', slot }];
    },
    certified: () => undefined,
    transfer: () => undefined,
    abandon: () => undefined,
    install: () => Promise.reject(new Error('nothing is transferred here')),
  };
}
