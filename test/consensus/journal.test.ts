/** What a decision says of the journal: whether the batch is there already, with this process's own vote for it. */
import { describe, expect, it } from 'vitest';
import { Scene } from '../support/scene.js';

describe('a decision', () => {
  const stage = () => {
    const scene = new Scene({ trust: 'f=1 t=1 of (a, b, c, d)' });
    const [x, y] = [scene.batch('x'), scene.batch('y')];
    const hear = (batch: typeof x): void => {
      for (const from of ['a', 'b', 'c']) scene.inject(from, 'd', scene.accepted(from, 1, 1, batch));
    };
    return { scene, x, y, hear, decisions: () => scene.actor('d').did('Decide') };
  };

  it('names the vote for its own batch, however it was learned', () => {
    for (const how of ['heard', 'fetched'] as const) {
      const { scene, x, hear, decisions } = stage();
      scene.inject('a', 'd', scene.propose(1, 1, x));
      const vote = scene
        .actor('d')
        .did('Persist')
        .find(({ record }) => record._tag === 'Vote');
      if (how === 'heard') hear(x);
      else scene.inject('a', 'd', scene.range([x], 'a b'));
      expect(decisions().map(({ journaled, path }) => [journaled, path])).toEqual([
        [vote?.index, how === 'heard' ? 'fast' : 'transfer'],
      ]);
    }
  });

  it('names none for a batch that this process has not voted for, or besides another', () => {
    for (const voted of [false, true]) {
      for (const how of ['heard', 'fetched'] as const) {
        const { scene, x, y, hear, decisions } = stage();
        if (voted) scene.inject('a', 'd', scene.propose(1, 1, y));
        if (how === 'heard') {
          hear(x);
          scene.inject('b', 'd', { _tag: 'BatchFound', batch: x });
        } else scene.inject('a', 'd', scene.range([x], 'a b'));
        expect(decisions()).toHaveLength(1);
        expect(decisions()[0]).not.toHaveProperty('journaled');
      }
    }
  });

  it('names a vote found in the journal as durable from the start', () => {
    const { scene, x, hear, decisions } = stage();
    scene.inject('a', 'd', scene.propose(1, 1, x));
    scene.actor('d').restart();
    hear(x);
    expect(decisions().map(({ journaled }) => journaled)).toEqual([0]);
  });
});
