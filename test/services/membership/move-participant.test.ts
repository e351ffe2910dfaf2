/** One server's part in moving keys: in which order things become durable, what a restart leaves, what is overwritten. */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { decodeMoves, encodeMoves, type Moves } from '../../../src/management/changes/moves.js';
import type { MovesOutcome } from '../../../src/management/changes/moves-outcome.js';
import { readEnvelope } from '../../../src/schemes/ceremony/rounds/envelope.js';
import type { MoveEffect } from '../../../src/services/membership/move-participant.js';
import { expectSigns } from '../../schemes/ceremony/keys.js';
import {
  alliance,
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
  run,
  type Server,
  server,
  spoiled,
} from '../../management/changes/scene.js';

const plan = planOf({ from: 4, keys, moves: [reshare('alliance', 2, 4), refresh('document notary', notary)] });

const all = () => names(4).map((name) => server(name, { held }));

/** What was done, in a word each; posts by their kinds. */
function told(effects: readonly MoveEffect[]): readonly string[] {
  return effects.map((effect) => (effect._tag === 'post' ? (readEnvelope(effect.message)?.kind ?? '?') : effect._tag));
}

function restored(moves: Moves): Moves {
  const decoded = decodeMoves(moves.plan, encodeMoves(moves));
  if (E.isLeft(decoded)) throw new Error(decoded.left._tag);
  return decoded.right;
}

const isAt =
  (round: string, role = 'alliance') =>
  (outcome: MovesOutcome) =>
    outcome._tag === 'running' && outcome.round === round && outcome.role === role;

describe('a server', () => {
  it('claims before it speaks, and keeps its share before it acknowledges', () => {
    const servers = all();
    run(moving(plan), servers);
    const [first] = servers;
    const contributor = ['claim', 'keys', 'masks', 'confirm', 'deal', 'keep', 'acknowledge'];
    expect(told(present(first, 'a server').done)).toEqual([
      ...contributor,
      ...['claim', 'keys', 'deal', 'keep', 'acknowledge'],
    ]);
  });

  it('keeps a share that it acknowledges late', () => {
    const late = server('s4', { held });
    // It takes part in KEYS, hears nothing until the key has moved, and then all at once.
    const without = names(3).map((name) => server(name, { held }));
    let moves = run(moving(plan), [...without, late], isAt('deal')).moves;
    moves = run(moves, without, ({ keys: { size } }) => size > 0).moves;
    const effects = late.participant.watch(moves).filter((effect) => !(effect._tag === 'claim'));
    expect(told(effects)).toEqual(['keep', 'acknowledge', 'keys']);
    expect(late.participant.newShares(moves).get('alliance')).toBeDefined();
  });

  it('shows no secret in what it does', () => {
    const servers = all();
    run(moving(plan), servers);
    const kept = present(
      servers[0]?.done.find(({ _tag }) => _tag === 'keep'),
      'a share',
    );
    if (kept._tag !== 'keep') throw new Error('a share');
    const secrets = kept.share.rows.map(({ secret }) => toHex(secret));
    const shown = inspect([servers[0], kept], { depth: 20 }) + JSON.stringify(kept);
    for (const secret of secrets) expect(shown).not.toContain(secret);
    expect(shown).toContain('(secret)');
  });
});

