/** Between which bounds the load lies where there is no closed form; `strategy/` asks a linear program. */
import type { Figure } from '../../verdict.js';
import { Fraction } from './fraction.js';
import type { StructureAnalysis } from '../structure-analysis.js';

/** Quorums of at least c among n members use a member c/n of the time on average (Naor & Wool, "The load, capacity, and availability of quorum systems", 1998). */
export function loadBounds({ members, quorums }: Pick<StructureAnalysis, 'members' | 'quorums'>): Figure<Fraction> {
  const smallest = quorums.cheapest();
  const reason = 'members stand at several places: a linear program tells';
  const size = smallest._tag === 'exact' ? smallest.value.cost : smallest.atLeast?.cost;
  if (size === undefined || size === 0) return { _tag: 'unknown', reason, atMost: Fraction.one };
  const atLeast = Fraction.of(BigInt(size), BigInt(members.length));
  return { _tag: 'unknown', reason, atLeast, atMost: Fraction.one };
}
