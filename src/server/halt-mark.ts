/**
 * A server that has halted must not be started again by a supervisor as if nothing had happened: a mark on disk keeps it from
 * that until its operators have found out why, and removed it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileModes, replaceFile } from './directory/durable-files.js';

export interface HaltMark {
  readonly path: string;
  /** What was found, in one line. */
  readonly reason: string;
}

const maxReasonLength = 1000;

function pathOf(dataPath: string): string {
  return join(dataPath, 'halted');
}

/** Makes the mark durable. An earlier one stays. */
export function markHalted(dataPath: string, reason: string): void {
  if (!existsSync(pathOf(dataPath))) replaceFile(pathOf(dataPath), `${reason}\n`, fileModes.public);
}

/** The mark, where there is one: whatever it holds. */
export function findHaltMark(dataPath: string): HaltMark | undefined {
  const path = pathOf(dataPath);
  if (!existsSync(path)) return undefined;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    text = '';
  }
  const reason = text
    .trim()
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, maxReasonLength);
  return { path, reason: reason === '' ? 'its mark says no reason' : reason };
}
