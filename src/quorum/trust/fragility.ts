/** What a trust model that holds does not tolerate, though people would expect it to: on whom everything still depends. */
import { groupedBy } from '../../prelude/grouping.js';
import { organizationOf, type ProcessSet } from '../../prelude/process.js';
import type { TrustAssumption } from './conditions.js';
import { processesBeyond } from './judged-tree.js';
import { OrganizationSystem } from './organizations.js';

export type Fragility =
  /** Nobody may be Byzantine: any one liar, or broken server, breaks it. */
  | { readonly _tag: 'NoByzantineFault' }
  /** These processes are in no set of 𝓩, though others are. */
  | { readonly _tag: 'TrustedProcesses'; readonly processes: ProcessSet }
  /** All servers of each of these organizations together are no set of 𝓩, though each by itself is one. */
  | { readonly _tag: 'TrustedOrganizations'; readonly organizations: readonly string[] };

/** The worst first; none is a good sign. Asks the system once for each process and organization. */
export function findFragilities({ system }: TrustAssumption): readonly Fragility[] {
  const all = system.processes;
  const { universe } = all;
  const trusted =
    system instanceof OrganizationSystem
      ? processesBeyond(system.tree)
      : [...all].filter((id) => !system.canBeFaulty(universe.of([id])));
  const processes = universe.of(trusted);
  if (processes.size === all.size) return [{ _tag: 'NoByzantineFault' }];
  const organizations = [...groupedBy(all, organizationOf)]
    .filter(
      ([, ids]) => ids.length > 1 && !ids.some((id) => processes.has(id)) && !system.canBeFaulty(universe.of(ids)),
    )
    .map(([organization]) => organization);
  return [
    ...(processes.isEmpty ? [] : [{ _tag: 'TrustedProcesses' as const, processes }]),
    ...(organizations.length === 0 ? [] : [{ _tag: 'TrustedOrganizations' as const, organizations }]),
  ];
}
