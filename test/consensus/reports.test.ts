/** What a certifier accepts as a report (rule R4), and what it refuses, one fault at a time. */
import { describe, expect, it } from 'vitest';
import { digest } from '../../src/prelude/digest.js';
import { utf8 } from '../../src/prelude/bytes.js';
import { batchDigest } from '../../src/consensus/batch.js';
import type { CommitCertificate, Message, Permit, Report, Verdict } from '../../src/consensus/message.js';
import { acceptedStatement, commitStatement } from '../../src/consensus/statement.js';
import type { Equivocation } from '../../src/consensus/message.js';
import { names, p, Scene } from '../support/scene.js';
import { right } from '../support/right.js';

const trust = 'f=1 t=0 of (a, b, c, d)';
const view = 4;

function stage() {
  const scene = new Scene({ trust, parameters: { windowSlots: 8, checkpointInterval: 2 } });
  const batch = scene.batch('x');
  const other = scene.batch('y');
  const pick: Verdict = { _tag: 'pick', digest: batchDigest(batch) };
  // View 2 closed slots 1 and 2, filled slot 3, picked x in slot 4.
  const verdicts: readonly Verdict[] = [{ _tag: 'noop' }, pick];
  const certificate = scene.progress(2, 2, verdicts, 'a c');
  const sibling = scene.progress(9, 0, [{ _tag: 'noop' }], 'a c').root;
  const permit: Permit = { certificate, shown: { verdict: pick, path: [sibling] } };
  const free: Permit = { certificate };
  const checkpoint = scene.checkpoint(2, 'a b c');
  const commit = certificateOf(scene, 1, 3, batchDigest(other), acceptedStatement);
  const votes = [
    scene.vote(1, 3, other),
    { ...scene.vote(2, 4, batch), permit },
    { ...scene.vote(2, 5, other), permit: free },
  ];
  const good: Report = { view, checkpoint, votes, commits: [commit] };
  return { scene, batch, other, permit, free, good, commit, votes };
}

function certificateOf(
  scene: Scene,
  ofView: number,
  slot: number,
  value: ReturnType<typeof batchDigest>,
  statementOf: typeof acceptedStatement,
): CommitCertificate {
  const ballot = { view: ofView, slot, digest: value };
  const { keys, allianceId, epoch } = scene.config(p('a'));
  const statement = statementOf({ allianceId, epoch, keyId: keys.slow.keyId }, ballot);
  const shares = names('a b c').map(
    (name) => [name, right(scene.config(name).keys.slow.signShare(statement))] as const,
  );
  return { ...ballot, signature: right(keys.slow.combine(statement, new Map(shares))).signature };
}

/** Whether b certifies view 4, led by d, for these reports. None is b's own, which it would have to know of. */
function certifies(
  scene: Scene,
  reports: readonly Extract<Message, { _tag: 'Report' }>['report'][],
  evidence: readonly Equivocation[] = [],
): boolean {
  const before = scene.waiting('Certified', 'b').length;
  scene.inject('d', 'b', { _tag: 'Certify', view, reports, evidence });
  return scene.waiting('Certified', 'b').length > before;
}

function certifiesReport(scene: Scene, report: Report): boolean {
  // A recovery quorum without it: an invalid report is not passed over, it is refused.
  const rest = ['c', 'd'].map((from) => scene.report(from, view, {}).report);
  return certifies(scene, [scene.report('a', view, report).report, ...rest]);
}

