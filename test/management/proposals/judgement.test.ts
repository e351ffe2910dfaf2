import fc from 'fast-check';
import { expect, it } from 'vitest';
import { following, type NamedPolicy } from '../../../src/management/proposals/governing-policies.js';
import { Judgement, smallestBlocking } from '../../../src/management/proposals/judgement.js';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessSet } from '../../../src/prelude/process.js';
import { isQualified } from '../../../src/quorum/policy/policy.js';
import { type TrustModel, trustModel } from '../../../src/quorum/trust/trust-model.js';
import { arbitraryPolicy } from '../../support/arbitrary-policy.js';
import { id, trustOf } from './alliances.js';

const names = ['a', 'b', 'c', 'd', 'e'];
const listed = fc
  .array(fc.subarray(names.map(id), { minLength: 1, maxLength: 3 }), { maxLength: 4 })
  .map((byzantine) => trustModel({ _tag: 'explicit', of: names.map(id), byzantine, slow: [] }))
  .filter(E.isRight)
  .map(({ right }) => right);
const tree = fc.integer({ min: 0, max: 2 }).map((f) => trustOf(`f=${f} of (${names.join(', ')})`));
const structure: fc.Arbitrary<TrustModel> = fc.oneof(listed, tree);

function policyUnder(model: TrustModel): fc.Arbitrary<NamedPolicy> {
  return fc.oneof(
    arbitraryPolicy(names, 2, 4).map((policy) => ({ name: 'stated', policy })),
    fc
      .constantFrom('vouch' as const, 'recovery' as const)
      .map((quorums) => ({ name: quorums, ...following(model, quorums) })),
  );
}

const question = structure.chain((model) => fc.tuple(fc.constant(model), policyUnder(model), policyUnder(model)));

it('answers as all sets do', () => {
  fc.assert(
    fc.property(question, ([model, one, other]) => {
      const { universe } = model.system.processes;
      const sets = Array.from({ length: 2 ** names.length }, (_, mask) =>
        universe.of(universe.ids.filter((__, index) => (mask >> index) % 2 === 1)),
      );
      const faulty = sets.filter((set) => model.system.canBeFaulty(set));
      const can = ({ policy }: NamedPolicy, set: ProcessSet): boolean => isQualified(policy, set);
      const judgement = new Judgement(model);
      const tag = (holds: boolean): string => (holds ? 'holds' : 'violated');
      expect(judgement.unforgeable(one)._tag).toBe(tag(faulty.every((set) => !can(one, set))));
      expect(judgement.live(one)._tag).toBe(tag(faulty.every((set) => can(one, set.complement()))));
      const apart = sets.some(
        (quorum) => can(one, quorum) && faulty.some((set) => can(other, quorum.complement().union(set))),
      );
      expect(judgement.united(one, other)._tag).toBe(tag(!apart));
      const blocking = sets.filter((set) => !can(one, set.complement())).map((set) => set.size);
      const found = smallestBlocking(one);
      expect(found._tag === 'exact' && found.value.length).toBe(Math.min(...blocking));
      expect(found._tag === 'exact' && can(one, universe.of(found.value).complement())).toBe(false);
    }),
    { numRuns: 300 },
  );
});
