/** Random policies in which every member stands once. */
import fc from 'fast-check';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';

interface TreeSpec {
  /** Where the list of members is cut into children, and how deep. */
  readonly cuts: readonly boolean[];
  readonly thresholds: readonly number[];
  readonly weights: readonly number[] | undefined;
}

/** Over up to `maxMembers` members; with `weighted`, gates may have weights. */
export function treePolicies(maxMembers: number, weighted = true): fc.Arbitrary<Policy> {
  const weights = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 12, maxLength: 12 });
  return fc
    .record({
      count: fc.integer({ min: 1, max: maxMembers }),
      cuts: fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
      thresholds: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 24, maxLength: 24 }),
      weights: weighted ? fc.option(weights, { nil: undefined }) : fc.constant(undefined),
    })
    .map(({ count, ...spec }) => {
      const ids = Array.from({ length: count }, (_, index) => `m${index}` as ProcessId);
      return new TreeGrower(spec).grow(ids);
    });
}

class TreeGrower {
  private step = 0;

  constructor(private readonly spec: TreeSpec) {}

  grow(ids: readonly ProcessId[]): Policy {
    const [first, ...more] = ids;
    if (first !== undefined && more.length === 0) return { _tag: 'member', id: first };
    const groups: ProcessId[][] = [];
    for (const id of ids) {
      if (groups.length === 0 || this.next(this.spec.cuts) === true) groups.push([]);
      groups.at(-1)?.push(id);
    }
    const whole = groups.length === 1;
    const of = whole ? ids.map((id): Policy => ({ _tag: 'member', id })) : groups.map((group) => this.grow(group));
    const weights = this.spec.weights?.slice(0, of.length);
    const total = weights === undefined ? of.length : weights.reduce((sum, weight) => sum + weight, 0);
    const k = Math.max(1, Math.ceil((this.next(this.spec.thresholds) ?? 1) * total));
    return weights === undefined ? { _tag: 'threshold', k, of } : { _tag: 'threshold', k, of, weights };
  }

  private next<A>(values: readonly A[]): A | undefined {
    return values[this.step++ % values.length];
  }
}
