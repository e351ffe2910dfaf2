/** How it is said that parts of a document contradict one another. */
import type { AllianceError } from './errors.js';

/** Something that may stand only once in a document, and where it stands. */
export interface Placed {
  readonly path: string;
  readonly value: string;
}

export function inconsistent(path: string, expected: string): AllianceError {
  return { _tag: 'Inconsistent', path, expected };
}

export function checkDistinct(placed: readonly Placed[], what: string): AllianceError | undefined {
  const seen = new Map<string, string>();
  for (const { path, value } of placed) {
    const before = seen.get(value);
    if (before !== undefined) return inconsistent(path, `${what}, but the same stands at ${before}`);
    seen.set(value, path);
  }
  return undefined;
}

/** Ascending by code units, so that there is one way to write it. */
export function checkAscending(placed: readonly Placed[], what: string): AllianceError | undefined {
  const misplaced = placed.find(({ value }, index) => index > 0 && value <= (placed[index - 1]?.value ?? ''));
  return misplaced === undefined ? undefined : inconsistent(misplaced.path, `${what}, each once and in order`);
}
