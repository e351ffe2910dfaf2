/** How long a quorum takes to answer. */
import type { ReadWriteSystem } from './read-write-system.js';
import type { Access } from './strategy-frame.js';
import type { Server } from './workload.js';

/** The time by which the fastest of `asked`, which are a quorum, have answered that are one by themselves. */
export function latencyOf({ universe, ...system }: ReadWriteSystem, access: Access, asked: readonly Server[]): number {
  const order = [...asked].sort((a, b) => a.latency - b.latency);
  if (order[0]?.latency === order.at(-1)?.latency) return order[0]?.latency ?? 0;
  const isHeard = (count: number): boolean =>
    system[access].isQualified(universe.of(order.slice(0, count).map(({ id }) => id)));
  let tooFew = 0;
  let enough = order.length;
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (isHeard(middle)) enough = middle;
    else tooFew = middle;
  }
  return order[enough - 1]?.latency ?? 0;
}
