/** A long run that can be killed and resumed: what is done is in one small file, replaced as a whole. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { emptyTally, type Tally } from './tally.js';

export interface SavedRun {
  /** What was run; a run is resumed by the same commit only. */
  readonly commit: string;
  readonly firstSeed: number;
  /** Every seed from the first up to this one is in the tally. */
  nextSeed: number;
  seconds: number;
  readonly tally: Tally;
}

export function newRun(commit: string, firstSeed: number): SavedRun {
  return { commit, firstSeed, nextSeed: firstSeed, seconds: 0, tally: emptyTally() };
}

/** `undefined` where there is no such file. */
export function loadRun(path: string): SavedRun | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SavedRun;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

export function saveRun(path: string, run: SavedRun): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(run, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
}
