import { describe, expect, it } from 'vitest';
import { checkPolicy, isQualified } from '../../../src/quorum/policy/policy.js';
import { printPolicy } from '../../../src/quorum/policy/policy-text.js';
import { fastPolicy, policiesFrom, recoveryPolicy, vouchPolicy } from '../../../src/quorum/trust/derived-policy.js';
import type { ExplicitFaults } from '../../../src/quorum/trust/explicit-faults.js';
import { ExplicitSystem } from '../../../src/quorum/trust/explicit-system.js';
import { OrganizationSystem } from '../../../src/quorum/trust/organizations.js';
import type { TrustRule } from '../../../src/quorum/trust/trust-model.js';
import type { TrustTree } from '../../../src/quorum/trust/trust-tree.js';
import type { QuorumSystem } from '../../../src/quorum/quorum-system.js';
import { allSets, allTrees, naiveTwin, servers } from '../../support/quorum.js';
import { trust } from '../../support/trust.js';

const [a, b, c, d] = servers(4).ids.map((id) => [id]);
const lists: readonly Pick<ExplicitFaults, 'byzantine' | 'slow'>[] = [
  { byzantine: [], slow: [] },
  { byzantine: [a ?? []], slow: [] },
  { byzantine: [[...(a ?? []), ...(b ?? [])], [...(c ?? [])]], slow: [b ?? []] },
  { byzantine: [a, b, c, d].map((one) => one ?? []), slow: [a ?? [], d ?? []] },
];
const explicit = lists.map((sets): ExplicitFaults => ({ _tag: 'explicit', of: servers(4).ids, ...sets }));

function expectQuorums(rule: TrustRule, system: QuorumSystem): void {
  const [vouch, recovery, fast] = [vouchPolicy({ rule }), recoveryPolicy({ rule }), fastPolicy({ rule })];
  for (const policy of [vouch, recovery, fast]) expect(checkPolicy(policy)._tag).toBe('Right');
  for (const set of allSets(system.processes.universe)) {
    const found = [vouch, recovery, fast].map((policy) => isQualified(policy, set));
    expect(found).toEqual([system.containsCorrect(set), system.isRecoveryQuorum(set), system.isFastQuorum(set)]);
  }
}

describe('quorums as access policies', () => {
  it('qualify exactly the quorums, for every set of every small tree', () => {
    for (const tree of [2, 3, 4, 5].flatMap((leafCount) => [...allTrees(leafCount, 2)])) {
      expectQuorums(tree, naiveTwin(tree));
    }
  });

  it('qualify exactly the quorums of listed sets', () => {
    for (const faults of explicit) expectQuorums(faults, new ExplicitSystem(faults));
  });

  it('of listed sets have no gate of one child', () => {
    const texts = explicit
      .slice(0, 2)
      .map((rule) => [vouchPolicy({ rule }), recoveryPolicy({ rule })].map(printPolicy));
    expect(texts).toEqual([
      ['1 of (s1, s2, s3, s4)', '4 of (s1, s2, s3, s4)'],
      ['1 of (s2, s3, s4)', '3 of (s2, s3, s4)'],
    ]);
  });

  it('qualify exactly the quorums of weighted trees', () => {
    const of = servers(4).ids.map((id): TrustTree => ({ _tag: 'member', id }));
    const pair: TrustTree = { _tag: 'gate', f: 2, t: 1, of: of.slice(2), weights: [2, 1] };
    for (const f of [0, 1, 2, 3, 4]) {
      const tree: TrustTree = { _tag: 'gate', f, t: Math.min(f, 2), of: [...of.slice(0, 2), pair], weights: [3, 1, 2] };
      expectQuorums(tree, new OrganizationSystem(tree));
    }
  });

  it('are the same tree with other thresholds', () => {
    const model = trust('f=1 t=1 of (a: f=1 of 4, b, c, d, e, g)');
    expect(printPolicy(vouchPolicy(model))).toBe('2 of (a: 2 of (1, 2, 3, 4), b, c, d, e, g)');
    expect(printPolicy(recoveryPolicy(model))).toBe('5 of (a: 3 of (1, 2, 3, 4), b, c, d, e, g)');
    expect(printPolicy(fastPolicy(model))).toBe('5 of (a: 4 of (1, 2, 3, 4), b, c, d, e, g)');
  });
});

describe('the policies of an alliance', () => {
  it('let no fault set act, any be missing, and no two amendments be without a common correct process, under C1', () => {
    const trees = [3, 4, 5].flatMap((leafCount) => [...allTrees(leafCount, 2)]);
    const systems = [
      ...trees.map((rule) => ({ rule, system: naiveTwin(rule) })),
      ...explicit.map((rule) => ({ rule, system: new ExplicitSystem(rule) })),
    ];
    const satisfyingC1 = systems.filter(({ system }) => !system.isCoveredBy(system.processes, { byzantine: 3 }));
    expect(satisfyingC1.length).toBeGreaterThan(20);
    for (const { rule, system } of satisfyingC1) {
      const { signing, amendment, recovery } = policiesFrom({ rule });
      const sets = allSets(system.processes.universe);
      for (const faulty of sets.filter((set) => system.canBeFaulty(set))) {
        const left = system.processes.minus(faulty);
        expect([signing, amendment, recovery].map((policy) => isQualified(policy, faulty))).toEqual([
          false,
          false,
          false,
        ]);
        expect([signing, amendment, recovery].map((policy) => isQualified(policy, left))).toEqual([true, true, true]);
      }
      const amending = sets.filter((set) => isQualified(amendment, set));
      for (const one of amending) {
        for (const other of amending) expect(system.containsCorrect(one.intersection(other))).toBe(true);
      }
    }
  });
});
