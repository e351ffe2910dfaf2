/** What is refused before anything is said, and how each kind of key comes about. */
import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { beginMoves } from '../../../src/management/changes/moves.js';
import { describeMoveError } from '../../../src/management/changes/moves-errors.js';
import type { MovesPlan, PlannedMove } from '../../../src/management/changes/moves-plan.js';
import { dealMultisig } from '../../../src/schemes/multisig/policy-key.js';
import type { AlliancePublicKey } from '../../../src/schemes/public-key.js';
import { expectSigns } from '../../schemes/ceremony/keys.js';
import { safePrimes1024 } from '../../support/rsa-keys.js';
import { seededRandom } from '../../support/seeded-random.js';
import {
  alliance,
  blsHeld,
  heldAfter,
  id,
  keysOf,
  moved,
  moving,
  names,
  planOf,
  refresh,
  reshare,
  rsaHeld,
  run,
  server,
  someOf,
} from './scene.js';

const held = new Map([['alliance', alliance]]);
const keys: ReadonlyMap<string, AlliancePublicKey> = keysOf(held);
const material = { _tag: 'safe-primes', ...safePrimes1024 } as const;
const dealt = rsaHeld(2, 4, { material, epoch: 2 });

function refused(moves: readonly PlannedMove[], more: Partial<MovesPlan> = {}, from = 4): unknown {
  const begun = beginMoves(planOf({ from, keys, moves, more }));
  if (E.isRight(begun)) throw new Error('begun');
  expect(describeMoveError(begun.left)).not.toBe('');
  return begun.left;
}

describe('a plan is refused', () => {
  it('that moves a key twice, or one that is not there', () => {
    const once = refresh('alliance', alliance);
    expect(refused([once, once])).toEqual({ _tag: 'MovedTwice', role: 'alliance' });
    const underTwoNames = new Map([...keys, ['document again', alliance.publicKey] as const]);
    expect(refused([once, refresh('document again', alliance)], { keys: underTwoNames })).toEqual({
      _tag: 'MovedTwice',
      role: 'document again',
    });
    expect(refused([refresh('slow', alliance)])).toEqual({ _tag: 'NothingToMove', role: 'slow' });
    const multisig = dealMultisig({ usage: 'statement', epoch: 1, policy: someOf(2, 4) }, seededRandom(1)).publicKey;
    expect(refused([reshare('alliance', 2, 4)], { keys: new Map([['alliance', multisig]]) })).toEqual({
      _tag: 'NothingToMove',
      role: 'alliance',
    });
  });

  it('whose messages the log does not take', () => {
    expect(refused([refresh('alliance', alliance)], { maxMessageBytes: 500 })).toMatchObject({
      _tag: 'MessagesTooLong',
      role: 'alliance',
      max: 500,
    });
  });

  it('that a ceremony would refuse', () => {
    expect(refused([refresh('alliance', alliance)], { epoch: 1 })).toMatchObject({
      _tag: 'CeremonyRefused',
      refused: { _tag: 'EpochNotLater' },
    });
  });

  it('in which a key stands twice, or a slow key of an earlier epoch stands again', () => {
    const beside = new Map([...keys, ['document notary', { ...alliance.publicKey, usage: 'statement' }] as const]);
    expect(refused([refresh('alliance', alliance)], { keys: beside })).toMatchObject({ _tag: 'SharedNumbers' });
    const again: PlannedMove = {
      _tag: 'accept',
      role: 'slow',
      policy: dealt.publicKey.policy,
      publicKey: dealt.publicKey,
    };
    const earlier = [{ epoch: 1, allianceKey: alliance.publicKey, slowKey: dealt.publicKey }];
    expect(refused([again], { earlier })).toEqual({ _tag: 'ReusedKey', path: '/slowKey' });
    expect(E.isRight(beginMoves(planOf({ from: 4, keys, moves: [again] })))).toBe(true);
  });

  it('that calls new what is not, or deals along another policy', () => {
    const { policy } = alliance.publicKey;
    const same: PlannedMove = {
      _tag: 'accept',
      role: 'alliance',
      policy,
      publicKey: { ...alliance.publicKey, epoch: 2 },
    };
    expect(refused([same])).toEqual({ _tag: 'NotANewKey', role: 'alliance', present: 'alliance' });
    const other: PlannedMove = { _tag: 'accept', role: 'alliance', policy: someOf(3, 4), publicKey: dealt.publicKey };
    expect(refused([other])).toEqual({ _tag: 'DealtOtherwise', role: 'alliance' });
  });

  it('of multisignatures to which somebody brought nothing', () => {
    const collect: PlannedMove = {
      _tag: 'collect',
      role: 'alliance',
      usage: 'statement',
      policy: someOf(2, 5),
      brought: new Map(),
    };
    expect(refused([collect])).toEqual({ _tag: 'KeyNotBrought', role: 'alliance', process: 's1' });
  });
});

