/** The classical runs of Paxos, by hand, with three processes: a leads view 1, b view 2, c view 3. */
import { describe, expect, it } from 'vitest';
import { noop } from '../../../src/consensus/batch.js';
import type { PaxosMessage } from '../../../src/consensus/paxos/message.js';
import { decisionOf, PaxosScene, type PaxosSceneOptions } from './scene.js';

/** a proposes x in view 1, and it reaches `acceptors` alone; their answers are lost. */
function proposedTo(acceptors: string, options: PaxosSceneOptions = {}): PaxosScene {
  const scene = new PaxosScene(options);
  scene.actor('a').request(scene.request('x'));
  scene.deliver({ tag: 'Propose', to: acceptors });
  scene.drop();
  return scene;
}

describe('the good case', () => {
  it('decides at the leader two delays after it proposes, at the others after three, in 3(n-1) messages', () => {
    const scene = new PaxosScene();
    scene.deliver();
    scene.actor('a').request(scene.request('x'));
    let messages = 0;
    const delay = (): void => {
      const now = scene.letters.splice(0);
      messages += now.length;
      for (const { from, to, message } of now) scene.inject(from, to, message);
    };
    delay();
    expect(scene.actor('a').decidedUpTo).toBe(0);
    delay();
    expect(scene.actors.map(({ decidedUpTo }) => decidedUpTo)).toEqual([1, 0, 0]);
    delay();
    expect(scene.actors.map(({ decidedUpTo }) => decidedUpTo)).toEqual([1, 1, 1]);
    expect(messages).toBe(6);
  });

  it('a request that reaches another server is passed on to the leader', () => {
    const scene = new PaxosScene();
    scene.actor('c').request(scene.request('x'));
    scene.deliver();
    expect(scene.actors.map(({ delivered }) => delivered)).toEqual([['1.1'], ['1.1'], ['1.1']]);
  });

  it('checks a client at the door, and refuses what is not enrolled, not signed or cannot be held', () => {
    const scene = new PaxosScene();
    const request = scene.request('x');
    const a = scene.actor('a');
    a.request({ ...request, client: 'nobody/app' });
    a.request({ ...request, signature: new Uint8Array(64) });
    a.request({ ...request, commands: [] });
    expect(a.did('Refuse')).toHaveLength(3);
    expect(scene.waiting('Propose')).toEqual([]);
    const full = new PaxosScene({ parameters: { maxPendingBytes: 400 } });
    full.actor('a').request(request);
    expect(full.actor('a').did('Refuse')).toHaveLength(1);
  });

  it('keeps so many slots in flight and no more', () => {
    const scene = new PaxosScene({ parameters: { maxInFlight: 2 } });
    for (let session = 1; session <= 4; session++) scene.actor('a').request(scene.request('x', 1, session));
    const slots = scene
      .actor('a')
      .did('Send')
      .map(({ message }) => (message._tag === 'Propose' ? message.slot : 0));
    expect(Math.max(...slots)).toBe(2);
    scene.deliver();
    expect(scene.actor('b').delivered).toHaveLength(4);
  });
});

