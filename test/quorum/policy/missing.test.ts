import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProcessId, type ProcessSet, Universe } from '../../../src/prelude/process.js';
import { predicateStructure } from '../../../src/quorum/access-structure.js';
import type { Missing, Need } from '../../../src/quorum/policy/missing.js';
import { describeMissing } from '../../../src/quorum/policy/missing-description.js';
import { isQualified, type Policy } from '../../../src/quorum/policy/policy.js';
import { PolicyStructure } from '../../../src/quorum/policy/policy-structure.js';
import { arbitraryPolicy } from '../../support/naive-structures.js';
import { servers, setOfMask } from '../../support/quorum.js';
import { right } from '../../support/right.js';
import { policy } from '../../support/trust.js';

const alliance = '2 of (acme: 2 of 3, globex: 3 of (g1, g2, g3, g4, g5), initech: 1 of 3)';

/** What is missing, in words. Names are separated by blanks. */
function words(rule: string | Policy, present = '', refused = ''): string {
  const structure = new PolicyStructure(typeof rule === 'string' ? policy(rule) : rule);
  const set = (names: string): ProcessSet => structure.processes.universe.of(names.split(' ') as ProcessId[]);
  return describeMissing(structure.missing(set(present), set(refused)));
}

describe('what is missing, in words', () => {
  it('names organizations and their servers', () => {
    expect(words(alliance, 'acme/1 acme/3 globex/g1 globex/g3')).toBe(
      'one more of globex (g2, g4, g5), or any of initech',
    );
    expect(words(alliance, 'acme/1 acme/3 globex/g1')).toBe('any of initech, or two more of globex (g2, g3, g4, g5)');
    expect(words(alliance)).toBe('two of: any of initech; two of acme; three of globex');
    expect(words(alliance, 'initech/1 acme/1')).toBe('one more of acme (2, 3), or three of globex');
    expect(words('all of (acme: all of 3, globex: 2 of 3)', 'acme/1')).toBe(
      'two more of acme (2, 3), and two of globex',
    );
    expect(words('all of (acme: all of 3, globex/1)')).toBe('globex/1, and all of acme');
    expect(words('3 of (a, b, c, d)', 'a')).toBe('two more of (b, c, d)');
    expect(words('2 of (a, b)', 'a')).toBe('b');
    expect(words('a')).toBe('a');
  });

  it('says the name of an organization alone only where all of its servers are meant', () => {
    const two = 'all of (2 of (acme/s1, acme/s2), 2 of (acme/s3, acme/s4), b)';
    expect(words(two, 'b')).toBe('all of acme (s1, s2), and all of acme (s3, s4)');
    const rule = policy('2 of (acme/1, acme/2, acme/3)');
    const universe = new Universe(['1', '2', '3', '4', '5'].map((name) => `acme/${name}` as ProcessId));
    const structure = new PolicyStructure(rule, universe);
    expect(describeMissing(structure.missing(universe.none))).toBe('two of acme (1, 2, 3)');
  });

  it('says that nothing is missing, or that it cannot be reached any more', () => {
    expect(words(alliance, 'acme/1 acme/3 initech/2')).toBe('nothing is missing');
    expect(words('2 of (a, b, c)', '', 'a c')).toBe('can no longer be reached without a, c');
    expect(words('2 of (a, b, c)', 'a', 'a c')).toBe('b');
  });

  it('leaves out what those who refuse have put out of reach', () => {
    const refused = 'globex/g1 globex/g2 globex/g3 acme/2';
    expect(words(alliance, 'acme/1', refused)).toBe('acme/3, and any of initech');
    expect(words(alliance, '', 'acme/1')).toBe('two of: any of initech; two of acme (2, 3); three of globex');
  });

  it('counts weights only where counting members does not do', () => {
    const members = ['a', 'b', 'c'].map((id): Policy => ({ _tag: 'member', id: id as ProcessId }));
    const weighted = (k: number, ...weights: number[]): Policy => ({ _tag: 'threshold', k, of: members, weights });
    expect(words(weighted(4, 4, 3, 2), 'c')).toBe('one more of (a, b)');
    expect(words(weighted(4, 4, 3, 2))).toBe('4 by weight of (a*4, b*3, c*2)');
    expect(words(weighted(6, 4, 3, 2), 'c')).toBe('4 more by weight of (a*4, b*3)');
    expect(words(weighted(8, 4, 3, 2))).toBe('all of (a, b, c)');
    expect(words(weighted(30, 10, 10, 20))).toBe('30 by weight of (a*10, b*10, c*20)');
    expect(words(weighted(20, 10, 10, 10))).toBe('two of (a, b, c)');
  });

  it('cuts long lists', () => {
    expect(words('3 of (a, b, c, d, e, f)')).toBe('three of (a, b, c, d, e, f)');
    const names = Array.from({ length: 17 }, (_, index) => `s${index + 1}`).join(', ');
    expect(words(`12 of (${names})`)).toBe('12 of (s1, s2, s3, s4, s5 and 12 more)');
    expect(words(`12 of (${names})`, '', names.replaceAll(',', ''))).toBe(
      'can no longer be reached without s1, s2, s3, s4, s5 and 12 more',
    );
    const organizations = Array.from({ length: 9 }, (_, index) => `o${index + 1}: 2 of 3`).join(', ');
    expect(words(`3 of (${organizations})`, 'o7/2')).toBe(
      'three of: one more of o7 (1, 3); two of o1; two of o2; two of o3; two of o4; 4 others',
    );
    expect(words(`1 of (${organizations})`)).toBe(
      'two of o1, or two of o2, or two of o3, or two of o4, or two of o5, or one of 4 others',
    );
  });

  it('brackets alternatives inside alternatives', () => {
    expect(words('any of (x, all of (y, any of (a: all of 2, b: all of 2)))')).toBe(
      'x, or (y, and (all of a, or all of b))',
    );
    expect(words('any of (acme: any of (1, all of (2, any of (3, 4))), x)')).toBe(
      '(in acme: 1, or (2, and any of (3, 4))), or x',
    );
  });
});

