/** What is known of a trust model before it is used: the verdict of every condition, with witnesses. */
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { type Budget, unlimited, type Verdict } from '../verdict.js';
import { judgeConditions, type TrustAssumption, type TrustVerdicts } from './conditions.js';

export interface TrustReport extends TrustVerdicts {
  /** Whether consensus may run under it: 𝓣 ⊆ 𝓩, C1, and C2 or C2ℓ for every leader. */
  readonly accepted: boolean;
}

/**
 * Judges every condition. Without a budget the answer depends on the model alone. Of a tree, a budget cuts short only the search for
 * counterexamples; of lists and of a user's own system it leaves undecided what it does not reach, and then they are not accepted.
 */
export function validateTrust(trust: TrustAssumption, budget: Budget = unlimited): TrustReport {
  const verdicts = judgeConditions(trust, budget);
  const { slowWithinByzantine, c1, c2, c2OfLeaders } = verdicts;
  const fast = c2._tag === 'holds' || [...c2OfLeaders.values()].every((verdict) => verdict._tag === 'holds');
  const accepted = slowWithinByzantine._tag !== 'violated' && c1._tag === 'holds' && fast;
  return { ...verdicts, accepted };
}

/** C2ℓ over all leaders: violated if it is for any, unknown if it is for any and violated for none. */
export interface LeadersVerdict {
  readonly verdict: Verdict;
  /** The first leader with this verdict, and how many there are. */
  readonly leader: ProcessId;
  readonly count: number;
}

export function judgeAllLeaders({ c2OfLeaders }: TrustVerdicts): LeadersVerdict {
  const verdicts = [...c2OfLeaders];
  const tags = ['violated', 'unknown', 'holds'] as const;
  const worst =
    tags.map((tag) => verdicts.filter(([, { _tag }]) => _tag === tag)).find((some) => some.length > 0) ?? [];
  const [leader, verdict] = present(worst[0], 'a trust model has a leader');
  return { verdict, leader, count: worst.length };
}
