import { describe, expect, it } from 'vitest';
import { fastPolicy, recoveryPolicy, vouchPolicy } from '../../src/quorum/trust/derived-policy.js';
import { OrganizationSystem } from '../../src/quorum/trust/organizations.js';
import { checkPolicy, isQualified } from '../../src/quorum/policy/policy.js';
import { printPolicy } from '../../src/quorum/policy/policy-text.js';
import { allSets, allTrees, naiveTwin } from '../support/quorum.js';
import { trust } from '../support/trust.js';

describe('quorums as access policies', () => {
  it('qualify exactly the quorums, for every set of every small tree', () => {
    for (const tree of [2, 3, 4, 5].flatMap((leafCount) => [...allTrees(leafCount, 2)])) {
      const system = new OrganizationSystem(tree);
      const twin = naiveTwin(tree);
      const [vouch, recovery, fast] = [
        vouchPolicy({ rule: tree }),
        recoveryPolicy({ rule: tree }),
        fastPolicy({ rule: tree }),
      ];
      for (const policy of [vouch, recovery, fast]) expect(checkPolicy(policy)._tag).toBe('Right');
      for (const set of allSets(system.processes.universe)) {
        const found = [vouch, recovery, fast].map((policy) => isQualified(policy, set));
        expect(found).toEqual([twin.containsCorrect(set), twin.isRecoveryQuorum(set), twin.isFastQuorum(set)]);
      }
    }
  });

  it('are the same tree with other thresholds', () => {
    const model = trust('f=1 t=1 of (a: f=1 of 4, b, c, d, e, g)');
    expect(printPolicy(vouchPolicy(model))).toBe('2 of (a: 2 of (1, 2, 3, 4), b, c, d, e, g)');
    expect(printPolicy(recoveryPolicy(model))).toBe('5 of (a: 3 of (1, 2, 3, 4), b, c, d, e, g)');
    expect(printPolicy(fastPolicy(model))).toBe('5 of (a: 4 of (1, 2, 3, 4), b, c, d, e, g)');
  });
});
