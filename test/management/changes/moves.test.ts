/** Moving the keys of a change, whole, over a log: spec/management.md, "Changes of epoch". */
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/prelude/bytes.js';
import { signatureBy, expectSigns } from '../../schemes/ceremony/keys.js';
import { safePrimes2048 } from '../../support/rsa-keys.js';
import {
  alliance,
  type Held,
  held,
  heldAfter,
  id,
  keys,
  moved,
  moving,
  names,
  notary,
  onceBad,
  planOf,
  refresh,
  reshare,
  rsaHeld,
  run,
  server,
  silent,
  spoiled,
} from './scene.js';

const fourServers = (tampering: Parameters<typeof server>[1] = {}, who = '') =>
  names(4).map((name) => server(name, name === who ? { held, ...tampering } : { held }));

describe('a change', () => {
  it('refreshes a 2048-bit RSA key and a BLS key, one after the other, and the old shares are dead', () => {
    const long = rsaHeld(2, 4, { material: { _tag: 'safe-primes', ...safePrimes2048 } });
    const both = new Map([...held, ['alliance', long] as const]);
    const moves = [refresh('document notary', notary), refresh('alliance', long)];
    const start = moving(planOf({ from: 4, keys: new Map([...keys, ['alliance', long.publicKey]]), moves }));
    expect(start.outcome).toMatchObject({
      _tag: 'running',
      role: 'alliance',
      attempt: 1,
      kind: 'refresh',
      round: 'keys',
    });
    const servers = names(4).map((name) => server(name, { held: both }));
    const { moves: end } = run(start, servers);
    const outcome = moved(end);
    expect([...outcome.keys.keys()]).toEqual(['alliance', 'document notary']);
    expect(outcome.culprits).toEqual([]);
    expect(outcome.sharings.map(({ role, kind, isCommitted, holders }) => [role, kind, isCommitted, holders])).toEqual([
      ['alliance', 'refresh', true, names(4)],
      ['document notary', 'refresh', true, names(4)],
    ]);
    expect([...outcome.unacknowledged]).toEqual([
      ['alliance', []],
      ['document notary', []],
    ]);
    for (const [role, before] of both) {
      const after = heldAfter(end, servers, role);
      expect(after.publicKey.epoch).toBe(2);
      const mixed = new Map([...before.shares].slice(0, 1).concat([...after.shares].slice(1)));
      expect(signatureBy({ publicKey: after.publicKey, shares: mixed }, ['s1', 's2'])).toBeUndefined();
      expect(signatureBy(after, ['s3', 's2'])).toEqual(signatureBy(before, ['s1', 's4']));
    }
  });

  it('moves keys from four servers to six, and to five, and they sign as before', () => {
    let now: ReadonlyMap<string, Held> = held;
    for (const [from, to] of [
      [4, 6],
      [6, 5],
    ] as const) {
      const moves = [reshare('alliance', 2, to), reshare('document notary', 2, to)];
      const present = new Map([...now].map(([role, { publicKey }]) => [role, publicKey]));
      const servers = names(6).map((name) => {
        const isOld = names(from).includes(name);
        const identities = isOld
          ? names(to).includes(name)
            ? undefined
            : (['document'] as const)
          : (['draft'] as const);
        return server(name, { held: now, ...(identities === undefined ? {} : { identities }) });
      });
      const { moves: end } = run(moving(planOf({ from, to, keys: present, moves })), servers);
      expect(moved(end).sharings.map(({ kind }) => kind)).toEqual(['reshare-quotient', 'reshare-plain']);
      now = new Map([...held.keys()].map((role) => [role, heldAfter(end, servers, role)]));
      for (const [role, before] of held) {
        const after = now.get(role) ?? before;
        expect([...after.shares.keys()]).toEqual(names(to));
        expect(toHex(expectSigns(after, [`s${to}`, 's2']))).toBe(toHex(expectSigns(before, ['s1', 's2'])));
      }
    }
  });

  it('names a dealer that cheats, and does without it in the next attempt and for the next key', () => {
    const moves = [reshare('alliance', 2, 4), reshare('document notary', 2, 4)];
    // The victim speaks first: it complains before the others' acknowledgements are enough.
    const servers = fourServers({ tamper: onceBad('deal', spoiled) }, 's1').reverse();
    const { moves: end } = run(moving(planOf({ from: 4, keys, moves })), servers);
    const outcome = moved(end);
    expect(outcome.culprits).toMatchObject([
      { role: 'alliance', attempt: 1, process: 's1', fault: { _tag: 'BadBox', receiver: 's4' } },
    ]);
    expect(outcome.sharings.map(({ role, attempt, isCommitted }) => [role, attempt, isCommitted])).toEqual([
      ['alliance', 1, false],
      ['alliance', 2, true],
      ['document notary', 1, true],
    ]);
    for (const { name, setting } of end.attempts)
      expect([name.role, setting.terms.culprits]).toEqual([name.role, ['s1']]);
    for (const role of held.keys()) expect(heldAfter(end, servers, role).shares.has(id('s1'))).toBe(true);
  });

  it('leaves out culprits of the same epoch from the start', () => {
    const start = moving(
      planOf({ from: 4, keys, moves: [refresh('alliance', alliance)], more: { culprits: [id('s3')] } }),
    );
    const servers = fourServers();
    const { moves: end, log } = run(start, servers);
    moved(end);
    expect(new Set(log.filter(({ message }) => message[32] === 5).map(({ from }) => from))).toEqual(
      new Set(['s1', 's2', 's4']),
    );
  });

  it('goes on without a silent dealer after the round is closed, and says who was not heard of', () => {
    const moves = [reshare('alliance', 2, 4), refresh('document notary', notary)];
    const servers = fourServers({ tamper: (message, kind) => (kind === 'masks' ? undefined : message) }, 's1');
    const { moves: end } = run(moving(planOf({ from: 4, keys, moves })), servers);
    const outcome = moved(end);
    expect(outcome.culprits).toEqual([]);
    expect(outcome.sharings.map(({ role, attempt }) => [role, attempt])).toEqual([
      ['alliance', 2],
      ['document notary', 1],
    ]);
  });

  it('leaves a silent receiver unacknowledged until it is heard', () => {
    const start = moving(
      planOf({ from: 4, keys, moves: [refresh('alliance', alliance), refresh('document notary', notary)] }),
    );
    const mute = onceBad('acknowledge', () => undefined);
    const servers = fourServers({ tamper: mute }, 's4');
    const { moves: end } = run(start, servers, ({ _tag }) => _tag !== 'running');
    expect(moved(end).unacknowledged.get('alliance')).toEqual(['s4']);
    const post = servers[3]?.done.filter((effect) => effect._tag === 'post' && effect.message[32] === 7)[0];
    if (post?._tag !== 'post') throw new Error('an acknowledgement');
    const later = end.feed({ from: id('s4'), identity: post.identity, message: post.message });
    expect(moved(later).unacknowledged.get('alliance')).toEqual([]);
    expect(moved(end).unacknowledged.get('alliance')).toEqual(['s4']);
  });

  it('has a receiver that says nothing at all unacknowledged, with no share, and moves all the same', () => {
    const start = moving(planOf({ from: 4, keys, moves: [refresh('alliance', alliance)] }));
    const servers = fourServers({ tamper: silent }, 's2');
    const { moves: end } = run(start, servers);
    expect(moved(end).unacknowledged.get('alliance')).toEqual(['s2']);
    expect(moved(end).sharings[0]?.holders).toEqual(['s1', 's3', 's4']);
    expect(heldAfter(end, servers, 'alliance').shares.size).toBe(3);
  });
});

