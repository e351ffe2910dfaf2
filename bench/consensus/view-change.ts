/** What a view change costs, from the last complaint to the first PROPOSE of the new leader, and how that grows. */
import type { ProcessId } from '../../src/prelude/process.js';
import { present } from '../../src/prelude/invariant.js';
import { testRequest } from '../../test/support/cluster.js';
import { defaultLimits } from '../../src/transport/limits.js';
import { Table } from '../table.js';
import { type Alliance, makeAlliance, type SchemeName, vouchingServers } from './alliance.js';
import { figure, row } from './layout.js';
import { Machines } from './machines.js';
import type { SlowKeyMode } from './slow-key.js';

/** No checkpoint closes any of the slots, and all of them are proposed at once. */
const parameters = {
  windowSlots: 4096,
  checkpointInterval: 2048,
  maxInFlight: 4096,
  lingerMs: 0,
  baseTimeoutMs: 500,
  statusMs: 1000,
};
const commandBytes = 100;
/** Much longer than a decision takes. */
const settleMs = 50;

/** What takes longer than this is measured once. */
const repeatedMs = 500;

/** The first change of an alliance, or a second one, when each vote carries the permit of the view before. */
const kinds = ['first', 'second'] as const;
type Kind = (typeof kinds)[number];

interface Cost {
  readonly processes: number;
  readonly messages: number;
  readonly bytes: number;
  /** Of the longest message. */
  readonly largestBytes: number;
  /** Of the PROPOSEs that leave together with the first. */
  readonly proposalBytes: number;
  readonly wallMs: number;
  /** Of all servers together. */
  readonly cpuMs: number;
  readonly leaderCpuMs: number;
}

export interface ViewChangeOptions {
  readonly sizes: readonly number[];
  readonly slots: readonly number[];
  readonly schemes: readonly SchemeName[];
  readonly modes: readonly SlowKeyMode[];
  readonly rounds: number;
}

export async function reportViewChanges({ sizes, slots, schemes, modes, rounds }: ViewChangeOptions): Promise<void> {
  console.log(
    '\nVIEW CHANGE: from the last complaint to the first PROPOSE of the new leader; the old leader is silent.',
  );
  console.log(
    `  Every open slot is decided, none closed, and holds one request of ${commandBytes} bytes; in a second change the votes carry permits. CPU in ms: leader is the new one, each other the mean of the others. Medians of ${rounds}. No link carries more than ${defaultLimits.maxFrameBytes / 1024} KiB at once.`,
  );
  const [smallest = 4] = sizes;
  const [one = 1] = slots;
  const middle = slots.find((count) => count > 1) ?? one;
  for (const mode of modes) {
    for (const scheme of schemes) {
      const alliance = await makeAlliance(smallest, scheme, mode);
      const isFirst = scheme === schemes[0];
      for (const kind of isFirst ? kinds : (['first'] as const)) {
        const counts = isFirst ? slots : [one];
        printTitle(`n=${smallest}, ${scheme}, ${kind}`, mode, `to ${one} slot`);
        printLines(
          counts.map((count) => [slotsOf(count), () => viewChange(alliance, count, kind)] as const),
          rounds,
        );
      }
    }
    const alliances: Alliance[] = [];
    for (const n of sizes) alliances.push(await makeAlliance(n, 'bls', mode));
    for (const count of new Set([one, middle])) {
      printTitle(`bls, ${slotsOf(count)}, first`, mode, `to n=${smallest}`);
      printLines(
        alliances.map((alliance) => [`n=${alliance.n}`, () => viewChange(alliance, count, 'first')] as const),
        rounds,
      );
    }
  }
}

function slotsOf(count: number): string {
  return count === 1 ? '1 slot' : `${count} slots`;
}