describe('a new leader', () => {
  it('picks again what a quorum has accepted, though only one of its promises shows it', () => {
    // a and b are a quorum, so x is chosen, and nobody knows.
    const scene = proposedTo('b');
    scene.complain(1, 'b c', 'c');
    scene.actor('a').crash();
    scene.deliver({ from: 'b c', to: 'b c' });
    expect(scene.chosen.get(1)).toBe(decisionOf(scene.batch('x')));
    expect(scene.actor('c').decidedUpTo).toBe(1);
  });

  it('picks what one of its quorum has accepted, though it may not have been chosen', () => {
    const scene = proposedTo('');
    scene.actor('b').request(scene.request('y', 1, 2));
    scene.complain(1, 'b c', 'b');
    scene.deliver({ tag: 'Prepare Promise', from: 'a b', to: 'a b' });
    scene.deliver({ from: 'b c', to: 'b c' });
    expect(scene.chosen.get(1)).toBe(decisionOf(scene.batch('x')));
    expect(scene.actor('c').delivered).toEqual(['1.1', '2.1']);
  });

  it('decides what one process alone has accepted of a leader that died, though no client asks again', () => {
    const scene = new PaxosScene({ parameters: { statusMs: 20, baseTimeoutMs: 100, maxTimeoutMs: 400 } });
    scene.actor('a').request(scene.request('x'));
    scene.deliver({ tag: 'Propose', to: 'c' });
    scene.drop();
    scene.actor('a').crash();
    scene.play(2000, 'b c');
    expect(scene.actor('b').delivered).toEqual(['1.1']);
    expect(scene.actor('c').delivered).toEqual(['1.1']);
  });

  it('is free where nobody of its quorum has accepted anything, and then the old value is lost', () => {
    const scene = proposedTo('');
    const y = scene.request('y', 1, 2);
    scene.actor('b').request(y);
    scene.complain(1, 'b c', 'b');
    scene.deliver({ from: 'b c', to: 'b c' });
    expect(scene.chosen.get(1)).toBe(decisionOf({ requests: [y] }));
    // a comes back, and learns it.
    scene.play(3000);
    expect(scene.actor('a').delivered[0]).toBe('2.1');
  });

  it('fills a gap below a voted slot with nothing', () => {
    const scene = new PaxosScene();
    for (let session = 1; session <= 2; session++) scene.actor('a').request(scene.request('x', 1, session));
    const [, second] = scene.waiting('Propose').filter(({ slot }, index) => slot === 2 || index < 0);
    expect(second?.slot).toBe(2);
    scene.drop();
    if (second !== undefined) scene.inject('a', 'b', second);
    scene.drop();
    scene.complain(1, 'b c', 'b');
    scene.deliver({ from: 'b c', to: 'b c' });
    expect(scene.chosen.get(1)).toBe(decisionOf(noop));
    expect(scene.chosen.get(2)).toBe(decisionOf({ requests: [scene.request('x', 1, 2)] }));
  });

  it('does not ask for slots that a log of its quorum holds, but catches up with it', () => {
    const scene = new PaxosScene({ parameters: { windowSlots: 4, maxInFlight: 2 } });
    for (let session = 1; session <= 9; session++) {
      scene.actor('a').request(scene.request('x', 1, session));
      scene.deliver({ from: 'a c', to: 'a c' });
      scene.drop();
    }
    expect(scene.actor('c').decidedUpTo).toBe(9);
    scene.actor('b').request(scene.request('y', 1, 10));
    scene.complain(1, 'b c', 'b');
    scene.actor('a').crash();
    scene.play(2000, 'b c');
    expect(
      scene
        .actor('b')
        .did('Send')
        .filter(({ message }) => message._tag === 'Propose' && message.slot < 10),
    ).toEqual([]);
    expect(scene.actor('b').delivered).toHaveLength(10);
    expect(scene.actor('b').delivered).toEqual(scene.actor('c').delivered);
  });
});

/** In view 1 only a has accepted x. In view 2 b and c accept y, which is chosen. c leads view 3 with promises of a and itself. */
function olderAndNewerVote(options: PaxosSceneOptions = {}): PaxosScene {
  const scene = proposedTo('', options);
  scene.actor('b').request(scene.request('y', 1, 2));
  scene.complain(1, 'b c', 'b');
  scene.deliver({ tag: 'Prepare Promise Propose Accepted', from: 'b c', to: 'b c' });
  expect(scene.actor('b').decidedUpTo).toBe(1);
  scene.drop();
  scene.actor('b').crash();
  const promise = (name: string): void => {
    scene.deliver({ tag: 'Promise', from: name, to: 'c' });
  };
  scene.complain(2, 'a b', 'a');
  promise('a');
  scene.deliver({ from: 'a c', to: 'a c' });
  return scene;
}

