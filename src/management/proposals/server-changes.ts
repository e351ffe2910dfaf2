/** Which servers come, go, or go on under another identity. */
import { equalBytes } from '../../prelude/bytes.js';
import type { ProcessId } from '../../prelude/process.js';
import { type Alliance, type ServerEntry, serversOf } from '../alliance.js';

/** All sorted. */
export interface ServerChanges {
  readonly next: readonly ProcessId[];
  readonly joining: readonly ProcessId[];
  readonly leaving: readonly ProcessId[];
  /** In both, with another identity key. */
  readonly replaced: readonly ProcessId[];
  /** Hold shares of the document in force, and deal none of them. */
  readonly absent: readonly ProcessId[];
  /** Are in the draft and have nothing of its keys: they join, are replaced, or have lost their shares. */
  readonly receiving: readonly ProcessId[];
}

type Servers = Pick<Alliance, 'organizations'>;

interface Lost {
  readonly lost: ReadonlySet<ProcessId>;
  readonly withoutShares: ReadonlySet<ProcessId>;
}

export function serverChanges(base: Servers, document: Servers, { lost, withoutShares }: Lost): ServerChanges {
  const [before, after] = [identities(base), identities(document)];
  const next = [...after.keys()].sort();
  const joining = next.filter((id) => !before.has(id));
  const leaving = [...before.keys()].filter((id) => !after.has(id)).sort();
  const replaced = next.filter((id) => isOther(before.get(id), after.get(id)));
  const unable = new Set([...lost, ...withoutShares, ...replaced]);
  return {
    next,
    joining,
    leaving,
    replaced,
    absent: [...before.keys()].filter((id) => unable.has(id)).sort(),
    receiving: next.filter((id) => !before.has(id) || unable.has(id)),
  };
}

function identities(servers: Servers): ReadonlyMap<ProcessId, ServerEntry> {
  return new Map(serversOf(servers).map((server) => [server.id, server]));
}

function isOther(before: ServerEntry | undefined, after: ServerEntry | undefined): boolean {
  return before !== undefined && after !== undefined && !equalBytes(before.identityKey, after.identityKey);
}
