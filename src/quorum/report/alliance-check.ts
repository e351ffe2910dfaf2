/** The policies of an alliance against its trust model, and against one another. */
import type { ProcessId } from '../../prelude/process.js';
import {
  type BadMeeting,
  judgeDissemination,
  judgeInclusion,
  judgeLiveness,
  judgeUnforgeability,
} from '../analysis/cross-check.js';
import type { Policy } from '../policy/policy.js';
import type { AlliancePolicies } from '../trust/derived-policy.js';
import type { TrustModel } from '../trust/trust-model.js';
import { type Budget, unlimited, type Verdict } from '../verdict.js';

/** What every policy must satisfy. */
export interface PolicyFit {
  /** No fault set can act alone. */
  readonly unforgeable: Verdict<BadMeeting>;
  /** Whoever fails, the others can act. */
  readonly live: Verdict<readonly ProcessId[]>;
}

export interface AllianceFit {
  readonly signing: PolicyFit;
  /** Besides, two sets that amend share a correct process: they cannot make two alliances of one. */
  readonly amendment: PolicyFit & { readonly united: Verdict<BadMeeting> };
  /** Besides, whoever may amend may recover; else recovery would be no way out of what amendment can still mend. */
  readonly recovery: PolicyFit & { readonly weaker: Verdict<readonly ProcessId[]> };
}

/** Everything holds of `policiesFrom(trust)` where the trust model satisfies C1. */
export function judgeAlliancePolicies(
  { signing, amendment, recovery }: AlliancePolicies,
  { rule }: TrustModel,
  budget: Budget = unlimited,
): AllianceFit {
  const fit = (policy: Policy): PolicyFit => ({
    unforgeable: judgeUnforgeability(policy, rule, budget),
    live: judgeLiveness(policy, rule, budget),
  });
  return {
    signing: fit(signing),
    amendment: { ...fit(amendment), united: judgeDissemination(amendment, rule, budget) },
    recovery: { ...fit(recovery), weaker: judgeInclusion(amendment, recovery, budget) },
  };
}
