/** What one slot costs in messages, bytes and signatures, and how that grows with n. */
import { testRequest } from '../../test/support/cluster.js';
import { type Alliance, makeAlliance, vouchingServers } from './alliance.js';
import { figure, growth, row } from './layout.js';
import { Machines } from './machines.js';
import type { SlowKeyMode } from './slow-key.js';
import type { Tally } from './tally.js';

/** Two checkpoints. */
const slots = 128;
const slotMs = 5;
const commandsPerSlot = 16;
const commandBytes = 100;

export async function reportMessages(sizes: readonly number[], modes: readonly SlowKeyMode[]): Promise<void> {
  console.log(
    `\nMESSAGES: ${slots} slots in virtual time, one every ${slotMs} ms, messages take 1 ms; a slot holds one request of ${commandsPerSlot} commands of ${commandBytes} bytes.`,
  );
  console.log('  Between servers, and what clients send is not counted; alliance key: bls. Per slot:');
  for (const mode of modes) await reportMode(mode, sizes);
}

async function reportMode(mode: SlowKeyMode, sizes: readonly number[]): Promise<void> {
  const runs: Run[] = [];
  // Warms everything up.
  run(await makeAlliance(sizes[0] ?? 4, 'bls', mode));
  for (const n of sizes) runs.push(run(await makeAlliance(n, 'bls', mode)));
  const heads = sizes.map((n) => `n=${n}`);
  const perSlot = (of: (run: Run) => number): readonly number[] => runs.map((each) => of(each) / slots);
  const print = (title: string, of: (machines: Machines) => Tally): void => {
    console.log(`\n${row(title, heads)}`);
    const names = new Set(runs.flatMap(({ machines }) => of(machines).names));
    for (const name of names) console.log(row(name, perSlot(({ machines }) => of(machines).of(name)).map(figure)));
  };
  const printTotal = (values: readonly number[]): void => {
    console.log(row('all', values.map(figure)));
    console.log(row(`to n=${sizes[0] ?? 0}`, growth(values)));
  };
  print(`messages, slow key ${mode}`, ({ messages }) => messages);
  printTotal(perSlot(({ machines }) => machines.messages.total()));
  print(`bytes, slow key ${mode}`, ({ bytes }) => bytes);
  printTotal(perSlot(({ machines }) => machines.bytes.total()));
  print(`signatures, slow key ${mode}`, ({ signatures }) => signatures);
  console.log(`\n${row('CPU, us', heads)}`);
  const cpuUs = perSlot(({ cpuMs }) => 1000 * cpuMs);
  printTotal(cpuUs);
  const each = cpuUs.map((us, index) => us / (sizes[index] ?? Number.NaN));
  console.log(row('of each process', each.map(figure)));
  console.log(row(`to n=${sizes[0] ?? 0}`, growth(each)));
}

interface Run {
  readonly machines: Machines;
  readonly cpuMs: number;
}

function run(alliance: Alliance): Run {
  const machines = new Machines(alliance, {});
  const commands = Array.from({ length: commandsPerSlot }, () => 'x'.repeat(commandBytes));
  const requests = Array.from({ length: slots }, (_, slot) => testRequest(1 + slot * commandsPerSlot, commands));
  machines.clearCounts();
  for (const [slot, request] of requests.entries()) {
    machines.submit(request, vouchingServers(alliance, slot));
    machines.play(slotMs);
  }
  const { cpuMs, decidedUpTo } = machines;
  if (decidedUpTo !== slots) throw new Error(`decided up to ${decidedUpTo}, not one a request`);
  return { machines, cpuMs };
}
