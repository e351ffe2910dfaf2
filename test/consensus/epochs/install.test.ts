/** A certified state in the place of the log: when it is wanted, and what becomes of votes and decisions meanwhile. */
import { describe, expect, it } from 'vitest';
import { type Batch } from '../../../src/consensus/batch.js';
import { DeliveryTable } from '../../../src/consensus/delivery.js';
import type { StateTarget } from '../../../src/consensus/manifest.js';
import { p, Scene } from '../../support/scene.js';
import { fast, installed, nextConfiguration, parameters, stateOf, targetOf } from './states.js';

/** A log of `length` batches, and the state after its last slot. */
function stage(length: number, options: Partial<ConstructorParameters<typeof Scene>[0]> = {}) {
  const scene = new Scene({ trust: fast, parameters, ...options });
  const log = Array.from({ length }, (_, index) => scene.batch(`${index + 1}`));
  const stateAfter = (slot: number): StateTarget => ({
    slot,
    chain: scene.chain(log.slice(0, slot)),
    manifest: stateOf(`state ${slot}`),
  });
  const offer = (slot: number, from = 'b') => {
    scene.inject(from, 'd', { _tag: 'Offer', certificate: scene.snapshot(stateAfter(slot), 'a b c') });
  };
  const certify = (upTo: number) => {
    const { certificate } = scene.range(log.slice(0, upTo), 'a b');
    scene.inject('b', 'd', { _tag: 'Certificate', certificate });
  };
  return { scene, log, stateAfter, offer, certify, d: scene.actor('d') };
}

/** Brings d into the middle of installing the state after `slot`. */
function beginInstall(made: ReturnType<typeof stage>, slot: number): void {
  made.certify(slot);
  made.scene.advance(3000);
  made.offer(slot);
  made.d.feed({ _tag: 'Transferred', slot });
}

describe('a state is transferred', () => {
  it('B12: not because one offers it, while the log can be had', () => {
    const made = stage(6);
    made.offer(6, 'a');
    made.certify(6);
    made.scene.advance(250);
    expect(made.d.did('Transfer')).toEqual([]);
    const asked = made.d.did('Send').filter(({ message }) => message._tag === 'FetchRange');
    expect(asked.length).toBeGreaterThan(0);
    made.scene.inject('b', 'd', made.scene.range(made.log, 'a b'));
    made.scene.advance(5000);
    expect(made.d.did('Transfer')).toEqual([]);
    expect(made.d.machine.view.decidedUpTo).toBe(6);
  });

  it('when everyone was asked for the log in vain', () => {
    const made = stage(6);
    made.offer(6, 'a');
    made.certify(6);
    made.scene.advance(3000);
    const asked = made.d.did('Send').flatMap(({ to, message }) => (message._tag === 'FetchRange' ? to : []));
    expect(new Set(asked)).toEqual(new Set(['a', 'b', 'c']));
    expect(made.d.did('Transfer')).toEqual([{ _tag: 'Transfer', ...made.stateAfter(6) }]);
  });

  it('at once where the log is far ahead, and the highest one known', () => {
    for (const transferSlots of [4, 3]) {
      const made = stage(6, { parameters: { ...parameters, transferSlots } });
      const checkpoint = { slot: 4, chain: made.scene.chain(made.log.slice(0, 4)), boundary: 0 };
      const certificate = made.scene.certifyCheckpoint(checkpoint, 'a b c');
      made.scene.inject('b', 'd', { _tag: 'StableCheckpoint', certificate });
      made.offer(4);
      made.offer(6);
      made.offer(2);
      expect(made.d.did('Transfer').map(({ slot }) => slot)).toEqual(transferSlots === 4 ? [] : [4, 6]);
    }
  });

  it('only if it is certified', () => {
    const made = stage(6);
    const certificate = made.scene.snapshot(made.stateAfter(6), 'a b c');
    const forged = { ...certificate, manifest: stateOf('another') };
    made.scene.inject('b', 'd', { _tag: 'Offer', certificate: forged });
    expect(made.d.did('Blame').map(({ process }) => process)).toEqual(['b']);
    expect(made.d.did('SnapshotCertified')).toEqual([]);
    made.offer(6);
    expect(made.d.did('SnapshotCertified')).toHaveLength(1);
  });

  it('no more once the log has come as far', () => {
    const made = stage(6);
    made.offer(6, 'a');
    made.certify(6);
    made.scene.advance(3000);
    made.scene.inject('b', 'd', made.scene.range(made.log, 'a b'));
    made.d.feed({ _tag: 'Stored', slot: 6 });
    expect(made.d.did('Abandon')).toHaveLength(1);
    made.d.feed({ _tag: 'Transferred', slot: 6 });
    expect(made.d.did('Install')).toEqual([]);
  });

  it('B11: who asks for what is no longer held is offered the newest certified state; the log goes on behind it', () => {
    const made = stage(8);
    const { scene, log, d } = made;
    const b = scene.actor('b');
    scene.inject('a', 'b', scene.range(log.slice(0, 6), 'a c'));
    for (const slot of [1, 2, 3, 4, 5, 6]) b.feed({ _tag: 'Stored', slot });
    b.feed({ _tag: 'Pruned', first: 5 });
    scene.inject('d', 'b', { _tag: 'FetchRange', from: 4 });
    expect(scene.waiting('Offer', 'b', 'd')).toEqual([]);
    const certificate = scene.snapshot(made.stateAfter(4), 'a b c');
    scene.inject('a', 'b', { _tag: 'Offer', certificate });
    scene.inject('d', 'b', { _tag: 'FetchRange', from: 4 });
    expect(scene.waiting('Offer', 'b', 'd')).toEqual([{ _tag: 'Offer', certificate }]);
    scene.inject('d', 'b', { _tag: 'FetchRange', from: 5 });
    expect(b.did('SendRange')).toEqual([{ _tag: 'SendRange', to: 'd', from: 5 }]);
    beginInstall(made, 4);
    d.feed(installed(made.stateAfter(4)));
    scene.inject('b', 'd', rangeFrom(scene, log, 5));
    expect(d.machine.view.decidedUpTo).toBe(8);
    expect([...d.decided.keys()]).toEqual([5, 6, 7, 8]);
  });
});

