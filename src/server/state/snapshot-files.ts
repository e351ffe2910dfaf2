/** How the files of the snapshots are called, and what a directory of them holds after a crash at any moment. */
import type { StateTarget } from '../../consensus/manifest.js';
import { stateDigest } from '../../consensus/manifest.js';
import { shortHex } from '../../prelude/digest.js';
import type { Disk } from '../../storage/disk.js';
import { StorageFailure } from '../../storage/errors.js';
import { draftSuffix } from './record-file.js';

/** Files of which there is one: the newest certificate, and the state that is being installed. */
export const recordNames = { certificate: 'certificate', install: 'install' } as const;

/** An own snapshot while it is written, before its digest is known. */
export const draftNames = { chunks: `chunks${draftSuffix}`, leaves: `leaves${draftSuffix}` } as const;

/** What the names of a state's files begin with; names ascend with slots. */
export function stateName({ slot, manifest }: StateTarget): string {
  return `${String(slot).padStart(16, '0')}-${shortHex(stateDigest(slot, manifest))}`;
}

const fileName = /^(\d{16}-[0-9a-f]{16})\.(chunks|leaves|target|snapshot)$/;

export interface FoundFiles {
  /** States that are complete, by ascending slots. */
  readonly snapshots: readonly string[];
  /** The state that is being fetched. */
  readonly target: string | undefined;
  readonly records: ReadonlySet<string>;
  /** What interrupted work has left behind, in the order in which it may be removed. */
  readonly litter: readonly string[];
}

export async function findFiles(disk: Disk, directory: string): Promise<FoundFiles> {
  const endings = new Map<string, Set<string>>();
  const records = new Set<string>();
  const litter: string[] = [];
  for (const name of [...(await disk.list(directory))].sort()) {
    const [, state, ending] = fileName.exec(name) ?? [];
    if (state !== undefined && ending !== undefined)
      endings.set(state, (endings.get(state) ?? new Set<string>()).add(ending));
    else if (Object.values<string>(recordNames).includes(name)) records.add(name);
    else if (name.endsWith(draftSuffix)) litter.push(name);
    else throw stranger(directory, name);
  }
  const states = [...endings.keys()];
  const snapshots = states.filter((state) => endings.get(state)?.has('snapshot') === true);
  // A target gives way to a higher one; what is complete needs none.
  const target = states
    .filter((state) => endings.get(state)?.has('target') === true && !snapshots.includes(state))
    .at(-1);
  for (const [state, found] of endings) {
    const kept = snapshots.includes(state) ? ['snapshot', 'leaves', 'chunks'] : ['target', 'leaves', 'chunks'];
    const isKept = state === target || snapshots.includes(state);
    for (const ending of ['target', 'leaves', 'chunks'])
      if (found.has(ending) && !(isKept && kept.includes(ending))) litter.push(`${state}.${ending}`);
  }
  return { snapshots, target, records, litter };
}

function stranger(directory: string, name: string): StorageFailure {
  const detail = `it holds ${name}, which is no part of a snapshot`;
  return new StorageFailure({ _tag: 'NotAccessible', path: directory, detail });
}
