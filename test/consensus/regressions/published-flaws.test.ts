/** The flaws R1-R4 that were published of Fast Byzantine Paxos and its kin (arXiv 1712.01367), as runs of messages. */
import { describe, expect, it } from 'vitest';
import { noop } from '../../../src/consensus/batch.js';
import { decisionOf, p, Scene } from '../../support/scene.js';

const slow = 'f=1 t=0 of (a, b, c, d)';
const fast = 'f=1 t=1 of (a, b, c, d)';

/** One machine's reports to the leader of the next view are delivered, in this order. */
function deliverReports(scene: Scene, from: string, to: string): void {
  for (const process of from.split(' ')) scene.deliver({ tag: 'Report', from: process, to });
}

describe('published flaws', () => {
  it('R1: a certificate and votes for another value of the same view do not block each other', () => {
    const scene = new Scene({ trust: slow });
    const [x, y] = [scene.batch('x'), scene.batch('y')];
    scene.inject('a', 'b c', scene.propose(1, 1, x));
    scene.inject('a', 'd', scene.propose(1, 1, y));
    scene.inject('a', 'b', scene.accepted('a', 1, 1, x));
    scene.deliver({ tag: 'Accepted', from: 'c', to: 'b' });
    expect(
      scene
        .actor('b')
        .did('Persist')
        .map(({ record }) => record._tag),
    ).toContain('CommitCertificate');
    scene.drop();

    scene.complain(1, 'b c d', 'b c d');
    scene.inject('a', 'b', scene.report('a', 2, { votes: [scene.vote(1, 1, y)] }));
    deliverReports(scene, 'd', 'b');
    scene.deliver({ tag: 'FetchBatch BatchFound' });
    // a does not hand out y, but d does.
    scene.deliver({ tag: 'Certify Certified Propose Accepted Commit', from: 'b c d', to: 'b c d' });
    for (const process of ['b', 'c', 'd']) expect(scene.actor(process).decided.get(1)).toBe(decisionOf(x));
  });

  it('R2: an old certificate gives way to what a newer view decided', () => {
    const scene = new Scene({ trust: slow, leaders: 'a c b d' });
    const [x, y] = [scene.batch('x'), scene.batch('y')];
    scene.inject('a', 'b c', scene.propose(1, 1, x));
    scene.inject('a', 'd', scene.propose(1, 1, y));
    scene.inject('a', 'b', scene.accepted('a', 1, 1, x));
    scene.deliver({ tag: 'Accepted', from: 'c', to: 'b' });
    scene.drop();

    // View 2, led by c, does not hear of the certificate that b holds: the slot is free, and c fills it with nothing.
    scene.complain(1, 'b c d', 'c d');
    scene.inject('a', 'c', scene.report('a', 2, { votes: [scene.vote(1, 1, y)] }));
    deliverReports(scene, 'd', 'c');
    scene.deliver({ tag: 'FetchBatch BatchFound', from: 'c d', to: 'c d' });
    scene.deliver({ tag: 'Certify Certified', from: 'c d', to: 'c d' });
    scene.deliver({ tag: 'Propose', from: 'c' });
    scene.deliver({ tag: 'Accepted', from: 'b c d', to: 'c' });
    scene.inject('a', 'c', scene.accepted('a', 2, 1, noop));
    expect(scene.actor('c').decided.get(1)).toBe(decisionOf(noop));
    scene.drop();

    // View 3, led by b: its own certificate is older than the votes of view 2.
    scene.complain(2, 'b c d', 'b d');
    scene.inject('a', 'b', scene.report('a', 3, {}));
    deliverReports(scene, 'd', 'b');
    scene.deliver({ tag: 'Certify Certified', from: 'b d', to: 'b d' });
    const [proposal] = scene.waiting('Propose', 'b');
    expect(proposal?.slot).toBe(1);
    expect(proposal?.batch.requests).toEqual([]);
  });

  it('R3: with an equivocator proven, the leader waits for one more report, and then picks what was decided', () => {
    const scene = new Scene({ trust: fast });
    const [x, y] = [scene.batch('x'), scene.batch('y')];
    scene.inject('a', 'b c', scene.propose(1, 1, x));
    scene.inject('a', 'd', scene.propose(1, 1, y));
    // c decides x with the votes of a, b and itself.
    scene.inject('a', 'c', scene.accepted('a', 1, 1, x));
    scene.deliver({ tag: 'Accepted', from: 'b', to: 'c' });
    expect(scene.actor('c').decided.get(1)).toBe(decisionOf(x));
    scene.drop();

    scene.complain(1, 'b c d', 'b c d');
    scene.inject('a', 'b', scene.report('a', 2, { votes: [scene.vote(1, 1, y)] }));
    deliverReports(scene, 'd', 'b');
    scene.inject('d', 'b', { _tag: 'BatchFound', batch: y });
    expect([...scene.actor('b').state.collection.reports.keys()].sort()).toEqual(['a', 'b', 'd']);
    expect(scene.waiting('Certify', 'b')).toEqual([]);

    deliverReports(scene, 'c', 'b');
    scene.deliver({ tag: 'Certify Certified Propose Accepted', from: 'b c d', to: 'b c d' });
    for (const process of ['b', 'd']) expect(scene.actor(process).decided.get(1)).toBe(decisionOf(x));
  });

  describe('R4: a vote of a view that certified nothing like it', () => {
    function viewThreeAfterDecision(): { scene: Scene; x: ReturnType<Scene['batch']> } {
      const scene = new Scene({ trust: fast });
      const x = scene.batch('x');
      scene.inject('a', 'a c d', scene.propose(1, 1, x));
      scene.deliver({ tag: 'Accepted', from: 'a c d', to: 'c' });
      expect(scene.actor('c').decided.get(1)).toBe(decisionOf(x));
      scene.drop();
      // b, Byzantine, leads view 2 and lets it pass; c leads view 3.
      scene.complain(2, 'a c d', 'a c d');
      return { scene, x };
    }

    const verdictsFor = {
      'no permit at all': undefined,
      'a permit of another view': (scene: Scene) => ({ certificate: scene.progress(3, 0, [{ _tag: 'free' }], 'a b') }),
      'a permit that one process signed': (scene: Scene) => {
        const certificate = scene.progress(2, 0, [], 'a b');
        return {
          certificate: { ...certificate, low: 0, top: 0, signature: certificate.signature.subarray(4) as never },
        };
      },
    };

    for (const [name, permitOf] of Object.entries(verdictsFor)) {
      it(name, () => {
        const { scene, x } = viewThreeAfterDecision();
        const y = scene.batch('y');
        const permit = permitOf?.(scene);
        const vote = { ...scene.vote(2, 1, y), ...(permit === undefined ? {} : { permit }) };
        scene.inject('b', 'c', scene.report('b', 3, { votes: [vote] }));
        scene.inject('b', 'c', { _tag: 'BatchFound', batch: y });
        expect(
          scene
            .actor('c')
            .did('Blame')
            .map(({ process }) => process),
        ).toEqual([p('b')]);
        scene.deliver({ tag: 'Report', from: 'a d', to: 'c' });
        scene.deliver({ tag: 'Certify Certified Propose Accepted', from: 'a c d', to: 'a c d' });
        for (const process of ['a', 'd']) expect(scene.actor(process).decided.get(1)).toBe(decisionOf(x));
      });
    }
  });
});
