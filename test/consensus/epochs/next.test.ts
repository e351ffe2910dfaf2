/** An epoch after the first: it begins behind the state that HANDOFF names, and nothing of another epoch counts in it. */
import { utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { describe, expect, it } from 'vitest';
import { batchDigest, noop } from '../../../src/consensus/batch.js';
import { DeliveryTable } from '../../../src/consensus/delivery.js';
import type { Message } from '../../../src/consensus/message.js';
import { decisionOf, names, p, Scene, type SceneOptions } from '../../support/scene.js';
import { fast, installed, nextConfiguration, parameters, targetOf } from './states.js';

const start = targetOf(6);

/** The second epoch, which begins with slot 7; those in `having` have the log up to slot 6, the others nothing. */
function secondEpoch(having = '', options: Partial<SceneOptions> = {}): Scene {
  const scene = new Scene({ trust: fast, parameters, epoch: 2, start, ...options });
  for (const name of names(having)) {
    const chains = new Map([[6, start.chain]]);
    scene.actor(name).restart(0, { decidedUpTo: 6, chains, delivery: DeliveryTable.empty() });
  }
  scene.drop();
  return scene;
}

describe('the next epoch', () => {
  it('B14: is led at once by a leader with an empty log, behind the state that it begins with', () => {
    const scene = secondEpoch();
    // A restart spends a view: b leads none, and so may have restarted with its log.
    const b = scene.actor('b');
    b.restart(0, { decidedUpTo: 6, chains: new Map([[6, start.chain]]), delivery: DeliveryTable.empty() });
    scene.drop();
    const request = scene.request('x');
    scene.actor('a').request(request);
    expect(
      scene
        .actor('a')
        .sent('Propose')
        .map(({ slot }) => slot),
    ).toEqual([7]);
    scene.deliver({ tag: 'Propose Accepted' });
    expect(b.decided).toEqual(new Map([[7, decisionOf({ requests: [request] })]]));
    expect(scene.actor('a').decided.size).toBe(0);
    expect(
      scene
        .actor('a')
        .sent('Accepted')
        .map(({ slot }) => slot),
    ).toEqual([7]);
    scene.actor('a').feed(installed(start));
    expect([...scene.actor('a').decided.keys()]).toEqual([7]);
  });

  it('does not attest what it begins with, again and again: HANDOFF has vouched for that', () => {
    const scene = secondEpoch('a b c d');
    scene.play(2000);
    for (const name of ['a', 'b', 'c', 'd']) {
      expect(scene.actor(name).sent('Attest')).toEqual([]);
      expect(scene.actor(name).did('Combine')).toEqual([]);
    }
    scene.actor('b').request(scene.request('x'));
    scene.play(5000);
    expect(scene.actor('b').machine.view.certified).toBe(7);
  });

  it('B20: lets those who have nothing transfer the state that it begins with, asked for or far away', () => {
    const near = secondEpoch();
    expect(near.actor('d').did('Transfer')).toEqual([]);
    near.advance(3000);
    expect(near.actor('d').did('Transfer')).toEqual([{ _tag: 'Transfer', ...start }]);
    const far = secondEpoch('', { parameters: { ...parameters, transferSlots: 5 } });
    expect(far.actor('d').did('Transfer')).toEqual([{ _tag: 'Transfer', ...start }]);
    far.inject('b', 'd', { _tag: 'Offer', certificate: far.snapshot(targetOf(8), 'a b c') });
    expect(
      far
        .actor('d')
        .did('Transfer')
        .map(({ slot }) => slot),
    ).toEqual([6, 8]);
  });

  it('B15: accepts, hears of and keeps nothing at or below the slot that it begins behind', () => {
    const scene = secondEpoch();
    const d = scene.actor('d');
    const x = scene.batch('x');
    for (let starts = 1; starts <= 2; starts++) {
      for (const slot of [1, 5, 6]) {
        scene.inject('a', 'd', scene.propose(1, slot, x));
        for (const from of ['a', 'b', 'c']) {
          scene.inject(from, 'd', scene.accepted(from, 1, slot, x));
          scene.inject(from, 'd', scene.commit(from, 1, slot, x));
        }
      }
      expect([...d.state.slots.keys()]).toEqual([]);
      expect(d.sent('Accepted')).toEqual([]);
      expect(d.machine.durableRecords().map(({ _tag }) => _tag)).toEqual(['Promise']);
      d.restart();
    }
    scene.inject('a', 'd', scene.propose(1, 7, x));
    expect(d.sent('Accepted').map(({ slot }) => slot)).toEqual([7]);
  });

  it('B15: a report without checkpoint begins behind it too, and so does a view that nobody has voted in', () => {
    const certified = (slot?: number): readonly number[] => {
      const scene = secondEpoch();
      const votes = slot === undefined ? [] : [scene.vote(1, slot, scene.batch('x'))];
      const reports = ['a', 'b', 'c'].map((from) => scene.report(from, 2, from === 'a' ? { votes } : {}).report);
      scene.inject('b', 'd', { _tag: 'Certify', view: 2, reports, evidence: [] });
      return scene.waiting('Certified', 'd', 'b').map(({ progress }) => progress.low);
    };
    expect(certified()).toEqual([6]);
    expect([6, 7, 10, 11].map(certified)).toEqual([[], [6], [6], []]);
    const scene = secondEpoch();
    scene.complain(1, 'a c d', 'a b c d');
    scene.deliver({ tag: 'Report' });
    expect(scene.actor('b').state.collection.asked?.progress).toMatchObject({ low: 6, top: 6 });
  });

  it('takes what is missing of the epochs before from the log, if it leads to where the epoch begins', () => {
    for (const isTrue of [true, false]) {
      const log = ['1', '2', '3', '4', '5', '6', '7'].map((text) => new Scene({ trust: fast }).batch(text));
      const chain = new Scene({ trust: fast }).chain(log.slice(0, isTrue ? 6 : 5));
      const scene = secondEpoch('', { start: { ...start, chain } });
      // What only continues the state that it begins with is of no use yet.
      scene.inject('b', 'd', scene.range(log.slice(6), 'a b', log.slice(0, 6)));
      expect(scene.actor('d').did('Decide')).toEqual([]);
      scene.inject('b', 'd', scene.range(log, 'a b'));
      expect(
        scene
          .actor('d')
          .did('Halt')
          .map(({ reason }) => reason),
      ).toEqual(isTrue ? [] : [{ _tag: 'Disagreement', slot: 6 }]);
      expect(scene.actor('d').machine.view.decidedUpTo).toBe(isTrue ? 7 : 5);
    }
  });

  it('blames nobody for the log before it under a key that was not carried over', () => {
    const log = ['1', '2', '3', '4', '5', '6', '7'].map((text) => new Scene({ trust: fast }).batch(text));
    for (const length of [6, 7]) {
      const scene = secondEpoch('', { start: { ...start, chain: new Scene({ trust: fast }).chain(log.slice(0, 6)) } });
      const range = scene.range(log.slice(0, length), 'a b');
      const certificate = { ...range.certificate, signature: new Uint8Array(64) as never };
      scene.inject('b', 'd', { ...range, certificate });
      expect(scene.actor('d').machine.view.decidedUpTo).toBe(0);
      expect(scene.actor('d').did('Blame')).toHaveLength(length === 6 ? 0 : 1);
    }
  });

  it('does not begin on a log that leads elsewhere', () => {
    const scene = secondEpoch();
    const chains = new Map([[6, targetOf(7).chain]]);
    scene.actor('d').restart(0, { decidedUpTo: 6, chains, delivery: DeliveryTable.empty() });
    expect(
      scene
        .actor('d')
        .did('Halt')
        .map(({ reason }) => reason),
    ).toEqual([{ _tag: 'Disagreement', slot: 6 }]);
  });

  it('B13: checks anew what waited in the epoch before, so that its leader proposes nothing of a client re-keyed', () => {
    const old = new Scene({ trust: fast });
    old.actor('a').request(old.request('x'));
    const waiting = old.actor('a').machine.waitingRequests;
    expect(waiting).toHaveLength(1);
    const keyId = digest(utf8('another key'));
    const rekeyed = secondEpoch('', { clients: { keyId: () => keyId, verify: () => false } });
    const same = secondEpoch();
    for (const scene of [rekeyed, same]) for (const request of waiting) scene.actor('a').request(request);
    expect(rekeyed.actor('a').sent('Propose')).toEqual([]);
    expect(rekeyed.actor('a').did('Refuse')).toHaveLength(1);
    expect(
      same
        .actor('a')
        .sent('Propose')
        .map(({ slot }) => slot),
    ).toEqual([7]);
  });

  it('B21: is left in its turn by one that has nothing of it', () => {
    const handoffOf = (scene: Scene) => scene.handoff({ ...targetOf(20), configuration: nextConfiguration }, 'a b');
    const first = new Scene({ trust: fast, parameters });
    const second = secondEpoch();
    const third = new Scene({ trust: fast, parameters, epoch: 3, start });
    for (const scene of [first, second])
      for (const other of [first, second, third])
        scene.actor('d').feed({ _tag: 'Handoff', from: p('b'), handoff: handoffOf(other) });
    expect(
      first
        .actor('d')
        .did('HandedOver')
        .map(({ handoff }) => handoff.epoch),
    ).toEqual([1]);
    expect(
      second
        .actor('d')
        .did('HandedOver')
        .map(({ handoff }) => handoff.epoch),
    ).toEqual([2]);
    for (const scene of [first, second]) expect(scene.actor('d').did('Blame')).toEqual([]);
  });
});

describe('B18: in another epoch than its own', () => {
  // Slot 8 is open in both.
  const wide = { ...parameters, windowSlots: 12 };
  const first = (): Scene => new Scene({ trust: fast, parameters: wide });
  const second = (): Scene => secondEpoch('', { parameters: wide });
  const directions = [
    ['the first in the second', first, second],
    ['the second in the first', second, first],
  ] as const;

  it.each(directions)('a frame of %s is for somebody else', (_, from, to) => {
    const frame = from().codec.encodeMessage({ _tag: 'FetchRange', from: 7 });
    const epoch = from().config(p('a')).epoch;
    expect(to().codec.decodeMessage(frame)).toEqual(E.left({ _tag: 'OtherEpoch', epoch }));
    expect(E.isRight(from().codec.decodeMessage(frame))).toBe(true);
  });

  /** What d can be told that has an effect, if it is of d's epoch. */
  const statements: Record<
    string,
    { readonly of: (scene: Scene, to: Scene) => Message; readonly on: (to: Scene) => boolean }
  > = {
    'a checkpoint': {
      of: (scene) => ({ _tag: 'StableCheckpoint', certificate: scene.checkpoint(8, 'a b c') }),
      on: (scene) => scene.actor('d').machine.view.low >= 8,
    },
    'a certified state': {
      of: (scene) => ({ _tag: 'Offer', certificate: scene.snapshot(targetOf(8), 'a b c') }),
      on: (scene) => scene.actor('d').did('SnapshotCertified').length > 0,
    },
    'a complaint': {
      of: (scene) => ({
        _tag: 'Timeouts',
        timeouts: ['a', 'b', 'c'].map((name) => scene.timeout(name, 1)),
        evidence: [],
      }),
      on: (scene) => scene.actor('d').machine.view.view > 1,
    },
    'a proposal': {
      of: (scene) => scene.propose(1, 8, noop),
      on: (scene) => scene.actor('d').sent('Accepted').length > 0,
    },
    evidence: {
      of: (scene) => {
        const [one, other] = [noop, scene.batch('x')].map((batch) => {
          const ballot = { view: 1, slot: 8, digest: batchDigest(batch) };
          return { digest: ballot.digest, signature: scene.leaderSignature(ballot) };
        }) as [never, never];
        const evidence = [{ leader: p('a'), view: 1, slot: 8, first: one, second: other }];
        return { _tag: 'Timeouts', timeouts: [], evidence };
      },
      on: (scene) =>
        scene
          .actor('d')
          .did('Blame')
          .some(({ fault }) => fault._tag === 'Proven'),
    },
    'a permit': {
      of: (scene, to) => {
        const permit = { certificate: scene.progress(2, 6, [], 'a b') };
        return { ...to.propose(2, 8, noop), permit };
      },
      on: (scene) => scene.actor('d').machine.view.view === 2,
    },
    reports: {
      of: (scene) => {
        const reports = ['a', 'b', 'c'].map((from) => scene.report(from, 2, {}).report);
        return { _tag: 'Certify', view: 2, reports, evidence: [] };
      },
      on: (scene) => scene.waiting('Certified', 'd').length > 0,
    },
    'a report’s checkpoint': {
      of: (scene, to) => {
        const checkpoint = scene.checkpoint(8, 'a b c');
        const reports = ['a', 'b', 'c'].map((from) => to.report(from, 2, { checkpoint }).report);
        return { _tag: 'Certify', view: 2, reports, evidence: [] };
      },
      on: (scene) => scene.waiting('Certified', 'd').length > 0,
    },
  };

  for (const [name, { of, on }] of Object.entries(statements)) {
    it.each(directions)(`${name} of %s is nothing`, (_, from, to) => {
      for (const [scene, isOwn] of [
        [from(), true],
        [to(), false],
      ] as const) {
        const sender = name.includes('report') || name === 'a permit' ? 'b' : 'a';
        scene.inject(sender, 'd', of(from(), scene));
        expect([name, on(scene)]).toEqual([name, isOwn]);
      }
    });
  }

  it.each(directions)('DECIDED of %s is what it was: a prefix stays decided', (_, from, to) => {
    const log = Array.from({ length: 8 }, (__, index) => first().batch(`${index}`));
    const { certificate } = from().range(log, 'a b');
    const scene = to();
    scene.inject('a', 'd', { _tag: 'Certificate', certificate });
    expect(scene.actor('d').machine.view.certified).toBe(8);
  });
});
