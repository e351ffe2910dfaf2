/** Records that prove a process Byzantine: what they need, how machines come by them, and that nobody correct is ever named. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalBytes } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import { E } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import { batchDigest } from '../../src/consensus/batch.js';
import { decodeEvidence, encodeEvidence } from '../../src/consensus/evidence-codec.js';
import {
  type EvidenceKind,
  type EvidenceRecord,
  isBefore,
  verifyEvidence,
} from '../../src/consensus/evidence-record.js';
import type { Message, Report } from '../../src/consensus/message.js';
import { shareBallot, signedBallot } from '../../src/consensus/signed-ballot.js';
import { type BallotKind, proposeStatement } from '../../src/consensus/statement.js';
import type { DistributedSigner } from '../../src/schemes/contract/distributed-signer.js';
import { right } from '../support/right.js';
import { linear } from '../support/linear-slow-key.js';
import { type Actor, p, Scene, type SceneOptions } from '../support/scene.js';

const slowPath = 'f=1 t=0 of (a, b, c, d)';
type OfKind<K extends EvidenceKind> = Extract<EvidenceRecord, { _tag: K }>;

function sceneOf(options: Partial<SceneOptions> = {}): Scene {
  return new Scene({ trust: slowPath, ...options });
}

function shown(scene: Scene, from: string, kind: BallotKind, view: number, slot: number, text: string) {
  return signedBallot(kind, scene[kind](from, view, slot, scene.batch(text)));
}

function ordered<A extends { readonly digest: Parameters<typeof isBefore>[0] }>(one: A, other: A) {
  return isBefore(one.digest, other.digest) ? { first: one, second: other } : { first: other, second: one };
}

function halfOf(scene: Scene, from: string, view: number, content: Partial<Report>) {
  const { body, signature } = scene.report(from, view, content).report;
  return { digest: digest(body), signature };
}

/** One of each kind, against `d`, or against `a` as leader of view 1. */
function recordsOf(scene: Scene): { readonly [K in EvidenceKind]: OfKind<K> } {
  const d = { epoch: 1, process: p('d') };
  const proposed = (text: string) => {
    const ballot = { view: 1, slot: 1, digest: batchDigest(scene.batch(text)) };
    return { digest: ballot.digest, signature: scene.leaderSignature(ballot) };
  };
  const vote = scene.vote(1, 2, scene.batch('x'));
  const ballot = { view: 1, slot: 1, digest: batchDigest(scene.batch('x')) };
  const { attribution } = shareBallot(scene.config(p('d')), 'accepted', ballot);
  return {
    Equivocation: {
      _tag: 'Equivocation',
      epoch: 1,
      process: p('a'),
      view: 1,
      slot: 1,
      first: proposed('x'),
      second: proposed('y'),
    },
    DoubleVote: {
      _tag: 'DoubleVote',
      ...d,
      ...ordered(shown(scene, 'd', 'accepted', 1, 1, 'x'), shown(scene, 'd', 'accepted', 1, 1, 'y')),
    },
    DoubleReport: {
      _tag: 'DoubleReport',
      ...d,
      view: 2,
      ...ordered(halfOf(scene, 'd', 2, {}), halfOf(scene, 'd', 2, { votes: [vote] })),
    },
    HiddenVote: {
      _tag: 'HiddenVote',
      ...d,
      ballot: shown(scene, 'd', 'accepted', 1, 1, 'x'),
      report: scene.report('d', 2, { votes: [vote] }).report,
    },
    InvalidShare: {
      _tag: 'InvalidShare',
      ...d,
      ballot: { kind: 'accepted', ...ballot },
      ...badShare(scene, 'd', attribution),
    },
  };
}

