/** The threshold quorum system: of n processes at most f are Byzantine, and the two-step path survives t silent ones. */
import type { Universe } from '../../prelude/process.js';
import { member } from '../tree/tree-check.js';
import { OrganizationSystem } from './organizations.js';

/** @param limits - 0 ≤ t ≤ f < n; t is 0 if absent. */
export function thresholdSystem(universe: Universe, { f, t = 0 }: { f: number; t?: number }): OrganizationSystem {
  const of = universe.ids.map(member);
  return new OrganizationSystem({ _tag: 'gate', f, t, of }, universe);
}
