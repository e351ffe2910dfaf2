/** The shipping machine alone: what reaches a process in one view, in every order, up to the states that it leads to. */
import { describe, expect, it } from 'vitest';
import { Scene, p } from '../support/scene.js';
import { type Arrival, explored, Replica } from './replica.js';
import { TraceRules } from './trace-rules.js';

/** z is Byzantine, leads view 1 and has signed two batches; b leads view 2; c and d are correct too. */
function sceneOf(t: number): Scene {
  return new Scene({ trust: `f=1 t=${t} of (z, b, c, d)`, leaders: 'z b c d' });
}

function rulesOf(scene: Scene): TraceRules {
  const { system, leaders } = scene.config(p('b'));
  return new TraceRules({ system, leaders, byzantine: system.processes.universe.of([p('z')]) });
}

/** All that can reach b in view 1: both proposals; of c and d any vote and a complaint; of z both votes and a complaint. */
function soupOf(scene: Scene): readonly Arrival[] {
  const batches = ['x', 'y'].map((name) => [name, scene.batch(name)] as const);
  const proposals = batches.map(([name, batch]) => ({ name, from: p('z'), message: scene.propose(1, 1, batch) }));
  const votes = ['z', 'c', 'd'].flatMap((from) =>
    batches.map(([name, batch]) => ({
      name: `${from} accepts ${name}`,
      from: p(from),
      message: scene.accepted(from, 1, 1, batch),
      ...(from === 'z' ? {} : { mark: `${from} accepts` }),
    })),
  );
  const complaints = ['z', 'c', 'd'].map((from) => ({
    name: `${from} complains`,
    from: p(from),
    message: { _tag: 'Timeouts', timeouts: [scene.timeout(from, 1)], evidence: [] } as const,
  }));
  return [...proposals, ...votes, ...complaints];
}

function runOf(scene: Scene): (history: readonly Arrival[]) => Replica {
  return (history) => {
    const rules = rulesOf(scene);
    const replica = new Replica(scene.config(p('b')), rules);
    for (const { from, message } of history) {
      if (from !== p('z')) rules.onSent(from, message);
      replica.receive(from, message);
    }
    rules.finish();
    return replica;
  };
}

/** Values are renamed so that x is heard of first, and c and d, which are alike to b, so that c is. */
function mayFollow(history: readonly Arrival[], { name }: Arrival): boolean {
  const heardOf = (word: string): boolean => history.some((earlier) => earlier.name.split(' ').includes(word));
  const needs = (word: string, first: string): boolean => name.split(' ').includes(word) && !heardOf(first);
  return !needs('y', 'x') && !needs('d', 'c');
}

describe('one process, every order of what a view with an equivocating leader can bring', () => {
  it.each([
    { t: 1, states: 806, steps: 7564 },
    { t: 0, states: 798, steps: 7492 },
  ])('n = 4, t = $t: each step is the model’s', ({ t, states, steps }) => {
    const scene = sceneOf(t);
    expect(explored({ soup: soupOf(scene), mayFollow, run: runOf(scene) })).toEqual({ states, steps });
  });
});
