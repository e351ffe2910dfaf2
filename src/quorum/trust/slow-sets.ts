/** Whether every set whose silence the two-step path survives may also be Byzantine: 𝓣 ⊆ 𝓩, so that fast quorums are slow ones. */
import { E } from '../../prelude/fp.js';
import type { ProcessSet } from '../../prelude/process.js';
import type { Verdict } from '../verdict.js';
import { ExplicitSystem } from './explicit-system.js';
import { formatFaultTableError } from './fault-table.js';
import { OrganizationSystem } from './organizations.js';
import type { CoverFinder } from './witness.js';

/**
 * Its witness is one slow set that cannot be Byzantine. Exact for trees, where t ≤ f, for lists, and for a user's own system over few
 * processes; one that is not monotone is refused here.
 */
export function judgeSlowSets(finder: CoverFinder): Verdict {
  const { system } = finder;
  if (system instanceof OrganizationSystem) return { _tag: 'holds' };
  if (system instanceof ExplicitSystem) return withoutExcess(findExcess(system));
  const table = finder.table();
  if (E.isRight(table)) return withoutExcess(table.right.slowBeyondByzantine());
  const reason = formatFaultTableError(table.left);
  return table.left._tag === 'NotMonotone'
    ? { _tag: 'violated', witness: undefined, reason }
    : { _tag: 'unknown', reason };
}

function withoutExcess(members: ProcessSet | undefined): Verdict {
  return members === undefined ? { _tag: 'holds' } : { _tag: 'violated', witness: [{ kind: 'slow', members }] };
}

function findExcess({ byzantine, slow }: ExplicitSystem): ProcessSet | undefined {
  return slow.find((one) => !byzantine.some((other) => one.isSubsetOf(other)));
}