/** A share that is none, signed for; under multisignatures there is nothing to sign for, and any bytes serve. */
function badShare(scene: Scene, from: string, attribution: Uint8Array | undefined) {
  const share = new Uint8Array(4).fill(9) as never;
  if (attribution === undefined) return { share, signature: new Uint8Array(64) };
  const config = scene.config(p(from));
  const ballot = { view: 1, slot: 1, digest: batchDigest(scene.batch('x')) };
  const bad = { ...config, keys: { ...config.keys, slow: giving(config.keys.slow, share) } };
  return { share, signature: present(shareBallot(bad, 'accepted', ballot).attribution, 'a linear scheme') };
}

/** The same key, but that it makes `share` for everything. */
function giving(signer: DistributedSigner, share: never): DistributedSigner {
  return {
    ...signer,
    schemeId: signer.schemeId,
    keyId: signer.keyId,
    proveShare: () => E.right(share),
  };
}

/** Whether it holds, from its bytes. */
function holds(scene: Scene, record: EvidenceRecord): boolean {
  const config = scene.config(p('b'));
  const { universe } = config.system.processes;
  return verifyEvidence(config, right(decodeEvidence(universe, encodeEvidence(universe, record))));
}

describe.each([
  ['multisignatures', {}],
  ['a linear scheme', { slow: linear }],
] as const)('a record of evidence, with %s', (scheme, options) => {
  const isLinear = scheme !== 'multisignatures';
  const kinds: readonly EvidenceKind[] = ['Equivocation', 'DoubleVote', 'DoubleReport', 'HiddenVote'];

  it.each([...kinds, 'InvalidShare' as const])('proves %s to whoever has its bytes', (kind) => {
    const scene = sceneOf(options);
    expect(holds(scene, recordsOf(scene)[kind])).toBe(kind === 'InvalidShare' ? isLinear : true);
  });

  it('proves nothing of another process or epoch', () => {
    const scene = sceneOf(options);
    for (const record of Object.values(recordsOf(scene))) {
      expect([record._tag, holds(scene, { ...record, process: p('c') })]).toEqual([record._tag, false]);
      expect([record._tag, holds(scene, { ...record, epoch: 2 })]).toEqual([record._tag, false]);
      expect(verifyEvidence(scene.config(p('b')), { ...record, process: p('e') })).toBe(false);
      // The same record, read by another alliance of the same keys.
      const other = { ...scene.config(p('b')), allianceId: digest() };
      expect([record._tag, verifyEvidence(other, record)]).toEqual([record._tag, false]);
    }
  });

  it('is about a process of the epoch, whatever is said of the keys of others', () => {
    const scene = sceneOf(options);
    const config = scene.config(p('b'));
    const trusting = { ...config, identities: { ...config.identities, verify: () => true } };
    const { DoubleReport } = recordsOf(scene);
    expect(verifyEvidence(trusting, DoubleReport)).toBe(true);
    expect(verifyEvidence(trusting, { ...DoubleReport, process: p('e') })).toBe(false);
  });

  const lies: Record<string, (scene: Scene, records: ReturnType<typeof recordsOf>) => EvidenceRecord> = {
    'one proposal twice': (_, { Equivocation: one }) => ({ ...one, second: one.first }),
    'two slots proposed': (scene, { Equivocation: one }) => ({
      ...one,
      second: { ...one.second, signature: scene.leaderSignature({ view: 1, slot: 2, digest: one.second.digest }) },
    }),
    'proposals of a view that another leads': (_, { Equivocation: one }) => ({ ...one, view: 2 }),
    'proposals of one that does not lead': (scene, { Equivocation: one }) => {
      const { identities, allianceId, epoch } = scene.config(p('d'));
      const signed = ({ digest: value }: typeof one.first) => {
        const statement = proposeStatement(
          { allianceId, epoch, keyId: identities.keyId },
          { view: 1, slot: 1, digest: value },
        );
        return { digest: value, signature: identities.sign(statement) };
      };
      return { ...one, process: p('d'), first: signed(one.first), second: signed(one.second) };
    },
    'one vote twice': (_, { DoubleVote: one }) => ({ ...one, second: one.first }),
    'votes in the wrong order': (_, { DoubleVote: one }) => ({ ...one, first: one.second, second: one.first }),
    'votes of two slots': (scene, { DoubleVote: one }) => ({
      ...one,
      ...ordered(shown(scene, 'd', 'accepted', 1, 1, 'x'), shown(scene, 'd', 'accepted', 1, 2, 'y')),
    }),
    'votes of two views': (scene, { DoubleVote: one }) => ({
      ...one,
      ...ordered(shown(scene, 'd', 'accepted', 1, 1, 'x'), shown(scene, 'd', 'accepted', 2, 1, 'y')),
    }),
    'a vote and a commit': (scene, { DoubleVote: one }) => ({
      ...one,
      ...ordered(shown(scene, 'd', 'accepted', 1, 1, 'x'), shown(scene, 'd', 'commit', 1, 1, 'y')),
    }),
    'a vote of another’s': (scene, { DoubleVote: one }) => ({
      ...one,
      ...ordered(shown(scene, 'd', 'accepted', 1, 1, 'x'), shown(scene, 'c', 'accepted', 1, 1, 'y')),
    }),
    'one report twice': (_, { DoubleReport: one }) => ({ ...one, second: one.first }),
    'reports in the wrong order': (_, { DoubleReport: one }) => ({ ...one, first: one.second, second: one.first }),
    'reports for two views': (scene, { DoubleReport: one }) => ({
      ...one,
      ...ordered(halfOf(scene, 'd', 2, {}), halfOf(scene, 'd', 3, {})),
    }),
    'another’s report': (scene, { HiddenVote: one }) => ({ ...one, report: scene.report('c', 2, {}).report }),
    'another’s report, said to be its own': (scene, { HiddenVote: one }) => ({
      ...one,
      report: { ...scene.report('c', 2, {}).report, from: p('d') },
    }),
    'another’s ballot': (scene, { HiddenVote: one }) => ({ ...one, ballot: shown(scene, 'c', 'accepted', 1, 1, 'x') }),
    'a report for the ballot’s own view': (scene, { HiddenVote: one }) => ({
      ...one,
      ballot: shown(scene, 'd', 'accepted', 2, 1, 'x'),
    }),
    'a report that says another view': (scene, { HiddenVote: one }) => ({
      ...one,
      report: { ...one.report, view: 3 },
    }),
    'its own report, said to be another’s': (_, { HiddenVote: one }) => ({
      ...one,
      report: { ...one.report, from: p('c') },
    }),
    'a report signed for another view than it says': (scene, { HiddenVote: one }) => ({
      ...one,
      report: scene.sign('d', 3, one.report.body),
    }),
    'a report whose bytes are none': (scene, { HiddenVote: one }) => ({
      ...one,
      report: scene.sign('d', 2, Uint8Array.of(1, 2, 3)),
    }),
    'a vote that the report shows': (scene, { HiddenVote: one }) => ({
      ...one,
      ballot: shown(scene, 'd', 'accepted', 1, 2, 'x'),
    }),
    'a vote that the report shows newer': (scene, { HiddenVote: one }) => ({
      ...one,
      report: scene.report('d', 3, { votes: [scene.vote(2, 1, scene.batch('y'))] }).report,
    }),
    'a vote at the checkpoint': (scene, { HiddenVote: one }) => ({
      ...one,
      report: scene.report('d', 2, { checkpoint: scene.checkpoint(1, 'a b c') }).report,
    }),
    'a share that is one': (scene, { InvalidShare: one }) => {
      const { share, attribution } = scene.accepted('d', 1, 1, scene.batch('x'));
      return { ...one, share, signature: attribution ?? new Uint8Array(64) };
    },
    'a share that its sender did not sign for': (_, { InvalidShare: one }) => ({
      ...one,
      share: new Uint8Array(5) as never,
    }),
  };

  it.each(Object.keys(lies))('does not prove anything by %s', (name) => {
    const scene = sceneOf(options);
    expect(holds(scene, present(lies[name], 'a lie')(scene, recordsOf(scene)))).toBe(false);
  });

  it('is one sequence of bytes, and altered bytes are another record, or none that holds', () => {
    const scene = sceneOf(options);
    const { universe } = scene.config(p('b')).system.processes;
    const all = Object.values(recordsOf(scene)).filter((record) => holds(scene, record));
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.nat(), fc.integer({ min: 1, max: 255 }), (record, at, change) => {
        const bytes = encodeEvidence(universe, record);
        const altered = bytes.map((byte, index) => (index === at % bytes.length ? byte ^ change : byte));
        const decoded = decodeEvidence(universe, altered);
        if (E.isLeft(decoded)) return;
        expect(equalBytes(encodeEvidence(universe, decoded.right), altered)).toBe(true);
        expect(verifyEvidence(scene.config(p('b')), decoded.right)).toBe(false);
      }),
      { numRuns: 400 },
    );
    for (const bytes of [
      new Uint8Array(0),
      Uint8Array.of(5),
      encodeEvidence(universe, present(all[0], 'one')).subarray(1),
    ])
      expect(E.isLeft(decodeEvidence(universe, bytes))).toBe(true);
  });
});

