/** What a set lacks to be qualified: gate by gate for a policy, one completion for any other structure. */
import { organizationOf, type ProcessId, type ProcessSet, type Universe } from '../../prelude/process.js';
import { organizationOfAll } from '../tree/membership.js';
import { weightAt } from '../tree/weights.js';
import { type Policy, policyMembers, type ThresholdGate } from './policy.js';
import type { QualifiedSets } from './qualified-sets.js';

export type Missing =
  | { readonly _tag: 'nothing' }
  /** Not even all who have not refused would do. */
  | { readonly _tag: 'unreachable'; readonly refused: readonly ProcessId[] }
  | Need
  /** Members that would do, none of whom could be spared; others may do as well. */
  | { readonly _tag: 'completion'; readonly members: readonly ProcessId[] };

/** What one part of a policy still needs. */
export type Need = { readonly _tag: 'member'; readonly id: ProcessId } | GateNeed;

export interface GateNeed {
  readonly _tag: 'gate';
  /** The organization to which all members of the gate belong. */
  readonly organization: string | undefined;
  /** Whether all servers of that organization stand at the gate, so that its name alone says who is meant. */
  readonly isWhole: boolean;
  /** What the children that are satisfied weigh. */
  readonly present: number;
  /** What others must weigh in addition. */
  readonly lacking: number;
  /** The children that are not satisfied and can be, in the gate's order; together they weigh at least what is lacking. */
  readonly open: readonly { readonly weight: number; readonly need: Need }[];
  /** Of all children: satisfied, open, and out of reach. */
  readonly childCount: number;
}

/** What `set` lacks to satisfy a checked policy when nobody of `refused` joins. At most the gates times the processes. */
export function lackOf(policy: Policy, set: ProcessSet, refused: ProcessSet): Missing {
  const lack = judge(policy, set, refused);
  if (lack === 'satisfied') return { _tag: 'nothing' };
  return lack === 'impossible' ? { _tag: 'unreachable', refused: [...refused.minus(set)] } : lack;
}

type Lack = 'satisfied' | 'impossible' | Need;

function judge(policy: Policy, set: ProcessSet, refused: ProcessSet): Lack {
  if (policy._tag === 'threshold') return judgeGate(policy, set, refused);
  if (set.has(policy.id)) return 'satisfied';
  return refused.has(policy.id) ? 'impossible' : policy;
}

function judgeGate(gate: ThresholdGate, set: ProcessSet, refused: ProcessSet): Lack {
  const open: GateNeed['open'][number][] = [];
  let present = 0;
  let reachable = 0;
  for (const [index, child] of gate.of.entries()) {
    const weight = weightAt(gate, index);
    const need = judge(child, set, refused);
    if (need === 'impossible') continue;
    reachable += weight;
    if (need === 'satisfied') present += weight;
    else open.push({ weight, need });
  }
  if (present >= gate.k) return 'satisfied';
  if (reachable < gate.k) return 'impossible';
  const childCount = gate.of.length;
  const organization = organizationOfAll(gate);
  const isWhole = organization !== undefined && isEverybodyOf(organization, gate, set.universe);
  return { _tag: 'gate', organization, isWhole, present, lacking: gate.k - present, open, childCount };
}

function isEverybodyOf(organization: string, gate: ThresholdGate, { ids }: Universe): boolean {
  const members = new Set(policyMembers(gate));
  return ids.every((id) => organizationOf(id) !== organization || members.has(id));
}

/** Everyone who has not refused, less each who can be spared, the last first: as many questions as there are processes. */
export function findCompletion(structure: QualifiedSets, set: ProcessSet, refused: ProcessSet): Missing {
  if (structure.isQualified(set)) return { _tag: 'nothing' };
  const others = structure.processes.minus(set).minus(refused);
  let found = set.union(others);
  if (!structure.isQualified(found)) return { _tag: 'unreachable', refused: [...refused.minus(set)] };
  for (const id of [...others].reverse()) {
    const fewer = found.without(id);
    if (structure.isQualified(fewer)) found = fewer;
  }
  return { _tag: 'completion', members: [...found.minus(set)] };
}
