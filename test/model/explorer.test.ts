/** The single-slot model, explored to the end of its bounds; and trust models beyond what the protocol withstands. */
import { describe, expect, it } from 'vitest';
import { explore, Model } from '../../spec/model/explorer.js';
import type { Bounds } from '../../spec/model/setting.js';

/** What a complete exploration without violations finds, so that nothing gets lost unnoticed. */
function findsNothing(bounds: Bounds, expected: { readonly states: number; readonly transitions: number }): void {
  const { states, transitions, violations, isComplete } = explore(new Model(bounds));
  expect([...violations]).toEqual([]);
  expect(isComplete).toBe(true);
  expect({ states, transitions }).toEqual(expected);
}

describe('the single-slot protocol, two values, every schedule of leaders', () => {
  it('n = 4, t = 1 (C2ℓ), three views', () => {
    findsNothing({ n: 4, f: 1, t: 1, views: 3, values: 2 }, { states: 8079, transitions: 83_857 });
  });

  it('n = 4, t = 0, three views', () => {
    findsNothing({ n: 4, f: 1, t: 0, views: 3, values: 2 }, { states: 22_147, transitions: 240_620 });
  });

  it('n = 4, t = 1, two views, three values', () => {
    findsNothing({ n: 4, f: 1, t: 1, views: 2, values: 3 }, { states: 652, transitions: 4552 });
  });

  it('n = 6, t = 1 and t = 0 (C2), two views', () => {
    findsNothing({ n: 6, f: 1, t: 1, views: 2, values: 2 }, { states: 1616, transitions: 17_086 });
    findsNothing({ n: 6, f: 1, t: 0, views: 2, values: 2 }, { states: 3452, transitions: 22_466 });
  });
});

describe('controls', () => {
  it('with two Byzantine processes of four, agreement breaks at once', () => {
    const { violations } = explore(new Model({ n: 4, f: 1, t: 1, views: 1, values: 2, byzantine: 2 }));
    expect(violations.get('agreement')).toBeLessThan(20);
  });

  it('where C1 holds and C2ℓ does not, selection gets stuck, and nothing worse', () => {
    for (const n of [7, 8]) {
      const { violations } = explore(new Model({ n, f: 2, t: 2, views: 1, values: 2 }));
      expect([...violations.keys()]).toEqual(['selection ends']);
    }
  });

  it('at the bound of C2ℓ with two Byzantine processes, selection ends', () => {
    expect([...explore(new Model({ n: 7, f: 2, t: 1, views: 1, values: 2 })).violations]).toEqual([]);
    expect([...explore(new Model({ n: 9, f: 2, t: 2, views: 1, values: 2 })).violations]).toEqual([]);
  });
});
