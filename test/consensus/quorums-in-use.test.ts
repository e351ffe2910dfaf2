/** Each place where the machine waits for a quorum, by the number that it waits for, at n = 4 and n = 6, each with t = 1 and t = 0. */
import { describe, expect, it } from 'vitest';
import { digest } from '../../src/prelude/digest.js';
import { utf8 } from '../../src/prelude/bytes.js';
import { checkpointStatement } from '../../src/consensus/statement.js';
import { p, Scene } from '../support/scene.js';
import { right } from '../support/right.js';

/** The last of them listens; the first leads. */
const processes = ['a', 'b', 'c', 'd', 'e', 'g'];

/** How many of `speakers` it takes, one after another, until `isDone`; undefined if all do not suffice. */
function countUntil(
  speakers: readonly string[],
  speak: (from: string) => void,
  isDone: () => boolean,
): number | undefined {
  for (const [index, from] of speakers.entries()) {
    speak(from);
    if (isDone()) return index + 1;
  }
  return undefined;
}

for (const [n, f, t] of [
  [4, 1, 1],
  [4, 1, 0],
  [6, 1, 1],
  [6, 1, 0],
] as const) {
  describe(`n=${n}, f=${f}, t=${t}`, () => {
    const everyone = processes.slice(0, n);
    const listener = processes[n - 1] ?? '';
    const others = everyone.filter((name) => name !== listener);
    const scene = () =>
      new Scene({
        trust: `f=${f} t=${t} of (${everyone.join(', ')})`,
        parameters: { windowSlots: 4, checkpointInterval: 2 },
      });

    it('decides on n−t ACCEPTED, and has a certificate at n−f where that is fewer', () => {
      const one = scene();
      const x = one.batch('x');
      const hear = (from: string) => {
        one.inject(from, listener, one.accepted(from, 1, 1, x));
      };
      one.inject('a', listener, { _tag: 'BatchFound', batch: x });
      const actor = one.actor(listener);
      const isCertified = () => actor.state.slots.get(1)?.commit !== undefined;
      const isDecided = () => actor.state.slots.get(1)?.decided !== undefined;
      expect(countUntil(everyone, hear, isDecided)).toBe(n - t);
      expect(isCertified()).toBe(t < f);
      const other = scene();
      const certifiedAt = countUntil(
        everyone,
        (from) => {
          other.inject(from, listener, other.accepted(from, 1, 1, x));
        },
        () => other.actor(listener).state.slots.get(1)?.commit !== undefined,
      );
      expect(certifiedAt).toBe(t < f ? n - f : undefined);
    });

    it('decides on n−f COMMIT, of one view and value', () => {
      const one = scene();
      const [x, y] = [one.batch('x'), one.batch('y')];
      const isDecided = () => one.actor(listener).state.slots.get(1)?.decided !== undefined;
      const mixed = countUntil(
        everyone,
        (from) => {
          one.inject(from, listener, one.commit(from, from === 'a' ? 2 : 1, 1, from === 'b' ? y : x));
        },
        isDecided,
      );
      expect(mixed).toBeUndefined();
      const other = scene();
      const same = countUntil(
        everyone,
        (from) => {
          other.inject(from, listener, other.commit(from, 1, 1, x));
        },
        () => other.actor(listener).state.slots.get(1)?.decided !== undefined,
      );
      expect(same).toBe(n - f);
    });

    it('counts ACCEPTED of one view and value alone', () => {
      const one = scene();
      const [x, y] = [one.batch('x'), one.batch('y')];
      for (const from of everyone)
        one.inject(from, listener, one.accepted(from, from === 'b' ? 2 : 1, 1, from === 'c' ? y : x));
      const slot = one.actor(listener).state.slots.get(1);
      expect([slot?.decided, slot?.commit]).toEqual([undefined, undefined]);
    });

    it('joins a complaint of f+1, and with its own enters on n−f', () => {
      const one = scene();
      const actor = one.actor(listener);
      const hear = (from: string) => {
        one.complain(1, from, listener);
      };
      expect(countUntil(others, hear, () => actor.sent('Timeouts').length > 0)).toBe(f + 1);
      expect(actor.machine.view.view).toBe(f + 2 >= n - f ? 2 : 1);
      const rest = others.slice(f + 1);
      if (f + 2 < n - f) expect(countUntil(rest, hear, () => actor.machine.view.view === 2)).toBe(n - f - (f + 2));
    });

    it('takes a checkpoint for stable on n−f', () => {
      const one = scene();
      const prefix = { slot: 2, chain: digest(utf8('chain')), boundary: 0 };
      const hear = (from: string) => {
        const { keys, allianceId, epoch } = one.config(p(from));
        const statement = checkpointStatement({ allianceId, epoch, keyId: keys.slow.keyId }, prefix);
        one.inject(from, listener, { _tag: 'Checkpoint', ...prefix, share: right(keys.slow.signShare(statement)) });
      };
      expect(countUntil(everyone, hear, () => one.actor(listener).machine.view.low === 2)).toBe(n - f);
    });

    it('opens a view on n−f reports and f+1 shares', () => {
      const one = new Scene({ trust: `f=${f} t=${t} of (${everyone.join(', ')})`, leaders: `a ${listener}` });
      one.complain(1, everyone.slice(0, n - f).join(' '), everyone.join(' '));
      const actor = one.actor(listener);
      // Its own report has come back.
      const report = (from: string) => {
        one.deliver({ tag: 'Report', from, to: listener });
      };
      expect(countUntil(others, report, () => actor.sent('Certify').length > 0)).toBe(n - f - 1);
      const certify = (from: string) => {
        one.deliver({ tag: 'Certify Certified', from: `${listener} ${from}`, to: `${listener} ${from}` });
      };
      expect(countUntil(others, certify, () => actor.state.proposals !== undefined)).toBe(f);
    });
  });
}

