/** What attacking the machine itself has found: holes in liveness, growth, and one way to make a correct leader equivocate. */
import { describe, expect, it, vi } from 'vitest';
import { digest } from '../../../src/prelude/digest.js';
import { utf8 } from '../../../src/prelude/bytes.js';
import { commandsOf } from '../../../src/consensus/delivery.js';
import { batchDigest } from '../../../src/consensus/batch.js';
import type { Message } from '../../../src/consensus/message.js';
import type { SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { decisionOf, Scene } from '../../support/scene.js';

const slow = 'f=1 t=0 of (a, b, c, d)';
const fast = 'f=1 t=1 of (a, b, c, d)';
const small = { windowSlots: 4, checkpointInterval: 2, maxInFlight: 4, lingerMs: 0 };

function changeView(scene: Scene): void {
  scene.complain(1, 'b c d', 'b c d');
  scene.deliver({ tag: 'Report FetchBatch BatchFound', from: 'b c d', to: 'b c d' });
}

describe('safety', () => {
  it('A1: shares that come after a view is open do not open it again', () => {
    const scene = new Scene({ trust: fast });
    scene.actor('b').request(scene.request('first'));
    changeView(scene);
    scene.deliver({ tag: 'Certify Certified', from: 'b c', to: 'b c' });
    const proposed = scene.actor('b').sent('Propose').length;
    expect(proposed).toBe(1);
    scene.actor('b').request(scene.request('second', 2));
    scene.deliver({ tag: 'Certify Certified', from: 'b d', to: 'b d' });
    const slots = scene
      .actor('b')
      .sent('Propose')
      .map(({ slot }) => slot);
    expect(new Set(slots).size).toBe(slots.length);
  });

  it('A2: a commit certificate of a higher view is entered with its view, so that reports stay valid', () => {
    const scene = new Scene({ trust: slow });
    const x = scene.batch('x');
    const permit = { certificate: scene.progress(3, 0, [], 'a b') };
    const proposal = scene.propose(3, 1, x, permit);
    for (const from of ['a', 'c', 'd']) {
      scene.inject(from, 'b', { ...scene.accepted(from, 3, 1, x), leaderSignature: proposal.signature });
    }
    expect(scene.actor('b').machine.view.view).toBe(3);
    expect(
      scene
        .actor('b')
        .sent('Commit')
        .map(({ view }) => view),
    ).toEqual([3]);
    scene.complain(3, 'a b c', 'b d');
    scene.deliver({ tag: 'Report', from: 'b', to: 'd' });
    expect([...scene.actor('d').state.collection.reports.keys()].sort()).toEqual(['b', 'd']);
  });
});

describe('liveness', () => {
  it('A3: a complaint that was lost is said again, though nobody else waits for anything', () => {
    const scene = new Scene({ trust: fast });
    scene.actor('d').request(scene.request('x'));
    scene.advance(1500);
    scene.drop();
    scene.advance(4000);
    expect(scene.waiting('Timeouts', 'd', 'b').length).toBeGreaterThan(0);
  });

  it('a request is passed on to the leader, unless its client says that the leader has it; then if it waits', () => {
    const scene = new Scene({ trust: fast });
    const d = scene.actor('d');
    const forwarded = (): number => scene.waiting('Forward', 'd', 'a').length;
    d.request(scene.request('x'), 'b');
    expect(forwarded()).toBe(1);
    d.request(scene.request('y', 1, 2), 'a');
    expect(forwarded()).toBe(1);
    scene.drop();
    scene.advance(900);
    expect(forwarded()).toBe(1);
  });

  it('A4: a request that was forwarded in vain is forwarded again', () => {
    const scene = new Scene({ trust: fast });
    scene.actor('d').request(scene.request('x'));
    scene.advance(900);
    scene.drop();
    scene.advance(2000);
    expect(scene.waiting('Forward', 'd', 'b').length).toBeGreaterThan(0);
  });

  it('A5: a lost report, request to certify, proposal and question for a batch are sent again by the one that waits', () => {
    const scene = new Scene({ trust: fast });
    scene.actor('b').request(scene.request('x'));
    scene.complain(1, 'b c d', 'b c d');
    scene.actor('c').request(scene.request('y', 1, 2));
    scene.drop();
    scene.advance(900);
    expect(scene.waiting('Report', 'c', 'b').length).toBeGreaterThan(0);
    scene.inject('a', 'b', scene.report('a', 2, { votes: [scene.vote(1, 1, scene.batch('z'))] }));
    scene.drop();
    scene.advance(2000);
    expect(scene.waiting('FetchBatch', 'b', 'a').length).toBeGreaterThan(0);
    for (const from of ['c', 'd']) scene.inject(from, 'b', scene.report(from, 2, {}));
    scene.drop();
    scene.advance(4000);
    expect(scene.waiting('Certify', 'b', 'c').length).toBeGreaterThan(0);
    scene.deliver({ tag: 'Certify Certified', from: 'b c', to: 'b c' });
    scene.drop();
    scene.advance(4000);
    expect(scene.waiting('Propose', 'b', 'c').length).toBeGreaterThan(0);
  });

  it('B5, A21: who has voted, missed the rest and got the log waits for nothing', () => {
    const scene = new Scene({ trust: fast });
    const x = scene.batch('x');
    scene.inject('a', 'd', scene.propose(1, 1, x));
    scene.inject('b', 'd', scene.range([x], 'a b'));
    expect(scene.actor('d').machine.view.decidedUpTo).toBe(1);
    scene.drop();
    scene.advance(20_000);
    expect(scene.actor('d').sent('Timeouts')).toEqual([]);
    // Nor for a batch that it has as part of the log alone, when it hears that the slot is decided.
    const late = new Scene({ trust: fast });
    late.inject('b', 'd', late.range([x], 'a b'));
    for (const from of ['a', 'b', 'c']) late.inject(from, 'd', late.accepted(from, 1, 1, x));
    late.advance(20_000);
    expect(late.actor('d').sent('FetchBatch')).toEqual([]);
    expect(late.actor('d').sent('Timeouts')).toEqual([]);
  });

  it('A20: a report that another sends does not count for the sender', () => {
    const scene = new Scene({ trust: fast });
    scene.complain(1, 'b c d', 'b c d');
    const [report] = scene.waiting('Report', 'c', 'b');
    if (report !== undefined) scene.inject('a', 'b', report);
    expect([...scene.actor('b').state.collection.reports.keys()]).toEqual(['b']);
    scene.deliver({ tag: 'Report', from: 'c', to: 'b' });
    expect([...scene.actor('b').state.collection.reports.keys()].sort()).toEqual(['b', 'c']);
    expect(scene.waiting('Certify', 'b')).toEqual([]);
  });

  it('A6: an early ACCEPTED for a later slot does not use up the patience for it', () => {
    const scene = new Scene({ trust: fast });
    const x = scene.batch('x');
    scene.inject('a', 'b', scene.accepted('a', 1, 1, x));
    scene.advance(5000);
    scene.inject('a', 'b', scene.propose(1, 1, x));
    scene.advance(500);
    expect(scene.actor('b').sent('Timeouts')).toEqual([]);
    scene.advance(1000);
    expect(scene.actor('b').sent('Timeouts')).toHaveLength(1);
  });

  it('A7: what is proposed again does not make the leader skip the requests before it', () => {
    const scene = new Scene({ trust: fast });
    // Slot 1 decides a request with a gap before it; then its session's earlier requests arrive.
    const gapped = { requests: [scene.request('third', 3)] };
    scene.inject('a', 'b c d', scene.propose(1, 1, gapped));
    scene.deliver({ tag: 'Accepted' });
    expect(scene.actor('b').decided.get(1)).toBe(decisionOf(gapped));
    for (const [index, text] of ['first', 'second', 'third'].entries())
      scene.actor('b').request(scene.request(text, index + 1));
    changeView(scene);
    scene.play(500, 'b c d');
    const delivered = scene
      .actor('c')
      .did('Decide')
      .flatMap((effect) => effect.delivered.flatMap(commandsOf).map(({ sequence }) => sequence));
    expect(delivered).toEqual([1, 2, 3]);
    expect(scene.actor('b').machine.view.view).toBe(2);
  });

  it('A8: a session that is forgotten before it delivered holds up nobody', () => {
    const scene = new Scene({ trust: fast });
    const sessions = [...Array.from({ length: 65 }, (_, index) => index + 2), 1];
    const requests = sessions.map((session) => scene.request('x', 1, session));
    for (const request of requests.slice(-2)) scene.actor('b').request(request);
    scene.inject('a', 'b c d', scene.propose(1, 1, { requests }));
    scene.deliver({ tag: 'Accepted' });
    expect(scene.actor('b').decided.size).toBe(1);
    scene.advance(5000);
    expect(scene.actor('b').sent('Timeouts')).toEqual([]);
    expect(scene.actor('b').state.pool.hasProposable).toBe(false);
  });

  it('A9: a restarted process says again what was durable and may never have left', () => {
    const scene = new Scene({ trust: slow });
    const x = scene.batch('x');
    scene.inject('a', 'b', scene.propose(1, 1, x));
    for (const from of ['a', 'c', 'd']) scene.inject(from, 'b', scene.accepted(from, 1, 1, x));
    scene.drop();
    scene.actor('b').restart();
    expect(scene.waiting('Accepted', 'b', 'c').map(({ slot }) => slot)).toEqual([1]);
    expect(scene.waiting('Commit', 'b', 'c').map(({ slot }) => slot)).toEqual([1]);
    // Its own vote counts for itself again.
    expect([...(scene.actor('b').state.slots.get(1)?.accepted.keys() ?? [])]).toEqual(['b']);
    scene.complain(1, 'a b c', 'b');
    scene.drop();
    scene.actor('b').restart();
    expect(scene.actor('b').machine.view.view).toBe(2);
    expect(
      scene
        .actor('b')
        .sent('Report')
        .map(({ report }) => report.view),
    ).toEqual([2]);
  });

  it('A9: a promise that became durable without its report is followed by one', () => {
    const scene = new Scene({ trust: slow });
    scene.inject('a', 'c', scene.propose(1, 1, scene.batch('x')));
    scene.complain(1, 'a b c', 'c');
    scene.drop();
    scene.actor('c').restart(1);
    expect(scene.actor('c').machine.view.view).toBe(2);
    const [report] = scene.waiting('Report', 'c', 'b');
    expect(report && scene.contents(report).votes.map(({ slot }) => slot)).toEqual([1]);
  });

  it('A9: but not where it has acted in that view', () => {
    const scene = new Scene({ trust: slow });
    const permit = { certificate: scene.progress(2, 0, [], 'a b') };
    scene.inject('b', 'c', scene.propose(2, 5, scene.batch('y'), permit));
    scene.drop();
    scene.actor('c').restart();
    expect(scene.actor('c').machine.view.view).toBe(2);
    expect(scene.actor('c').sent('Report')).toEqual([]);
  });

  it('A10: one batch that two slots need is kept for both', () => {
    const scene = new Scene({ trust: fast });
    const x = scene.batch('x');
    for (const slot of [1, 2]) {
      for (const from of ['a', 'c', 'd']) scene.inject(from, 'b', scene.accepted(from, 1, slot, x));
    }
    scene.inject('c', 'b', { _tag: 'BatchFound', batch: x });
    expect([...scene.actor('b').decided.keys()]).toEqual([1, 2]);
  });

  it('A11: a request that others could not read is refused', () => {
    const scene = new Scene({ trust: fast });
    const huge = scene.request('x'.repeat(64 * 1024 + 1));
    scene.actor('a').request(huge);
    expect(scene.actor('a').did('Refuse')).toHaveLength(1);
    expect(scene.actor('a').sent('Propose')).toEqual([]);
  });
});

describe('quiet', () => {
  it('A12: an idle alliance sets few timers and sends little', () => {
    const scene = new Scene({ trust: fast });
    scene.actor('a').request(scene.request('x'));
    scene.play(300);
    const before = scene.actor('a').effects.length;
    scene.play(10_000);
    expect(scene.actor('a').effects.length - before).toBeLessThan(60);
  });

  it('A13: a decided prefix is certified once', () => {
    const scene = new Scene({ trust: fast });
    scene.actor('a').request(scene.request('x'));
    scene.play(1000);
    expect(scene.actor('a').did('Combine')).toHaveLength(1);
    expect(scene.actor('a').did('Certify')).toHaveLength(1);
    expect(scene.actor('a').sent('Attest')).toHaveLength(2);
  });

  it('A14: signers that never answer are asked now and then, not all the time', () => {
    const scene = new Scene({ trust: fast });
    scene.actor('a').request(scene.request('x'));
    scene.deliver({ tag: 'Propose Accepted' });
    scene.advance(3000);
    expect(scene.actor('a').sent('Attest').length).toBeLessThan(120);
  });

  it('A15: the linger of requests that were decided elsewhere ends', () => {
    const scene = new Scene({ trust: fast, parameters: { lingerMs: 50, maxInFlight: 8 } });
    const [first, second] = [scene.request('first'), scene.request('second', 2)];
    scene.actor('a').request(first);
    scene.actor('a').request(second);
    scene.inject('b', 'a', { _tag: 'Forward', requests: [first, second] });
    // A Byzantine proposal of the second lets it be decided before the leader's linger ends.
    for (const slot of [2, 1]) {
      const batch = { requests: slot === 1 ? [first] : [second] };
      for (const from of ['b', 'c', 'd']) scene.inject(from, 'a', { ...scene.accepted(from, 1, slot, batch) });
      scene.inject('b', 'a', { _tag: 'BatchFound', batch });
    }
    scene.drop();
    const before = scene.actor('a').did('SetTimer').length;
    scene.advance(1000);
    expect(scene.actor('a').did('SetTimer').length - before).toBeLessThan(40);
  });
});

describe('bounds', () => {
  const share = new Uint8Array(4) as SignatureShare;

  it('A16: a process that is far behind keeps no more than two windows of slots', () => {
    const scene = new Scene({ trust: fast, parameters: small });
    const { state } = scene.actor('d');
    for (let low = 2; low <= 40; low += 2) {
      scene.inject('a', 'd', { _tag: 'StableCheckpoint', certificate: scene.checkpoint(low, 'a b c') });
      expect(state.low).toBe(low);
      for (let slot = 1; slot <= low + 8; slot++) {
        scene.inject('a', 'd', { _tag: 'Commit', view: 1, slot, digest: digest(utf8('x')), share });
      }
      expect(state.slots.size).toBeLessThanOrEqual(8);
    }
    // Those that it needs next are among them, closed as they are.
    expect([...state.slots.keys()].sort((one, other) => one - other)).toEqual([1, 2, 3, 4, 41, 42, 43, 44]);
  });

  it('A17: a flood of questions is answered now and then', () => {
    const scene = new Scene({ trust: fast });
    scene.actor('a').request(scene.request('x'));
    scene.deliver({ tag: 'Propose Accepted' });
    scene.drop();
    const x = batchDigest(scene.batch('x'));
    const floods: readonly Message[] = [
      { _tag: 'FetchBatch', digest: x },
      { _tag: 'FetchRange', from: 1 },
      { _tag: 'Status', view: 1, decided: 0, low: 0, stuck: true },
    ];
    for (let round = 0; round < 1000; round++) for (const flood of floods) scene.inject('d', 'a', flood);
    expect(scene.letters.length).toBeLessThan(100);
    expect(scene.actor('a').did('SendRange').length).toBeLessThan(100);
  });

  it('A18: at most one share is being made for each that asks', () => {
    const scene = new Scene({ trust: fast });
    for (let sequence = 1; sequence <= 8; sequence++) {
      scene.actor('a').request(scene.request('x', sequence));
      scene.deliver({ tag: 'Propose Accepted' });
    }
    const { machine } = scene.actor('b');
    const signs = [1, 2, 3, 4, 5, 6].flatMap((slot) =>
      machine
        .step(
          { _tag: 'Message', from: scene.leaderOf(1), message: { _tag: 'Attest', slot, isProven: false } },
          scene.nowMs,
        )
        .filter(({ _tag }) => _tag === 'Sign'),
    );
    expect(signs).toHaveLength(1);
  });

  it('A19: batches that are no longer needed are let go', () => {
    const scene = new Scene({ trust: fast });
    for (let round = 0; round < 12; round++) {
      const view = 2 + 4 * round;
      scene.complain(view - 1, 'a b c', 'd');
      const permit = { certificate: scene.progress(view, 0, [], 'a b') };
      scene.inject('b', 'd', scene.propose(view, 1, scene.batch(`of view ${view}`), permit));
    }
    expect(scene.actor('d').state.slots.get(1)?.batches.size).toBeLessThanOrEqual(2);
  });

  it('A17: ranges, which are read from the disk, are sent more seldom still', () => {
    const scene = new Scene({ trust: fast });
    scene.actor('a').request(scene.request('x'));
    scene.deliver({ tag: 'Propose Accepted' });
    for (let round = 0; round < 1000; round++) scene.inject('d', 'a', { _tag: 'FetchRange', from: 1 });
    expect(scene.actor('a').did('SendRange')).toHaveLength(4);
    scene.advance(150);
    scene.inject('d', 'a', { _tag: 'FetchRange', from: 1 });
    expect(scene.actor('a').did('SendRange')).toHaveLength(5);
  });

  it('A22: a flood of what is not valid costs few checks of signatures, and few words', () => {
    const x = (scene: Scene) => scene.batch('x');
    const bad = new Uint8Array(64);
    const permit = (scene: Scene) => ({ certificate: { ...scene.progress(3, 0, [], 'a b'), signature: bad as never } });
    const floods: Readonly<Record<string, (scene: Scene) => Message>> = {
      proposal: (scene) => ({ ...scene.propose(1, 1, x(scene)), signature: bad }),
      permit: (scene) => scene.propose(3, 1, x(scene), permit(scene)),
      complaint: (scene) => ({
        _tag: 'Timeouts',
        timeouts: Array.from({ length: 1024 }, () => ({ ...scene.timeout('d', 1), signature: bad })),
        evidence: [],
      }),
      evidence: (scene) => {
        const half = { digest: digest(utf8('x')), signature: bad };
        const one = { leader: scene.leaderOf(1), view: 1, slot: 1, first: half, second: { ...half, digest: digest() } };
        return { _tag: 'Timeouts', timeouts: [], evidence: Array.from({ length: 1024 }, () => one) };
      },
      request: (scene) => ({
        _tag: 'Forward',
        requests: Array.from({ length: 1024 }, (_, index) => ({ ...scene.request('x', 1 + index), signature: bad })),
      }),
      checkpoint: (scene) => ({
        _tag: 'StableCheckpoint',
        certificate: { ...scene.checkpoint(4, 'a b c'), signature: bad as never },
      }),
    };
    for (const [name, flood] of Object.entries(floods)) {
      const scene = new Scene({ trust: fast });
      const { identities, clients, keys } = scene.config(scene.leaderOf(2));
      const checks = [
        vi.spyOn(identities, 'verify'),
        vi.spyOn(clients, 'verify'),
        vi.spyOn(keys.slow, 'verify'),
        vi.spyOn(keys.alliance, 'verify'),
      ];
      const message = flood(scene);
      const flooded = () => {
        for (let round = 0; round < 200; round++) scene.inject('c', 'b', message);
      };
      flooded();
      const count = () => checks.reduce((sum, { mock }) => sum + mock.calls.length, 0);
      expect([name, scene.actor('b').did('Blame').length]).toEqual([name, 16]);
      expect([name, count() <= 32]).toEqual([name, true]);
      // What is true is not heard of it either, for so long; then it is.
      const complaint: Message = { _tag: 'Timeouts', timeouts: [scene.timeout('c', 1)], evidence: [] };
      scene.inject('c', 'b', complaint);
      expect(scene.actor('b').state.timeouts.size).toBe(0);
      scene.advance(6000);
      scene.inject('c', 'b', complaint);
      expect(scene.actor('b').state.timeouts.size).toBe(0);
      scene.advance(500);
      scene.inject('c', 'b', complaint);
      expect(scene.actor('b').state.timeouts.size).toBe(1);
      vi.restoreAllMocks();
    }
  });

  it('A22: frames that are no messages count among what is not valid', () => {
    const scene = new Scene({ trust: fast });
    const b = scene.actor('b');
    const { machine } = b;
    const [flooder, other] = [scene.leaderOf(3), scene.leaderOf(4)];
    for (let round = 0; round < 16; round++) {
      expect(machine.isUnheard(flooder, scene.nowMs)).toBe(false);
      b.feed({ _tag: 'Malformed', from: flooder, reason: 'its frame is malformed' });
    }
    expect(machine.isUnheard(flooder, scene.nowMs)).toBe(true);
    expect(machine.isUnheard(other, scene.nowMs)).toBe(false);
    expect(b.did('Blame')).toHaveLength(16);
    // The interval ends though the machine hears of nothing.
    expect(machine.isUnheard(flooder, scene.nowMs + 6399)).toBe(true);
    expect(machine.isUnheard(flooder, scene.nowMs + 6400)).toBe(false);
  });

  it('A23: what has no room costs no checks of signatures', () => {
    const scene = new Scene({ trust: fast, parameters: { ...small, maxPendingBytes: 4000 } });
    const check = vi.spyOn(scene.config(scene.leaderOf(2)).clients, 'verify');
    for (let sequence = 2; sequence < 500; sequence++) {
      const requests = [scene.request('x', sequence)];
      scene.inject('c', 'b', { _tag: 'Forward', requests });
    }
    expect(check.mock.calls.length).toBeGreaterThan(1);
    expect(check.mock.calls.length).toBeLessThan(5);
    vi.restoreAllMocks();
  });

  it('A24: what waits for a slow disk is bounded, and what was missed meanwhile is fetched', () => {
    const scene = new Scene({ trust: fast, parameters: small });
    const { state } = scene.actor('d');
    scene.actor('d').holdDisk();
    let persisted = 0;
    for (let sequence = 1; sequence <= 60; sequence++) {
      scene.actor('a').request(scene.request('x', sequence));
      scene.play(20);
      if (sequence === 30) persisted = scene.actor('d').did('Persist').length;
    }
    expect(scene.actor('a').machine.view.decidedUpTo).toBeGreaterThan(40);
    expect(state.decidedUpTo).toBe(8);
    // Votes are not made either, only checkpoints, of which one counts.
    const later = scene.actor('d').did('Persist').slice(persisted);
    expect(later.filter(({ record }) => record._tag !== 'StableCheckpoint')).toEqual([]);
    scene.actor('d').restart();
    scene.play(2000);
    expect(scene.actor('d').state.low).toBeGreaterThan(40);
    expect(scene.actor('d').sent('FetchRange').length).toBeGreaterThan(0);
  });

  it('A24: ranges wait for the disk, though the end of the epoch is known', () => {
    const scene = new Scene({ trust: fast, parameters: small });
    const batches = Array.from({ length: 20 }, (_, index) => scene.batch(`${index}`));
    scene.inject('a', 'd', { _tag: 'StableCheckpoint', certificate: scene.checkpoint(30, 'a b c', 40) });
    scene.actor('d').holdDisk();
    scene.inject('a', 'd', scene.range(batches, 'a b'));
    expect(scene.actor('d').machine.view.decidedUpTo).toBe(4);
    expect(scene.actor('d').sent('FetchRange')).toEqual([]);
    for (let slot = 1; slot <= 20; slot++) scene.actor('d').feed({ _tag: 'Stored', slot });
    expect(scene.actor('d').machine.view.decidedUpTo).toBe(20);
  });

  it('A27: a full window of the longest batches stays within bounds, and a correct leader makes none that is longer', () => {
    const parameters = { checkpointInterval: 4, lingerMs: 0, maxInFlight: 1 };
    const requests = (scene: Scene, count: number) =>
      Array.from({ length: count }, (_, index) => scene.request('x'.repeat(60_000), index + 1));
    const isAccepted = (windowSlots: number, count: number): boolean => {
      const scene = new Scene({ trust: fast, parameters: { ...parameters, windowSlots } });
      scene.inject('a', 'b', scene.propose(1, 1, { requests: requests(scene, count) }));
      return scene.actor('b').state.slots.get(1)?.vote !== undefined;
    };
    // A little more than 60 kB each, of 1 MiB and of 96 MiB / 256.
    expect([isAccepted(32, 17), isAccepted(32, 18), isAccepted(256, 6), isAccepted(256, 7)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    const scene = new Scene({ trust: fast, parameters: { ...parameters, windowSlots: 256 } });
    for (const request of requests(scene, 8)) scene.actor('a').request(request);
    scene.play(200);
    const proposed = scene.actor('a').sent('Propose');
    expect(proposed.map(({ batch }) => batch.requests.length)).toEqual([1, 6, 1]);
    expect(scene.actor('b').machine.view).toMatchObject({ view: 1, decidedUpTo: 3 });
  });

  it('A25: ballots with shares that are too long for a signature are not kept', () => {
    const multisig = new Scene({ trust: fast });
    const ballot = { view: 1, slot: 1, digest: digest(utf8('x')) };
    const kept = (length: number) => {
      const long = { ...ballot, share: new Uint8Array(length) as SignatureShare };
      multisig.inject('c', 'b', { _tag: 'Commit', ...long });
      multisig.inject('c', 'b', { _tag: 'Accepted', ...long, leaderSignature: new Uint8Array(64) });
      const open = multisig.actor('b').state.slots.get(1);
      return (open?.commits.size ?? 0) + (open?.accepted.size ?? 0);
    };
    expect(kept(97)).toBe(0);
    expect(kept(64)).toBe(2);
  });

  it('A26: of a long log the chain digests of the last slots alone are kept', () => {
    const scene = new Scene({ trust: fast, parameters: small });
    const noops = (count: number) => Array.from({ length: count }, () => ({ requests: [] }));
    scene.inject('a', 'd', scene.range(noops(4000), 'a b'));
    scene.inject('a', 'd', scene.range(noops(400), 'a b', noops(4000)));
    expect(scene.actor('d').machine.view.decidedUpTo).toBe(4400);
    expect(scene.actor('d').state.chains.size).toBe(4096);
  });

  it('A26: signatures that were good are forgotten when there are too many', () => {
    const context = new Scene({ trust: fast }).actor('b').machine['context'];
    let asked = 0;
    const ask = (name: number) =>
      context.remembered(`${name}`, () => {
        asked += 1;
        return true;
      });
    for (let name = 0; name < 8192; name++) ask(name);
    ask(0);
    expect(asked).toBe(8192);
    ask(8192);
    ask(0);
    expect(asked).toBe(8194);
  });
});
