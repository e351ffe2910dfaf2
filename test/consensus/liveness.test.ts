/** What drives the machine on: patience that adapts, and requests that a leader leaves out (rules R1 and R12). */
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/consensus/message.js';
import { decisionOf, Scene } from '../support/scene.js';

const four = 'f=1 t=1 of (a, b, c, d)';
const parameters = { baseTimeoutMs: 1000, maxTimeoutMs: 5000, statusMs: 50, idleStatusMs: 50 };

/** Lets nothing be proposed, and says how long each view lasts at `d`. */
function viewLengths(scene: Scene, count: number): readonly number[] {
  const lengths: number[] = [];
  let [view, enteredMs] = [1, scene.nowMs];
  scene.loses = ({ message }) => message._tag === 'Propose' || message._tag === 'Certify';
  while (lengths.length < count) {
    scene.play(10);
    const now = scene.actor('d').machine.view.view;
    if (now === view) continue;
    lengths.push(scene.nowMs - enteredMs);
    [view, enteredMs] = [now, scene.nowMs];
  }
  return lengths;
}

describe('patience', () => {
  it('doubles with each view that fails, up to its bound', () => {
    const scene = new Scene({ trust: four, parameters });
    scene.actor('d').request(scene.request('x'));
    const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = viewLengths(scene, 5);
    for (const [length, patience] of [
      [first, 1000],
      [second, 2000],
      [third, 4000],
      [fourth, 5000],
      [fifth, 5000],
    ] as const) {
      expect(length).toBeGreaterThanOrEqual(patience);
      expect(length).toBeLessThan(patience + 200);
    }
  });

  it('starts afresh when a slot is decided', () => {
    const scene = new Scene({ trust: four, parameters });
    scene.actor('d').request(scene.request('x'));
    viewLengths(scene, 3);
    expect(scene.actor('d').state.failedViews).toBe(3);
    scene.loses = () => false;
    scene.play(2000);
    expect(scene.actor('d').decided.size).toBe(1);
    expect(scene.actor('d').state.failedViews).toBe(0);
    scene.actor('d').request(scene.request('y', 2));
    const [next = 0] = viewLengths(scene, 1);
    expect(next).toBeLessThan(1200);
  });
});

describe('D12: a request that the leader leaves out, sent to one correct process alone', () => {
  /** The leader of view 1 is Byzantine: it takes everything and proposes nothing. */
  function censored(): Scene {
    const scene = new Scene({ trust: four, parameters });
    scene.loses = ({ from, message }) => from === 'a' && ['Propose', 'Forward', 'Timeouts'].includes(message._tag);
    scene.actor('d').request(scene.request('x'));
    return scene;
  }

  it('is forwarded to everybody at half the patience, and waited for by all of them', () => {
    const scene = censored();
    scene.play(400);
    expect([...scene.actor('b').machine.waitingRequests]).toEqual([]);
    scene.play(250);
    for (const name of ['b', 'c']) expect(scene.actor(name).machine.waitingRequests).toHaveLength(1);
    expect(scene.actor('b').sent('Timeouts')).toEqual([]);
  });

  it('ends the view, and is decided in the next', () => {
    const scene = censored();
    scene.play(3000);
    for (const name of ['b', 'c', 'd']) {
      expect(scene.actor(name).machine.view.view).toBe(2);
      expect(scene.actor(name).decided.get(1)).toBe(decisionOf(scene.batch('x')));
      // Each on its own account, or with the others.
      expect(scene.actor(name).sent('Timeouts').length).toBeGreaterThan(0);
    }
  });
});

describe('a new view', () => {
  const status: Message = { _tag: 'Status', view: 1, decided: 0, low: 0, stuck: false };

  it('is shown to who has missed it, by the complaints that opened it', () => {
    const scene = new Scene({ trust: four });
    scene.complain(1, 'a b c', 'b c');
    scene.drop();
    scene.inject('d', 'b', status);
    expect(scene.waiting('Timeouts', 'b', 'd').at(-1)?.timeouts).toHaveLength(3);
    scene.deliver({ from: 'b', to: 'd' });
    expect(scene.actor('d').machine.view.view).toBe(2);
  });

  it('is shown by a proposal with its permit to who has missed it, where that let one in oneself', () => {
    const scene = new Scene({ trust: four });
    const permit = { certificate: scene.progress(2, 0, [], 'a b') };
    scene.inject('b', 'c', scene.propose(2, 1, scene.batch('x'), permit));
    scene.drop();
    scene.inject('d', 'c', status);
    expect(scene.waiting('Timeouts', 'c', 'd')).toEqual([]);
    scene.deliver({ from: 'c', to: 'd' });
    expect(scene.actor('d').machine.view.view).toBe(2);
    expect(scene.actor('d').sent('Accepted')).toHaveLength(1);
  });

  it('begins with what waits being passed on to its leader', () => {
    const scene = new Scene({ trust: four });
    scene.actor('c').request(scene.request('x'));
    scene.drop();
    scene.complain(1, 'a b c', 'c');
    expect(scene.waiting('Forward', 'c', 'b').map(({ requests }) => requests)).toEqual([[scene.request('x')]]);
  });
});
