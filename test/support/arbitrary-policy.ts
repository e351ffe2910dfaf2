/** Random access policies, counted and weighted, in which members may recur. */
import fc from 'fast-check';
import type { ProcessId } from '../../src/prelude/process.js';
import type { Policy } from '../../src/quorum/policy/policy.js';

/** Gates of one to `maxChildren` children, at most `depth` of them above a leaf, over members of `ids`. */
export function arbitraryPolicy(ids: readonly string[], depth = 3, maxChildren = 4): fc.Arbitrary<Policy> {
  const member: fc.Arbitrary<Policy> = fc.constantFrom(...ids).map((id) => ({ _tag: 'member', id: id as ProcessId }));
  if (depth === 0) return member;
  const child = arbitraryPolicy(ids, depth - 1, maxChildren);
  const children = fc.uniqueArray(child, {
    minLength: 1,
    maxLength: maxChildren,
    selector: (one) => (one._tag === 'member' ? one.id : one),
  });
  const gate = children.chain((of): fc.Arbitrary<Policy> => {
    const weights = fc.array(fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(12, 1_000_000_000)), {
      minLength: of.length,
      maxLength: of.length,
    });
    const counted = fc.integer({ min: 1, max: of.length }).map((k): Policy => ({ _tag: 'threshold', k, of }));
    const weighted = weights.chain((all) =>
      fc
        .integer({ min: 1, max: all.reduce((sum, weight) => sum + weight, 0) })
        .map((k): Policy => ({ _tag: 'threshold', k, of, weights: all })),
    );
    return fc.oneof(counted, weighted);
  });
  return fc.oneof({ weight: 1, arbitrary: member }, { weight: 3, arbitrary: gate });
}
