/** R13: a process that has lost what was durable is told so and halts, and no other ever does; whoever replays what to whom. */
import { describe, expect, it } from 'vitest';
import { present } from '../../src/prelude/invariant.js';
import type { Message } from '../../src/consensus/message.js';
import { type SignedBallot, signedBallot } from '../../src/consensus/signed-ballot.js';
import type { BallotKind } from '../../src/consensus/statement.js';
import { linear } from '../support/linear-slow-key.js';
import { type Actor, type Letter, p, Scene, type SceneOptions } from '../support/scene.js';

type Reminder = Extract<Message, { _tag: 'Reminder' }>;

const slowPath = 'f=1 t=0 of (a, b, c, d)';
const fast = 'f=1 t=1 of (a, b, c, d)';

const slowKeys = [
  ['multisignatures', {}],
  ['a linear scheme', { slow: linear }],
] as const;

function haltsOf(actor: Actor): readonly unknown[] {
  return actor.did('Halt').map(({ reason }) => reason);
}

/** What `from` would have sent, as it can be shown. */
function ballot(scene: Scene, from: string, kind: BallotKind, view: number, slot: number, text = 'x'): SignedBallot {
  const message = scene[kind](from, view, slot, scene.batch(text));
  return signedBallot(kind, message);
}

function remind(scene: Scene, to: string, reminder: Partial<Reminder>, from = 'a'): void {
  scene.inject(from, to, { _tag: 'Reminder', ballots: [], ...reminder });
}

describe.each(slowKeys)('a process whose disk was lost, with %s', (_, options) => {
  it('B23: is reminded when it first calls for help, and halts', () => {
    const scene = new Scene({ trust: fast, ...options });
    scene.actor('a').request(scene.request('x'));
    scene.deliver();
    const d = scene.actor('d');
    expect(d.decided.size).toBe(1);
    d.forget();
    // Its links come up again, and it says that it lacks everything.
    for (const peer of ['a', 'b', 'c']) d.feed({ _tag: 'Connected', peer: p(peer) });
    scene.deliver();
    expect(haltsOf(d)).toEqual([{ _tag: 'Amnesia', what: 'accepted', view: 1, slot: 1 }]);
    for (const name of ['a', 'b', 'c']) expect(haltsOf(scene.actor(name))).toEqual([]);
  });

  it('B23: halts on a vote, a commit or a report that it does not know of', () => {
    for (const kind of ['accepted', 'commit'] as const) {
      const scene = new Scene({ trust: slowPath, ...options });
      remind(scene, 'd', { ballots: [ballot(scene, 'd', kind, 1, 1)] });
      expect(haltsOf(scene.actor('d'))).toEqual([{ _tag: 'Amnesia', what: kind, view: 1, slot: 1 }]);
    }
    const scene = new Scene({ trust: slowPath, ...options });
    remind(scene, 'd', { report: scene.report('d', 2, {}).report });
    expect(haltsOf(scene.actor('d'))).toEqual([{ _tag: 'Amnesia', what: 'report', view: 2 }]);
  });

  it('B23: compares the vote that it has: halts on one of a higher view, or of the same for another batch', () => {
    const shown: Record<string, (scene: Scene) => SignedBallot> = {
      'a later view': (scene) => ballot(scene, 'd', 'accepted', 2, 1),
      'another batch': (scene) => ballot(scene, 'd', 'accepted', 1, 1, 'y'),
    };
    for (const [name, make] of Object.entries(shown)) {
      const scene = new Scene({ trust: slowPath, ...options });
      scene.inject('a', 'd', scene.propose(1, 1, scene.batch('x')));
      remind(scene, 'd', { ballots: [make(scene)] });
      expect([name, haltsOf(scene.actor('d')).length]).toEqual([name, 1]);
    }
  });

  it('does not halt on what it knows of, on what is closed, or on what others signed', () => {
    const scene = new Scene({ trust: slowPath, parameters: { windowSlots: 4, checkpointInterval: 2 }, ...options });
    const d = scene.actor('d');
    scene.inject('a', 'd', scene.propose(1, 3, scene.batch('x')));
    const [own] = d.sent('Accepted');
    remind(scene, 'd', { ballots: [signedBallot('accepted', present(own, 'its vote'))] });
    expect(d.did('Blame')).toEqual([]);
    scene.inject('a', 'd', { _tag: 'StableCheckpoint', certificate: scene.checkpoint(2, 'a b c') });
    remind(scene, 'd', { ballots: [ballot(scene, 'd', 'accepted', 9, 2), ballot(scene, 'd', 'commit', 9, 1)] }, 'b');
    expect(d.did('Blame')).toEqual([]);
    const forged = { ...ballot(scene, 'd', 'accepted', 2, 4), proof: ballot(scene, 'c', 'accepted', 2, 4).proof };
    remind(scene, 'd', { ballots: [forged] }, 'c');
    scene.advance(100);
    remind(scene, 'd', { report: { ...scene.report('c', 7, {}).report, from: p('d') } }, 'c');
    scene.advance(100);
    remind(scene, 'd', { report: scene.report('c', 7, {}).report }, 'c');
    expect(haltsOf(d)).toEqual([]);
    // Nobody holds what nobody has sent: whoever says so lies.
    expect(d.did('Blame').map(({ process }) => process)).toEqual(['c']);
  });

  it('B16: does not halt on a share that others can compute', () => {
    const scene = new Scene({ trust: slowPath, ...options });
    const { share } = scene.accepted('d', 1, 1, scene.batch('x'));
    const { attribution } = scene.accepted('c', 1, 1, scene.batch('x'));
    const isLinear = attribution !== undefined;
    const byOther = { ...scene.accepted('d', 1, 1, scene.batch('x')), ...(isLinear ? { attribution } : {}) };
    const bare = { ...ballot(scene, 'd', 'accepted', 1, 1), proof: share };
    const elsewhere = ballot(scene, 'd', 'accepted', 1, 2).proof;
    for (const one of [bare, signedBallot('accepted', byOther), { ...bare, proof: elsewhere }]) {
      remind(scene, 'd', { ballots: [one] });
      scene.advance(100);
      const isOwn = !isLinear && one.proof === share;
      if (isOwn) return;
      expect(haltsOf(scene.actor('d'))).toEqual([]);
    }
  });
});

