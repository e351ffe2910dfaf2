/** Two policies compared, as JSON. */
import type { Verdict } from '../quorum/verdict.js';
import type { ComparedPolicies } from '../quorum/report/comparison-sections.js';
import { summarizePolicy } from '../quorum/report/policy-summary.js';
import { policyJson } from './policy-json.js';

export function comparisonJson({ before, after, comparison }: ComparedPolicies): object {
  const { firstWithinSecond, secondWithinFirst, vetoes, members } = comparison;
  return {
    before: policyJson(before, summarizePolicy(before), 'server'),
    after: policyJson(after, summarizePolicy(after), 'server'),
    beforeWithinAfter: inclusionJson(firstWithinSecond),
    afterWithinBefore: inclusionJson(secondWithinFirst),
    vetoes,
    members,
  };
}

function inclusionJson(verdict: Verdict<readonly string[]>): object {
  return { status: verdict._tag, witness: verdict._tag === 'violated' ? (verdict.witness ?? null) : null };
}
