/** What a policy is good for under a trust model: whether fault sets can act or block, and how its quorums meet. */
import type { ProcessId } from '../../prelude/process.js';
import {
  type BadMeeting,
  judgeDissemination,
  judgeFab,
  judgeLiveness,
  judgeMasking,
  judgeUnforgeability,
} from '../analysis/cross-check.js';
import type { Policy } from '../policy/policy.js';
import { recoveryPolicy } from '../trust/derived-policy.js';
import type { TrustModel } from '../trust/trust-model.js';
import { type TrustReport, validateTrust } from '../trust/trust-report.js';
import { type Budget, inTime, type Verdict } from '../verdict.js';

export interface TrustFit {
  /** Of the trust model itself. */
  readonly trust: TrustReport;
  /** No fault set can act alone. */
  readonly unforgeable: Verdict<BadMeeting>;
  /** Whoever fails, the others can act. */
  readonly live: Verdict<readonly ProcessId[]>;
  /** No two quorums meet only inside a fault set: they cannot say two things of data that proves itself. */
  readonly dissemination: Verdict<BadMeeting>;
  /** Nor only inside two: the same for data that proves nothing. */
  readonly masking: Verdict<BadMeeting>;
  /** As the fast quorums of FaB, beside the recovery quorums of the trust model: no two values look decided. */
  readonly fast: Verdict<BadMeeting>;
}

/** A use of a policy, and what it must satisfy for that. */
export const policyUses = {
  signing: ['unforgeable', 'live'],
  amendment: ['unforgeable', 'live', 'dissemination'],
  recovery: ['unforgeable', 'live'],
  'replicated data': ['dissemination', 'live'],
  'two-step agreement': ['fast'],
} as const satisfies Record<string, readonly (keyof Omit<TrustFit, 'trust'>)[]>;

/** Whether a policy is fit for each use, as far as is decided. */
export function judgeUses(
  fit: TrustFit,
): readonly { readonly use: string; readonly answer: 'yes' | 'no' | 'not decided' }[] {
  return Object.entries(policyUses).map(([use, needs]) => {
    const verdicts = needs.map((need) => fit[need]._tag);
    if (verdicts.includes('violated')) return { use, answer: 'no' };
    return { use, answer: verdicts.includes('unknown') ? 'not decided' : 'yes' };
  });
}

export function judgeTrustFit(policy: Policy, trust: TrustModel, budget: Budget): TrustFit {
  const { rule } = trust;
  return {
    trust: validateTrust(trust, budget),
    unforgeable: inTime(budget, 'whether fault sets can act', () => judgeUnforgeability(policy, rule, budget)),
    live: inTime(budget, 'whether fault sets can block', () => judgeLiveness(policy, rule, budget)),
    dissemination: inTime(budget, 'meetings inside a fault set', () => judgeDissemination(policy, rule, budget)),
    masking: inTime(budget, 'meetings inside two fault sets', () => judgeMasking(policy, rule, budget)),
    fast: inTime(budget, 'meetings of fast quorums', () =>
      judgeFab({ fast: policy, recovery: recoveryPolicy(trust) }, rule, budget),
    ),
  };
}
