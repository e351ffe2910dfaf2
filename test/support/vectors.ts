/** Outside test vectors, read in place: data that nobody in this project wrote, which a clone need not have. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const configured = process.env['KOINON_VECTORS'];
const folder = resolve(import.meta.dirname, '../..', configured ?? '../shared/vectors');

/** The parsed JSON of a file of the vectors' folder; see {@link vectorText}. */
export function vectors(path: string): unknown {
  const text = vectorText(path);
  return text === undefined ? undefined : JSON.parse(text);
}

/**
 * A file of the vectors' folder; `undefined` where that folder is missing, and the suite is to be skipped.
 * Where KOINON_VECTORS says that it is there, a missing file is an error.
 */
export function vectorText(path: string): string | undefined {
  const file = resolve(folder, path);
  if (configured === undefined && !existsSync(folder)) {
    process.stderr.write(`skipped: no outside vectors (${path}); set KOINON_VECTORS to their folder\n`);
    return undefined;
  }
  return readFileSync(file, 'utf8');
}