describe('B16: with shares that anyone computes', () => {
  /** `d`'s own share, as others interpolate it, under what they can sign for it themselves. */
  function interpolated(scene: Scene, kind: BallotKind, slot: number, text: string) {
    const made = scene[kind]('d', 1, slot, scene.batch(text));
    const { attribution } = shareBallot(scene.config(p('c')), kind, made);
    return { ...made, ...(attribution === undefined ? {} : { attribution }) };
  }

  it('nobody is accused of two votes, or of hiding one', () => {
    const scene = sceneOf({ slow: linear });
    const { DoubleVote, HiddenVote } = recordsOf(scene);
    const [forged, bare] = [interpolated(scene, 'accepted', 1, 'x'), scene.accepted('d', 1, 1, scene.batch('x'))];
    const proofs = [signedBallot('accepted', forged), { ...signedBallot('accepted', bare), proof: bare.share }];
    for (const ballot of proofs) {
      expect(holds(scene, { ...DoubleVote, ...ordered(ballot, shown(scene, 'd', 'accepted', 1, 1, 'y')) })).toBe(false);
      expect(holds(scene, { ...HiddenVote, ballot })).toBe(false);
    }
    // The signature of the one under the share of the other.
    const proof = signedBallot('accepted', scene.accepted('d', 1, 1, scene.batch('y'))).proof;
    expect(holds(scene, { ...HiddenVote, ballot: { ...HiddenVote.ballot, proof } })).toBe(false);
  });

  it('a message counts with its attribution alone, and without where shares are signatures', () => {
    for (const [options, isLinear] of [
      [{}, false],
      [{ slow: linear }, true],
    ] as const) {
      const scene = sceneOf(options);
      const others = sceneOf(isLinear ? {} : { slow: linear });
      const heard = () => [...(scene.actor('b').state.slots.get(1)?.accepted.keys() ?? [])];
      const committed = () => [...(scene.actor('b').state.slots.get(1)?.commits.keys() ?? [])];
      scene.inject('c', 'b', others.accepted('c', 1, 1, scene.batch('x')));
      scene.inject('c', 'b', others.commit('c', 1, 1, scene.batch('x')));
      expect([heard(), committed()]).toEqual([[], []]);
      scene.inject('c', 'b', scene.accepted('c', 1, 1, scene.batch('x')));
      scene.inject('c', 'b', scene.commit('c', 1, 1, scene.batch('x')));
      expect([heard(), committed()]).toEqual([['c'], ['c']]);
    }
  });
});