describe('while a state is being installed', () => {
  it('B10: nothing is delivered, and nothing that came meanwhile is lost', () => {
    const made = stage(8);
    const { scene, log, d } = made;
    beginInstall(made, 4);
    expect(d.did('Install')).toEqual([{ _tag: 'Install', slot: 4 }]);
    const [first, fifth] = [log[0], log[4]] as [Batch, Batch];
    for (const [slot, batch] of [
      [1, first],
      [5, fifth],
    ] as const)
      vote(scene, slot, batch);
    scene.inject('b', 'd', scene.range(log, 'a b'));
    d.feed({ _tag: 'Transferred', slot: 4 });
    expect(d.machine.view.decidedUpTo).toBe(0);
    expect(d.did('Decide')).toEqual([]);
    expect(d.did('Install')).toHaveLength(1);
    d.feed(installed(made.stateAfter(4)));
    expect(d.did('Decide').map(({ slot }) => slot)).toEqual([5, 6, 7, 8]);
  });

  it('B10: what was decided in the window above it is delivered behind it', () => {
    const made = stage(4);
    const { scene, log, d } = made;
    beginInstall(made, 2);
    const third = log[2] as Batch;
    vote(scene, 3, third);
    expect(d.did('Decide')).toEqual([]);
    d.feed(installed(made.stateAfter(2)));
    expect(d.did('Decide').map(({ slot, chain }) => [slot, chain])).toEqual([[3, scene.chain(log.slice(0, 3))]]);
  });

  it('B10: a HANDOFF waits until it is installed', () => {
    const made = stage(6);
    const { scene, d } = made;
    beginInstall(made, 4);
    const succession = { ...made.stateAfter(6), configuration: nextConfiguration };
    d.feed({ _tag: 'Handoff', from: p('b'), handoff: scene.handoff(succession, 'a b') });
    expect(d.did('HandedOver')).toEqual([]);
    d.feed(installed(made.stateAfter(4)));
    expect(d.did('HandedOver')).toHaveLength(1);
  });

  it('that turns out to be damaged holds nothing up: the log, a higher state or a HANDOFF leads on', () => {
    const ofLog = stage(6);
    beginInstall(ofLog, 2);
    ofLog.d.feed({ _tag: 'Damaged', slot: 2 });
    ofLog.scene.inject('b', 'd', ofLog.scene.range(ofLog.log, 'a b'));
    expect(ofLog.d.machine.view.decidedUpTo).toBe(6);
    ofLog.d.feed({ _tag: 'Transferred', slot: 2 });
    expect(ofLog.d.did('Install')).toHaveLength(1);

    const ofState = stage(6);
    beginInstall(ofState, 2);
    ofState.d.feed({ _tag: 'Damaged', slot: 2 });
    ofState.scene.drop();
    ofState.certify(6);
    ofState.scene.advance(300);
    expect(
      ofState.scene.waiting('FetchRange', 'd', 'a').length + ofState.scene.waiting('FetchRange', 'd', 'b').length,
    ).toBeGreaterThan(0);
    ofState.offer(4);
    expect(ofState.d.did('Transfer').at(-1)).toMatchObject({ slot: 4 });
    ofState.d.feed({ _tag: 'Transferred', slot: 4 });
    expect(ofState.d.did('Install').at(-1)).toMatchObject({ slot: 4 });

    const ofHandoff = stage(6);
    const { scene, d } = ofHandoff;
    beginInstall(ofHandoff, 2);
    const succession = { ...ofHandoff.stateAfter(6), configuration: nextConfiguration };
    d.feed({ _tag: 'Handoff', from: p('b'), handoff: scene.handoff(succession, 'a b') });
    expect(d.did('HandedOver')).toEqual([]);
    d.feed({ _tag: 'Damaged', slot: 2 });
    expect(d.did('HandedOver')).toHaveLength(1);
  });

  it('that is damaged is installed when it is here again', () => {
    const made = stage(6);
    beginInstall(made, 4);
    made.d.feed({ _tag: 'Damaged', slot: 4 });
    made.d.feed({ _tag: 'Transferred', slot: 4 });
    expect(made.d.did('Install')).toHaveLength(2);
    made.d.feed(installed(made.stateAfter(4)));
    expect(made.d.machine.view.decidedUpTo).toBe(4);
  });

  it('none is begun once a HANDOFF is known', () => {
    const made = stage(6);
    made.certify(4);
    made.scene.advance(3000);
    made.offer(4);
    const succession = { ...made.stateAfter(6), configuration: nextConfiguration };
    made.d.feed({ _tag: 'Handoff', from: p('b'), handoff: made.scene.handoff(succession, 'a b') });
    made.d.feed({ _tag: 'Transferred', slot: 4 });
    expect(made.d.did('Install')).toEqual([]);
  });
});

