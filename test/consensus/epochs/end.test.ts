/** The end of an epoch (rule R11): filling up to its boundary, closing it, and HANDOFF. */
import { present } from '../../../src/prelude/invariant.js';
import { equalBytes } from '../../../src/prelude/bytes.js';
import { describe, expect, it } from 'vitest';
import { handoffStatement } from '../../../src/consensus/handoff.js';
import { right } from '../../support/right.js';
import { type Batch, noop } from '../../../src/consensus/batch.js';
import type { CheckpointCertificate, Message } from '../../../src/consensus/message.js';
import { decisionOf, p, type Scene, type SceneOptions } from '../../support/scene.js';
import { boundary, endingScene, nextConfiguration, stateOf } from './states.js';

const everyone = ['a', 'b', 'c', 'd'];

function handedOver(scene: Scene): readonly string[] {
  return everyone.filter((name) => scene.actor(name).did('HandedOver').length > 0);
}

function halts(scene: Scene): readonly string[] {
  return everyone.flatMap((name) =>
    scene
      .actor(name)
      .did('Halt')
      .map(({ reason }) => `${name}: ${reason._tag}`),
  );
}

/** How far each process has decided. */
function decided(scene: Scene): readonly number[] {
  return everyone.map((name) => scene.actor(name).machine.view.decidedUpTo);
}

describe('an epoch whose end is known', () => {
  it('is filled, closed and handed over, by one HANDOFF that says what comes next', () => {
    const scene = endingScene();
    scene.actor('a').request(scene.request('x'));
    scene.play(2000);
    expect(decided(scene)).toEqual([6, 6, 6, 6]);
    expect(scene.actor('d').decided.get(6)).toBe(decisionOf(noop));
    expect(handedOver(scene)).toEqual(everyone);
    expect(halts(scene)).toEqual([]);
    const batches = [scene.batch('x'), noop, noop, noop, noop, noop];
    const handoff = scene.actor('b').did('HandedOver')[0]?.handoff;
    expect(handoff).toMatchObject({
      epoch: 1,
      slot: 6,
      manifest: stateOf('the end'),
      configuration: nextConfiguration,
    });
    expect(equalBytes(handoff?.chain ?? new Uint8Array(0), scene.chain(batches))).toBe(true);
  });

  it('accepts nothing beyond it', () => {
    const scene = endingScene();
    scene.actor('a').request(scene.request('x'));
    scene.play(2000);
    const beyond = scene.propose(1, 7, noop);
    scene.inject('a', 'd', beyond);
    for (const from of ['a', 'b', 'c']) scene.inject(from, 'd', scene.accepted(from, 1, 7, noop));
    expect(scene.waiting('Accepted', 'd').filter(({ slot }) => slot > 6)).toEqual([]);
    expect(decided(scene)).toEqual([6, 6, 6, 6]);
  });

  it('accepts nothing beyond it where only a checkpoint tells of it', () => {
    for (const [end, votes] of [
      [6, []],
      [0, [7]],
    ] as const) {
      const scene = endingScene();
      scene.inject('b', 'd', { _tag: 'StableCheckpoint', certificate: scene.checkpoint(4, 'a b c', end) });
      scene.inject('a', 'd', scene.propose(1, 7, noop));
      expect(
        scene
          .actor('d')
          .sent('Accepted')
          .map(({ slot }) => slot),
      ).toEqual(votes);
    }
  });

  it('is not left by a range whose certificate comes from the next', () => {
    const scene = endingScene();
    const log = [scene.batch('x'), noop, noop, noop, noop, noop, noop, noop];
    scene.inject('b', 'd', scene.range(log, 'a b'));
    expect(scene.actor('d').machine.view).toMatchObject({ decidedUpTo: 6, certified: 8 });
    expect(scene.actor('d').did('Halt')).toEqual([]);
    scene.actor('d').feed({
      _tag: 'Handoff',
      from: p('b'),
      handoff: scene.handoff(
        {
          slot: 6,
          chain: scene.chain(log.slice(0, 6)),
          manifest: stateOf('the end'),
          configuration: nextConfiguration,
        },
        'a b',
      ),
    });
    expect(scene.actor('d').did('HandedOver')).toHaveLength(1);
    expect(scene.actor('d').did('Halt')).toEqual([]);
    scene.drop();
    scene.advance(3000);
    expect(scene.waiting('FetchRange', 'd')).toEqual([]);
  });

  it('takes of a range what cannot be beyond the end, and the rest as the log becomes durable', () => {
    const scene = endingScene({ boundary: { ...boundary, since: 100, slot: 104 } });
    const log = Array.from({ length: 9 }, (_, index) => scene.batch(`${index}`));
    const d = scene.actor('d');
    d.holdDisk();
    scene.inject('b', 'd', scene.range(log, 'a b'));
    expect(d.machine.view.decidedUpTo).toBe(4);
    // Nobody is asked for what is here.
    scene.advance(3000);
    expect(scene.waiting('FetchRange', 'd')).toEqual([]);
    d.feed({ _tag: 'Stored', slot: 3 });
    expect(d.machine.view.decidedUpTo).toBe(7);
    d.feed({ _tag: 'Boundary', since: 4, slot: 8, configuration: nextConfiguration });
    d.feed({ _tag: 'Stored', slot: 7 });
    expect(d.machine.view.decidedUpTo).toBe(8);
  });

  it('waits for nothing that the next is to decide, and keeps it for that', () => {
    const scene = endingScene();
    scene.actor('a').request(scene.request('x'));
    scene.play(500);
    scene.letters.length = 0;
    const late = scene.request('late', 2);
    scene.actor('b').request(late);
    scene.advance(10_000);
    expect(scene.actor('b').sent('Timeouts')).toEqual([]);
    expect(scene.actor('b').sent('Forward')).toEqual([]);
    expect(scene.actor('b').machine.waitingRequests).toEqual([late]);
  });
});

