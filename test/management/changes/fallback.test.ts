/** A key that a quotient or a refresh would change, as where somebody knows the order of the group: spec/ceremonies.md, step 7. */
import { beforeEach, expect, it, vi } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import type { AbortReason } from '../../../src/schemes/ceremony/fault.js';
import type { CeremonyKind } from '../../../src/schemes/ceremony/terms.js';
import { expectSigns } from '../../schemes/ceremony/keys.js';
import { right } from '../../support/right.js';
import { alliance, heldAfter, keysOf, moved, moving, names, planOf, refresh, reshare, run, server } from './scene.js';

/** Kinds that end so, or whose key would be used for something else. */
const spoilt = vi.hoisted(() => new Map<CeremonyKind, AbortReason | { readonly _tag: 'AnotherUse' }>());

vi.mock(import('../../../src/schemes/ceremony/moves/rsa-ceremony.js'), async (original) => {
  const { shoupRsaCeremony } = await original();
  return {
    shoupRsaCeremony: (plan, ...rest) => {
      const reason = spoilt.get(plan.kind);
      const made = shoupRsaCeremony(plan, ...rest);
      if (reason === undefined || E.isLeft(made)) return made;
      const { scheme: honest } = made.right;
      const nextKey: typeof honest.nextKey = (combination) => {
        if (reason._tag !== 'AnotherUse') return E.left(reason);
        const key = right(honest.nextKey(combination));
        return E.right({ ...key, publicKey: { ...key.publicKey, usage: 'statement' } });
      };
      const scheme = { ...honest, nextKey };
      return E.right({ ...made.right, scheme });
    },
  };
});

const held = new Map([['alliance', alliance]]);
const keys = keysOf(held);

beforeEach(() => {
  spoilt.clear();
});

function ended(move = reshare('alliance', 2, 4)) {
  const servers = names(4).map((name) => server(name, { held }));
  return { servers, ...run(moving(planOf({ from: 4, keys, moves: [move] })), servers) };
}

it.each([
  ['reshare-quotient', 'NotExact', reshare('alliance', 2, 4)],
  ['reshare-quotient', 'KeyWouldChange', reshare('alliance', 2, 4)],
  ['refresh', 'KeyWouldChange', refresh('alliance', alliance)],
] as const)('%s that ends with %s is followed by one plain reshare', (kind, _tag, move) => {
  spoilt.set(kind, { _tag });
  const { moves, servers } = ended(move);
  expect(moved(moves).sharings.map((sharing) => [sharing.kind, sharing.attempt, sharing.isCommitted])).toEqual([
    [kind, 1, false],
    ['reshare-plain', 2, true],
  ]);
  expectSigns(heldAfter(moves, servers, 'alliance'), ['s1', 's2']);
});

it('a plain reshare that would change the key too ends the change: the key has to be replaced', () => {
  spoilt.set('reshare-quotient', { _tag: 'NotExact' }).set('reshare-plain', { _tag: 'KeyWouldChange' });
  const { outcome } = ended().moves;
  const why = { _tag: 'Unmovable', role: 'alliance', reason: { _tag: 'KeyWouldChange' } };
  expect(outcome).toMatchObject({ _tag: 'failed', why });
  expect(outcome.sharings).toHaveLength(2);
  expect(outcome.keys.size).toBe(0);
});

it('no further attempt mends shares that would be too long', () => {
  spoilt.set('reshare-quotient', { _tag: 'SharesTooLong' });
  expect(ended().moves.outcome).toMatchObject({ _tag: 'failed', why: { _tag: 'Unmovable' } });
});

it('sixteen attempts are as many as there are', () => {
  spoilt.set('reshare-quotient', { _tag: 'CulpritNeeded', processes: [] });
  const { moves, log } = ended();
  const why = { _tag: 'NoAttemptLeft', role: 'alliance', last: { _tag: 'CulpritNeeded' } };
  expect(moves.outcome).toMatchObject({ _tag: 'failed', why });
  expect(moves.outcome.sharings.map(({ attempt }) => attempt)).toEqual(
    Array.from({ length: 16 }, (_, index) => index + 1),
  );
  expect(moves.attempts).toEqual([]);
  for (const entry of log.slice(-4)) expect(moves.feed(entry)).toBe(moves);
});

it('a key that comes out and must not stand beside another ends the change', () => {
  spoilt.set('reshare-quotient', { _tag: 'AnotherUse' });
  const names = ['the present alliance key', 'the next alliance key'];
  expect(ended().moves.outcome).toMatchObject({ _tag: 'failed', why: { _tag: 'SharedNumbers', names } });
});
