/** When a key may move, by the definition (try every fault set) and by the table of what moves at all. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProcessId, Universe } from '../../../src/prelude/process.js';
import { predicateStructure } from '../../../src/quorum/access-structure.js';
import { judgeCommit, searchCommit } from '../../../src/quorum/analysis/commit-rule.js';
import { judgeLiveness, judgeMovability, judgeUnforgeability } from '../../../src/quorum/analysis/cross-check.js';
import { isQualified, type Policy, policyMembers } from '../../../src/quorum/policy/policy.js';
import { PolicyStructure } from '../../../src/quorum/policy/policy-structure.js';
import { QuorumSystem } from '../../../src/quorum/quorum-system.js';
import { trustModel, type TrustRule } from '../../../src/quorum/trust/trust-model.js';
import type { TrustTree } from '../../../src/quorum/trust/trust-tree.js';
import { arbitraryPolicy } from '../../support/naive-structures.js';
import { gate, member } from '../../support/policies.js';
import { right } from '../../support/right.js';
import { policy, trust } from '../../support/trust.js';

function subsets(members: readonly ProcessId[]): readonly (readonly ProcessId[])[] {
  return Array.from({ length: 2 ** members.length }, (_, mask) => members.filter((_id, index) => (mask >> index) & 1));
}

/** A2 as it is written: K without Z is qualified, for every Z. */
function byDefinition(rule: Policy, system: QuorumSystem, acknowledged: readonly ProcessId[]): boolean {
  const { universe } = system.processes;
  return subsets(universe.ids).every((faulty) => {
    if (!system.canBeFaulty(universe.of(faulty))) return true;
    return isQualified(rule, universe.of(acknowledged.filter((id) => !faulty.includes(id))));
  });
}

function trustOver(rule: Policy, numbers: readonly number[], flat: boolean): TrustTree {
  const left = [...numbers];
  const grow = (node: Policy): TrustTree => {
    if (node._tag === 'member') return node;
    const of = flat ? policyMembers(node).map((id) => member(id)) : node.of.map(grow);
    return { _tag: 'gate', f: (left.shift() ?? 0) % of.length, t: 0, of };
  };
  return grow(rule);
}

const scene = arbitraryPolicy({ maxMembers: 6, weights: true }).chain((rule) =>
  fc
    .tuple(fc.array(fc.nat(100), { minLength: 20, maxLength: 20 }), fc.boolean(), fc.nat(2 ** 6 - 1))
    .map(([numbers, flat, mask]) => {
      const members = policyMembers(rule);
      return { rule, trusted: trustOver(rule, numbers, flat), acknowledged: members.filter((_, i) => (mask >> i) & 1) };
    }),
);

describe('the commit rule', () => {
  it('T4: is that every fault set may vanish, for trees of both kinds and as a search', () => {
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(scene, ({ rule, trusted, acknowledged }) => {
        const { system } = right(trustModel(trusted));
        const expected = byDefinition(rule, system, acknowledged);
        const verdict = judgeCommit(rule, trusted, new Set(acknowledged));
        expect(verdict._tag).toBe(expected ? 'holds' : 'violated');
        const { universe } = system.processes;
        const structure = new PolicyStructure(rule, universe);
        expect(searchCommit(structure, system, universe.of(acknowledged), 10_000)._tag).toBe(verdict._tag);
        seen[expected ? 'yes' : 'no']++;
      }),
      { numRuns: 300 },
    );
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(30);
  });

  it('T4: refuses k acknowledgements of which one may lie, and takes k + f', () => {
    const [rule, model] = [policy('2 of (a, b, c, d)'), trust('f=1 of (a, b, c, d)')];
    const [a, b, c] = policyMembers(rule) as [ProcessId, ProcessId, ProcessId];
    expect(judgeCommit(rule, model.rule, new Set([a, b]))).toMatchObject({
      _tag: 'violated',
      witness: [expect.anything()],
    });
    expect(judgeCommit(rule, model.rule, new Set([a, b, c]))).toEqual({ _tag: 'holds' });
    expect(judgeCommit(rule, model.rule, new Set([a]))).toEqual({ _tag: 'violated', witness: [] });
    expect(judgeCommit(rule, model.rule, new Set())).toEqual({ _tag: 'violated', witness: [] });
  });

  it('does not know what is outside of the trust model', () => {
    const rule = policy('2 of (a, b, c, x)');
    expect(judgeCommit(rule, trust('f=1 of (a, b, c, d)').rule, new Set(policyMembers(rule)))._tag).toBe('unknown');
  });

  it('serves predicates, and says when it gave up', () => {
    const universe = new Universe(policyMembers(policy('1 of (a, b, c, d, e, f)')));
    const majority = right(predicateStructure(universe, (set) => set.size >= 4));
    class PairsFail extends QuorumSystem {
      readonly processes = universe.all;
      isCoveredBy(set: { readonly size: number }, { byzantine }: { readonly byzantine: number }): boolean {
        return set.size <= 2 * byzantine;
      }
    }
    const all = universe.all;
    expect(searchCommit(majority, new PairsFail(), all, 1000)).toEqual({ _tag: 'holds' });
    const fewer = searchCommit(majority, new PairsFail(), all.without(universe.ids[0] as ProcessId), 1000);
    expect(fewer).toMatchObject({ _tag: 'violated' });
    expect(fewer._tag === 'violated' && fewer.witness?.size).toBe(2);
    expect(searchCommit(majority, new PairsFail(), all, 3)._tag).toBe('unknown');
  });
});