describe('regressions', () => {
  it('B1: a checkpoint before the ACTIVATE says nothing of the end, whatever has been learned since', () => {
    const scene = endingScene({ boundary: { ...boundary, since: 3, slot: 8 } });
    const log = ['1', '2', '3', '4'].map((text) => scene.batch(text));
    for (const name of ['c', 'd']) scene.actor(name).holdDisk();
    for (const name of ['c', 'd']) scene.inject('b', name, scene.range(log, 'a b'));
    // At d, slot 2 is reported stored when the end is known already.
    scene.actor('d').feed({ _tag: 'Boundary', since: 3, slot: 8, configuration: nextConfiguration });
    for (const name of ['c', 'd']) scene.actor(name).feed({ _tag: 'Stored', slot: 2 });
    scene.actor('c').feed({ _tag: 'Boundary', since: 3, slot: 8, configuration: nextConfiguration });
    for (const name of ['c', 'd']) scene.actor(name).feed({ _tag: 'Stored', slot: 4 });
    for (const name of ['c', 'd']) {
      const said = scene
        .actor(name)
        .sent('Checkpoint')
        .map(({ slot, boundary: end }) => [slot, end]);
      expect(said).toEqual([
        [2, 0],
        [4, 8],
      ]);
    }
  });

  it('B1: whose log says otherwise than a checkpoint does stops', () => {
    for (const [slot, end, isWrong] of [
      [2, 0, false],
      [2, 8, true],
      [4, 8, false],
      [4, 0, true],
      [4, 10, true],
    ] as const) {
      const scene = endingScene({ boundary: { ...boundary, since: 3, slot: 8 } });
      const log = ['1', '2', '3', '4'].map((text) => scene.batch(text));
      scene.inject('b', 'd', { _tag: 'StableCheckpoint', certificate: checkpointOf(scene, log.slice(0, slot), end) });
      expect(scene.actor('d').did('Halt')).toEqual([]);
      scene.inject('b', 'd', scene.range(log, 'a b'));
      const expected = isWrong ? [{ _tag: 'Halt', reason: { _tag: 'Divergence', slot } }] : [];
      expect(scene.actor('d').did('Halt')).toEqual(expected);
    }
  });

  it('B2: a leader that does not fill the epoch is left, and the next one fills it', () => {
    const scene = endingScene();
    scene.inject('a', 'b c d', scene.propose(1, 1, scene.batch('x')));
    scene.play(4000, 'b c d');
    expect(decided(scene).slice(1)).toEqual([6, 6, 6]);
    expect(scene.actor('c').machine.view.view).toBeGreaterThan(1);
    expect(handedOver(scene)).toEqual(everyone);
  });

  it.each(['Checkpoint', 'Snapshot', 'AskHandoffShare', 'HandoffShare'] as const)(
    'B3: a %s that each process sends to each at the end, once and in vain, is said again',
    (lost) => {
      const scene = endingScene();
      const tried = new Set<string>();
      scene.loses = ({ from, to, message }) => {
        const isAtEnd = !('slot' in message) || message.slot === boundary.slot;
        if (message._tag !== lost || !isAtEnd || tried.has(`${from} to ${to}`)) return false;
        tried.add(`${from} to ${to}`);
        return true;
      };
      scene.actor('a').request(scene.request('x'));
      scene.play(6000);
      expect(tried.size).toBeGreaterThan(0);
      expect(handedOver(scene)).toEqual(everyone);
    },
  );

  it('B3: who has not seen the checkpoint or the state of the end certified is given the certificates', () => {
    const scene = endingScene();
    scene.loses = ({ to, message }) => to === 'd' && (message._tag === 'Checkpoint' || message._tag === 'Snapshot');
    scene.actor('a').request(scene.request('x'));
    scene.play(3000);
    expect(scene.actor('d').machine.view.low).toBe(6);
    expect(scene.actor('d').did('SnapshotCertified')).toHaveLength(1);
    expect(handedOver(scene)).toEqual(everyone);
  });

  it('B7: one state that differs stops its process alone; of two, people are told, and the epoch is not handed over', () => {
    for (const differing of ['d', 'c d']) {
      const scene = endingScene({
        stateAfter: (process, slot) =>
          slot === boundary.slot ? stateOf(differing.split(' ').includes(process) ? 'another' : 'the end') : undefined,
      });
      scene.actor('a').request(scene.request('x'));
      scene.play(3000);
      expect(decided(scene)).toEqual([6, 6, 6, 6]);
      expect(scene.actor('a').machine.view.low).toBe(6);
      const told = scene
        .actor('a')
        .did('StatesDiffer')
        .map(({ slot, processes }) => [slot, processes.length]);
      expect(told.at(-1)).toEqual([6, differing.split(' ').length]);
      expect(halts(scene)).toEqual(differing === 'd' ? ['d: Divergence'] : []);
      expect(handedOver(scene)).toEqual(differing === 'd' ? ['a', 'b', 'c'] : []);
      expect(everyone.flatMap((name) => scene.actor(name).did('SnapshotCertified')).length).toBe(
        differing === 'd' ? 3 : 0,
      );
    }
  });

  it('B7: of a state that differs, people are told once, though the others have certified theirs before it came', () => {
    const scene = endingScene({
      stateAfter: (process, slot) =>
        slot === boundary.slot ? stateOf(process === 'd' ? 'another' : 'the end') : undefined,
    });
    scene.loses = ({ from, message }) => from === 'd' && message._tag === 'Snapshot';
    scene.actor('a').request(scene.request('x'));
    scene.play(3000);
    const a = scene.actor('a');
    expect([a.did('SnapshotCertified').length, a.did('StatesDiffer').length]).toEqual([1, 0]);
    const { slot, chain } = present(a.did('SnapshotCertified')[0], 'a certified state').certificate;
    const late = scene.snapshotFrom('d', { slot, chain, manifest: stateOf('another') });
    for (let count = 0; count < 2; count++) scene.inject('d', 'a', late);
    expect(a.did('StatesDiffer')).toEqual([{ _tag: 'StatesDiffer', slot, processes: ['d'] }]);
  });

  it('B7: states do not hold up the window', () => {
    const scene = endingScene({
      boundary: { ...boundary, since: 1000, slot: 1004 },
      stateAfter: (process, slot) => (slot % 2 === 0 ? stateOf(`${process} ${slot}`) : undefined),
    });
    for (let turn = 1; turn <= 12; turn++) {
      scene.actor('a').request(scene.request('x', turn));
      scene.play(100);
    }
    expect(decided(scene)).toEqual([12, 12, 12, 12]);
    expect(scene.actor('b').machine.view.low).toBe(12);
    expect(scene.actor('b').did('SnapshotCertified')).toEqual([]);
  });

  it('B19: where the leader is gone, another collects HANDOFF; who has nothing takes it from one holder', () => {
    const scene = endingScene();
    scene.loses = ({ from, message }) => from === 'a' && message._tag === 'AskHandoffShare';
    scene.actor('a').request(scene.request('x'));
    scene.play(3000);
    expect(handedOver(scene)).toEqual(everyone);
    expect(scene.actor('b').sent('AskHandoffShare')).not.toEqual([]);
    const laggard = endingScene().actor('d');
    const { handoff } = present(scene.actor('b').did('HandedOver')[0], 'a HANDOFF');
    laggard.feed({ _tag: 'Handoff', from: p('b'), handoff });
    expect(laggard.did('HandedOver')).toEqual([{ _tag: 'HandedOver', handoff }]);
  });
});

