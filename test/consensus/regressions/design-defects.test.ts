/** The defects D1-D8 that a model found in earlier texts of the protocol, and the reuse of stale reports, as runs of messages. */
import { describe, expect, it } from 'vitest';
import { batchDigest } from '../../../src/consensus/batch.js';
import type { Verdict } from '../../../src/consensus/message.js';
import { decisionOf, p, Scene } from '../../support/scene.js';

const slow = 'f=1 t=0 of (a, b, c, d)';
const fast = 'f=1 t=1 of (a, b, c, d)';

describe('defects of the design', () => {
  it('D1: a Byzantine complaint added to one’s own does not drag a process away', () => {
    const scene = new Scene({ trust: fast });
    scene.inject('a', 'd', { _tag: 'Timeouts', timeouts: [scene.timeout('a', 7)], evidence: [] });
    scene.actor('d').request(scene.request('x'));
    scene.advance(3000);
    expect(scene.actor('d').sent('Timeouts').length).toBeGreaterThan(0);
    expect(scene.actor('d').machine.view.view).toBe(1);
    // A third complaint makes a recovery quorum, which takes it no further than all three have complained.
    scene.inject('b', 'd', { _tag: 'Timeouts', timeouts: [scene.timeout('b', 1)], evidence: [] });
    expect(scene.actor('d').machine.view.view).toBe(2);
  });

  it('D1: one joins as soon as a correct process must have complained', () => {
    const scene = new Scene({ trust: fast });
    scene.complain(3, 'a', 'd');
    expect(scene.actor('d').sent('Timeouts')).toEqual([]);
    scene.complain(3, 'b', 'd');
    expect(
      scene
        .actor('d')
        .sent('Timeouts')
        .flatMap(({ timeouts }) => timeouts.map(({ view }) => view)),
    ).toContain(3);
    expect(scene.actor('d').machine.view.view).toBe(4);
  });

  describe('D2: a vote whose batch nobody correct holds', () => {
    function reportOfHiddenVote(): { scene: Scene; hidden: ReturnType<Scene['batch']> } {
      const scene = new Scene({ trust: fast });
      const hidden = scene.batch('hidden');
      scene.actor('b').request(scene.request('seen'));
      scene.complain(1, 'b c d', 'b c d');
      scene.inject('a', 'b', scene.report('a', 2, { votes: [scene.vote(1, 1, hidden)] }));
      scene.deliver({ tag: 'Report', from: 'c', to: 'b' });
      return { scene, hidden };
    }

    it('is not counted while the reporter withholds it', () => {
      const { scene } = reportOfHiddenVote();
      expect(scene.waiting('FetchBatch', 'b', 'a')).toHaveLength(1);
      expect(scene.waiting('Certify', 'b')).toEqual([]);
      scene.deliver({ tag: 'Report', from: 'd', to: 'b' });
      scene.deliver({ tag: 'Certify Certified Propose Accepted', from: 'b c d', to: 'b c d' });
      for (const process of ['b', 'c', 'd'])
        expect(scene.actor(process).decided.get(1)).toBe(decisionOf(scene.batch('seen')));
    });

    it('is not counted where the batch is invalid', () => {
      const scene = new Scene({ trust: fast });
      const unsigned = { requests: [{ ...scene.request('forged'), signature: new Uint8Array(64) }] };
      scene.complain(1, 'b c d', 'b c d');
      scene.inject('a', 'b', scene.report('a', 2, { votes: [scene.vote(1, 1, unsigned)] }));
      scene.inject('a', 'b', { _tag: 'BatchFound', batch: unsigned });
      scene.deliver({ tag: 'Report', from: 'c', to: 'b' });
      expect(scene.waiting('Certify', 'b')).toEqual([]);
      scene.deliver({ tag: 'Report', from: 'd', to: 'b' });
      const [asked] = scene.waiting('Certify', 'b');
      expect(asked?.reports.map(({ from }) => from)).toEqual(['b', 'c', 'd']);
    });

    it('is counted once the batch has come', () => {
      const { scene, hidden } = reportOfHiddenVote();
      scene.inject('a', 'b', { _tag: 'BatchFound', batch: hidden });
      scene.deliver({ tag: 'Certify Certified Propose Accepted', from: 'b c d', to: 'b c d' });
      expect(scene.actor('b').decided.get(1)).toBe(decisionOf(hidden));
    });
  });

  it('D4: a decided slot is reported, and cannot be decided otherwise', () => {
    const scene = new Scene({ trust: fast, leaders: 'a d b c' });
    const [x, y] = [scene.batch('x'), scene.batch('y')];
    scene.inject('a', 'b c', scene.propose(1, 1, x));
    scene.inject('a', 'b c', scene.accepted('a', 1, 1, x));
    scene.deliver({ tag: 'Accepted', from: 'b c', to: 'b c' });
    for (const process of ['b', 'c']) expect(scene.actor(process).decided.get(1)).toBe(decisionOf(x));
    scene.drop();

    scene.complain(1, 'b c d', 'b c d');
    const [report] = scene.waiting('Report', 'b');
    expect(report && scene.contents(report).votes.map(({ slot }) => slot)).toEqual([1]);
    scene.inject('a', 'd', scene.report('a', 2, { votes: [scene.vote(1, 1, y)] }));
    scene.inject('a', 'd', { _tag: 'BatchFound', batch: y });
    scene.deliver({ tag: 'Report FetchBatch BatchFound', from: 'b d', to: 'b d' });
    scene.deliver({ tag: 'Certify Certified Propose Accepted', from: 'b c d', to: 'b c d' });
    expect(scene.actor('d').decided.get(1)).toBe(decisionOf(x));
  });

  it('D4: slots below a reported checkpoint are closed, also to a leader that knows nothing of them', () => {
    const parameters = { windowSlots: 4, checkpointInterval: 2, maxInFlight: 4, lingerMs: 0 };
    const scene = new Scene({ trust: fast, leaders: 'a d b c', parameters });
    for (const sequence of [1, 2, 3]) {
      scene.actor('a').request(scene.request(`command ${sequence}`, sequence));
      scene.deliver({ from: 'a b c', to: 'a b c' });
    }
    expect(scene.actor('b').machine.view.low).toBe(2);
    scene.drop();
    scene.complain(1, 'b c d', 'b c d');
    scene.deliver({ tag: 'Report FetchBatch BatchFound', from: 'b c d', to: 'b c d' });
    scene.deliver({ tag: 'Certify Certified', from: 'b c d', to: 'b c d' });
    expect(scene.waiting('Propose', 'd', 'b').map(({ slot }) => slot)).toEqual([3]);
    expect(scene.actor('d').machine.view.low).toBe(2);
    // Nor does anyone accept a slot that is closed.
    const [open] = scene.waiting('Propose', 'd', 'b');
    const closed = {
      ...scene.propose(2, 1, scene.batch('again')),
      ...(open?.permit && { permit: { certificate: open.permit.certificate } }),
    };
    scene.inject('d', 'b', closed);
    expect(
      scene
        .actor('b')
        .sent('Accepted')
        .some(({ view, slot }) => view === 2 && slot === 1),
    ).toBe(false);
  });

  it('D5: a leader that restarts proposes nothing more in the views of before, and complains about its own', () => {
    const scene = new Scene({ trust: fast });
    scene.actor('a').holdDisk();
    scene.actor('a').request(scene.request('x'));
    expect(scene.waiting('Propose', 'a', 'b')).toHaveLength(1);
    scene.drop();
    scene.actor('a').restart();
    scene.actor('a').request(scene.request('y'));
    scene.advance(500);
    expect(scene.actor('a').sent('Propose')).toEqual([]);
    expect(
      scene
        .actor('a')
        .sent('Timeouts')
        .flatMap(({ timeouts }) => timeouts.map(({ view }) => view)),
    ).toContain(1);
  });

  it('D6: a certificate that is complete only after its view is kept and reported, not committed', () => {
    const scene = new Scene({ trust: slow });
    const x = scene.batch('x');
    scene.inject('a', 'b', scene.propose(1, 1, x));
    scene.complain(1, 'b c d', 'b');
    expect(scene.actor('b').machine.view.view).toBe(2);
    for (const from of ['a', 'c']) scene.inject(from, 'b', scene.accepted(from, 1, 1, x));
    expect(scene.actor('b').state.slots.get(1)?.commit?.view).toBe(1);
    expect(scene.actor('b').sent('Commit')).toEqual([]);
    scene.complain(2, 'b c d', 'b');
    const [report] = scene.waiting('Report', 'b', 'c');
    expect(report && scene.contents(report).commits.map(({ view, slot }) => [view, slot])).toEqual([[1, 1]]);
  });

  it('D7: one contrary acceptor does not end the view of a correct leader', () => {
    const scene = new Scene({ trust: slow });
    const [x, y] = [scene.batch('x'), scene.batch('y')];
    scene.actor('a').request(scene.request('x'));
    scene.inject('d', 'a b c', { ...scene.accepted('d', 1, 1, y), leaderSignature: new Uint8Array(64) });
    scene.inject('d', 'a b c', { _tag: 'Timeouts', timeouts: [scene.timeout('d', 1)], evidence: [] });
    scene.letters.splice(0, scene.letters.length, ...scene.letters.filter(({ to }) => to !== 'd'));
    scene.deliver({ tag: 'Propose Accepted Commit', from: 'a b c', to: 'a b c' });
    for (const process of ['a', 'b', 'c']) {
      expect(
        scene
          .actor(process)
          .did('Decide')
          .map(({ path }) => path),
      ).toEqual(['slow']);
      expect(scene.actor(process).decided.get(1)).toBe(decisionOf(x));
      expect(scene.actor(process).sent('Timeouts')).toEqual([]);
    }
  });

  it('R1: two values that exclude each other end a view at once, with the evidence', () => {
    const scene = new Scene({ trust: fast });
    const [x, y] = [scene.batch('x'), scene.batch('y')];
    scene.inject('a', 'b', scene.propose(1, 1, x));
    scene.inject('c', 'b', scene.accepted('c', 1, 1, y));
    const [complaint] = scene.actor('b').sent('Timeouts');
    expect(complaint?.evidence.map(({ leader }) => leader)).toEqual([p('a')]);
    // To one who has seen nothing, the evidence is enough.
    scene.inject('b', 'd', { _tag: 'Timeouts', timeouts: [], evidence: complaint?.evidence ?? [] });
    expect(
      scene
        .actor('d')
        .sent('Timeouts')
        .flatMap(({ timeouts }) => timeouts.map(({ view }) => view)),
    ).toEqual([1]);
  });

  it('R1: values that exclude each other end a view also where no proposal was seen', () => {
    const scene = new Scene({ trust: slow });
    for (const [from, text] of [
      ['a', 'x'],
      ['c', 'y'],
      ['d', 'z'],
    ] as const) {
      expect(scene.actor('b').sent('Timeouts')).toEqual([]);
      scene.inject(from, 'b', scene.accepted(from, 1, 1, scene.batch(text)));
    }
    expect(scene.actor('b').sent('Timeouts')).toHaveLength(1);
  });

  it('D8: a report is judged by the certificate that it carries, not by the reader’s own of that view', () => {
    const scene = new Scene({ trust: fast });
    const [x, y] = [scene.batch('x'), scene.batch('y')];
    // The Byzantine leader b of view 2 holds two certificates, for x and for y. d enters by the one, c by the other.
    const permitFor = (digest: ReturnType<typeof batchDigest>) => {
      const verdict: Verdict = { _tag: 'pick', digest };
      return { certificate: scene.progress(2, 0, [verdict], 'a b'), shown: { verdict, path: [] } };
    };
    scene.inject('b', 'd', scene.propose(2, 1, x, permitFor(batchDigest(x))));
    scene.inject('b', 'c', scene.propose(2, 1, y, permitFor(batchDigest(y))));
    expect(scene.actor('c').machine.view.view).toBe(2);
    // c leads view 3 and knows the certificate for y alone; the report of d carries the other.
    scene.complain(2, 'a c d', 'a c d');
    scene.deliver({ tag: 'Report', from: 'd', to: 'c' });
    expect([...scene.actor('c').state.collection.reports.keys()].sort()).toEqual(['c', 'd']);
    expect(
      scene
        .actor('c')
        .did('Blame')
        .map(({ fault }) => fault._tag),
    ).not.toContain('InvalidMessage');
    // Nor does a certifier that is still in view 2 and knows the certificate for y alone judge by that.
    const other = new Scene({ trust: fast });
    other.inject('b', 'a', other.propose(2, 1, y, permitFor(batchDigest(y))));
    const votes = [{ ...other.vote(2, 1, x), permit: permitFor(batchDigest(x)) }];
    const reports = [other.report('b', 3, {}), other.report('c', 3, {}), other.report('d', 3, { votes })];
    other.inject('c', 'a', { _tag: 'Certify', view: 3, reports: reports.map(({ report }) => report), evidence: [] });
    expect(other.waiting('Certified', 'a')).toHaveLength(1);
  });

  it('a report of an earlier view is of no use in a later one', () => {
    const scene = new Scene({ trust: fast });
    scene.complain(1, 'a c d', 'a c d');
    const stale = ['a', 'c', 'd'].map((from) => scene.waiting('Report', from, 'b')[0]?.report);
    const relabelled = stale.flatMap((report) => (report === undefined ? [] : [{ ...report, view: 3 }]));
    const signedAgain = stale.flatMap((report) =>
      report === undefined ? [] : [scene.sign(report.from, 3, report.body)],
    );
    expect(relabelled).toHaveLength(3);
    for (const reports of [relabelled, signedAgain, stale.flatMap((report) => report ?? [])]) {
      scene.inject('c', 'b', { _tag: 'Certify', view: 3, reports, evidence: [] });
    }
    expect(scene.waiting('Certified', 'b')).toEqual([]);
    const fresh = ['a', 'c', 'd'].map((from) => scene.report(from, 3, {}).report);
    scene.inject('c', 'b', { _tag: 'Certify', view: 3, reports: fresh, evidence: [] });
    expect(scene.waiting('Certified', 'b')).toHaveLength(1);
  });
});