/** Kinds and processes that have been proven, once the records have been verified. */
function proven(scene: Scene, actor: Actor): readonly string[] {
  return actor.did('Blame').flatMap(({ process, fault }) => {
    if (fault._tag !== 'Proven') return [];
    expect([fault.record._tag, fault.record.process, holds(scene, fault.record)]).toEqual([
      fault.record._tag,
      process,
      true,
    ]);
    return [`${fault.record._tag} ${process}`];
  });
}

function report(
  scene: Scene,
  from: string,
  view: number,
  content: Partial<Report> = {},
): Extract<Message, { _tag: 'Report' }> {
  return scene.report(from, view, content);
}

describe.each([
  ['multisignatures', {}],
  ['a linear scheme', { slow: linear }],
] as const)('a machine finds, with %s', (_, options) => {
  it.each(['accepted', 'commit'] as const)('two ballots of one view: %s', (kind) => {
    const scene = sceneOf(options);
    for (const text of ['x', 'y', 'z']) scene.inject('d', 'b', scene[kind]('d', 1, 1, scene.batch(text)));
    expect(proven(scene, scene.actor('b'))).toEqual(['DoubleVote d']);
    scene.inject('d', 'b', scene[kind]('d', 2, 1, scene.batch('x')));
    expect(proven(scene, scene.actor('b'))).toEqual(['DoubleVote d']);
  });

  it('nothing in ballots of other views, or said again', () => {
    const scene = sceneOf(options);
    for (const [view, text] of [
      [2, 'x'],
      [2, 'x'],
      [1, 'y'],
      [3, 'y'],
    ] as const)
      scene.inject('d', 'b', scene.accepted('d', view, 1, scene.batch(text)));
    expect(proven(scene, scene.actor('b'))).toEqual([]);
  });

  it('two reports for a view that it leads', () => {
    const scene = sceneOf(options);
    const vote = scene.vote(1, 2, scene.batch('x'));
    scene.inject('d', 'b', report(scene, 'd', 2));
    scene.inject('d', 'b', report(scene, 'd', 2));
    expect(proven(scene, scene.actor('b'))).toEqual([]);
    scene.inject('d', 'b', report(scene, 'd', 2, { votes: [vote] }));
    expect(proven(scene, scene.actor('b'))).toEqual(['DoubleReport d']);
    // One that it has counted already.
    const other = sceneOf(options);
    other.complain(1, 'a b c', 'b');
    for (const content of [{}, { votes: [vote] }]) other.inject('d', 'b', report(other, 'd', 2, content));
    expect(proven(other, other.actor('b'))).toEqual(['DoubleReport d']);
  });

  it.each(['accepted', 'commit'] as const)('what a report hides, as leader and as certifier: %s', (kind) => {
    const leading = sceneOf(options);
    leading.inject('d', 'b', leading[kind]('d', 1, 1, leading.batch('x')));
    leading.complain(1, 'a b c', 'b');
    leading.inject('d', 'b', report(leading, 'd', 2));
    expect(proven(leading, leading.actor('b'))).toEqual(['HiddenVote d']);
    const scene = sceneOf(options);
    scene.inject('d', 'c', scene[kind]('d', 1, 1, scene.batch('x')));
    const reports = ['a', 'b', 'd'].map((from) => report(scene, from, 2).report);
    for (let count = 0; count < 2; count++) scene.inject('b', 'c', { _tag: 'Certify', view: 2, reports, evidence: [] });
    expect(proven(scene, scene.actor('c'))).toEqual(['HiddenVote d']);
    // It is still certified: the others are not evidence in R7.
    expect(scene.waiting('Certified', 'c').length).toBeGreaterThan(0);
  });

  it('nothing hidden where the report shows it, or is for an earlier view', () => {
    const scene = sceneOf(options);
    scene.inject('d', 'c', scene.accepted('d', 1, 1, scene.batch('x')));
    scene.inject('d', 'c', scene.accepted('d', 4, 2, scene.batch('x')));
    const votes = [scene.vote(1, 1, scene.batch('x'))];
    const reports = [report(scene, 'a', 2), report(scene, 'b', 2), report(scene, 'd', 2, { votes })];
    scene.inject('b', 'c', {
      _tag: 'Certify',
      view: 2,
      reports: reports.map((one) => one.report),
      evidence: [],
    });
    expect(scene.waiting('Certified', 'c')).toHaveLength(1);
    expect(proven(scene, scene.actor('c'))).toEqual([]);
  });

  it('does not take what was not signed by its sender', () => {
    const scene = sceneOf(options);
    for (const text of ['x', 'y']) scene.inject('d', 'b', scene.accepted('c', 1, 1, scene.batch(text)));
    expect(proven(scene, scene.actor('b'))).toEqual([]);
    expect(scene.actor('b').did('Blame')).toEqual([]);
  });

  it('checks 16 records a process and status interval', () => {
    const scene = sceneOf(options);
    const b = scene.actor('b');
    for (let slot = 1; slot <= 16; slot++)
      for (const text of ['x', 'y']) scene.inject('d', 'b', scene.accepted('c', 1, slot, scene.batch(text)));
    const double = (slot: number) => {
      for (const text of ['x', 'y']) scene.inject('d', 'b', scene.accepted('d', 1, slot, scene.batch(text)));
    };
    double(17);
    expect(proven(scene, b)).toEqual([]);
    for (const text of ['x', 'y']) scene.inject('a', 'b', scene.accepted('a', 1, 18, scene.batch(text)));
    expect(proven(scene, b)).toContain('DoubleVote a');
    scene.advance(100);
    double(19);
    expect(proven(scene, b)).toContain('DoubleVote d');
  });

  it('equivocation, which alone is evidence in R7 and travels', () => {
    const scene = sceneOf(options);
    const b = scene.actor('b');
    for (const text of ['x', 'y']) scene.inject('d', 'b', scene.accepted('d', 1, 1, scene.batch(text)));
    scene.inject('d', 'b', report(scene, 'd', 2));
    // ACCEPTED repeat the leader's signature: a has signed both batches.
    scene.inject('a', 'b', scene.propose(1, 1, scene.batch('x')));
    scene.inject('c', 'b', scene.accepted('c', 1, 1, scene.batch('y')));
    expect([...proven(scene, b)].sort()).toEqual(['DoubleVote d', 'Equivocation a']);
    expect([...b.state.evidence.keys()]).toEqual(['a']);
    expect(scene.waiting('Timeouts', 'b').every(({ evidence }) => evidence.every(({ leader }) => leader === 'a'))).toBe(
      true,
    );
  });
});

