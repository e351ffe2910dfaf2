import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { type ProcessId, type ProcessSet, Universe } from '../../../src/prelude/process.js';
import { AccessStructure } from '../../../src/quorum/access-structure.js';
import { analysePolicy, analyseStructure } from '../../../src/quorum/analysis/analysis-choice.js';
import { BoundedAnalysis } from '../../../src/quorum/analysis/bounds/bounded-analysis.js';
import { independentServers } from '../../../src/quorum/analysis/availability/failure-model.js';
import { Fraction } from '../../../src/quorum/analysis/load/fraction.js';
import { WithIdleMembers } from '../../../src/quorum/analysis/closed-form/idle-members.js';
import { TableAnalysis } from '../../../src/quorum/analysis/table/table-analysis.js';
import { TreeAnalysis } from '../../../src/quorum/analysis/closed-form/tree-analysis.js';
import { PolicyStructure } from '../../../src/quorum/policy/policy-structure.js';
import { letters } from '../../support/naive-structures.js';
import { right } from '../../support/right.js';
import { policy } from '../../support/trust.js';

class AtLeast extends AccessStructure {
  constructor(
    readonly processes: ProcessSet,
    private readonly count: number,
  ) {
    super();
  }

  override isQualified(set: ProcessSet): boolean {
    return set.size >= this.count;
  }
}

const inTwoPlaces = '2 of (2 of (a, b, c), 2 of (a, d, e), 2 of (b, d, f))';

describe('the choice of an analysis', () => {
  it('takes closed forms for policies in which members stand once, or could', () => {
    expect(analysePolicy(policy('2 of (a, b, c: 2 of 3)'))).toBeInstanceOf(TreeAnalysis);
    expect(analysePolicy(policy('1 of (2 of (a, b), 2 of (a, c))'))).toBeInstanceOf(TreeAnalysis);
  });

  it('asks the table where the weights of few members have too many sums', () => {
    const weights = Array.from({ length: 18 }, (_, at) => 2 ** at * 3001 + ((at * 7919) % 997));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const heavy = policy(
      `weight >= ${Math.ceil(total / 2)} of (${letters(18)
        .map((id, at) => `${id}*${weights[at] ?? 1}`)
        .join(', ')})`,
    );
    expect(new TreeAnalysis(heavy).banzhaf()._tag).toBe('unknown');
    const power = analysePolicy(heavy).banzhaf();
    expect(power._tag === 'exact' && [...power.value.values()].every((share) => share > 0 && share < 1)).toBe(true);
    expect(analysePolicy(heavy).uptime(independentServers(() => 0.5))._tag).toBe('exact');
  });

  it('takes the table for other small ones, and bounds for large ones', () => {
    expect(analysePolicy(policy(inTwoPlaces))).toBeInstanceOf(TableAnalysis);
    const many = `3 of (${letters(20).join(', ')}, ${inTwoPlaces.replaceAll(/[a-f](?=[,)])/g, 'x$&')})`;
    expect(analysePolicy(policy(many))).toBeInstanceOf(BoundedAnalysis);
    const { all } = new Universe(letters(20));
    expect(right(analyseStructure(new AtLeast(all.without('a' as ProcessId), 3)))).toBeInstanceOf(TableAnalysis);
    expect(right(analyseStructure(new AtLeast(new Universe(letters(21)).all, 3)))).toBeInstanceOf(BoundedAnalysis);
  });

  it('reads the policy of a structure that has one', () => {
    const rule = policy('2 of (a, b, c)');
    expect(right(analyseStructure(new PolicyStructure(rule)))).toBeInstanceOf(TreeAnalysis);
    const wider = right(analyseStructure(new PolicyStructure(rule, new Universe(letters(4)))));
    expect(wider.members).toEqual(letters(4));
    expect(wider.dummies()).toEqual({ _tag: 'exact', value: ['d'] });
  });

  it('says what is no access structure', () => {
    expect(analyseStructure(new AtLeast(new Universe(letters(3)).all, 0))).toEqual(E.left({ _tag: 'AlwaysQualified' }));
  });

  it('keeps members that never matter in what it says', () => {
    const analysis = analysePolicy(policy('2 of (2 of (b, c, d), 1 of (2 of (b, c, d), 2 of (a, b)))'));
    expect(analysis).toBeInstanceOf(WithIdleMembers);
    expect(analysis.members).toEqual(['b', 'c', 'd', 'a']);
    expect(analysis.dummies()).toEqual({ _tag: 'exact', value: ['a'] });
    expect(analysis.banzhaf()).toMatchObject({ value: new Map(Object.entries({ b: 0.5, c: 0.5, d: 0.5, a: 0 })) });
    expect([...analysis.quorums.list()]).toHaveLength(3);
    expect([...analysis.blockingSets.list()]).toHaveLength(3);
    expect(analysis.quorums.cheapest()).toMatchObject({ value: { cost: 2 } });
    expect(analysis.smallestSplittingSet()).toMatchObject({ value: { members: { length: 1 } } });
    const covering = analysis.isUncoverable(3);
    expect(covering._tag === 'violated' && new Set(covering.witness?.flat()).size).toBe(4);
    expect(analysis.uptime(independentServers(() => 0.5))).toMatchObject({ value: { up: 0.5 } });
    expect(analysis.load()).toMatchObject({ value: Fraction.of(2n, 3n) });
  });
});