describe('reminders', () => {
  it('are read one from each peer in a status interval, up to the first lie', () => {
    const scene = new Scene({ trust: slowPath });
    const forged = { ...ballot(scene, 'd', 'accepted', 1, 1), proof: new Uint8Array(4) };
    const ballots = [forged, ballot(scene, 'd', 'accepted', 1, 2)];
    for (let count = 0; count < 3; count++) remind(scene, 'd', { ballots });
    expect(scene.actor('d').did('Blame')).toHaveLength(1);
    remind(scene, 'd', { ballots: ballots.slice(1) });
    expect(haltsOf(scene.actor('d'))).toEqual([]);
    scene.advance(100);
    remind(scene, 'd', { ballots: ballots.slice(1) });
    expect(haltsOf(scene.actor('d'))).toHaveLength(1);
  });

  it('compare commits with certificates alone, and a report of the view with the own one', () => {
    const scene = new Scene({ trust: slowPath });
    const d = scene.actor('d');
    scene.actor('a').request(scene.request('x'));
    scene.deliver();
    const [commit] = d.sent('Commit');
    expect(commit?.view).toBe(1);
    remind(scene, 'd', { ballots: [signedBallot('commit', present(commit, 'its commit'))] });
    scene.complain(1, 'a c d', 'd');
    const [made] = d.sent('Report');
    scene.advance(100);
    remind(scene, 'd', { report: present(made, 'its report').report });
    scene.advance(100);
    remind(scene, 'd', { report: scene.report('d', 1, {}).report });
    expect(haltsOf(d)).toEqual([]);
    scene.advance(100);
    remind(scene, 'd', { report: scene.report('d', 2, {}).report });
    expect(haltsOf(d)).toEqual([{ _tag: 'Amnesia', what: 'report', view: 2 }]);
  });

  it('halt a process that has promised a view and made no report, if there is one', () => {
    const scene = new Scene({ trust: slowPath });
    const permit = { certificate: scene.progress(2, 0, [], 'a b') };
    scene.inject('b', 'd', scene.propose(2, 1, scene.batch('x'), permit));
    expect(scene.actor('d').machine.view.view).toBe(2);
    remind(scene, 'd', { report: scene.report('d', 2, {}).report });
    expect(haltsOf(scene.actor('d'))).toHaveLength(1);
  });

  it('come from CERTIFY too, which shows its readers’ own reports', () => {
    const scene = new Scene({ trust: slowPath });
    const reports = ['a', 'b', 'd'].map((from) => scene.report(from, 2, {}).report);
    scene.inject('b', 'd', { _tag: 'Certify', view: 2, reports, evidence: [] });
    expect(haltsOf(scene.actor('d'))).toEqual([{ _tag: 'Amnesia', what: 'report', view: 2 }]);
    expect(scene.waiting('Certified', 'd')).toEqual([]);
  });

  it('are sent once each time that a link has come up, with the newest of the highest slots', () => {
    const scene = new Scene({ trust: slowPath });
    const b = scene.actor('b');
    const stuck = { _tag: 'Status', view: 1, decided: 0, low: 0, stuck: true } as const;
    const reminders = () => scene.waiting('Reminder', 'b', 'd');
    scene.inject('d', 'b', stuck);
    expect(reminders()).toEqual([]);
    for (let slot = 1; slot <= 40; slot++) scene.inject('d', 'b', scene.accepted('d', 1, slot, scene.batch('x')));
    scene.inject('d', 'b', scene.commit('d', 1, 40, scene.batch('x')));
    scene.advance(100);
    scene.inject('d', 'b', { ...stuck, stuck: false });
    expect(reminders()).toEqual([]);
    for (let count = 0; count < 3; count++) {
      scene.advance(100);
      scene.inject('d', 'b', stuck);
    }
    expect(reminders()).toHaveLength(1);
    expect(
      reminders()[0]
        ?.ballots.slice(0, 3)
        .map(({ kind, slot }) => [kind, slot]),
    ).toEqual([
      ['accepted', 40],
      ['commit', 40],
      ['accepted', 39],
    ]);
    for (let slot = 41; slot <= 99; slot++) scene.inject('d', 'b', scene.accepted('d', 1, slot, scene.batch('x')));
    for (let slot = 41; slot <= 99; slot++) scene.inject('d', 'b', scene.commit('d', 1, slot, scene.batch('x')));
    // b leads view 2: it is the one that holds reports.
    scene.inject('d', 'b', scene.report('d', 2, {}));
    b.feed({ _tag: 'Connected', peer: p('d') });
    scene.advance(100);
    scene.inject('d', 'b', stuck);
    expect(reminders()).toHaveLength(2);
    expect(reminders()[1]?.ballots).toHaveLength(64);
    expect(reminders()[1]?.report?.view).toBe(2);
    scene.deliver({ tag: 'Reminder' });
    expect(haltsOf(scene.actor('d'))).toHaveLength(1);
  });
});

