/** As many worker processes as there are cores; stretches of seeds are handed out in order and counted in order. */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { addTally, type Source, type Stretch, type Tally } from './tally.js';
import type { SavedRun } from './saved-run.js';

/** A few seconds' work where the cores are wanted elsewhere: what is under way when the run is killed is done again. */
const stretchLength = 20;
/** Short-lived objects abound; one thread a worker, since there is a worker a core. */
const execArgv = ['--max-semi-space-size=64', '--single-threaded'];

export interface Errand {
  readonly run: SavedRun;
  readonly schedules: number;
  readonly source: Source;
  /** After every stretch that is counted; what it returns says whether to go on. */
  onProgress(): boolean;
}

/** Runs until so many schedules of the run are done, or its owner stops it. */
export async function runErrand(errand: Errand): Promise<void> {
  const pending = new Map<number, Tally>();
  const workers = Array.from({ length: availableParallelism() }, () =>
    fork(new URL('worker.js', import.meta.url), { execArgv }),
  );
  let next = errand.run.nextSeed;
  let isGoing = true;
  const take = (): Stretch | undefined => {
    const count = Math.min(stretchLength, errand.run.firstSeed + errand.schedules - next);
    if (!isGoing || count <= 0) return undefined;
    next += count;
    return { from: next - count, count, ...errand.source };
  };
  const keepBusy = async (worker: ChildProcess) => {
    for (let stretch = take(); stretch !== undefined; stretch = take()) {
      pending.set(stretch.from, await runBy(worker, stretch));
      if (count(errand.run, pending)) isGoing = errand.onProgress() && isGoing;
    }
  };
  try {
    await Promise.all(workers.map(keepBusy));
  } finally {
    for (const worker of workers) worker.kill();
  }
}

/** Adds what is done up to the first gap. Whether there was any. */
function count(run: SavedRun, pending: Map<number, Tally>): boolean {
  const before = run.nextSeed;
  for (let tally = pending.get(before); tally !== undefined; tally = pending.get(run.nextSeed)) {
    pending.delete(run.nextSeed);
    run.nextSeed += tally.schedules;
    addTally(run.tally, tally);
  }
  return run.nextSeed > before;
}

function runBy(worker: ChildProcess, stretch: Stretch): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null) => {
      reject(new Error(`a worker ended with ${code ?? 'a signal'} in seeds from ${stretch.from}`));
    };
    worker.once('exit', died);
    worker.once('message', (tally) => {
      worker.off('exit', died);
      resolve(tally as Tally);
    });
    worker.send(stretch);
  });
}