describe('what is refused', () => {
  const fast = 'f=1 t=1 of (a, b, c, d)';

  it('a proposal of a view that was left', () => {
    const scene = new Scene({ trust: fast });
    scene.complain(1, 'b c d', 'b');
    scene.inject('a', 'b', scene.propose(1, 1, scene.batch('x')));
    expect(scene.actor('b').sent('Accepted')).toEqual([]);
  });

  it('a second proposal of one view', () => {
    const scene = new Scene({ trust: fast });
    for (const text of ['x', 'y']) scene.inject('a', 'b', scene.propose(1, 1, scene.batch(text)));
    expect(scene.actor('b').sent('Accepted')).toHaveLength(1);
    expect(
      scene
        .actor('b')
        .did('Blame')
        .map(({ process, fault }) => [process, fault._tag === 'Proven' ? fault.record._tag : fault._tag]),
    ).toEqual([[p('a'), 'Equivocation']]);
  });

  it('a proposal that its leader has not signed, or signed for another place', () => {
    const scene = new Scene({ trust: fast });
    const proposal = scene.propose(1, 1, scene.batch('x'));
    for (const changed of [{ signature: new Uint8Array(64) }, { slot: 2 }, { batch: scene.batch('y') }]) {
      scene.inject('a', 'b', { ...proposal, ...changed });
    }
    scene.inject('c', 'b', { ...proposal, signature: new Uint8Array(64) });
    expect(scene.actor('b').sent('Accepted')).toEqual([]);
    expect(
      new Set(
        scene
          .actor('b')
          .did('Blame')
          .map(({ process }) => process),
      ),
    ).toEqual(new Set([p('a'), p('c')]));
  });

  it('a batch with a request that its client has not signed', () => {
    const scene = new Scene({ trust: fast });
    scene.inject(
      'a',
      'b',
      scene.propose(1, 1, { requests: [{ ...scene.request('x'), signature: new Uint8Array(64) }] }),
    );
    expect(scene.actor('b').sent('Accepted')).toEqual([]);
  });

  it('a proposal outside the window', () => {
    const scene = new Scene({ trust: fast, parameters: { windowSlots: 4, checkpointInterval: 2 } });
    for (const slot of [5, 4]) scene.inject('a', 'b', scene.propose(1, slot, scene.batch('x')));
    expect(
      scene
        .actor('b')
        .sent('Accepted')
        .map(({ slot }) => slot),
    ).toEqual([4]);
  });

  it('a slot that a checkpoint has closed, whose vote is forgotten', () => {
    const scene = new Scene({ trust: fast, parameters: { windowSlots: 4, checkpointInterval: 2 } });
    for (const sequence of [1, 2]) {
      scene.actor('a').request(scene.request(`command ${sequence}`, sequence));
      scene.deliver();
    }
    expect(scene.actor('b').machine.view.low).toBe(2);
    const before = scene.actor('b').sent('Accepted').length;
    scene.inject('a', 'b', scene.propose(1, 2, scene.batch('another')));
    expect(scene.actor('b').sent('Accepted')).toHaveLength(before);
  });

  it('a proposal of a later view without permit, or against it', () => {
    const scene = new Scene({ trust: fast });
    const [x, y] = [scene.batch('x'), scene.batch('y')];
    const verdict = { _tag: 'pick', digest: scene.vote(1, 1, x).digest } as const;
    const permit = { certificate: scene.progress(2, 0, [verdict], 'a b'), shown: { verdict, path: [] } };
    scene.inject('b', 'c', scene.propose(2, 1, y));
    scene.inject('b', 'c', scene.propose(2, 1, y, permit));
    scene.inject('b', 'c', scene.propose(2, 2, y, { certificate: { ...permit.certificate, top: 0 } }));
    expect(scene.actor('c').machine.view.view).toBe(1);
    expect(scene.actor('c').sent('Accepted')).toEqual([]);
    scene.inject('b', 'c', scene.propose(2, 1, x, permit));
    expect(
      scene
        .actor('c')
        .sent('Accepted')
        .map(({ view, slot }) => [view, slot]),
    ).toEqual([[2, 1]]);
  });

  it('a complaint that was not signed, and evidence that proves nothing', () => {
    const scene = new Scene({ trust: fast });
    const timeouts = ['a', 'c'].map((from) => ({ ...scene.timeout(from, 1), signature: new Uint8Array(64) }));
    const { signature } = scene.propose(1, 1, scene.batch('x'));
    const { digest: value } = scene.vote(1, 1, scene.batch('x'));
    const half = { digest: value, signature };
    const other = { digest: digest(utf8('y')), signature };
    const proof = { leader: p('a'), view: 1, slot: 1, first: half, second: half };
    const stranger = {
      ...proof,
      leader: p('c'),
      second: {
        digest: scene.vote(1, 1, scene.batch('y')).digest,
        signature: scene.propose(1, 1, scene.batch('y')).signature,
      },
    };
    scene.inject('d', 'b', { _tag: 'Timeouts', timeouts, evidence: [proof, { ...proof, second: other }, stranger] });
    expect(scene.actor('b').state.timeouts.size).toBe(0);
    expect(scene.actor('b').state.evidence.size).toBe(0);
    scene.inject('d', 'b', { _tag: 'Timeouts', timeouts: [], evidence: [{ ...stranger, leader: p('a') }] });
    expect([...scene.actor('b').state.evidence.keys()]).toEqual([p('a')]);
  });
});

