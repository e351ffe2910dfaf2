/** Whose the rows of a sharing are. */
import { groupedBy } from '../../prelude/grouping.js';
import type { ProcessId } from '../../prelude/process.js';
import type { LinearSharing } from './compile.js';

/** The rows of each process, ascending, counted from 0; processes in the order of their first rows. */
export function rowsByOwner({ rows }: LinearSharing): ReadonlyMap<ProcessId, readonly number[]> {
  const byOwner = groupedBy(rows.entries(), ([, { owner }]) => owner);
  return new Map([...byOwner].map(([owner, entries]) => [owner, entries.map(([row]) => row)]));
}

/** The owners of rows, in the order of their first ones. */
export function ownersOf({ rows }: LinearSharing): readonly ProcessId[] {
  return [...new Set(rows.map(({ owner }) => owner))];
}
