/** Laws of every ceremony, for both schemes and every shape of policy: the public key stays, any qualified set signs, old shares are dead. */
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/prelude/bytes.js';
import { Universe } from '../../../src/prelude/process.js';
import { type Policy, policyMembers } from '../../../src/quorum/policy/policy.js';
import { blsGeneration } from '../../../src/schemes/ceremony/moves/bls-ceremony.js';
import type { BlsPublicKey } from '../../../src/schemes/bls/key.js';
import type { CeremonySetting } from '../../../src/schemes/ceremony/setting.js';
import type { ShoupRsaPublicKey } from '../../../src/schemes/shoup-rsa/key.js';
import { begun, ceremonyRules, committed, runCeremony } from '../../support/ceremony.js';
import { NaiveStructure } from '../../support/naive-structures.js';
import { policy, trust } from '../../support/trust.js';
import { blsKey, blsSetting, expectSigns, type HeldKey, type Move, rsaKey, rsaSetting, signatureBy } from './keys.js';

/** A policy and a trust model of its members under which it can be moved. */
const shapes = {
  flat: ['2 of (a, b, c, d)', 'f=1 of (a, b, c, d)'],
  nested: ['2 of (2 of (a, b, c), 2 of (d, e, f))', 'f=1 of (a, b, c, d, e, f)'],
  weighted: ['weight >= 3 of (a*2, b*1, c*2, d*1, e*1)', 'f=1 of (a, b, c, d, e)'],
  every: ['all of (any of (a, b, c), any of (b, c, d))', 'f=1 of (a, b, c, d)'],
  any: ['any of (a, b, c)', 'f=1 of (a, b, c, d)'],
  mixed: ['any of (2 of (a, b, c, d), all of (2 of (a, b, c, d), any of (a, c, e)))', 'f=1 of (a, b, c, d, e)'],
} as const;

type Shape = keyof typeof shapes;

function minimalSets(rule: Policy): readonly (readonly string[])[] {
  const all = new NaiveStructure(rule).minimalQuorums();
  return [all[0] ?? [], all[all.length - 1] ?? []];
}

function move<G, Key extends ShoupRsaPublicKey | BlsPublicKey>(
  held: HeldKey<Key>,
  setting: CeremonySetting<G, Key>,
): HeldKey<Key> {
  const outcome = runCeremony({ setting, shares: held.shares });
  const { publicKey } = committed(outcome);
  expect(outcome.culprits).toEqual([]);
  expect(new Set(outcome.newShares.keys())).toEqual(new Set(policyMembers(publicKey.policy)));
  for (const board of outcome.boards.values())
    expect(board.state).toMatchObject({ _tag: 'committed', unacknowledged: [] });
  return { publicKey, shares: outcome.newShares };
}

function expectSameKey(before: HeldKey<ShoupRsaPublicKey | BlsPublicKey>, after: typeof before): void {
  expect(after.publicKey.epoch).toBe(before.publicKey.epoch + 1);
  const signatures = [before, after].flatMap((held) =>
    minimalSets(held.publicKey.policy).map((names) => toHex(expectSigns(held, names))),
  );
  expect(new Set(signatures).size).toBe(1);
}

/** Shares of both epochs, never enough of either alone. */
function expectNeverMixed(before: HeldKey<ShoupRsaPublicKey | BlsPublicKey>, after: typeof before): void {
  for (const { publicKey } of [before, after]) {
    for (const quorum of minimalSets(publicKey.policy).filter(({ length }) => length > 1)) {
      const [one, ...others] = quorum;
      const mixed = new Map([
        ...[...before.shares].filter(([process]) => process === one),
        ...[...after.shares].filter(([process]) => others.includes(process)),
      ]);
      expect(signatureBy({ publicKey, shares: mixed }, quorum)).toBeUndefined();
    }
  }
}

const kinds = ['refresh', 'reshare-plain', 'reshare-quotient'] as const;

function planned(kind: Move['kind'], from: Shape, to: Shape): Move {
  return { kind, trust: shapes[from][1], next: shapes[to][0], nextTrust: shapes[to][1] };
}

const steps: readonly (readonly [Shape, Shape])[] = [
  ['flat', 'nested'],
  ['nested', 'weighted'],
  ['weighted', 'every'],
  ['every', 'any'],
  ['any', 'mixed'],
  ['mixed', 'flat'],
];

describe('shoup-rsa', () => {
  it.each(kinds)('%s keeps the key and kills the old shares, from every shape of policy to the next', (kind) => {
    for (const [from, to] of steps) {
      const before = rsaKey(shapes[from][0]);
      const after = move(before, rsaSetting(before.publicKey, planned(kind, from, kind === 'refresh' ? from : to)));
      expectSameKey(before, after);
      if (from !== 'any' || kind !== 'refresh') expectNeverMixed(before, after);
      expect(after.publicKey.modulus).toBe(before.publicKey.modulus);
    }
  });

  it('moves again and again, by every kind after every other', () => {
    let held = rsaKey(shapes.flat[0]);
    const path = [
      'reshare-plain',
      'refresh',
      'reshare-quotient',
      'reshare-plain',
      'refresh',
      'reshare-quotient',
    ] as const;
    for (const [index, kind] of path.entries()) {
      const [from, to] = steps[index] ?? ['flat', 'flat'];
      const next = move(held, rsaSetting(held.publicKey, planned(kind, from, kind === 'refresh' ? from : to)));
      expectSameKey(held, next);
      held = next;
      if (kind === 'refresh') {
        held = move(held, rsaSetting(held.publicKey, planned('reshare-plain', from, to)));
      }
    }
  });
});

describe('bls', () => {
  const some = steps.filter(([from]) => from !== 'nested' && from !== 'every' && from !== 'mixed');

  it.each(['refresh', 'reshare-plain'] as const)('%s keeps the key and kills the old shares', (kind) => {
    for (const [from, to] of some) {
      const before = blsKey(shapes[from][0]);
      const after = move(before, blsSetting(before.publicKey, planned(kind, from, kind === 'refresh' ? from : to)));
      expectSameKey(before, after);
      if (from !== 'any' || kind !== 'refresh') expectNeverMixed(before, after);
      expect(after.publicKey.groupKey).toEqual(before.publicKey.groupKey);
    }
  });

  it('generates keys that nobody dealt, along policies of every kind of gate', () => {
    const made = [shapes.flat, shapes.every, shapes.any].map(([text, model]) => {
      const rule = policy(text);
      const nothing = { context: new Uint8Array(0), attempt: 1, culprits: [], absent: [] };
      const plan = { suite: 'min-pk-pop', usage: 'document', policy: rule, epoch: 1, ...nothing } as const;
      const setting = begun(blsGeneration(plan, ceremonyRules(trust(model), rule)));
      const outcome = runCeremony({ setting, shares: new Map() });
      const { publicKey } = committed(outcome);
      expect(new Set(outcome.newShares.keys())).toEqual(new Set(new Universe(policyMembers(rule)).ids));
      for (const names of minimalSets(rule)) expectSigns({ publicKey, shares: outcome.newShares }, names);
      return toHex(publicKey.groupKey);
    });
    expect(new Set(made).size).toBe(made.length);
  });
});
