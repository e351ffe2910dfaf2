/**
 * Sets of faults that cover a given set: the counterexample behind "violated". Constructed along the tree, or chosen from the list,
 * whatever their size; for a quorum system of a user's own found in the table of all sets of few processes, and otherwise not at all.
 */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessSet } from '../../prelude/process.js';
import type { CoveringFaults, QuorumSystem } from '../quorum-system.js';
import { type Budget, unlimited } from '../verdict.js';
import { ExplicitSystem } from './explicit-system.js';
import { type FaultTable, faultTable, type FaultTableError, formatFaultTableError } from './fault-table.js';
import { coverListed } from './listed-cover.js';
import { OrganizationSystem } from './organizations.js';
import { type CoverSearch, coverTree } from './tree-cover.js';

/** Answers several questions about one system: what they have in common is made once. */
export class CoverFinder {
  private made: Either<FaultTableError, FaultTable> | undefined;

  constructor(
    readonly system: QuorumSystem,
    readonly budget: Budget = unlimited,
  ) {}

  /** Fault sets whose union contains `set`, exactly as many of each kind as `faults` says. */
  find(set: ProcessSet, faults: CoveringFaults): CoverSearch {
    const { system, budget } = this;
    if (system instanceof OrganizationSystem) return coverTree(system, set, faults, budget);
    if (system instanceof ExplicitSystem) return coverListed(system, set, faults, budget);
    const table = this.table();
    return E.isLeft(table)
      ? { _tag: 'unknown', reason: formatFaultTableError(table.left) }
      : table.right.findCover(set, faults);
  }

  /** What a user's own system says of all sets, if they are few enough. */
  table(): Either<FaultTableError, FaultTable> {
    this.made ??= faultTable(this.system, this.budget);
    return this.made;
  }
}
