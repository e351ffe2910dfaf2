/**
 * koinon as a cluster beside etcd's, in one run: real processes, durable disks, TLS and certificates for koinon, the load
 * generator on the same cores. Rounds are interleaved; one that others disturbed is repeated; what counts is the ratio of
 * neighbouring rounds.
 * `npm run bench -- cluster [--rounds N] [--seconds S] [--warm S] [--outstanding 1,64,1024] [--bytes 100,1000] [--only NAME]
 * [--certificates multisig|threshold|shoup-rsa] [--trust TEXT]`; where t = f certificates are made at checkpoints alone
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEtcd } from './etcd.js';
import { behindDoor } from './door.js';
import { certificateForms, rsa, startKoinon } from './koinon.js';
import { quantile, type Round, runRound } from './round.js';
import type { Subject } from './subject.js';

/** Cores that others may use in a round that counts, and how often a disturbed one is tried again. */
const quietCores = 0.15;
/** From so many outstanding writes on, a MAC for each of them is tried, too. */
const doorOutstanding = 1024;
const tries = Number(process.env['KOINON_BENCH_TRIES'] ?? 4);

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    warm: { type: 'string', default: '15' },
    outstanding: { type: 'string', default: '1,64,1024' },
    bytes: { type: 'string', default: '100,1000' },
    only: { type: 'string' },
    certificates: { type: 'string', default: 'multisig' },
    trust: { type: 'string', default: 'f=1 t=1 of (a, b, c, d)' },
  },
});
const certificates = certificateForms[values.certificates];
if (certificates === undefined) throw new Error(`--certificates is one of ${Object.keys(certificateForms).join(', ')}`);
const terms = { trust: values.trust, certificates };
const numbers = (text: string): readonly number[] => text.split(',').map(Number);
const durationMs = Number(values.seconds) * 1000;
const directory = mkdtempSync(join(tmpdir(), 'koinon-cluster-'));

const starts: readonly (readonly [string, () => Promise<Subject>])[] = [
  ['etcd', () => startEtcd(join(directory, 'etcd'), 5)],
  ['bls', () => startKoinon(join(directory, 'bls'), 'koinon, BLS', { ...terms, scheme: { _tag: 'bls' } })],
  ['rsa', () => startKoinon(join(directory, 'rsa'), 'koinon, RSA-2048', { ...terms, scheme: rsa })],
];
const subjects: Subject[] = [];
for (const [name, start] of starts) if ((values.only ?? name) === name) subjects.push(await start());

console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`);
console.log(
  `koinon: ${values.trust}, certificates of ${values.certificates}, one client signature a flush; written when decided, durable and answered alike by two servers`,
);
// Servers run for months: what compilers do in the first seconds is not what is measured.
for (const subject of subjects)
  await runRound(subject, { outstanding: 64, durationMs: Number(values.warm) * 1000, value: new Uint8Array(100) });
for (const bytes of numbers(values.bytes)) {
  for (const outstanding of numbers(values.outstanding)) await compare(outstanding, bytes);
}
for (const subject of subjects) await subject.close();
rmSync(directory, { recursive: true });

async function compare(outstanding: number, bytes: number): Promise<void> {
  const value = new Uint8Array(bytes).fill(120);
  const compared =
    outstanding >= doorOutstanding ? subjects.flatMap((subject) => [subject, ...behind(subject)]) : subjects;
  const rounds = new Map<Subject, Round[]>(compared.map((subject) => [subject, []]));
  for (const subject of compared) await runRound(subject, { outstanding, durationMs: durationMs / 2, value });
  for (let count = 0; count < Number(values.rounds); count++) {
    for (const [subject, done] of rounds) done.push(await quietRound(subject, outstanding, value));
  }
  console.log(
    `\n${outstanding} outstanding, ${bytes} bytes; medians of ${values.rounds} rounds of ${values.seconds} s`,
  );
  console.log(
    '                        writes/s  p50 ms  p99 ms   us/write   us/slot  certificate p99 ms  others   x writes  x p50',
  );
  const reference = [...rounds.values()][0] ?? [];
  for (const [{ name }, done] of rounds) console.log(lineOf(name, done, reference));
}

/** Of koinon, which has one signature for many writes otherwise. */
function behind(subject: Subject): readonly Subject[] {
  return subject.name.startsWith('koinon') ? [behindDoor(subject)] : [];
}

async function quietRound(subject: Subject, outstanding: number, value: Uint8Array): Promise<Round> {
  let best: Round | undefined;
  for (let count = 0; count < tries; count++) {
    const round = await runRound(subject, { outstanding, durationMs, value });
    if (best === undefined || round.others < best.others) best = round;
    if (best.others <= quietCores) break;
  }
  return best as Round;
}

function lineOf(name: string, rounds: readonly Round[], reference: readonly Round[]): string {
  const median = (of: (round: Round, index: number) => number | undefined): number =>
    quantile(
      rounds.map(of).map((value) => value ?? Number.NaN),
      0.5,
    );
  const cell = (value: number, width: number, digits: number): string =>
    (Number.isNaN(value) ? '-' : value.toFixed(digits)).padStart(width);
  return [
    name.padEnd(22),
    cell(
      median((round) => round.writesPerSecond),
      10,
      0,
    ),
    cell(
      median((round) => round.median),
      8,
      2,
    ),
    cell(
      median((round) => round.p99),
      8,
      1,
    ),
    cell(
      median((round) => round.cpuPerWrite),
      11,
      1,
    ),
    cell(
      median((round) => round.cpuPerSlot),
      10,
      0,
    ),
    cell(
      median((round) => round.certificateP99),
      20,
      1,
    ),
    cell(
      median((round) => round.others),
      8,
      2,
    ),
    cell(
      median((round, index) => round.writesPerSecond / (reference[index]?.writesPerSecond ?? Number.NaN)),
      11,
      2,
    ),
    cell(
      median((round, index) => round.median / (reference[index]?.median ?? Number.NaN)),
      7,
      2,
    ),
  ].join('');
}