describe('an installed state', () => {
  it('B4: takes away no vote or certificate above the checkpoint: they are reported', () => {
    const made = stage(4, { trust: 'f=1 t=0 of (a, b, c, d)' });
    const { scene, log, d } = made;
    const [first, second] = [log[0], log[1]] as [Batch, Batch];
    scene.inject('a', 'd', scene.propose(1, 1, first));
    scene.inject('a', 'd', scene.propose(1, 2, second));
    for (const from of ['a', 'b']) scene.inject(from, 'd', scene.accepted(from, 1, 2, second));
    expect(d.did('Persist').filter(({ record }) => record._tag === 'CommitCertificate')).toHaveLength(1);
    beginInstall(made, 4);
    d.feed(installed(made.stateAfter(4)));
    expect(d.machine.view).toMatchObject({ decidedUpTo: 4, low: 0 });
    const kept = d.machine.durableRecords().map(({ _tag }) => _tag);
    expect(kept.filter((tag) => tag === 'Vote')).toHaveLength(2);
    expect(kept.filter((tag) => tag === 'CommitCertificate')).toHaveLength(1);
    scene.complain(1, 'a b c', 'd');
    const report = scene.contents(scene.actor('d').sent('Report').at(-1) as never);
    expect(report.votes.map(({ slot }) => slot)).toEqual([1, 2]);
    expect(report.commits.map(({ slot }) => slot)).toEqual([2]);
  });

  it('B5: leaves nothing to wait for, and nobody to complain about', () => {
    const made = stage(4);
    const { scene, log, d } = made;
    scene.inject('a', 'd', scene.propose(1, 1, log[0] as Batch));
    d.request((log[1] as Batch).requests[0] as never);
    // Before patience runs out.
    made.certify(4);
    made.offer(4);
    scene.advance(900);
    d.feed({ _tag: 'Transferred', slot: 4 });
    const delivery = DeliveryTable.empty();
    delivery.deliver(1, { requests: [scene.request('1'), scene.request('2', 1)] });
    d.feed(installed(made.stateAfter(4), delivery));
    expect(d.machine.waitingRequests).toEqual([]);
    scene.advance(30_000);
    expect(d.sent('Timeouts')).toEqual([]);
  });

  it('counts as the process’s own, at a checkpoint, in attesting, and for others that need one', () => {
    const made = stage(6);
    const { scene, d } = made;
    made.certify(4);
    scene.advance(3000);
    const { snapshot } = { snapshot: made.stateAfter(4) };
    scene.inject('b', 'd', { _tag: 'Offer', certificate: scene.snapshot(snapshot, 'a b c') });
    d.feed({ _tag: 'Transferred', slot: 4 });
    d.feed(installed(snapshot));
    expect(d.sent('Checkpoint').map(({ slot, chain }) => [slot, chain])).toEqual([[4, snapshot.chain]]);
    scene.inject('a', 'd', { _tag: 'Attest', slot: 4, isProven: false });
    scene.inject('b', 'd', { _tag: 'Attest', slot: 3, isProven: false });
    expect(scene.waiting('Attested', 'd', 'a').map(({ chain }) => chain)).toEqual([snapshot.chain]);
    expect(scene.waiting('Attested', 'd', 'b')).toEqual([]);
    scene.inject('c', 'd', { _tag: 'Status', view: 1, decided: 0, low: 0, stuck: true });
    expect(scene.waiting('Checkpoint', 'd', 'c')).toHaveLength(2);
  });

  it('is what is attested from then on, in the place of an earlier slot', () => {
    const made = stage(4);
    const { scene, d } = made;
    const asked = (): readonly number[] => d.sent('Attest').map(({ slot }) => slot);
    scene.inject('b', 'd', scene.range(made.log.slice(0, 1), 'a b'));
    vote(scene, 2, made.log[1] as Batch);
    scene.advance(2000);
    expect(new Set(asked())).toEqual(new Set([2]));
    made.offer(4);
    d.feed({ _tag: 'Transferred', slot: 4 });
    d.feed(installed(made.stateAfter(4)));
    const before = asked().length;
    scene.advance(2000);
    expect(new Set(asked().slice(before))).toEqual(new Set([4]));
  });

  it.each(['state', 'checkpoint', 'DECIDED'])('against a certified %s stops the process', (certified) => {
    const made = stage(4);
    const { scene, log, d } = made;
    if (certified === 'state') made.offer(4);
    if (certified === 'DECIDED') made.certify(4);
    const checkpoint = { slot: 4, chain: scene.chain(log), boundary: 0 };
    if (certified === 'checkpoint')
      scene.inject('b', 'd', {
        _tag: 'StableCheckpoint',
        certificate: scene.certifyCheckpoint(checkpoint, 'a b c'),
      });
    d.feed({ _tag: 'Transferred', slot: 4 });
    d.feed(installed({ ...made.stateAfter(4), chain: targetOf(4).chain }));
    expect(d.did('Halt').map(({ reason }) => reason)).toEqual([{ _tag: 'Disagreement', slot: 4 }]);
  });

  it('that is another than its own snapshot certified stops it', () => {
    const made = stage(4);
    beginInstall(made, 4);
    made.d.feed(installed({ ...made.stateAfter(4), manifest: stateOf('another') }));
    expect(made.d.did('Halt').map(({ reason }) => reason)).toEqual([{ _tag: 'Divergence', slot: 4 }]);
  });

  it('B8: between PREPARE and ACTIVATE, or after, leads to the same checkpoints as the log does', () => {
    for (const since of [3, 5]) {
      const end = { since, slot: 10, configuration: nextConfiguration };
      const made = stage(6, { boundary: end });
      const { scene, d } = made;
      beginInstall(made, 4);
      d.feed({ ...installed(made.stateAfter(4)), ...(since === 3 ? { boundary: end } : {}) });
      scene.inject('b', 'd', rangeFrom(scene, made.log, 5));
      const said = d.sent('Checkpoint').map(({ slot, boundary: known }) => [slot, known]);
      expect([since, said]).toEqual([
        since,
        [
          [4, since === 3 ? 10 : 0],
          [6, 10],
        ],
      ]);
      expect(d.did('Halt')).toEqual([]);
    }
  });
});

