/**
 * Decided requests per second of replicas in one process over memory, for each n, scheme of the alliance key and mode of
 * certificates: nothing waits for a disk or a network, so this is what the machine and its signatures cost. All replicas and
 * the client share one thread.
 */
import { present } from '../../src/prelude/invariant.js';
import { Table } from '../table.js';
import { type Alliance, makeAlliance, type SchemeName } from './alliance.js';
import { figure, row } from './layout.js';
import { type Round, runLoad, type SigningHabit } from './load.js';
import type { SlowKeyMode } from './slow-key.js';

export interface ThroughputOptions {
  readonly sizes: readonly number[];
  readonly schemes: readonly SchemeName[];
  readonly modes: readonly SlowKeyMode[];
  /** Commands that are undecided at once. */
  readonly outstanding: number;
  /** Of each line, in all its rounds together. */
  readonly seconds: number;
  readonly rounds: number;
}

interface Line {
  readonly name: string;
  readonly alliance: Alliance;
  readonly habit: SigningHabit;
  readonly rounds: Round[];
}

export async function reportThroughput({ sizes, schemes, modes, ...options }: ThroughputOptions): Promise<void> {
  console.log(
    `\nTHROUGHPUT: all replicas in one thread; ${options.outstanding} commands of 100 bytes undecided at once; decided: decided and durable at servers of which one is correct.`,
  );
  console.log(
    `  CPU is the servers', without the client. Each line ${options.seconds} s in ${options.rounds} rounds, lines in turn; medians.`,
  );
  for (const mode of modes) {
    const figures: Figures = { request: new Table(), slot: new Table() };
    for (const n of sizes) {
      const lines = await linesOf(n, schemes, mode);
      await measure(lines, options);
      for (const line of lines) record(figures, line);
      printLines(`n=${n}, slow key ${mode}`, lines, figures, present(sizes[0], 'a size'));
    }
  }
}

/** What a request and a slot take, by line and n. */
interface Figures {
  readonly request: Table;
  readonly slot: Table;
}

function record({ request, slot }: Figures, { name, alliance, rounds }: Line): void {
  for (const { atMs, decided, slots, serverCpuMs } of rounds) {
    request.add(keyOf(name, alliance.n), { wallMs: atMs / decided, cpuMs: serverCpuMs / decided });
    slot.add(keyOf(name, alliance.n), { wallMs: atMs / slots, cpuMs: serverCpuMs / slots });
  }
}

function keyOf(name: string, n: number): string {
  return `${name}, n=${n}`;
}

/** The client signs every flush; and, under one scheme, every command. */
async function linesOf(n: number, schemes: readonly SchemeName[], mode: SlowKeyMode): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const scheme of schemes) {
    const alliance = await makeAlliance(n, scheme, mode);
    lines.push({ name: scheme, alliance, habit: 'flush', rounds: [] });
  }
  const { alliance, name } = present(lines[0], 'a scheme is chosen');
  return [...lines, { name: `${name}, signed one by one`, alliance, habit: 'command', rounds: [] }];
}

async function measure(
  lines: readonly Line[],
  { outstanding, seconds, rounds }: Pick<ThroughputOptions, 'outstanding' | 'seconds' | 'rounds'>,
): Promise<void> {
  const durationMs = (1000 * seconds) / rounds;
  for (let round = 0; round < rounds; round++) {
    for (const { alliance, habit, rounds: done } of lines)
      done.push(await runLoad(alliance, { outstanding, habit, durationMs }));
  }
}

const columns = ['requests/s', 'slots/s', 'req./slot', 'us/request', 'us/slot', 'each server', 'certs/s', 'key, % CPU'];
const ratioColumns = ['requests/s', 'us/request', 'us/request', 'us/slot'];

function printLines(title: string, lines: readonly Line[], { request, slot }: Figures, smallest: number): void {
  const first = present(lines[0], 'a line');
  const blank = columns.map(() => '');
  console.log(`\n${row('', [...blank, `to ${first.name}`, '', `to n=${smallest}`])}`);
  console.log(row(title, [...columns, ...ratioColumns]));
  for (const { name, alliance, rounds } of lines) {
    const { n } = alliance;
    const [line, unit, small] = [keyOf(name, n), keyOf(first.name, n), keyOf(name, smallest)];
    const total = (of: (round: Round) => number): number => rounds.map(of).reduce((sum, value) => sum + value, 0);
    const [requestMs, slotMs] = [request.median(line, 'wallMs'), slot.median(line, 'wallMs')];
    const slotUs = 1000 * slot.median(line, 'cpuMs');
    const cells = [
      1000 / requestMs,
      1000 / slotMs,
      total(({ decided }) => decided) / total(({ slots }) => slots),
      1000 * request.median(line, 'cpuMs'),
      slotUs,
      slotUs / n,
      (1000 * total(({ certificates }) => certificates)) / total(({ atMs }) => atMs),
      (100 * total(({ keyCpuMs }) => keyCpuMs)) / total(({ serverCpuMs }) => serverCpuMs),
    ];
    const ratios = [
      1 / request.ratio(line, unit, 'wallMs'),
      request.ratio(line, unit, 'cpuMs'),
      request.ratio(line, small, 'cpuMs'),
      slot.ratio(line, small, 'cpuMs'),
    ];
    console.log(row(name, [...cells.map(figure), ...ratios.map((ratio) => `x ${figure(ratio)}`)]));
  }
}
