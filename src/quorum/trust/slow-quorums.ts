/** What a trust model means for certificates, which slow quorums sign (spec/consensus.md, "Certificates"). */
import type { ProcessId } from '../../prelude/process.js';
import type { QuorumSystem } from '../quorum-system.js';
import type { TrustRule } from './trust-model.js';
import type { TrustTree } from './trust-tree.js';

/** Whether every slow quorum is a fast one, so that no commit certificate is ever made. False where that is not plain to see. */
export function isAlwaysFast(rule: TrustRule): boolean {
  if (rule._tag !== 'explicit') return hasEqualLimits(rule);
  const slow = rule.slow.map((set) => new Set<ProcessId>(set));
  return rule.byzantine.every((set) => set.length === 0 || slow.some((other) => set.every((id) => other.has(id))));
}

function hasEqualLimits(tree: TrustTree): boolean {
  return tree._tag === 'member' || (tree.t === tree.f && tree.of.every(hasEqualLimits));
}

/**
 * Whether a key that is shared along the slow quorums could be moved while any set of 𝓩 is missing: without another such set, which
 * may have lied, a slow quorum must be left. So it is where the union of two sets of 𝓩 is one: where all that can fail may fail
 * together.
 */
export function movesWithoutEveryone(system: QuorumSystem): boolean {
  const { universe } = system.processes;
  return system.canBeFaulty(universe.of(universe.ids.filter((id) => system.canBeFaulty(universe.of([id])))));
}
