/** What the log has said of the masks of a masked-quotient reshare. Public. */
import type { Digest } from '../../../prelude/digest.js';
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { contributorsBefore, type QuotientPlan } from './plan.js';

/** What one contributor posted for those who come after it. */
export interface PostedMasks<G> {
  /** Z_ij = v^(z_ij), by the contributor that z_ij is shared with. */
  readonly keys: ReadonlyMap<ProcessId, G>;
  /** z_ij, sealed. */
  readonly boxes: ReadonlyMap<ProcessId, Uint8Array>;
  /** In the log, from 0. */
  readonly position: number;
}

export interface QuotientTranscript<G> {
  readonly plan: QuotientPlan;
  /** By contributor. */
  readonly masks: Map<ProcessId, PostedMasks<G>>;
  /** Digest of all that was taken up to the last of the masks; what is confirmed. */
  masked: Digest | undefined;
  /** Contributors that found all masks good. No remainder leaves before all have. */
  readonly confirmed: Set<ProcessId>;
}

/** Z_ij, once all masks are posted. */
export function maskKey<G>({ masks }: QuotientTranscript<G>, first: ProcessId, second: ProcessId): G {
  return present(masks.get(first)?.keys.get(second), 'a mask of every pair of contributors');
}

/** Where in the log those masks were posted that go into a contributor's part: its own, and those of the ones before it. */
export function maskPositions<G>({ plan, masks }: QuotientTranscript<G>, process: ProcessId): readonly number[] {
  const posted = [...contributorsBefore(plan, process), process].map((from) => masks.get(from));
  return posted.flatMap((each) => (each === undefined ? [] : [each.position]));
}