describe('ballots', () => {
  it('the vote of the highest view is picked, not the first or the oldest', () => {
    const scene = olderAndNewerVote();
    expect(scene.actor('a').delivered[0]).toBe('2.1');
    expect(scene.actor('c').delivered[0]).toBe('2.1');
  });

  it('where votes hide their views, two values are decided', () => {
    const garble = (message: PaxosMessage): PaxosMessage => {
      if (message._tag !== 'Promise') return message;
      return { ...message, votes: message.votes.map((vote) => ({ ...vote, view: 1 })) };
    };
    expect(() => olderAndNewerVote({ garble })).toThrow('two decisions in slot 1');
  });

  it('a stale proposal, acceptance or promise changes nothing', () => {
    const scene = new PaxosScene();
    scene.actor('a').request(scene.request('x'));
    const [proposal] = scene.waiting('Propose');
    scene.drop();
    scene.complain(1, 'b c', 'b');
    scene.deliver({ from: 'b c', to: 'b c' });
    expect(scene.actor('c').view).toBe(2);
    if (proposal !== undefined) scene.inject('a', 'b c', proposal);
    expect(scene.waiting('Accepted', 'b')).toEqual([]);
    expect(scene.waiting('Accepted', 'c')).toEqual([]);
    const b = scene.actor('b');
    b.request(scene.request('y', 1, 2));
    for (const from of ['a', 'c']) scene.inject(from, 'b', { _tag: 'Accepted', view: 1, slot: 1 });
    for (const from of ['a', 'c']) scene.inject(from, 'b', { _tag: 'Promise', view: 1, stored: 0, votes: [] });
    expect(b.decidedUpTo).toBe(0);
  });

  it('a proposal outside the window, or for a decided slot, is not accepted', () => {
    const scene = new PaxosScene({ parameters: { windowSlots: 4, maxInFlight: 2 } });
    scene.actor('a').request(scene.request('x'));
    scene.deliver();
    const accepts = (slot: number): boolean => {
      scene.drop();
      scene.inject('a', 'b', { _tag: 'Propose', view: 1, slot, batch: scene.batch('y') });
      return scene.waiting('Accepted', 'b').length > 0;
    };
    expect([1, 5, 6].map(accepts)).toEqual([false, true, false]);
  });

  it('a promise of an earlier view of the same leader does not count', () => {
    const scene = new PaxosScene();
    scene.actor('b').request(scene.request('x'));
    scene.complain(4, 'b c', 'b');
    expect(scene.actor('b').view).toBe(5);
    const proposes = (): boolean => scene.waiting('Propose', 'b').length > 0;
    scene.inject('c', 'b', { _tag: 'Promise', view: 2, stored: 0, votes: [] });
    expect(proposes()).toBe(false);
    scene.inject('c', 'b', { _tag: 'Promise', view: 5, stored: 0, votes: [] });
    expect(proposes()).toBe(true);
  });

  it('a decision is that of a vote of its view or a later one, never of an earlier one', () => {
    for (const [votedIn, decidedIn, decided] of [
      [1, 2, 0],
      [2, 2, 1],
      [2, 1, 1],
    ] as const) {
      const scene = new PaxosScene();
      const leader = votedIn === 1 ? 'a' : 'b';
      scene.inject(leader, 'c', { _tag: 'Propose', view: votedIn, slot: 1, batch: scene.batch('x') });
      scene.inject('b', 'c', { _tag: 'Decided', view: decidedIn, slot: 1 });
      expect(scene.actor('c').decidedUpTo).toBe(decided);
    }
  });

  it('duelling leaders: the lower one gets no quorum, follows, and both decide the same', () => {
    const scene = new PaxosScene();
    const [a, b] = [scene.actor('a'), scene.actor('b')];
    a.request(scene.request('x'));
    b.request(scene.request('y', 1, 2));
    // b takes over with c, while a's proposal is under way to c.
    scene.complain(1, 'b c', 'b');
    scene.deliver({ tag: 'Prepare Promise', from: 'b c', to: 'b c' });
    scene.deliver({ tag: 'Propose', from: 'a', to: 'c' });
    scene.deliver({ tag: 'Accepted', to: 'a' });
    expect(a.decidedUpTo).toBe(0);
    scene.deliver();
    expect(a.view).toBe(2);
    expect(scene.actors.every(({ delivered }) => delivered[0] === '2.1')).toBe(true);
    scene.play(1000);
    expect([...a.delivered]).toEqual(b.delivered);
    expect(a.delivered).toHaveLength(2);
  });

  it('one process that hears nobody cannot end a view, however long it complains', () => {
    const scene = new PaxosScene({ parameters: { baseTimeoutMs: 50 } });
    scene.actor('c').request(scene.request('x'));
    scene.drop();
    scene.play(1000, 'c');
    expect(scene.actor('c').view).toBe(1);
    scene.deliver({ tag: 'Status' });
    expect(scene.actors.map(({ view }) => view)).toEqual([1, 1, 1]);
  });

  it('a complaint that has been withdrawn does not count', () => {
    const scene = new PaxosScene();
    scene.inject('c', 'b', { _tag: 'Status', view: 1, stored: 0, complaint: 1 });
    scene.inject('c', 'b', { _tag: 'Status', view: 1, stored: 0, complaint: 0 });
    scene.inject('b', 'b', { _tag: 'Status', view: 1, stored: 0, complaint: 1 });
    expect(scene.actor('b').view).toBe(1);
    scene.inject('c', 'b', { _tag: 'Status', view: 1, stored: 0, complaint: 1 });
    expect(scene.actor('b').view).toBe(2);
  });
});