describe('T25: secret, live, movable', () => {
  const verdicts = (rule: Policy, trusted: TrustRule) =>
    [judgeUnforgeability(rule, trusted), judgeLiveness(rule, trusted), judgeMovability(rule, trusted)].map(
      ({ _tag }) => _tag === 'holds',
    );
  const flat = (n: number) => Array.from({ length: n }, (_, index) => member(`s${index}`));

  it('of every threshold and every number of faults, n = 4 to 13', () => {
    for (let n = 4; n <= 13; n++) {
      for (let f = 0; 2 * f < n; f++) {
        for (let k = 1; k <= n; k++) {
          const found = verdicts(gate(k, flat(n)), { _tag: 'gate', f, t: 0, of: flat(n) });
          expect(found).toEqual([k > f, n - f >= k, n - 2 * f >= k]);
        }
      }
    }
  });

  it('of the quorums of consensus: vouch moves under Q3, slow from n = 5f + 1, all but f never', () => {
    for (let n = 4; n <= 13; n++) {
      for (let f = 1; 3 * f < n; f++) {
        const trusted: TrustRule = { _tag: 'gate', f, t: 0, of: flat(n) };
        const moves = (k: number) => verdicts(gate(k, flat(n)), trusted)[2];
        expect(moves(f + 1)).toBe(true);
        expect(moves(Math.ceil((n + f + 1) / 2))).toBe(n >= 5 * f + 1);
        expect(moves(n - f)).toBe(false);
      }
    }
  });

  it('of trees, by enumeration', () => {
    fc.assert(
      fc.property(scene, ({ rule, trusted }) => {
        const { system } = right(trustModel(trusted));
        const { universe } = system.processes;
        const faulty = subsets(universe.ids).filter((set) => system.canBeFaulty(universe.of(set)));
        const withoutAll = (...sets: readonly (readonly ProcessId[])[]) =>
          isQualified(rule, universe.of(universe.ids.filter((id) => !sets.flat().includes(id))));
        const secret = faulty.every((set) => !isQualified(rule, universe.of(set)));
        const live = faulty.every((set) => withoutAll(set));
        const movable = faulty.every((one) => faulty.every((other) => withoutAll(one, other)));
        expect(verdicts(rule, trusted)).toEqual([secret, live, movable]);
      }),
      { numRuns: 120 },
    );
  });

  it('movable is that whoever is silent, the others may commit', () => {
    const rule = policy('2 of (2 of (a, b, c, d), 2 of (e, f, g, h))');
    const model = trust('f=1 of (a, b, c, d, e, f, g, h)');
    expect(judgeMovability(rule, model.rule)._tag).toBe('holds');
    for (const silent of policyMembers(rule)) {
      const others = policyMembers(rule).filter((id) => id !== silent);
      expect(judgeCommit(rule, model.rule, new Set(others))._tag).toBe('holds');
    }
  });
});