/** Everything that processes have ever said to others, by who said it. */
class Said {
  readonly ballots = new Map<string, SignedBallot[]>();
  readonly reports = new Map<string, NonNullable<Reminder['report']>[]>();

  note({ from, message }: Letter): void {
    const kind = message._tag === 'Accepted' ? 'accepted' : message._tag === 'Commit' ? 'commit' : undefined;
    if (message._tag === 'Accepted' || message._tag === 'Commit')
      push(this.ballots, from, signedBallot(kind as BallotKind, message));
    if (message._tag === 'Report') push(this.reports, from, message.report);
  }
}

function push<A>(lists: Map<string, A[]>, key: string, item: A): void {
  lists.set(key, [...(lists.get(key) ?? []), item]);
}

/** Every reminder of what anyone has said, to everyone: nobody halts, and nobody is accused. */
function replayEverything(scene: Scene, said: Said): void {
  for (const name of scene.all) {
    for (const [from, ballots] of said.ballots)
      for (let start = 0; start < ballots.length; start += 64) {
        scene.nowMs += 100;
        remind(scene, name, { ballots: ballots.slice(start, start + 64) }, from === name ? 'a' : from);
      }
    for (const reports of said.reports.values())
      for (const report of reports) {
        scene.nowMs += 100;
        remind(scene, name, { report }, name === 'a' ? 'b' : 'a');
      }
  }
}

