/**
 * The probability that those up are qualified, from the table of all sets. Groups that fail as one are taken one after another, each
 * in one pass over the table, so there may be any number of them, nested and overlapping.
 */
import type { ProcessId } from '../../prelude/process.js';
import { otherSets, type SubsetTable } from '../tree/subset-transform.js';
import type { FailureModel, Uptime } from './failure-model.js';
import type { TruthTable } from './truth-table.js';

/** Both probabilities are sums of products of what the model gives: neither is computed as one minus the other. */
export function tableUptime({ members, qualified }: TruthTable, model: FailureModel): Uptime {
  return {
    up: probability(qualified, members, model),
    down: probability(otherSets(qualified), members, model),
  };
}

function probability(family: SubsetTable, members: readonly ProcessId[], { server, groups }: FailureModel): number {
  const chances = new Float64Array(family);
  for (const { members: group, uptime } of groups) {
    const mask = members.reduce((bits, id, index) => (group.includes(id) ? bits | (1 << index) : bits), 0);
    takeGroup(chances, mask, uptime);
  }
  return members.reduceRight<Float64Array>((rest, id) => takeLast(rest, server(id)), chances)[0] ?? 0;
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