describe('snapshots', () => {
  it('B6: a snapshot that is ready only after a power cut everywhere is certified then; checkpoints do not wait', () => {
    const scene = new Scene({ trust: fast, parameters });
    const log = ['1', '2', '3', '4'].map((text) => scene.batch(text));
    const everyone = ['a', 'b', 'c', 'd'];
    for (const name of everyone) scene.inject('a', name, scene.range(log, 'a b'));
    scene.deliver();
    expect(everyone.map((name) => scene.actor(name).machine.view.low)).toEqual([4, 4, 4, 4]);
    scene.drop();
    for (const name of everyone) {
      const delivery = DeliveryTable.empty();
      for (const [index, batch] of log.entries()) delivery.deliver(index + 1, batch);
      const chains = new Map([[4, scene.chain(log)]]);
      scene.actor(name).restart(0, { decidedUpTo: 4, chains, delivery });
    }
    // The chain digest of slot 2 is no longer held: the snapshot brings it.
    const own = { slot: 2, chain: scene.chain(log.slice(0, 2)), manifest: stateOf('2') };
    for (const name of everyone) scene.actor(name).feed({ _tag: 'Snapshotted', ...own });
    scene.deliver();
    for (const name of everyone)
      expect(
        scene
          .actor(name)
          .did('SnapshotCertified')
          .map(({ certificate }) => certificate.slot),
      ).toEqual([2]);
  });

  it('is not spoken of before the log up to it is durable, nor at the slot before the epoch', () => {
    const { scene, d, stateAfter } = stage(2);
    d.feed({ _tag: 'Snapshotted', ...stateAfter(2) });
    expect(d.sent('Snapshot')).toEqual([]);
    d.feed({ _tag: 'Stored', slot: 2 });
    d.feed({ _tag: 'Stored', slot: 3 });
    expect(d.sent('Snapshot').map(({ slot }) => slot)).toEqual([2]);
    const next = new Scene({ ...scene.options, epoch: 2, start: stateAfter(2) });
    next.actor('d').feed({ _tag: 'Snapshotted', ...stateAfter(2) });
    next.actor('d').feed({ _tag: 'Stored', slot: 2 });
    expect(next.actor('d').sent('Snapshot')).toEqual([]);
  });

  it('two of each process are kept, above the certified one', () => {
    const { scene, d, stateAfter } = stage(8);
    const share = new Uint8Array(3) as never;
    for (const slot of [2, 4, 6, 8, 8, 4])
      scene.inject('b', 'd', {
        _tag: 'Snapshot',
        slot,
        chain: stateAfter(slot).chain,
        state: stateAfter(2).chain,
        share,
      });
    expect(d.state.snapshotShares.get(p('b'))?.map(({ slot }) => slot)).toEqual([6, 8]);
    scene.inject('b', 'd', { _tag: 'Offer', certificate: scene.snapshot(stateAfter(6), 'a b c') });
    expect(d.state.snapshotShares.get(p('b'))?.map(({ slot }) => slot)).toEqual([8]);
  });

  it('is certified without a share that is not valid', () => {
    const made = stage(2);
    const { scene, d, log } = made;
    scene.inject('b', 'd', scene.range(log, 'a b'));
    scene.inject('a', 'd', {
      ...scene.snapshotFrom('a', made.stateAfter(2)),
      share: new Uint8Array(4) as never,
    });
    scene.inject('b', 'd', scene.snapshotFrom('b', made.stateAfter(2)));
    d.feed({ _tag: 'Snapshotted', ...made.stateAfter(2) });
    scene.inject('a', 'd', scene.snapshotFrom('a', made.stateAfter(2)));
    expect(d.did('SnapshotCertified')).toEqual([]);
    scene.inject('c', 'd', scene.snapshotFrom('c', made.stateAfter(2)));
    expect(d.did('SnapshotCertified')).toHaveLength(1);
  });
});

/** Slots `from` and above of a log of which the machine has the rest. */
function rangeFrom(scene: Scene, log: readonly Batch[], from: number) {
  return scene.range(log.slice(from - 1), 'a b', log.slice(0, from - 1));
}

function vote(scene: Scene, slot: number, batch: Batch): void {
  scene.inject('a', 'd', scene.propose(1, slot, batch));
  for (const from of ['a', 'b', 'c']) scene.inject(from, 'd', scene.accepted(from, 1, slot, batch));
}
