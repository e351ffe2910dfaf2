/** Laws of crash-fault Paxos in runs by chance: agreement whatever is lost, progress once nothing is, and what each rule is for. */
import { describe, expect, it } from 'vitest';
import type { QuorumSystem } from '../../../src/quorum/quorum-system.js';
import type { ProcessSet } from '../../../src/prelude/process.js';
import { quorumsIntersect } from '../../../src/consensus/paxos/configuration.js';
import { trustOf } from '../../support/simulation/configuration.js';
import { PaxosScene, type PaxosSceneOptions } from './scene.js';
import { rough, runSchedule } from './schedule.js';

const three = 'f=1 t=0 of (a, b, c)';
const five = 'f=2 t=0 of (a, b, c, d, e)';
const organizations = 'f=1 t=0 of (x: f=1 of (a, b, c), y: f=0 of (a), z: f=1 of (a, b, c))';

function expectEverythingDelivered(scene: PaxosScene, requests: number): void {
  const expected = Array.from({ length: requests }, (_, index) => `${index + 1}.1`).sort();
  for (const actor of scene.actors) expect([...actor.delivered].sort()).toEqual(expected);
  const [first, ...others] = scene.actors.map(({ delivered }) => delivered);
  for (const other of others) expect(other).toEqual(first);
}

/** Whether some of the seeds ends in two decisions. */
function findsDisagreement(seeds: number, options: PaxosSceneOptions): boolean {
  const chances = { ...rough, crash: 0.03, requests: 12 };
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      runSchedule(seed, options, chances);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('two decisions')) return true;
      throw error;
    }
  }
  return false;
}

describe('laws of Paxos', () => {
  for (const [trust, seeds] of [
    [three, 30],
    [five, 15],
    [organizations, 10],
  ] as const) {
    it(`agrees under loss, duplication, reordering and crashes, and delivers everything afterwards: ${trust}`, () => {
      for (let seed = 1; seed <= seeds; seed++) {
        const scene = runSchedule(seed, { trust });
        expectEverythingDelivered(scene, rough.requests);
      }
    });
  }

  it('survives a crash at every persist of every process', () => {
    const quick = { statusMs: 20, idleStatusMs: 50, baseTimeoutMs: 100, maxTimeoutMs: 400 };
    let crashes = 0;
    for (const name of ['a', 'b', 'c']) {
      for (let at = 1; at <= 12; at++) {
        const scene = new PaxosScene({ trust: three, parameters: quick });
        const actor = scene.actor(name);
        actor.crashAtPersist = at;
        for (let session = 1; session <= 3; session++) {
          scene.actor(name === 'b' ? 'a' : 'b').request(scene.request('x', 1, session));
          scene.play(100);
        }
        if (actor.machine === undefined) {
          crashes += 1;
          actor.start();
        }
        for (let session = 1; session <= 3; session++) scene.actor('c').request(scene.request('x', 1, session));
        scene.play(1500);
        expectEverythingDelivered(scene, 3);
      }
    }
    expect(crashes).toBeGreaterThan(9);
  });

  it('goes on while all that may crash together are down, and not while more are', () => {
    const scene = new PaxosScene({ trust: five, parameters: { statusMs: 20, baseTimeoutMs: 100, maxTimeoutMs: 400 } });
    // The leaders of the first two views.
    for (const name of ['a', 'b']) scene.actor(name).crash();
    for (const name of ['c', 'd', 'e']) scene.actor(name).request(scene.request('x'));
    scene.play(3000, 'c d e');
    for (const name of ['c', 'd', 'e']) expect(scene.actor(name).delivered).toEqual(['1.1']);
    scene.actor('c').crash();
    for (const name of ['d', 'e']) scene.actor(name).request(scene.request('y', 1, 2));
    scene.play(3000, 'd e');
    for (const name of ['d', 'e']) expect(scene.actor(name).delivered).toEqual(['1.1']);
  });

  it('same seed, same run', () => {
    const [first, second] = [runSchedule(7), runSchedule(7)];
    expect(first.actors.map(({ effects }) => effects.length)).toEqual(
      second.actors.map(({ effects }) => effects.length),
    );
    expect([...first.chosen]).toEqual([...second.chosen]);
  });

  it('needs quorums that share a process: n = 2f is refused', () => {
    const minority = trustOf({ trust: 'f=1 t=0 of (a, b)' }).system;
    expect(quorumsIntersect(minority)).toBe(false);
    expect(quorumsIntersect(trustOf({ trust: three }).system)).toBe(true);
    expect(() => new PaxosScene({ trust: 'f=1 t=0 of (a, b)' })).toThrow('any two quorums share a process');
  });
});

/** The highest ballot is taken away in scenarios.test.ts: chance rarely comes to need it. */
describe('what agreement rests on, each taken away', () => {
  it('durable promises', () => {
    expect(findsDisagreement(400, { isForgotten: ({ _tag }) => _tag === 'Promise' })).toBe(true);
  });

  it('durable votes', () => {
    expect(findsDisagreement(400, { isForgotten: ({ _tag }) => _tag === 'Vote' })).toBe(true);
  });

  it('quorums that share a process', () => {
    const oneFewer = (system: QuorumSystem): QuorumSystem => {
      const weak = Object.create(system) as QuorumSystem;
      weak.isRecoveryQuorum = (set: ProcessSet): boolean => set.size >= 1;
      return weak;
    };
    expect(findsDisagreement(50, { quorums: oneFewer })).toBe(true);
  });
});
