/**
 * Random schedules, on all cores. Exits 1 at the first violation, with its seed, shrunk to a scenario file.
 *
 *     npm run sim -- --schedules N [--seed S] [--trust T] [--all] [--state FILE]
 *     npm run sim -- --governed [--schedules N] [--seed S] [--all] [--state FILE]
 *     npm run sim -- --twins [--schedules N] [--seed S] [--all] [--state FILE]
 *     npm run sim -- --replay SEED [--trust T | --twins | --governed] [--story]
 *
 * Of every few hundred seeds one has a governed schedule besides its own; with `--governed` each has that alone. With `--twins` seeds are the numbers of the distinct Twins scenarios, from 0, all of them by default. With `--state` what is done is kept in a file: the same command goes on where it was, until N are done in all.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { simulateAny } from '../support/simulation/simulation.js';
import { runErrand } from './crew.js';
import { loadRun, newRun, type SavedRun, saveRun } from './saved-run.js';
import { shrink } from './shrink.js';
import { describeTally, type Failure, scenarioOf, type Source, unseenKinds } from './tally.js';
import { twinCases } from './twins/cases.js';

const usage =
  'npm run sim -- [--schedules N] [--seed S] [--trust T] [--twins | --governed] [--all] [--state FILE] [--replay SEED] [--story]';

const { values: options } = parsed({
  options: {
    schedules: { type: 'string' },
    seed: { type: 'string' },
    trust: { type: 'string' },
    twins: { type: 'boolean', default: false },
    governed: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    state: { type: 'string' },
    replay: { type: 'string' },
    story: { type: 'boolean', default: false },
  },
});

const source: Source = { trust: options.trust, isTwins: options.twins, isGoverned: options.governed };
const sourceOptions = `${options.trust === undefined ? '' : ` --trust '${options.trust}'`}${options.twins ? ' --twins' : ''}`;

function print(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** The options, or how they are written. */
function parsed<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : refuse(`--${name} is followed by a whole number`);
}

async function replay(seed: number): Promise<boolean> {
  const scenario = scenarioOf(seed, source);
  const { violation, story, trace } = await simulateAny(scenario, { isTelling: options.story });
  print(JSON.stringify(scenario), ...story, `trace ${trace}; ${violation ?? 'no violation'}`);
  return violation === undefined;
}

function commit(): string {
  return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
}

function findRun(): SavedRun {
  const seed = wholeNumber('seed', options.seed ?? (options.twins ? '0' : '1'));
  if (options.state === undefined) return newRun('', seed);
  const run = loadRun(options.state) ?? newRun(commit(), seed);
  if (run.commit !== commit()) refuse(`${options.state} belongs to commit ${run.commit}; begin another file`);
  if (run.firstSeed !== seed) refuse(`${options.state} begins with seed ${run.firstSeed}`);
  return run;
}

/** Of Twins scenarios there are only so many. */
function schedulesFrom(firstSeed: number): number {
  const most = options.twins ? twinCases.distinct - firstSeed : Number.POSITIVE_INFINITY;
  return Math.min(most, wholeNumber('schedules', options.schedules ?? (options.twins ? `${most}` : '1000')));
}

async function runMany(): Promise<boolean> {
  const run = findRun();
  const [startedMs, earlierSeconds] = [Date.now(), run.seconds];
  if (options.twins) print(`Twins: ${twinCases.distinct} distinct scenarios of ${twinCases.enumerated}`);
  let [told, shownMs] = [run.tally.failures.length, startedMs];
  const onProgress = (): boolean => {
    run.seconds = earlierSeconds + (Date.now() - startedMs) / 1000;
    if (options.state !== undefined) saveRun(options.state, run);
    for (const { seed, violation, isGoverned } of run.tally.failures.slice(told))
      print(
        `seed ${seed}: ${violation}`,
        `  npm run sim -- --replay ${seed}${isGoverned ? ' --governed' : sourceOptions} --story`,
      );
    told = run.tally.failures.length;
    if (Date.now() > shownMs + 60_000) {
      shownMs = Date.now();
      print(`${run.tally.schedules} schedules, ${(run.tally.schedules / run.seconds).toFixed(1)} a second`);
    }
    return options.all || told === 0;
  };
  await runErrand({ run, schedules: schedulesFrom(run.firstSeed), source, onProgress });
  print(...describeTally(run.tally, run.seconds));
  const unseen = options.trust === undefined && !options.twins && !options.governed ? unseenKinds(run.tally) : [];
  if (unseen.length > 0) print(`seen by no schedule: ${unseen.join(', ')}`);
  const [failure] = run.tally.failures;
  if (failure !== undefined) await writeScenario(failure);
  return failure === undefined && unseen.length === 0;
}

/** The smallest scenario found that fails, to be moved to `scenarios/` with a name that says what it shows. */
async function writeScenario({ seed, violation, isGoverned }: Failure): Promise<void> {
  const kind = isGoverned ? 'governed' : options.twins ? 'twins' : 'seed';
  const path = `test/simulation/scenarios/${kind}-${seed}.json`;
  const scenario = await shrink(scenarioOf(seed, { ...source, isGoverned }));
  writeFileSync(
    path,
    `${JSON.stringify({ found: `seed ${seed}: ${violation.split('\n')[0] ?? ''}`, scenario }, undefined, 2)}\n`,
  );
  print(`shrunk to ${path}`);
}

const isGood = options.replay === undefined ? await runMany() : await replay(wholeNumber('replay', options.replay));
process.exit(isGood ? 0 : 1);