describe('disks', () => {
  it('says nothing before it is durable: no promise, no acceptance, no proposal in a view not promised', () => {
    const scene = new PaxosScene();
    const [b, c] = [scene.actor('b'), scene.actor('c')];
    b.isHeld = true;
    scene.actor('a').request(scene.request('x'));
    scene.deliver({ to: 'b' });
    expect(scene.waiting('Accepted', 'b')).toEqual([]);
    b.write();
    expect(scene.waiting('Accepted', 'b')).toHaveLength(1);
    c.isHeld = true;
    scene.complain(1, 'b c', 'b c');
    expect(scene.waiting('Prepare', 'b')).toEqual([]);
    expect(scene.waiting('Promise', 'c')).toEqual([]);
    b.write();
    c.write();
    expect(scene.waiting('Prepare', 'b')).toHaveLength(2);
    expect(scene.waiting('Promise', 'c')).toHaveLength(1);
  });

  it('a promise outlives a crash', () => {
    const scene = new PaxosScene();
    scene.complain(1, 'b c', 'b c');
    scene.drop();
    const c = scene.actor('c');
    c.restart();
    scene.inject('a', 'c', { _tag: 'Propose', view: 1, slot: 1, batch: scene.batch('x') });
    expect(scene.waiting('Accepted', 'c')).toEqual([]);
    expect(c.view).toBe(2);
  });

  it('a vote outlives a crash, also in a journal that was replaced, until the log holds the slot', () => {
    const scene = proposedTo('b');
    const b = scene.actor('b');
    b.compact();
    b.restart();
    scene.actor('a').crash();
    scene.drop();
    scene.complain(1, 'b c', 'c');
    scene.deliver({ from: 'b c', to: 'b c' });
    expect(scene.chosen.get(1)).toBe(decisionOf(scene.batch('x')));
    expect(b.machine?.durableRecords().map(({ _tag }) => _tag)).toEqual(['Promise']);
  });

  it('the last vote of a slot is the one that outlives a crash', () => {
    const scene = new PaxosScene();
    const y = scene.batch('y');
    scene.inject('a', 'a', { _tag: 'Propose', view: 1, slot: 1, batch: scene.batch('x') });
    scene.inject('b', 'a', { _tag: 'Propose', view: 2, slot: 1, batch: y });
    scene.actor('a').restart();
    scene.complain(2, 'a b', 'a');
    expect(scene.waiting('Promise', 'a').at(-1)).toMatchObject({ view: 3, votes: [{ view: 2, slot: 1, batch: y }] });
  });

  it('a vote is forgotten when the log holds its slot durably, not when it is decided', () => {
    const scene = new PaxosScene();
    const b = scene.actor('b');
    b.isHeld = true;
    for (let session = 1; session <= 2; session++) scene.actor('a').request(scene.request('x', 1, session));
    scene.deliver({ from: 'a c', to: 'a b c' });
    expect(b.decidedUpTo).toBe(2);
    // Two votes and the first of two decided slots.
    for (let count = 0; count < 3; count++) b.write();
    scene.complain(1, 'b c', 'b');
    while (!b.isIdle) b.write();
    const promises = b.did('Send').flatMap(({ message }) => (message._tag === 'Promise' ? [message] : []));
    expect(promises[0]).toMatchObject({ view: 2, stored: 1, votes: [{ slot: 2 }] });
  });

  it('a leader that has restarted proposes nothing in its old view, and gives it up', () => {
    const scene = new PaxosScene();
    const a = scene.actor('a');
    a.request(scene.request('x'));
    scene.drop();
    a.restart();
    a.effects = [];
    a.request(scene.request('y', 1, 2));
    expect(a.did('Send').filter(({ message }) => message._tag === 'Propose')).toEqual([]);
    scene.play(500);
    expect(scene.actor('b').view).toBeGreaterThan(1);
    expect(scene.actor('b').delivered).toContain('2.1');
  });
});

