/**
 * The probability that those up are qualified, from the table of all sets. Groups that fail as one are taken one after another, each
 * in one pass over the table, so there may be any number of them, nested and overlapping.
 */
import type { ProcessId } from '../../../prelude/process.js';
import { otherSets } from '../../tree/subset-transform.js';
import type { Budget } from '../../verdict.js';
import { bothUp, type FailureGroup, type FailureModel, neverDown, type Uptime } from '../availability/failure-model.js';
import type { TruthTable } from './truth-table.js';

/**
 * Both probabilities are sums of products of what the model gives: neither is computed as one minus the other. Undefined where time
 * ran out.
 */
export function tableUptime(
  { members, qualified }: TruthTable,
  model: FailureModel,
  budget: Budget,
): Uptime | undefined {
  const groups = groupsByMask(members, model.groups);
  const [up, down] = [qualified, otherSets(qualified)].map((family) => {
    const chances = new Float64Array(family);
    for (const [mask, uptime] of groups) {
      if (budget.isSpent()) return undefined;
      takeGroup(chances, mask, uptime);
    }
    return members.reduceRight<Float64Array>((rest, id) => takeLast(rest, model.server(id)), chances)[0];
  });
  return up === undefined || down === undefined ? undefined : { up, down };
}

/** Groups that have the same members here are one. */
function groupsByMask(members: readonly ProcessId[], groups: readonly FailureGroup[]): ReadonlyMap<number, Uptime> {
  const bits = new Map(members.map((id, index) => [id, 1 << index]));
  const uptimes = new Map<number, Uptime>();
  for (const { members: ids, uptime } of groups) {
    const mask = ids.reduce((all, id) => all | (bits.get(id) ?? 0), 0);
    if (mask !== 0) uptimes.set(mask, bothUp(uptimes.get(mask) ?? neverDown, uptime));
  }
  return uptimes;
}

/** From the chance of each set, all groups but one being decided, to that with this one undecided. Larger masks first: it is done in place. */
function takeGroup(chances: Float64Array, group: number, { up, down }: Uptime): void {
  for (let mask = chances.length - 1; mask >= 0; mask--) {
    if ((mask & group) !== 0) chances[mask] = up * (chances[mask] ?? 0) + down * (chances[mask & ~group] ?? 0);
  }
}

/** The same for the last member: half as many sets are left. */
function takeLast(chances: Float64Array, { up, down }: Uptime): Float64Array {
  const half = chances.length / 2;
  const rest = chances.subarray(0, half);
  for (let mask = 0; mask < half; mask++) rest[mask] = up * (chances[mask + half] ?? 0) + down * (rest[mask] ?? 0);
  return rest;
}