/** Decides slots, and changes views around a slot that only some have heard of. */
function play(scene: Scene, name: string, boundary: number, isDiskSlow: boolean): void {
  const actor = scene.actor(name);
  if (isDiskSlow) actor.holdDisk();
  actor.effectsLeft = boundary;
  scene.actor('a').request(scene.request('x'));
  scene.deliver();
  scene.inject('a', 'b c', scene.propose(1, 2, scene.batch('y')));
  scene.deliver({ to: 'c d' });
  scene.complain(1, 'b c d', 'b c d');
  scene.deliver();
  scene.complain(2, 'a c d', 'a b c d');
  scene.deliver();
  scene.play(300);
}

function expectNobodyHalts(scene: Scene, what: string): void {
  for (const each of scene.all) {
    const actor = scene.actor(each);
    const proven = actor.did('Blame').filter(({ fault }) => fault._tag === 'Proven');
    expect([what, each, haltsOf(actor), proven]).toEqual([what, each, [], []]);
  }
}

/** @param isDiskSlow - whether what it has asked for is not yet durable when it loses power. */
function tryEveryRestart(options: SceneOptions, name: string, isDiskSlow = false): number {
  for (let boundary = 0; ; boundary++) {
    const said = new Said();
    const scene = new Scene(options);
    scene.loses = (letter) => {
      said.note(letter);
      return false;
    };
    play(scene, name, boundary, isDiskSlow);
    const hasCrashed = scene.actor(name).effectsLeft === Number.POSITIVE_INFINITY;
    expectNobodyHalts(scene, `${name} after ${boundary}`);
    for (const each of scene.all) {
      if (boundary % 2 === 0) scene.actor(each).compact();
      scene.actor(each).restart();
    }
    scene.drop();
    replayEverything(scene, said);
    expectNobodyHalts(scene, `${name} after ${boundary}, all restarted`);
    if (hasCrashed) continue;
    for (const kind of ['accepted', 'commit'] as const)
      expect([...said.ballots.values()].flat().filter((one) => one.kind === kind).length).toBeGreaterThan(2);
    expect(said.reports.size).toBeGreaterThan(2);
    return boundary;
  }
}

describe('B17: a restart at every effect, and every reminder to everyone', () => {
  // Nothing is closed, so that everything is compared; or the first two slots are.
  const [open, closing] = [
    { windowSlots: 8, checkpointInterval: 4 },
    { windowSlots: 4, checkpointInterval: 2 },
  ];

  it.each(['a', 'b', 'c', 'd'])('halts nobody: %s', (name) => {
    const parameters = name === 'c' ? closing : open;
    expect(tryEveryRestart({ trust: slowPath, parameters }, name)).toBeGreaterThan(20);
  });

  it('halts nobody: b, with a linear scheme', () => {
    expect(tryEveryRestart({ trust: slowPath, parameters: open, slow: linear }, 'b')).toBeGreaterThan(20);
  });

  it('halts nobody: d, which had written nothing yet', () => {
    expect(tryEveryRestart({ trust: slowPath, parameters: open }, 'd', true)).toBeGreaterThan(10);
  });
});
