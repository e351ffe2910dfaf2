/** Numbers that others computed (../shared/vectors/README.md), as far as they speak of thresholds and of trees. */
import { describe, expect, it } from 'vitest';
import type { ProcessSet } from '../../src/prelude/process.js';
import { vouchPolicy } from '../../src/quorum/trust/derived-policy.js';
import { OrganizationSystem } from '../../src/quorum/trust/organizations.js';
import { tolerated } from '../../src/quorum/policy/gates.js';
import { isQualified, type Policy } from '../../src/quorum/policy/policy.js';
import { thresholdSystem } from '../../src/quorum/trust/threshold.js';
import { allSets, servers } from '../support/quorum.js';
import { policy } from '../support/trust.js';
import { vectors } from '../support/vectors.js';

interface TreeCase {
  readonly policy: string;
  readonly minimalQuorums: readonly (readonly string[])[];
  readonly minimalBlockingSets: readonly (readonly string[])[];
  readonly failProne_Qk_if_policy_means_NOT_failprone: Readonly<Record<string, boolean>>;
}

interface ThresholdRow {
  readonly n: number;
  readonly f: number;
  readonly minQ_dissemination: number;
  readonly minQ_fab: number;
  readonly dissemination_live: boolean;
  readonly fab_live: boolean;
}

const trees = vectors('quorum/threshold-trees-small.json') as { cases: readonly TreeCase[] } | undefined;
const table = vectors('quorum/flat-threshold-table.json') as { rows: readonly ThresholdRow[] } | undefined;

describe.skipIf(trees === undefined)('small threshold trees', () => {
  it.each(trees?.cases ?? [])('$policy', (given) => {
    const rule = policy(given.policy);
    const { universe } = system(rule).processes;
    for (const [qualifies, minimal] of [
      [(set: ProcessSet) => isQualified(rule, set), given.minimalQuorums],
      [(set: ProcessSet) => !isQualified(rule, set.complement()), given.minimalBlockingSets],
    ] as const) {
      const sets = minimal.map((ids) => universe.of(universe.ids.filter((id) => ids.includes(id))));
      for (const set of allSets(universe)) {
        expect(qualifies(set)).toBe(sets.some((one) => one.isSubsetOf(set)));
      }
    }
  });

  it.each(trees?.cases ?? [])('of $policy as vouching sets: covers by k fault sets', (given) => {
    const rule = policy(given.policy);
    const trusted = system(rule);
    expect(vouchPolicy({ rule: trusted.tree })).toEqual(rule);
    for (const [k, holds] of Object.entries(given.failProne_Qk_if_policy_means_NOT_failprone)) {
      expect(trusted.isCoveredBy(trusted.processes, { byzantine: Number(k) })).toBe(!holds);
    }
  });
});

/** The trust tree whose vouching sets are the qualified sets: f = k − 1. */
function system(rule: Policy): OrganizationSystem {
  return new OrganizationSystem(tolerated(rule));
}

describe.skipIf(table === undefined)('flat thresholds', () => {
  it.each(table?.rows ?? [])('n=$n f=$f', ({ n, f, ...row }) => {
    const flat = thresholdSystem(servers(n), { f, t: f });
    const ofSize = (size: number): ProcessSet => flat.processes.universe.of(servers(n).ids.slice(0, size));
    // A recovery quorum, n−f, is large enough for data that proves itself exactly under C1, and for FaB's two-step path under C2 with t = f.
    expect(flat.isRecoveryQuorum(ofSize(n - f)) && !flat.isRecoveryQuorum(ofSize(n - f - 1))).toBe(true);
    expect(!flat.isCoveredBy(flat.processes, { byzantine: 3 })).toBe(row.dissemination_live);
    expect(row.minQ_dissemination <= n - f).toBe(row.dissemination_live);
    expect(!flat.isCoveredBy(flat.processes, { byzantine: 3, slow: 2 })).toBe(row.fab_live);
    expect(row.minQ_fab <= n - f).toBe(row.fab_live);
  });
});