describe('a server that is replaced', () => {
  const plan = planOf({ from: 4, keys, moves: [refresh('alliance', alliance)], more: { replaced: [id('s4')] } });

  it('receives under its new identity, deals nothing, and what the old one says counts for nothing', () => {
    const fresh = server('s4', { identities: ['draft'] });
    // Whoever stole the old keys has the old share too, speaks first, and says everything under the identity that it has.
    const thief = server('s4', { held, seed: 1 });
    const honest = names(3).map((name) => server(name, { held }));
    const stolen = thief.participant.watch(moving(plan)).flatMap((effect) => (effect._tag === 'post' ? [effect] : []));
    expect(stolen).toHaveLength(1);
    const start = moving(plan);
    for (const { message } of stolen) {
      expect(start.feed({ from: id('s4'), identity: 'document', message })).toBe(start);
    }
    const { moves: end, log } = run(start, [...honest, fresh]);
    expect(moved(end).sharings).toMatchObject([{ kind: 'reshare-plain', holders: names(4) }]);
    expect(log.filter(({ from, message }) => from === 's4' && message[32] === 5)).toEqual([]);
    expect(heldAfter(end, [fresh], 'alliance').shares.size).toBe(1);
    expect(moved(end).unacknowledged.get('alliance')).toEqual([]);
    expectSigns(heldAfter(end, [...honest, fresh], 'alliance'), ['s4', 's1']);
  });

  it('deals nothing in a later attempt either, though the silent are asked again', () => {
    const quiet = (message: Uint8Array, kind: string) => (kind === 'deal' ? undefined : message);
    const servers = [
      server('s1', { held, tamper: quiet }),
      server('s2', { held, tamper: quiet }),
      server('s3', { held }),
      server('s4', { identities: ['draft'] }),
    ];
    const { moves } = run(moving(plan), servers, (outcome) => outcome._tag === 'running' && outcome.attempt === 2);
    const terms = moves.attempts[0]?.setting.terms;
    expect([terms?.attempt, terms?.absent]).toEqual([2, ['s4']]);
  });

  it('says nothing on the machine that has the old identity alone', () => {
    const before = server('s4', { held, identities: ['document'] });
    const effects = before.participant.watch(moving(plan));
    expect(effects.filter(({ _tag }) => _tag === 'post')).toEqual([]);
  });

  it('has no vote under its new identity in what concerns those who deal, and its old one is one of theirs', () => {
    const start = moving(plan);
    const vote = server('s4').participant.voteToClose(start);
    if (vote === undefined) throw new Error('a vote');
    expect(vote.identity).toBe('document');
    expect(start.feed({ from: id('s4'), identity: 'draft', message: vote.message })).toBe(start);
    expect(start.feed({ from: id('s4'), ...vote })).not.toBe(start);
    expect(server('s4', { identities: ['draft'] }).participant.voteToClose(start)).toBeUndefined();
  });
});