describe('after a restart', () => {
  /** s2 is started again with what is durable; governance is restored from a snapshot. */
  function restartedAt(
    until: (outcome: MovesOutcome) => boolean,
    loses: (effect: MoveEffect) => boolean = () => false,
  ) {
    const servers = all();
    const middle = run(moving(plan), servers, until);
    const durable = present(servers[1], 's2').done.filter((effect) => !loses(effect));
    const again = server('s2', { held, before: durable, seed: 9 });
    const others = servers.filter(({ me }) => me !== 's2');
    return { middle: middle.moves, again, others };
  }

  function goOn(moves: Moves, others: readonly Server[], again: Server) {
    const end = run(moves, [...others, again]);
    return { end: end.moves, outcome: moved(end.moves) };
  }

  it.each(['keys', 'masks', 'confirm', 'deal'])(
    'in %s a server says no more in the attempt, and receives in the next',
    (round) => {
      const { middle, again, others } = restartedAt(isAt(round));
      expect(told(again.participant.watch(middle))).toEqual([]);
      const { end, outcome } = goOn(middle, others, again);
      expect(outcome.culprits).toEqual([]);
      const isSilent = outcome.unacknowledged.get('alliance')?.includes(id('s2')) === true;
      expect(again.participant.newShares(end).has('alliance')).toBe(!isSilent);
      expect(again.participant.newShares(end).has('document notary')).toBe(true);
      expectSigns(heldAfter(end, [...others, again], 'alliance'), ['s1', 's3']);
    },
  );

  it('has its share, if it kept it and acknowledged', () => {
    const isKept = (outcome: MovesOutcome) => isAt('keys', 'document notary')(outcome);
    const { middle, again, others } = restartedAt(isKept);
    const { end, outcome } = goOn(middle, others, again);
    expect(outcome.unacknowledged.get('alliance')).toEqual([]);
    expectSigns(heldAfter(end, [...others, again], 'alliance'), ['s2', 's1']);
  });

  it('says again, once, that it holds the share that it kept, where the log does not have it', () => {
    const servers = all();
    const moves = run(moving(plan), servers, isAt('acknowledge')).moves;
    const second = present(servers[1], 's2');
    expect(told(second.done).slice(-2)).toEqual(['keep', 'acknowledge']);
    const again = server('s2', { held, before: second.done, seed: 5 });
    expect(told(again.participant.watch(moves))).toEqual(['acknowledge']);
    expect(told(again.participant.watch(moves))).toEqual([]);
    const late = server('s2', { held, before: second.done, seed: 6 });
    const { moves: end } = run(
      moves,
      servers.filter((each) => each !== second),
    );
    expect(moved(end).unacknowledged.get('alliance')).toEqual(['s2']);
    expect(told(late.participant.watch(end))).toEqual(['acknowledge']);
    expect(late.participant.newShares(end).has('alliance')).toBe(true);
  });

  it('speaks as if nothing had been, if its claim was not durable and nothing was said', () => {
    const start = moving(plan);
    const first = server('s2', { held });
    expect(told(first.participant.watch(start))).toEqual(['claim', 'keys']);
    const again = server('s2', { held, before: [], seed: 3 });
    expect(told(again.participant.watch(start))).toEqual(['claim', 'keys']);
  });

  it('all servers at once, from a snapshot, in the middle of a round: the attempt is closed, and the next one moves the key', () => {
    const servers = all();
    const middle = run(moving(plan), servers, isAt('masks')).moves;
    const again = servers.map(({ me, done }) => server(me, { held, before: done, seed: 2 }));
    const { moves: end } = run(restored(middle), again);
    expect(moved(end).sharings.map(({ role, attempt }) => [role, attempt])).toEqual([
      ['alliance', 2],
      ['document notary', 1],
    ]);
    for (const role of held.keys()) expect(heldAfter(end, again, role).shares.size).toBe(4);
  });

  it('a process whose state is installed anew says nothing with what it drew for the old one', () => {
    const servers = all();
    const middle = run(moving(plan), servers, isAt('masks')).moves;
    const [first] = servers;
    const other = restored(middle);
    expect(told(present(first, 's1').participant.watch(other))).toEqual([]);
    const { moves: end } = run(other, servers);
    expect(moved(end).culprits).toEqual([]);
  });
});

describe('what was kept', () => {
  it('is overwritten when its attempt has failed, when its deal fell, and when the change is abandoned', () => {
    // Two acknowledge, then the victim of the first dealer shows that its deal is bad: a quotient needs that dealer.
    const tamper = onceBad('deal', spoiled);
    const servers = names(4).map((name) => server(name, name === 's1' ? { held, tamper } : { held }));
    const quick = servers.filter(({ me }) => me !== 's4');
    const slow = servers.filter(({ me }) => me === 's4');
    let moves = run(moving(plan), servers, isAt('deal')).moves;
    moves = run(moves, quick.slice(0, 2), isAt('acknowledge')).moves;
    const [one, two] = quick;
    for (const each of [one, two])
      expect(told(present(each, 'a server').done).slice(-2)).toEqual(['keep', 'acknowledge']);
    const complaint = present(slow[0], 's4').participant.watch(moves);
    expect(told(complaint)).toEqual(['complain']);
    for (const effect of complaint) {
      if (effect._tag === 'post') moves = moves.feed({ from: id('s4'), ...effect });
    }
    expect(moves.outcome).toMatchObject({ attempt: 2, culprits: [{ process: 's1' }] });
    expect(told(present(two, 's2').participant.watch(moves))).toEqual(['claim', 'keys', 'erase']);
    const { moves: end } = run(moves, servers.slice(1));
    expect(told(present(two, 's2').participant.abandon())).toEqual(['erase', 'erase']);
    expect(present(two, 's2').participant.newShares(end).size).toBe(0);
  });

  it('is a share of nothing, and overwritten, if a deal fell after it was acknowledged and the server was restarted', () => {
    const ofOne = planOf({ from: 4, keys, moves: [refresh('alliance', alliance)] });
    const tamper = onceBad('deal', spoiled);
    const servers = names(4).map((name) => server(name, name === 's1' ? { held, tamper } : { held }));
    const second = present(servers[1], 's2');
    let moves = run(moving(ofOne), servers, isAt('acknowledge')).moves;
    for (const entry of second.outbox.splice(0)) moves = moves.feed(entry);
    expect(told(second.done).slice(-2)).toEqual(['keep', 'acknowledge']);
    const again = server('s2', { held, before: second.done, seed: 6 });
    const { moves: end } = run(moves, [...servers.filter((each) => each !== second).reverse(), again]);
    expect(moved(end).unacknowledged.get('alliance')).toEqual(['s2']);
    expect(again.participant.newShares(end).size).toBe(0);
    expect(told(again.done).slice(-1)).toEqual(['erase']);
    const later = server('s2', { held, before: second.done, seed: 7 });
    expect(later.participant.newShares(end).size).toBe(0);
  });

  it('of a change that is no more is overwritten by whoever looks', () => {
    const servers = all();
    run(moving(plan), servers);
    const before = present(servers[0], 's1').done;
    const again = server('s1', { held, before, seed: 4 });
    const next = moving({ ...plan, change: plan.change + 1 });
    expect(told(again.participant.watch(next))).toEqual(['claim', 'keys', 'erase', 'erase']);
  });
});
