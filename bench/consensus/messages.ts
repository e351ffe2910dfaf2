/** What one slot costs in messages, bytes and signatures, and how that grows with n. */
import { testRequest } from '../../test/support/cluster.js';
import { type Alliance, makeAlliance, vouchingServers } from './alliance.js';
import { figure, growth, row } from './layout.js';
import { Machines } from './machines.js';
import { slowKeyModes, type SlowKeyMode } from './slow-key.js';
import type { Tally } from './tally.js';

/** Two checkpoints. */
const slots = 128;
const slotMs = 5;
const commandsPerSlot = 16;
const commandBytes = 100;

export async function reportMessages(sizes: readonly number[]): Promise<void> {
  console.log(
    `\nMESSAGES: ${slots} slots in virtual time, one every ${slotMs} ms, messages take 1 ms; a slot holds one request of ${commandsPerSlot} commands of ${commandBytes} bytes.`,
  );
  console.log('  Between servers, and what clients send is not counted; alliance key: bls. Per slot:');
  for (const mode of slowKeyModes) await reportMode(mode, sizes);
}

async function reportMode(mode: SlowKeyMode, sizes: readonly number[]): Promise<void> {
  const runs: Machines[] = [];
  // Warms everything up.
  run(await makeAlliance(sizes[0] ?? 4, 'bls', mode));
  for (const n of sizes) runs.push(run(await makeAlliance(n, 'bls', mode)));
  const perSlot = (of: (machines: Machines) => number): readonly number[] =>
    runs.map((machines) => of(machines) / slots);
  const print = (title: string, of: (machines: Machines) => Tally): void => {
    console.log(
      `\n${row(
        title,
        sizes.map((n) => `n=${n}`),
      )}`,
    );
    const names = new Set(runs.flatMap((machines) => of(machines).names));
    for (const name of names) console.log(row(name, perSlot((machines) => of(machines).of(name)).map(figure)));
  };
  const printTotal = (values: readonly number[]): void => {
    console.log(row('all', values.map(figure)));
    console.log(row(`to n=${sizes[0] ?? 0}`, growth(values)));
  };
  print(`messages, slow key ${mode}`, ({ messages }) => messages);
  printTotal(perSlot(({ messages }) => messages.total()));
  print(`bytes, slow key ${mode}`, ({ bytes }) => bytes);
  printTotal(perSlot(({ bytes }) => bytes.total()));
  print(`signatures, slow key ${mode}`, ({ signatures }) => signatures);
  console.log(
    `\n${row(
      'CPU, us',
      sizes.map((n) => `n=${n}`),
    )}`,
  );
  const cpuUs = perSlot(({ cpu }) => 1000 * cpu.total());
  printTotal(cpuUs);
  const each = cpuUs.map((us, index) => us / (sizes[index] ?? Number.NaN));
  console.log(row('of each process', each.map(figure)));
  console.log(row(`to n=${sizes[0] ?? 0}`, growth(each)));
}

function run(alliance: Alliance): Machines {
  const machines = new Machines(alliance, {});
  for (let slot = 0; slot <= slots; slot++) {
    if (slot === 1) machines.clearCounts();
    const commands = Array.from({ length: commandsPerSlot }, () => 'x'.repeat(commandBytes));
    machines.submit(testRequest(1 + slot * commandsPerSlot, commands), vouchingServers(alliance, slot));
    machines.play(slotMs);
  }
  if (machines.decidedUpTo !== slots + 1) throw new Error(`decided up to ${machines.decidedUpTo}, not one a request`);
  return machines;
}
