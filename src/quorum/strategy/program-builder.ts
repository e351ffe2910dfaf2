/** Linear programs, put together row by row and column by column. */
import { present } from '../../prelude/invariant.js';
import type { Column, Entry, Row } from './solver.js';

type ColumnKind = Pick<Column, 'upper' | 'integer'>;

/** A program under construction. */
export class ProgramBuilder {
  private readonly entries: Map<number, number>[] = [];
  private readonly costs: number[] = [];
  private readonly kinds: ColumnKind[] = [];
  private readonly added: Row[] = [];

  /** @param firstRow - the number of rows that there are already. */
  constructor(private readonly firstRow = 0) {}

  row(row: Row): number {
    return this.firstRow + this.added.push(row) - 1;
  }

  /** @returns the column's index among those made here. */
  column(kind: ColumnKind = {}): number {
    this.kinds.push(kind);
    this.costs.push(0);
    return this.entries.push(new Map()) - 1;
  }

  /** Adds to what the column costs and has in each row. */
  add(column: number, entries: readonly Entry[], cost = 0): void {
    const there = present(this.entries[column], 'a column that was made');
    for (const { row, value } of entries) there.set(row, (there.get(row) ?? 0) + value);
    this.costs[column] = (this.costs[column] ?? 0) + cost;
  }

  get rows(): readonly Row[] {
    return this.added;
  }

  get columns(): readonly Column[] {
    return this.entries.map((entries, index) => ({
      ...this.kinds[index],
      cost: this.costs[index] ?? 0,
      entries: [...entries].map(([row, value]) => ({ row, value })),
    }));
  }
}