describe('HANDOFF', () => {
  const succession = (scene: Scene) => ({
    slot: 6,
    chain: scene.chain([scene.batch('x'), noop, noop, noop, noop, noop]),
    manifest: stateOf('the end'),
    configuration: nextConfiguration,
  });

  /** d has decided everything, and seen nothing certified. */
  const stage = (options: Partial<SceneOptions> = {}) => {
    const scene = endingScene(options);
    scene.inject('b', 'd', scene.range([scene.batch('x'), noop, noop, noop, noop, noop], 'a b'));
    return { scene, d: scene.actor('d'), good: succession(scene) };
  };

  it('is not signed before the end is decided, durable, closed, and its state certified and held', () => {
    const steps = ['checkpoint', 'certificate', 'own state', 'stored'] as const;
    for (const missing of [undefined, ...steps]) {
      const scene = endingScene({ stateAfter: () => undefined });
      const d = scene.actor('d');
      const good = succession(scene);
      const log = [scene.batch('x'), noop, noop, noop, noop, noop];
      d.holdDisk();
      scene.inject('b', 'd', scene.range(log, 'a b'));
      d.feed({ _tag: 'Boundary', ...boundary });
      d.feed({ _tag: 'Stored', slot: 4 });
      if (missing !== 'stored') d.feed({ _tag: 'Stored', slot: 6 });
      scene.inject('a', 'd', { _tag: 'AskHandoffShare' });
      if (missing !== 'checkpoint')
        scene.inject('b', 'd', { _tag: 'StableCheckpoint', certificate: checkpointOf(scene, log, 6) });
      if (missing !== 'certificate')
        scene.inject('b', 'd', { _tag: 'Offer', certificate: scene.snapshot(good, 'a b c') });
      if (missing !== 'own state') d.feed({ _tag: 'Snapshotted', ...good });
      // Whoever asked before it could be answered is answered then.
      expect([missing, scene.waiting('HandoffShare', 'd', 'a').length]).toEqual([
        missing,
        missing === undefined ? 1 : 0,
      ]);
    }
  });

  it('that contradicts what is known here stops the process', () => {
    const cases: Record<string, (good: ReturnType<typeof succession>) => Partial<ReturnType<typeof succession>>> = {
      'an earlier slot': () => ({ slot: 4 }),
      'a later slot': () => ({ slot: 8 }),
      'another log': ({ configuration: chain }) => ({ chain }),
      'another configuration': ({ chain: configuration }) => ({ configuration }),
      'another state': () => ({ manifest: stateOf('another') }),
    };
    for (const [name, change] of Object.entries(cases)) {
      // Where the state is at hand, it would tell as well.
      const { scene, d, good } = stage(name === 'another state' ? {} : { stateAfter: () => undefined });
      const handoff = scene.handoff({ ...good, ...change(good) }, 'a b');
      d.feed({ _tag: 'Handoff', from: p('b'), handoff });
      const reason = name === 'another state' ? 'Divergence' : 'Disagreement';
      expect([name, d.did('Halt').map((halt) => halt.reason._tag)]).toEqual([name, [reason]]);
      expect(d.did('HandedOver')).toEqual([]);
    }
  });

  it('that disagrees with a state which is ready later is noticed then', () => {
    const scene = endingScene({ stateAfter: () => undefined });
    const d = scene.actor('d');
    d.feed({ _tag: 'Handoff', from: p('b'), handoff: scene.handoff(succession(scene), 'a b') });
    expect(d.did('HandedOver')).toHaveLength(1);
    d.feed({ _tag: 'Snapshotted', ...succession(scene), manifest: stateOf('another') });
    expect(d.did('Halt').map(({ reason }) => reason._tag)).toEqual(['Divergence']);
  });

  it('that is not signed is blamed on its bringer, and one of another epoch on nobody', () => {
    const { scene, d, good } = stage();
    const handoff = scene.handoff(good, 'a b');
    d.feed({ _tag: 'Handoff', from: p('b'), handoff: { ...handoff, epoch: 2 } });
    expect(d.did('Blame')).toEqual([]);
    d.feed({ _tag: 'Handoff', from: p('b'), handoff: { ...handoff, slot: 8 } });
    expect(d.did('Blame').map(({ process }) => process)).toEqual(['b']);
    expect(d.did('HandedOver')).toEqual([]);
    d.feed({ _tag: 'Handoff', from: p('b'), handoff });
    d.feed({ _tag: 'Handoff', from: p('c'), handoff });
    expect(d.did('HandedOver')).toHaveLength(1);
  });

  it('is combined again without a share that is not valid, of what came meanwhile', () => {
    const scene = endingScene();
    const a = scene.actor('a');
    scene.loses = ({ message }) => message._tag === 'HandoffShare';
    a.request(scene.request('x'));
    scene.play(500);
    expect(a.did('HandedOver')).toEqual([]);
    a.holdCombiner();
    scene.inject('b', 'a', { _tag: 'HandoffShare', share: new Uint8Array(4) as never });
    const [first] = a.did('Combine').slice(-1);
    expect([...(first?.shares.keys() ?? [])]).toEqual(['a', 'b']);
    for (const name of ['c', 'd']) scene.inject(name, 'a', shareOf(scene, name));
    const statement = first?.statement ?? new Uint8Array(0);
    const combine = (shares = new Map() as NonNullable<typeof first>['shares']) =>
      scene.config(p('a')).allianceSigner.combine(statement, shares);
    a.feed({ _tag: 'Combined', statement, result: combine(first?.shares) });
    const [second] = a.did('Combine').slice(-1);
    expect([...(second?.shares.keys() ?? [])]).toEqual(['a', 'c', 'd']);
    a.feed({ _tag: 'Combined', statement, result: combine(second?.shares) });
    expect(a.did('HandedOver')).toHaveLength(1);
  });
});

/** A checkpoint of this very log. */
function checkpointOf(scene: Scene, log: readonly Batch[], end: number): CheckpointCertificate {
  const checkpoint = { slot: log.length, chain: scene.chain(log), boundary: end };
  return scene.certifyCheckpoint(checkpoint, 'a b c');
}

/** The share of HANDOFF that a process gives at the end of a log of one request and no-ops. */
function shareOf(scene: Scene, name: string): Extract<Message, { _tag: 'HandoffShare' }> {
  const { allianceSigner, allianceId, epoch, keys } = scene.config(p(name));
  const succession = {
    slot: 6,
    chain: scene.chain([scene.batch('x'), noop, noop, noop, noop, noop]),
    manifest: stateOf('the end'),
    configuration: nextConfiguration,
  };
  const statement = handoffStatement({ allianceId, epoch, keyId: keys.alliance.keyId }, succession);
  return { _tag: 'HandoffShare', share: right(allianceSigner.signShare(statement)) };
}