describe('loss', () => {
  for (const lost of ['Prepare', 'Promise', 'Propose', 'Accepted', 'Decided', 'Forward', 'Log', 'Fetch'] as const) {
    it(`a lost ${lost} is made good`, () => {
      const scene = new PaxosScene({ parameters: { statusMs: 20, baseTimeoutMs: 200, idleStatusMs: 50 } });
      // c misses slot 1, so that it must catch up.
      scene.actor('a').request(scene.request('w', 1, 2));
      scene.deliver({ from: 'a b', to: 'a b' });
      scene.drop();
      scene.complain(1, 'b c', 'b');
      scene.actor('c').request(scene.request('x'));
      let losses = 0;
      for (let round = 0; round < 500 && scene.actors.some(({ delivered }) => delivered.length < 2); round++) {
        const index = losses < 2 ? scene.letters.findIndex(({ message }) => message._tag === lost) : -1;
        if (index >= 0) losses += scene.letters.splice(index, 1).length;
        else if (scene.letters.length > 0) scene.deliverAt(0, true);
        else scene.advance(10);
      }
      expect(losses).toBeGreaterThan(0);
      expect(scene.actors.map(({ delivered }) => delivered)).toEqual(Array(3).fill(['2.1', '1.1']));
    });
  }

  it('the leader says again what is unanswered, long before anyone loses patience', () => {
    const scene = new PaxosScene();
    scene.actor('a').request(scene.request('x'));
    scene.drop();
    scene.play(250);
    expect(scene.actors.map(({ view, decidedUpTo }) => [view, decidedUpTo])).toEqual(Array(3).fill([1, 1]));
    scene.actor('b').request(scene.request('y', 1, 2));
    scene.complain(1, 'b c', 'b');
    scene.drop();
    scene.play(250);
    expect(scene.actors.map(({ view, decidedUpTo }) => [view, decidedUpTo])).toEqual(Array(3).fill([2, 2]));
  });

  it('is quiet when nothing waits', () => {
    const scene = new PaxosScene();
    scene.actor('a').request(scene.request('x'));
    scene.play(500);
    for (const actor of scene.actors) actor.effects = [];
    scene.play(5000);
    const sent = scene.actors.flatMap((actor) => actor.did('Send').map(({ message }) => message._tag));
    expect(new Set(sent)).toEqual(new Set(['Status']));
    expect(sent.length).toBeLessThanOrEqual(18);
    expect(scene.actor('a').view).toBe(1);
  });
});
