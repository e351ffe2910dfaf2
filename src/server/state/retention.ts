/** Which snapshots a server keeps, and how far its log may be dropped: so far that whoever fetches one can go on from it. */
import { equalBytes } from '../../prelude/bytes.js';
import type { Digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { StateTarget } from '../../consensus/manifest.js';

export interface HeldSnapshot extends StateTarget {
  readonly state: Digest;
  /** Whether a certificate covers it: SNAPSHOT of a slow quorum, or HANDOFF. */
  readonly isCertified: boolean;
}

/** How many certified snapshots are kept; and how many newer ones, which may still be certified. */
const kept = 2;

/** How long a snapshot that would go is kept for a process that does not ask. */
export const pinMs = 60_000;

/** Of `held`, by ascending slots: those that stay without anybody asking for them. */
export function retained(held: readonly HeldSnapshot[]): readonly HeldSnapshot[] {
  const certified = held.filter(({ isCertified }) => isCertified);
  const newest = certified.at(-1)?.slot ?? 0;
  return [...certified.slice(-kept), ...held.filter(({ slot }) => slot > newest).slice(-kept)];
}

/** The highest slot of the log that may be dropped; 0 for none. Nothing above the newest certified snapshot is dropped. */
export function prunableUpTo(held: readonly HeldSnapshot[], retainSlots: number): number {
  if (!held.some(({ isCertified }) => isCertified)) return 0;
  return Math.max(0, Math.min(...held.map(({ slot }) => slot)) - retainSlots);
}

/** Who is fetching which snapshot: one that would go stays for the first process that is found fetching it. */
export class SnapshotPin {
  private readonly asked = new Map<ProcessId, { readonly state: Digest; readonly atMs: number }>();
  private pinned: { readonly state: Digest; readonly process: ProcessId } | undefined;

  /** `process` has asked for a chunk of `state`. */
  note(process: ProcessId, state: Digest, nowMs: number): void {
    this.asked.set(process, { state, atMs: nowMs });
  }

  /** Whether a snapshot that would go stays. */
  keeps(state: Digest, nowMs: number): boolean {
    if (this.pinned !== undefined && !this.isAskedBy(this.pinned.process, this.pinned.state, nowMs))
      this.pinned = undefined;
    if (this.pinned !== undefined) return equalBytes(this.pinned.state, state);
    for (const process of this.asked.keys()) {
      if (!this.isAskedBy(process, state, nowMs)) continue;
      this.pinned = { state, process };
      return true;
    }
    return false;
  }

  private isAskedBy(process: ProcessId, state: Digest, nowMs: number): boolean {
    const last = this.asked.get(process);
    return last !== undefined && equalBytes(last.state, state) && nowMs < last.atMs + pinMs;
  }
}
