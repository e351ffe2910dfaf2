/**
 * Consensus of four servers in one process over memory: slots and requests per second under each scheme of the alliance key,
 * side by side in one run. Nothing here waits for a disk or a network, so this is what the machine and its signatures cost.
 */
import { cpus } from 'node:os';
import { ConsensusCodec } from '../src/consensus/codec.js';
import { DeliveryTable } from '../src/consensus/delivery.js';
import { chainStart } from '../src/consensus/statement.js';
import { FabMachine } from '../src/consensus/step.js';
import type { Configuration } from '../src/consensus/configuration.js';
import { type ProcessId, Universe } from '../src/prelude/process.js';
import { thresholdSystem } from '../src/quorum/trust/threshold.js';
import type { DistributedSigner } from '../src/schemes/contract/distributed-signer.js';
import { DecidedLog } from '../src/server/log/decided-log.js';
import { Replica } from '../src/server/replica/replica.js';
import type { AllianceKey } from '../src/server/replica/replica-parts.js';
import { MemoryJournal, MemoryLogStore } from '../src/storage/memory.js';
import { MemoryNetwork } from '../src/transport/memory.js';
import { testAllianceId, testConfiguration, testRequest } from '../test/support/cluster.js';
import { shoupRsaSigners } from '../test/support/rsa-signers.js';

const durationMs = 2000;
const outstanding = 64;
const commandBytes = 100;

const universe = new Universe(['a', 'b', 'c', 'd'].map((name) => `${name}/1` as ProcessId));
const system = thresholdSystem(universe, { f: 1, t: 1 });

/** In the one thread that all of this runs in. */
function inLine(signer: DistributedSigner): AllianceKey {
  return {
    signShare: (message) => Promise.resolve(signer.signShare(message)),
    combine: (message, shares) => Promise.resolve(signer.combine(message, shares)),
  };
}

interface Figures {
  readonly slotsPerSecond: number;
  readonly requestsPerSecond: number;
  readonly certificatesPerSecond: number;
}

/** Keeps `outstanding` requests waiting for their certificate for a while. */
async function run(allianceSigner: (me: ProcessId) => DistributedSigner): Promise<Figures> {
  const network = new MemoryNetwork();
  const codec = new ConsensusCodec(universe, 1);
  const replicas: Replica[] = [];
  let proposed = 0;
  let certified = 0;
  let certificates = 0;
  let slots = 0;

  const propose = (): void => {
    proposed += 1;
    replicas[proposed % replicas.length]?.submit(testRequest(proposed, ['x'.repeat(commandBytes)]));
  };

  for (const me of universe.ids) {
    const base = testConfiguration(system, me);
    const signer = allianceSigner(me);
    const config: Configuration = { ...base, keys: { slow: base.keys.slow, alliance: signer } };
    const log = new DecidedLog(new MemoryLogStore(), testAllianceId, (error) => {
      throw new Error(String(error));
    });
    const start = {
      decidedUpTo: 0,
      chains: new Map([[0, chainStart(testAllianceId)]]),
      delivery: DeliveryTable.empty(),
    };
    const isFirst = me === universe.at(0);
    let done = 0;
    const replica: Replica = new Replica({
      me,
      machine: new FabMachine(config, [], start),
      codec,
      journal: new MemoryJournal(),
      log,
      state: {
        decide: async ({ slot, chain, batch }) => {
          await log.append(slot, chain, batch);
          return [{ _tag: 'Stored', slot }];
        },
        certified: () => undefined,
        transfer: () => undefined,
        abandon: () => undefined,
        install: () => Promise.reject(new Error('nobody falls behind')),
      },
      allianceKey: inLine(signer),
      send: (to, frame) => {
        transport.send(to, frame);
      },
      observer: {
        onCertified: ({ slot }) => {
          if (!isFirst) return;
          certificates += 1;
          slots = slot;
          while (done < slot) {
            const range = log.range(done + 1);
            if (range === undefined) break;
            done += range.batches.length;
            for (const batch of range.batches) certified += batch.requests.length;
          }
          while (proposed - certified < outstanding) propose();
        },
        onPlaced: () => undefined,
        onRefused: (_, reason) => {
          throw new Error(reason);
        },
        onView: (view) => {
          console.log(`  (view ${view})`);
        },
        onBlame: (process, fault) => {
          console.log(`  (blames ${process}: ${fault._tag})`);
        },
        onStatesDiffer: () => undefined,
        onHandedOver: () => undefined,
        onStopped: (reason) => {
          throw new Error(reason._tag);
        },
      },
      clock: () => performance.now(),
    });
    const transport = network.join(me, {
      onFrame: (from, frame) => {
        replica.onFrame(from, frame);
      },
      onConnected: (peer) => {
        replica.onConnected(peer);
      },
      onDisconnected: () => undefined,
    });
    replicas.push(replica);
  }
  for (const replica of replicas) replica.start();
  const startMs = performance.now();
  for (let count = 0; count < outstanding; count++) propose();
  await new Promise((resolve) => setTimeout(resolve, durationMs));
  const seconds = (performance.now() - startMs) / 1000;
  for (const replica of replicas) replica.stop();
  return {
    slotsPerSecond: slots / seconds,
    requestsPerSecond: certified / seconds,
    certificatesPerSecond: certificates / seconds,
  };
}

const schemes: readonly (readonly [string, (me: ProcessId) => DistributedSigner])[] = [
  ['multisig', (me) => testConfiguration(system, me).allianceSigner],
  ['shoup-rsa 2048', shoupRsaSigners(universe)],
];

console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`);
console.log(
  `n = 4, f = t = 1, one process, memory; ${outstanding} requests of ${commandBytes} bytes outstanding, ${durationMs / 1000} s each`,
);
let first: Figures | undefined;
for (const [name, signer] of schemes) {
  const figures = await run(signer);
  first ??= figures;
  const ratio = (figures.requestsPerSecond / first.requestsPerSecond).toFixed(2);
  console.log(
    `${name.padEnd(16)} ${figures.slotsPerSecond.toFixed(0).padStart(6)} slots/s ${figures.requestsPerSecond.toFixed(0).padStart(7)} requests/s ${figures.certificatesPerSecond.toFixed(0).padStart(5)} certificates/s   x ${ratio}`,
  );
}
process.exit(0);