describe('a share of a linear scheme that is none', () => {
  it('is evidence against who has signed for it, and against nobody else', () => {
    const scene = sceneOf({ slow: linear });
    const config = scene.config(p('d'));
    const ballot = { view: 1, slot: 1, digest: batchDigest(scene.batch('x')) };
    const bad = {
      ...config,
      keys: { ...config.keys, slow: giving(config.keys.slow, new Uint8Array(4) as never) },
    };
    const accepted = { ...scene.accepted('d', 1, 1, scene.batch('x')), ...shareBallot(bad, 'accepted', ballot) };
    scene.inject('d', 'b', accepted);
    for (const from of ['a', 'c']) scene.inject(from, 'b', scene.accepted(from, 1, 1, scene.batch('x')));
    const b = scene.actor('b');
    expect(proven(scene, b)).toEqual(['InvalidShare d']);
    expect(b.state.slots.get(1)?.accepted.has(p('d'))).toBe(false);
    const other = sceneOf({ slow: linear });
    const unsigned = { ...accepted, attribution: new Uint8Array(64) };
    other.inject('d', 'b', unsigned);
    for (const from of ['a', 'c']) other.inject(from, 'b', other.accepted(from, 1, 1, other.batch('x')));
    expect(other.actor('b').did('Blame')).toEqual([]);
  });
});
