/** Two policies compared, as JSON. */
import type { ComparedPolicies } from '../quorum/report/comparison-sections.js';
import { summarizePolicy } from '../quorum/report/policy-summary.js';
import { policyJson } from './policy-json.js';
import { verdictJson } from './verdict-json.js';

export function comparisonJson({ before, after, comparison }: ComparedPolicies): object {
  const { firstWithinSecond, secondWithinFirst, vetoes, members } = comparison;
  return {
    before: policyJson(before, summarizePolicy(before), 'server'),
    after: policyJson(after, summarizePolicy(after), 'server'),
    beforeWithinAfter: verdictJson(firstWithinSecond),
    afterWithinBefore: verdictJson(secondWithinFirst),
    vetoes,
    members,
  };
}