describe('a key', () => {
  it('of multisignatures keeps what its holders have, with the next epoch, and takes what is brought', () => {
    const old = dealMultisig({ usage: 'statement', epoch: 1, policy: someOf(2, 4) }, seededRandom(1)).publicKey;
    const other = dealMultisig({ usage: 'statement', epoch: 1, policy: someOf(2, 5) }, seededRandom(2)).publicKey;
    const brought = new Map([...other.publicKeys].filter(([process]) => process === 's5' || process === 's2'));
    const collect: PlannedMove = {
      _tag: 'collect',
      role: 'alliance',
      usage: 'statement',
      policy: someOf(2, 5),
      brought,
    };
    const { outcome } = moving(planOf({ from: 4, to: 5, keys: new Map([['alliance', old]]), moves: [collect] }));
    expect(outcome).toMatchObject({ _tag: 'moved', sharings: [], culprits: [] });
    const next = outcome.keys.get('alliance');
    if (next?._tag !== 'multisig') throw new Error('multisignatures');
    expect([next.epoch, next.policy, [...next.publicKeys.keys()]]).toEqual([2, someOf(2, 5), names(5)]);
    for (const name of names(5)) {
      const from = name === 's5' || name === 's2' ? other : old;
      expect(next.publicKeys.get(id(name))).toEqual(from.publicKeys.get(id(name)));
    }
  });

  it('that was dealt is accepted by those to whom it was handed over', () => {
    const { publicKey } = dealt;
    const move: PlannedMove = { _tag: 'accept', role: 'alliance', policy: publicKey.policy, publicKey };
    const servers = names(4).map((name) => {
      const share = name === 's4' ? undefined : dealt.shares.get(id(name));
      return server(name, { held, handedOver: new Map(share === undefined ? [] : [['alliance', share]]) });
    });
    const { moves: end } = run(moving(planOf({ from: 4, keys, moves: [move] })), servers);
    expect(moved(end).sharings).toMatchObject([{ kind: 'accept', holders: names(4), isCommitted: true }]);
    expect(moved(end).unacknowledged.get('alliance')).toEqual(['s4']);
    expect(heldAfter(end, servers, 'alliance').publicKey).toEqual(publicKey);
  });

  it('that was dealt modulo the order is moved by a plain reshare, since nothing else is offered', () => {
    const modular = rsaHeld(2, 4, { sharing: 'modular' });
    for (const move of [refresh('alliance', modular), reshare('alliance', 2, 4)]) {
      const servers = names(4).map((name) => server(name, { held: new Map([['alliance', modular]]) }));
      const start = moving(planOf({ from: 4, keys: new Map([['alliance', modular.publicKey]]), moves: [move] }));
      const { moves: end } = run(start, servers);
      expect(moved(end).sharings.map(({ kind, attempt }) => [kind, attempt])).toEqual([['reshare-plain', 1]]);
      expectSigns(heldAfter(end, servers, 'alliance'), ['s1', 's4']);
    }
  });

  it('is reshared, not refreshed, where a share is lost or the policy is another', () => {
    const lost: PlannedMove = {
      _tag: 'refresh',
      role: 'alliance',
      policy: alliance.publicKey.policy,
      absent: [id('s2')],
    };
    const start = moving(planOf({ from: 4, keys, moves: [lost] }));
    expect(start.outcome).toMatchObject({ kind: 'reshare-plain' });
    expect(present(start.attempts[0], 'an attempt').setting.terms.absent).toEqual(['s2']);
    const other: PlannedMove = { ...lost, policy: someOf(3, 4), absent: [] };
    expect(moving(planOf({ from: 4, keys, moves: [other] })).outcome).toMatchObject({ kind: 'reshare-quotient' });
    const bls = blsHeld(2, 4);
    const ofBls = planOf({ from: 4, keys: new Map([['alliance', bls.publicKey]]), moves: [reshare('alliance', 3, 4)] });
    expect(moving(ofBls).outcome).toMatchObject({ kind: 'reshare-plain' });
  });

  it('that is generated is made by those who will hold it, under their new identities, newcomers and all', () => {
    const move: PlannedMove = {
      _tag: 'generate',
      role: 'slow',
      usage: 'statement',
      suite: 'min-pk-pop',
      policy: someOf(5, 6),
    };
    const all = ['s3', 's4', 's5', 's6', 's1', 's2'];
    const isNew = (name: string) => ['s5', 's6', 's2'].includes(name);
    const servers = all.map((name) => server(name, isNew(name) ? { identities: ['draft'] } : { held }));
    const plan = planOf({ from: 4, to: 6, keys, moves: [move], more: { replaced: [id('s2')] } });
    const { moves: end } = run(moving(plan), servers);
    expect(moved(end).sharings).toMatchObject([{ kind: 'generate', isCommitted: true }]);
    expect(heldAfter(end, servers, 'slow').shares.size).toBe(6);
    // The old identity of s2 may not so much as vote here.
    const vote = present(server('s2').participant.voteToClose(moving(plan)), 'a vote');
    expect(vote.identity).toBe('draft');
  });

  it('waits for the servers in force where it is dealt, for those of the draft where it is generated', () => {
    const generate: PlannedMove = {
      _tag: 'generate',
      role: 'slow',
      usage: 'statement',
      suite: 'min-pk-pop',
      policy: someOf(5, 6),
    };
    const voters = (move: PlannedMove) => {
      const start = moving(planOf({ from: 4, to: 6, keys, moves: [move] }));
      return names(6).filter((name) => server(name).participant.voteToClose(start) !== undefined);
    };
    expect(voters(reshare('alliance', 2, 6))).toEqual(names(4));
    expect(voters(generate)).toEqual(names(6));
  });
});
