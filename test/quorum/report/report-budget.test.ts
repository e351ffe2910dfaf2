/** A report on whatever may be sent in ends soon after its budget: by a clock that counts work, the same on every machine. */
import { describe, expect, it } from 'vitest';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { FailureModel } from '../../../src/quorum/analysis/availability/failure-model.js';
import { checkPolicy, type Policy, policyMembers } from '../../../src/quorum/policy/policy.js';
import { reportPolicy } from '../../../src/quorum/report/policy-report.js';
import { type TrustModel, trustModel } from '../../../src/quorum/trust/trust-model.js';
import { budgetOf } from '../../../src/quorum/verdict.js';
import { right } from '../../support/right.js';
import { workClock } from '../../support/work-clock.js';

/** The same numbers in every run. */
function numbers(): (below: number) => number {
  let state = 7;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % below;
  };
}

const next = numbers();

function leaves(count: number, prefix = 's'): readonly Policy[] {
  return Array.from(
    { length: count },
    (_, index): Policy => ({ _tag: 'member', id: `${prefix}${index}` as ProcessId }),
  );
}

function gate(k: number, of: readonly Policy[], weights?: readonly number[]): Policy {
  return { _tag: 'threshold', k, of, ...(weights && { weights }) };
}

/** Three fifths of weights from 1 to `most`. */
function weighted(of: readonly Policy[], most = 1_000_000_000): Policy {
  const weights = of.map(() => 1 + next(most));
  return gate(Math.ceil(0.6 * weights.reduce((sum, weight) => sum + weight, 0)), of, weights);
}

const recurring: Policy = { _tag: 'member', id: 'z' as ProcessId };

function grouped(count: number, make: (group: number) => Policy): readonly Policy[] {
  return Array.from({ length: count }, (_, group) => make(group));
}

const policies: Readonly<Record<string, () => Policy>> = {
  'a list of 9,000': () => gate(6000, leaves(9000)),
  'a list of 2,000 weights up to 1e9': () => weighted(leaves(2000)),
  '90 weighted gates': () =>
    gate(
      60,
      grouped(90, (group) => weighted(leaves(100, `g${group}/`))),
    ),
  '90 weighted gates with a member in common': () =>
    gate(
      60,
      grouped(90, (group) => weighted([...leaves(100, `g${group}/`), recurring])),
    ),
  'mild weights on two levels': () =>
    weighted(
      grouped(90, (group) => weighted(leaves(100, `g${group}/`), 200)),
      200,
    ),
  '20 members that recur': () => gate(2, [weighted(leaves(20)), gate(12, leaves(20)), gate(14, leaves(19))]),
  '21 members that recur': () => gate(2, [weighted(leaves(21)), gate(12, leaves(21)), gate(14, leaves(20))]),
  '60 members that recur': () => gate(2, [weighted(leaves(60)), weighted(leaves(60)), weighted(leaves(59))]),
  '3,000 members that recur': () =>
    gate(2, [gate(2000, leaves(3000)), gate(1900, leaves(3000)), gate(1700, leaves(2999))]),
};

function failuresOf(members: readonly ProcessId[]): FailureModel {
  const uptime = { up: 0.99, down: 0.01 };
  const groups = Array.from({ length: 300 }, (_, group) => ({
    name: `group ${group}`,
    members: members.filter(() => next(4) === 0),
    uptime,
  }));
  return { server: () => uptime, groups };
}

/** A list, whatever the policy is. */
function listOf(members: readonly ProcessId[]): TrustModel {
  const of = members.map((id) => ({ _tag: 'member', id }) as const);
  return right(trustModel({ _tag: 'gate', f: Math.floor((members.length - 1) / 5), t: 0, of }));
}

/** How long it took, by a clock that counts work, beyond the time that there was. */
function overrun(policy: Policy, limitMs: number): number {
  const members = policyMembers(policy);
  const [failures, trust] = [failuresOf(members), listOf(members)];
  const draw = numbers();
  const clock = workClock();
  try {
    const budget = budgetOf(limitMs, () => clock.nowMs());
    const random = (count: number): Uint8Array => new Uint8Array(count).map(() => draw(256));
    reportPolicy(policy, { budget, failures, trust, random, listCount: 3, listLevel: 'server' });
    return budget.elapsedMs() - limitMs;
  } finally {
    clock.stop();
  }
}

describe('a report on a policy', () => {
  it.each(Object.keys(policies))('ends soon after its budget: %s', (name) => {
    const policy = right(checkPolicy(policies[name]?.() ?? recurring));
    for (const limitMs of [0, 1, 30]) {
      expect(overrun(policy, limitMs)).toBeLessThan(60);
    }
  });
});