describe('what must be durable first', () => {
  const slow = 'f=1 t=0 of (a, b, c, d)';

  it('the vote before ACCEPTED, the certificate before COMMIT', () => {
    const scene = new Scene({ trust: slow });
    const x = scene.batch('x');
    scene.actor('b').holdDisk();
    scene.inject('a', 'b', scene.propose(1, 1, x));
    for (const from of ['a', 'c', 'd']) scene.inject(from, 'b', scene.accepted(from, 1, 1, x));
    expect(scene.actor('b').sent('Accepted')).toHaveLength(1);
    expect(scene.actor('b').sent('Commit')).toHaveLength(1);
    expect([...scene.waiting('Accepted', 'b'), ...scene.waiting('Commit', 'b')]).toEqual([]);
    scene.actor('b').restart();
    expect(scene.actor('b').state.slots.size).toBe(0);
  });

  it('the promise and the report before the report leaves, and the promise before a complaint about the new view', () => {
    const scene = new Scene({ trust: slow });
    scene.actor('c').holdDisk();
    scene.complain(1, 'a b d', 'c');
    expect(
      scene
        .actor('c')
        .did('Persist')
        .map(({ record }) => record._tag),
    ).toEqual(['Promise', 'Promise', 'Report']);
    expect(scene.waiting('Report', 'c')).toEqual([]);
    scene.actor('c').restart();
    expect(scene.actor('c').machine.view.view).toBe(1);
  });

  it('the promise before the leader proposes or asks for certification', () => {
    const scene = new Scene({ trust: slow });
    const leader = scene.actor('b');
    leader.request(scene.request('x'));
    leader.holdDisk();
    scene.complain(1, 'a c d', 'a b c d');
    for (const from of ['a', 'c', 'd']) scene.inject(from, 'b', scene.report(from, 2, {}));
    expect(leader.sent('Certify')).toHaveLength(1);
    expect(scene.waiting('Certify', 'b')).toEqual([]);
  });

  it('the first promise before the first proposal', () => {
    const scene = new Scene({ trust: slow });
    const [first] = scene.actor('a').did('Persist');
    expect(first?.record).toEqual({ _tag: 'Promise', view: 1 });
    scene.actor('a').request(scene.request('x'));
    expect(
      scene
        .actor('a')
        .did('Send')
        .find(({ message }) => message._tag === 'Propose')?.after,
    ).toBe(first?.index);
  });

  it('the log, before its checkpoint is vouched for', () => {
    const scene = new Scene({
      trust: 'f=1 t=1 of (a, b, c, d)',
      parameters: { windowSlots: 4, checkpointInterval: 2 },
    });
    scene.actor('b').holdDisk();
    for (const sequence of [1, 2]) {
      scene.actor('a').request(scene.request(`command ${sequence}`, sequence));
      scene.deliver({ tag: 'Propose Accepted' });
    }
    expect(scene.actor('b').decided.size).toBe(2);
    scene.inject('c', 'b', { _tag: 'Status', view: 1, decided: 0, low: 0, stuck: true });
    expect(scene.actor('b').sent('Checkpoint')).toEqual([]);
    scene.actor('b').feed({ _tag: 'Stored', slot: 2 });
    expect(
      scene
        .actor('b')
        .sent('Checkpoint')
        .map(({ slot }) => slot),
    ).toEqual([2]);
  });

  it('the stable checkpoint, which closes slots', () => {
    const scene = new Scene({ trust: slow, parameters: { windowSlots: 4, checkpointInterval: 2 } });
    scene.inject('a', 'b', { _tag: 'StableCheckpoint', certificate: scene.checkpoint(2, 'a c d') });
    scene.actor('b').restart();
    expect(scene.actor('b').machine.view.low).toBe(2);
  });
});