function printTitle(title: string, mode: SlowKeyMode, unit: string): void {
  const measured = ['messages', 'KiB', 'largest KiB', 'PROPOSEs KiB', 'CPU, all', 'leader', 'each other'];
  const ratios = ['messages', 'bytes', 'CPU, all', 'leader'];
  console.log(`\n${row(`slow key ${mode}`, [...measured.map(() => ''), unit])}`);
  console.log(row(title, [...measured, ...ratios]));
}

function printLines(lines: readonly (readonly [string, () => Cost])[], rounds: number): void {
  const [all, leader] = [new Table(), new Table()];
  const costs = new Map<string, Cost>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of lines) {
      if (all.median(name, 'wallMs') > repeatedMs) continue;
      const cost = measure();
      costs.set(name, cost);
      all.add(name, cost);
      leader.add(name, { ...cost, cpuMs: cost.leaderCpuMs });
    }
  }
  const [[unit, base] = ['', undefined]] = costs;
  for (const [name, { processes, messages, bytes, largestBytes, proposalBytes }] of costs) {
    const [allMs, leaderMs] = [all.median(name, 'cpuMs'), leader.median(name, 'cpuMs')];
    const values = [
      messages,
      bytes / 1024,
      largestBytes / 1024,
      proposalBytes / 1024,
      allMs,
      leaderMs,
      (allMs - leaderMs) / (processes - 1),
    ];
    const ratios = [
      messages / (base?.messages ?? Number.NaN),
      bytes / (base?.bytes ?? Number.NaN),
      all.ratio(name, unit, 'cpuMs'),
      leader.ratio(name, unit, 'cpuMs'),
    ];
    console.log(row(name, [...values.map(figure), ...ratios.map((ratio) => `x ${figure(ratio)}`)]));
  }
}

/** A view change over `count` slots that are decided and not closed by a checkpoint. */
function viewChange(alliance: Alliance, count: number, kind: Kind): Cost {
  const machines = new Machines(alliance, parameters);
  for (let slot = 1; slot <= count; slot++) {
    machines.submit(testRequest(slot, ['x'.repeat(commandBytes)]), vouchingServers(alliance, 0));
  }
  machines.play(settleMs);
  if (machines.decidedUpTo !== count) throw new Error(`decided up to ${machines.decidedUpTo}, not ${count}`);
  const first = changeView(machines, alliance, 1, count);
  if (kind === 'first') return first;
  machines.silent = undefined;
  machines.play(settleMs);
  return changeView(machines, alliance, 2, count);
}

/** The leader of `view` falls silent while something waits; everyone else complains, and only then hears the others. */
function changeView(machines: Machines, alliance: Alliance, view: number, count: number): Cost {
  const { universe } = alliance;
  const leaderOf = (number: number): ProcessId => present(universe.at((number - 1) % universe.size), 'a leader');
  machines.silent = leaderOf(view);
  const others = universe.ids.filter((process) => process !== machines.silent);
  machines.isLost = ({ _tag }) => _tag !== 'Timeouts';
  machines.submit(testRequest(count + view, ['x']), others);
  machines.advance(parameters.baseTimeoutMs + 2 * parameters.statusMs);
  machines.isLost = () => false;
  return measureChange(machines, leaderOf(view + 1), universe.size);
}

function measureChange(machines: Machines, leader: ProcessId, processes: number): Cost {
  const { messages, bytes } = machines;
  const isProposal = (kind: string): boolean => kind === 'Propose';
  machines.clearCounts();
  const startMs = performance.now();
  machines.deliver(() => messages.of('Propose') > 0);
  const [wallMs, cpuMs] = [performance.now() - startMs, machines.cpuMs];
  if (messages.of('Propose') === 0) throw new Error('the new leader proposes nothing');
  return {
    processes,
    messages: messages.total((kind) => !isProposal(kind)),
    bytes: bytes.total((kind) => !isProposal(kind)),
    proposalBytes: bytes.total(isProposal),
    largestBytes: machines.largestBytes,
    wallMs,
    cpuMs,
    leaderCpuMs: cpuMs * machines.shareOf(leader),
  };
}
