/**
 * Random schedules, on all cores. Exits 1 at the first violation, with its seed, shrunk to a scenario file.
 *
 *     npm run sim -- --schedules N [--seed S] [--trust T] [--all] [--state FILE]
 *     npm run sim -- --replay SEED [--trust T] [--story]
 *
 * With `--state` what is done is kept in a file: the same command goes on where it was, until N are done in all.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Simulation } from '../support/simulation/simulation.js';
import { runErrand } from './crew.js';
import { randomScenario } from './matrix.js';
import { loadRun, newRun, type SavedRun, saveRun } from './saved-run.js';
import { shrink } from './shrink.js';
import { describeTally, unseenKinds } from './tally.js';

const { values: options } = parseArgs({
  options: {
    schedules: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    trust: { type: 'string' },
    all: { type: 'boolean', default: false },
    state: { type: 'string' },
    replay: { type: 'string' },
    story: { type: 'boolean', default: false },
  },
});

function print(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : refuse(`--${name} is followed by a whole number`);
}

function replay(seed: number): boolean {
  const scenario = randomScenario(seed, options.trust);
  const { violation, story, trace } = new Simulation(scenario, { isTelling: options.story }).run();
  print(JSON.stringify(scenario), ...story, `trace ${trace}; ${violation ?? 'no violation'}`);
  return violation === undefined;
}

function commit(): string {
  return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
}

function findRun(): SavedRun {
  const seed = wholeNumber('seed', options.seed);
  if (options.state === undefined) return newRun('', seed);
  const run = loadRun(options.state) ?? newRun(commit(), seed);
  if (run.commit !== commit()) refuse(`${options.state} belongs to commit ${run.commit}; begin another file`);
  if (run.firstSeed !== seed) refuse(`${options.state} begins with seed ${run.firstSeed}`);
  return run;
}

async function runMany(): Promise<boolean> {
  const run = findRun();
  const [startedMs, earlierSeconds] = [Date.now(), run.seconds];
  const trust = options.trust === undefined ? '' : ` --trust '${options.trust}'`;
  let [told, shownMs] = [run.tally.failures.length, startedMs];
  const onProgress = (): boolean => {
    run.seconds = earlierSeconds + (Date.now() - startedMs) / 1000;
    if (options.state !== undefined) saveRun(options.state, run);
    for (const { seed, violation } of run.tally.failures.slice(told))
      print(`seed ${seed}: ${violation}`, `  npm run sim -- --replay ${seed}${trust} --story`);
    told = run.tally.failures.length;
    if (Date.now() > shownMs + 60_000) {
      shownMs = Date.now();
      print(`${run.tally.schedules} schedules, ${(run.tally.schedules / run.seconds).toFixed(1)} a second`);
    }
    return options.all || told === 0;
  };
  await runErrand({ run, schedules: wholeNumber('schedules', options.schedules), trust: options.trust, onProgress });
  print(...describeTally(run.tally, run.seconds));
  const unseen = options.trust === undefined ? unseenKinds(run.tally) : [];
  if (unseen.length > 0) print(`seen by no schedule: ${unseen.join(', ')}`);
  const [failure] = run.tally.failures;
  if (failure !== undefined) writeScenario(failure.seed, failure.violation);
  return failure === undefined && unseen.length === 0;
}

/** The smallest scenario found that fails, to be moved to `scenarios/` with a name that says what it shows. */
function writeScenario(seed: number, violation: string): void {
  const path = `test/simulation/scenarios/seed-${seed}.json`;
  const scenario = shrink(randomScenario(seed, options.trust));
  writeFileSync(
    path,
    `${JSON.stringify({ found: `seed ${seed}: ${violation.split('\n')[0] ?? ''}`, scenario }, undefined, 2)}\n`,
  );
  print(`shrunk to ${path}`);
}

const isGood = options.replay === undefined ? await runMany() : replay(wholeNumber('replay', options.replay));
process.exit(isGood ? 0 : 1);
