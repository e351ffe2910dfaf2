/** Numbers that others computed (../shared/vectors/README.md), as far as they speak of thresholds and of trees. */
import { describe, expect, it } from 'vitest';
import type { ProcessSet } from '../../src/prelude/process.js';
import { vouchPolicy } from '../../src/quorum/trust/derived-policy.js';
import { OrganizationSystem } from '../../src/quorum/trust/organizations.js';
import { isQualified, type Policy, policyMembers } from '../../src/quorum/policy/policy.js';
import { thresholdSystem } from '../../src/quorum/trust/threshold.js';
import type { TrustTree } from '../../src/quorum/trust/trust-tree.js';
import { allSets, servers } from '../support/quorum.js';
import { policy, trust } from '../support/trust.js';
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

interface TwoLevelRow {
  readonly orgs: number;
  readonly servers: number;
  readonly 'Q3_pareto_(fo,fi)': readonly (readonly [number, number])[];
  readonly 'Q5_pareto_(fo,fi)': readonly (readonly [number, number])[];
}

const trees = vectors('quorum/threshold-trees-small.json') as { cases: readonly TreeCase[] } | undefined;
const table = vectors('quorum/flat-threshold-table.json') as { rows: readonly ThresholdRow[] } | undefined;
const alliances = vectors('quorum/two-level-alliances.json') as { twoLevelPareto: readonly TwoLevelRow[] } | undefined;

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
  const asTree = (node: Policy): TrustTree =>
    node._tag === 'member' ? node : { _tag: 'gate', f: node.k - 1, t: 0, of: node.of.map(asTree) };
  const tree = asTree(rule);
  expect(new Set(policyMembers(rule)).size).toBe(policyMembers(rule).length);
  return new OrganizationSystem(tree);
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

describe.skipIf(alliances === undefined)('two-level alliances', () => {
  it.each(alliances?.twoLevelPareto ?? [])('$orgs organizations of $servers servers', (row) => {
    for (const [k, pareto] of [
      [3, row['Q3_pareto_(fo,fi)']],
      [5, row['Q5_pareto_(fo,fi)']],
    ] as const) {
      const found = tolerated(row, k);
      expect(found.filter(([fo, fi]) => !found.some(([a, b]) => a >= fo && b >= fi && a + b > fo + fi))).toEqual(
        pareto,
      );
    }
  });
});

/** All (organizations, servers inside every other) that k fault sets do not suffice to cover the alliance with. */
function tolerated({ orgs, servers: perOrg }: TwoLevelRow, k: number): readonly (readonly [number, number])[] {
  const candidates = Array.from(
    { length: orgs * perOrg },
    (_, index) => [index % orgs, Math.floor(index / orgs)] as const,
  );
  return candidates.filter(([fo, fi]) => {
    const names = Array.from({ length: orgs }, (_, index) => `o${index}: f=${fi} of ${perOrg}`);
    const { system: alliance } = trust(`f=${fo} of (${names.join(', ')})`);
    return !alliance.isCoveredBy(alliance.processes, { byzantine: k });
  });
}