describe('a report', () => {
  it('is valid with votes, permits, certificate and checkpoint that hold', () => {
    const { scene, good } = stage();
    expect(certifiesReport(scene, good)).toBe(true);
    expect(certifiesReport(scene, { view, votes: [], commits: [] })).toBe(true);
    expect(certifiesReport(scene, { ...good, checkpoint: scene.checkpoint(2, 'a b c', 6) })).toBe(true);
  });

  const faults: Record<string, (made: ReturnType<typeof stage>) => Partial<Report>> = {
    'a vote of the view itself': ({ scene, other }) => ({
      votes: [
        {
          ...scene.vote(view, 5, other),
          permit: { certificate: scene.progress(view, 2, [], 'a c') },
        },
      ],
    }),
    'a certificate of the view itself': ({ scene, batch }) => ({
      commits: [certificateOf(scene, view, 4, batchDigest(batch), acceptedStatement)],
    }),
    'a checkpoint that says another boundary than was certified': ({ good }) => ({
      checkpoint: { ...good.checkpoint, boundary: 64 } as NonNullable<Report['checkpoint']>,
    }),
    'a vote above the boundary of its checkpoint': ({ scene, other }) => ({
      checkpoint: scene.checkpoint(2, 'a b c', 6),
      votes: [scene.vote(1, 7, other)],
    }),
    'a certificate above the boundary of its checkpoint': ({ scene, other }) => ({
      checkpoint: scene.checkpoint(2, 'a b c', 6),
      commits: [certificateOf(scene, 1, 7, batchDigest(other), acceptedStatement)],
    }),
    'a slot at its checkpoint': ({ scene, other }) => ({ votes: [scene.vote(1, 2, other)] }),
    'a slot beyond the window': ({ scene, other }) => ({ votes: [scene.vote(1, 11, other)] }),
    'a slot that only the next checkpoint would allow': ({ scene, other }) => ({
      checkpoint: scene.checkpoint(2, 'a b c'),
      votes: [scene.vote(1, 1, other)],
    }),
    'a checkpoint that nobody certified': ({ good }) => ({
      checkpoint: {
        slot: 2,
        chain: digest(utf8('another')),
        boundary: 0,
        signature: good.checkpoint?.signature ?? (new Uint8Array(0) as never),
      },
    }),
    'a vote that its leader did not sign': ({ votes }) => ({
      votes: votes.slice(0, 1).map((vote) => ({ ...vote, leaderSignature: new Uint8Array(64) })),
    }),
    'a vote that another signed': ({ scene, votes, other }) => ({
      votes: votes
        .slice(0, 1)
        .map((vote) => ({ ...vote, leaderSignature: scene.leaderSignature({ ...scene.vote(2, 3, other) }) })),
    }),
    'a later view’s vote without permit': ({ scene, batch }) => ({ votes: [scene.vote(2, 4, batch)] }),
    'a first view’s vote with permit': ({ scene, other, free }) => ({
      votes: [{ ...scene.vote(1, 5, other), permit: free }],
    }),
    'a permit of another view': ({ scene, other, free }) => ({ votes: [{ ...scene.vote(3, 5, other), permit: free }] }),
    'a permit for another batch': ({ scene, other, permit }) => ({ votes: [{ ...scene.vote(2, 4, other), permit }] }),
    'a permit for another slot': ({ scene, batch, permit }) => ({ votes: [{ ...scene.vote(2, 3, batch), permit }] }),
    'a permit that claims another verdict': ({ scene, other, permit }) => ({
      votes: [
        {
          ...scene.vote(2, 4, other),
          permit: { ...permit, shown: { verdict: { _tag: 'free' }, path: permit.shown?.path ?? [] } },
        },
      ],
    }),
    'a permit that shows nothing of an open slot': ({ scene, batch, free }) => ({
      votes: [{ ...scene.vote(2, 4, batch), permit: free }],
    }),
    'a permit that shows a slot above the top': ({ scene, other, permit }) => ({
      votes: [{ ...scene.vote(2, 5, other), permit: { ...permit, shown: { verdict: { _tag: 'free' }, path: [] } } }],
    }),
    'a permit nobody signed': ({ scene, other, free }) => ({
      votes: [{ ...scene.vote(2, 5, other), permit: { certificate: { ...free.certificate, low: 0, top: 0 } } }],
    }),
    'a slot that its permit closed': ({ scene, other }) => ({
      votes: [
        {
          ...scene.vote(2, 3, other),
          permit: { certificate: scene.progress(2, 7, [], 'a c') },
        },
      ],
    }),
    'a certificate that does not verify': ({ commit }) => ({ commits: [{ ...commit, slot: 4 }] }),
    'a certificate of COMMITs': ({ scene, other }) => ({
      commits: [certificateOf(scene, 1, 3, batchDigest(other), commitStatement)],
    }),
    'another view than it is for': () => ({ view: view - 1 }),
  };

  for (const [name, change] of Object.entries(faults)) {
    it(`is refused with ${name}`, () => {
      const made = stage();
      expect(certifiesReport(made.scene, { ...made.good, votes: [], commits: [], ...change(made) })).toBe(false);
      expect(
        made.scene
          .actor('b')
          .did('Blame')
          .map(({ process }) => process),
      ).toEqual([p('d')]);
    });
  }

  it('is refused with another’s signature, or twice', () => {
    const { scene } = stage();
    const [a, c, d] = ['a', 'c', 'd'].map((from) => scene.report(from, view, {}).report);
    if (a === undefined || c === undefined || d === undefined) throw new Error('three reports');
    expect(certifies(scene, [{ ...a, from: p('b') }, c, d])).toBe(false);
    expect(certifies(scene, [{ ...a, signature: new Uint8Array(64) }, c, d])).toBe(false);
    expect(certifies(scene, [a, a, c, d])).toBe(false);
    expect(certifies(scene, [a, c])).toBe(false);
    expect(certifies(scene, [a, c, d])).toBe(true);
  });

  it('is certified only to the leader, within a number of requests a view, and never for a lower view after a higher', () => {
    const { scene } = stage();
    const reports = ['a', 'c', 'd'].map((from) => scene.report(from, view, {}).report);
    scene.inject('c', 'b', { _tag: 'Certify', view, reports, evidence: [] });
    expect(scene.waiting('Certified', 'b')).toEqual([]);
    for (let round = 0; round < 100; round++) scene.inject('d', 'b', { _tag: 'Certify', view, reports, evidence: [] });
    expect(scene.waiting('Certified', 'b')).toHaveLength(32);
    const later = ['a', 'c', 'd'].map((from) => scene.report(from, 8, {}).report);
    for (let round = 0; round < 100; round++) {
      scene.inject('d', 'b', { _tag: 'Certify', view: 8, reports: later, evidence: [] });
      scene.inject('d', 'b', { _tag: 'Certify', view, reports, evidence: [] });
    }
    expect(scene.waiting('Certified', 'b')).toHaveLength(64);
  });

  it('comes with evidence that proves what it says', () => {
    const { scene, batch, other } = stage();
    const reports = ['a', 'c', 'd'].map((from) => scene.report(from, view, {}).report);
    const half = (one: typeof batch) => ({
      digest: batchDigest(one),
      signature: scene.leaderSignature(scene.vote(1, 1, one)),
    });
    const proof = { leader: p('a'), view: 1, slot: 1, first: half(batch), second: half(other) };
    expect(certifies(scene, reports, [{ ...proof, second: proof.first }])).toBe(false);
    expect(certifies(scene, reports, [{ ...proof, leader: p('c') }])).toBe(false);
    expect(certifies(scene, reports, [proof])).toBe(true);
  });
});
