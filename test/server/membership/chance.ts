/** What a simulation leaves to chance, determined by its seed. */
import type { RandomBytes } from '../../../src/prelude/random.js';
import { present } from '../../../src/prelude/invariant.js';
import { seededRandom } from '../../support/seeded-random.js';

export class Chance {
  readonly bytes: RandomBytes;

  constructor(seed: number) {
    this.bytes = seededRandom(seed * 7919 + 1);
    // The first numbers of neighbouring seeds are alike.
    this.bytes(16);
  }

  below(bound: number): number {
    const [a = 0, b = 0, c = 0] = this.bytes(3);
    return (a * 65_536 + b * 256 + c) % bound;
  }

  hits(probability: number): boolean {
    return this.below(1_000_000) < probability * 1_000_000;
  }

  pick<A>(items: readonly A[]): A {
    return present(items[this.below(items.length)], 'something to choose from');
  }

  shuffled<A>(items: readonly A[]): readonly A[] {
    return items
      .map((item) => [this.below(1 << 24), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  }
}