/** Picks open children, by `choose`, until the need is met. */
function meet(need: Need, choose: () => number): readonly ProcessId[] {
  if (need._tag === 'member') return [need.id];
  const left = [...need.open];
  const picked: ProcessId[] = [];
  for (let weight = 0; weight < need.lacking; ) {
    const [child] = left.splice(choose() % left.length, 1);
    if (child === undefined) throw new Error('what is open does not do');
    weight += child.weight;
    picked.push(...meet(child.need, choose));
  }
  return picked;
}

describe('what is missing, as a value', () => {
  const situation = fc.record({ set: fc.nat(), refused: fc.nat(), choices: fc.array(fc.nat(), { minLength: 30 }) });

  it('does where anything does, whichever of the open parts are chosen, and asks nobody who refused', () => {
    const tags = new Set<Missing['_tag']>();
    const property = fc.property(
      arbitraryPolicy({ maxMembers: 8, weights: true, repeats: true }),
      situation,
      (rule, { set: present, refused: absent, choices }) => {
        const structure = new PolicyStructure(rule);
        const { universe } = structure.processes;
        const set = setOfMask(universe, present & (present >>> 8));
        const refused = setOfMask(universe, absent & (absent >>> 9));
        const missing = structure.missing(set, refused);
        tags.add(missing._tag);
        expect(missing._tag === 'nothing').toBe(isQualified(rule, set));
        expect(missing._tag === 'unreachable').toBe(!isQualified(rule, refused.complement().union(set)));
        if (missing._tag !== 'member' && missing._tag !== 'gate') return;
        let used = 0;
        const picked = universe.of(meet(missing, () => choices[used++ % choices.length] ?? 0));
        expect(picked.intersection(refused.union(set)).isEmpty).toBe(true);
        expect(isQualified(rule, set.union(picked))).toBe(true);
        expect(describeMissing(missing)).not.toMatch(/undefined|zero/);
      },
    );
    fc.assert(property, { numRuns: 500 });
    expect([...tags].sort()).toEqual(['gate', 'nothing', 'unreachable']);
  });

  it('of a predicate is a completion in which nobody can be spared', () => {
    const property = fc.property(arbitraryPolicy({ maxMembers: 8 }), situation, (rule, { set, refused: absent }) => {
      const { universe } = new PolicyStructure(rule).processes;
      const structure = right(predicateStructure(universe, (asked) => isQualified(rule, asked)));
      const present = setOfMask(universe, set & (set >>> 8));
      const refused = setOfMask(universe, absent & (absent >>> 9));
      const missing = structure.missing(present, refused);
      expect(missing._tag === 'nothing').toBe(isQualified(rule, present));
      expect(missing._tag === 'unreachable').toBe(!isQualified(rule, refused.complement().union(present)));
      if (missing._tag !== 'completion') return;
      const whole = present.union(universe.of(missing.members));
      expect(isQualified(rule, whole)).toBe(true);
      expect(whole.intersection(refused).isSubsetOf(present)).toBe(true);
      for (const id of missing.members) expect(isQualified(rule, whole.without(id))).toBe(false);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('of a predicate says that others may do', () => {
    const structure = right(predicateStructure(servers(4), (set) => set.size >= 3));
    expect(describeMissing(structure.missing(structure.processes.universe.of(['s3' as ProcessId])))).toBe(
      's1, s2 (others may do as well)',
    );
  });
});
