/** Random proposals, one after another: whatever they are, no alliance comes of them that a gate stands against unless it was named. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alliance } from '../../../src/management/alliance.js';
import { findInconsistency } from '../../../src/management/alliance-consistency.js';
import { defaultLengths, defaultLimits } from '../../../src/management/governance-defaults.js';
import type { Action, KeyRole } from '../../../src/management/proposals/action.js';
import { type ActionKind, actionKinds } from '../../../src/management/proposals/action-kinds.js';
import { type Draft, finishDraft, makeDraft } from '../../../src/management/proposals/draft.js';
import { describeActionRefused } from '../../../src/management/proposals/errors.js';
import { effectDigest, effectOf } from '../../../src/management/proposals/effect.js';
import { describeEffect } from '../../../src/management/proposals/effect-description.js';
import { type DocumentGate, documentGates } from '../../../src/management/proposals/gate-names.js';
import { documentGatesAgainst } from '../../../src/management/proposals/gates.js';
import {
  amendmentOf,
  emergencyOf,
  recoveryOf,
  structureOf,
} from '../../../src/management/proposals/governing-policies.js';
import { roleName, usageOf } from '../../../src/management/proposals/key-roles.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { isQualified, type Policy } from '../../../src/quorum/policy/policy.js';
import { trustModel, type TrustModel } from '../../../src/quorum/trust/trust-model.js';
import type { AlliancePublicKey } from '../../../src/schemes/public-key.js';
import { arbitraryPolicy } from '../../support/arbitrary-policy.js';
import { blsKey, four, id, key, organization, server } from './alliances.js';

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const name = fc.constantFrom(...names);
const policy = fc.oneof(
  arbitraryPolicy(['a', 'b', 'c', 'd'], 2, 4),
  fc.tuple(fc.integer({ min: 1, max: 7 }), fc.subarray(names, { minLength: 1 })).map(
    ([k, of]): Policy => ({
      _tag: 'threshold',
      k: Math.min(k, of.length),
      of: of.map((each) => ({ _tag: 'member', id: id(each) })),
    }),
  ),
);
const source = fc.constantFrom({ _tag: 'multisig' } as const, { _tag: 'bls', suite: 'min-pk-pop' } as const);
const role: fc.Arbitrary<KeyRole> = fc.constantFrom(
  { _tag: 'alliance' },
  { _tag: 'slow' },
  { _tag: 'document', name: 'seal' },
);
const optional = <A extends object>(value: fc.Arbitrary<A>): fc.Arbitrary<A | undefined> =>
  fc.option(value, { nil: undefined });

/** A trust model over servers of these organizations, as trees have it or as lists do. */
function arbitraryTrust(of: readonly string[]): fc.Arbitrary<TrustModel> {
  const ids = of.map((each) => id(`${each}/1`));
  const tree = fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })).map(([f, t]) =>
    trustModel({
      _tag: 'gate',
      f: Math.min(f, of.length - 1),
      t: Math.min(f, t, of.length - 1),
      of: ids.map((each) => ({ _tag: 'member', id: each })),
    }),
  );
  const lists = fc
    .array(fc.subarray(ids, { minLength: 1, maxLength: Math.min(2, ids.length) }), { maxLength: 5 })
    .map((byzantine) => trustModel({ _tag: 'explicit', of: ids, byzantine, slow: [] }));
  return fc
    .oneof({ weight: 4, arbitrary: tree }, { weight: 1, arbitrary: lists })
    .filter(E.isRight)
    .map(({ right }) => right);
}

/** One change of a document with what has to go with it, or any action at all. */
function arbitraryActions(alliance: Alliance): fc.Arbitrary<readonly Action[]> {
  const members = alliance.organizations.map((entry) => entry.name);
  const withTrust = (first: Action, of: readonly string[]): fc.Arbitrary<readonly Action[]> =>
    of.length === 0
      ? fc.constant([first])
      : arbitraryTrust(of).map((trust): readonly Action[] => [first, { _tag: 'trust', trust }]);
  const come = name.chain((each) =>
    withTrust({ _tag: 'admit', organization: organization(each) }, [...new Set([...members, each])]),
  );
  const go = name.chain((each) =>
    withTrust(
      { _tag: 'remove', organization: each },
      members.filter((other) => other !== each),
    ),
  );
  return fc.oneof(come, go, fc.array(arbitraryAction(members), { minLength: 1, maxLength: 3 }));
}

function arbitraryAction(members: readonly string[]): fc.Arbitrary<Action> {
  const stated = (subject: Extract<Action, { _tag: 'policy' }>['subject']): fc.Arbitrary<Action> =>
    optional(policy).map((own) => ({ _tag: 'policy', subject, ...(own === undefined ? {} : { policy: own }) }));
  const entry = fc
    .record({ each: name, life: fc.constantFrom('', 'second'), hasKey: fc.boolean(), isLost: fc.boolean() })
    .map(({ each, life, hasKey, isLost }): Action => {
      const { recoveryKey, ...rest } = organization(each, 1, { servers: [server(`${each}/1`, life)] });
      const own = hasKey && recoveryKey !== undefined ? { recoveryKey } : {};
      return { _tag: 'organization', organization: { ...rest, ...own }, lost: isLost ? [id(`${each}/1`)] : [] };
    });
  return fc.oneof(
    entry,
    arbitraryTrust(members).map((trust): Action => ({ _tag: 'trust', trust })),
    stated({ _tag: 'amendment' }),
    fc.constantFrom<ActionKind>(...actionKinds).chain((kind) => stated({ _tag: 'amendment-of', kind })),
    stated({ _tag: 'emergency' }),
    stated({ _tag: 'recovery' }),
    stated({ _tag: 'approval', key: 'seal' }),
    name.map(
      (each): Action => ({ _tag: 'enrol', application: { id: id(`${each}/app`), key: key(`requests ${each}`) } }),
    ),
    name.map((each): Action => ({ _tag: 'dismiss', application: id(`${each}/app`) })),
    fc.integer({ min: 1, max: 300 }).map(
      (windowSlots): Action => ({
        _tag: 'parameters',
        parameters: { ...four().parameters, windowSlots },
        terms: defaultLengths,
        limits: defaultLimits,
      }),
    ),
    fc.record({ _tag: fc.constant('scheme' as const), role, source, distrust: fc.boolean() }),
    source.map((own): Action => ({ _tag: 'document-key', name: 'seal', source: own })),
    fc.constant<Action>({ _tag: 'drop-document-key', name: 'seal' }),
    fc.subarray(['a/1', 'b/1', 'x/1'].map(id)).map((lost): Action => ({ _tag: 'refresh', lost })),
    fc.constantFrom<Action>(
      { _tag: 'suspend', organization: 'a', lengthMs: 5 },
      { _tag: 'restore', organization: 'a' },
      { _tag: 'abandon', change: 1 },
    ),
  );
}

/** As ceremonies would make them. */
function madeKeys({ moves, document }: Draft): ReadonlyMap<string, AlliancePublicKey> {
  const { ids } = document.trust.system.processes.universe;
  return new Map(
    moves.map(({ role: own, kind, policy: along, bringing }): readonly [string, AlliancePublicKey] => {
      const [called, usage] = [roleName(own), usageOf(own)];
      const isShared = kind !== 'keep' && kind !== 'collect';
      if (isShared)
        return [called, blsKey(along, usage, document.epoch, `${called} ${kind === 'generate' ? document.epoch : ''}`)];
      const life = (each: string): string => (bringing?.includes(id(each)) === true ? `${document.epoch}` : '');
      const publicKeys = new Map(ids.map((each) => [each, key(`${called} of ${each} ${life(each)}`)]));
      return [called, { _tag: 'multisig', usage, epoch: document.epoch, policy: along, publicKeys }];
    }),
  );
}

/** What would become of an alliance by a proposal that everybody votes for; itself where it is refused. */
function afterProposal(alliance: Alliance, actions: readonly Action[], overrides: readonly DocumentGate[]): Alliance {
  const draft = makeDraft(alliance, actions, alliance.change + 1, overrides);
  if (E.isLeft(draft)) {
    expect(describeActionRefused(draft.left)).not.toBe('');
    return alliance;
  }
  const against = documentGatesAgainst(draft.right).filter(({ gate }) => !overrides.some((named) => named === gate));
  if (against.length > 0) return alliance;
  const effect = effectOf(alliance, draft.right);
  expect(effectDigest(effect)).toHaveLength(32);
  expect(describeEffect(effect).every((line) => line.length <= 100)).toBe(true);
  const next = finishDraft(draft.right, madeKeys(draft.right));
  if (E.isLeft(next)) throw new Error(`a draft that could not be finished: ${JSON.stringify(next.left)}`);
  return next.right;
}

function walk(
  step: (actions: readonly Action[], alliance: Alliance, overrides: readonly DocumentGate[]) => Alliance,
): void {
  fc.assert(
    fc.property(
      fc.gen(),
      fc.integer({ min: 1, max: 5 }),
      fc.subarray([...documentGates], { maxLength: 2 }),
      (gen, length, overrides) => {
        let alliance = four();
        for (let index = 0; index < length; index++) {
          const actions = gen(() => arbitraryActions(alliance));
          alliance = step(actions, alliance, gen(() => fc.boolean()) ? overrides : []);
        }
      },
    ),
    // Shrinking whole walks takes longer than anybody waits.
    { numRuns: 60, endOnFailure: true },
  );
}

describe('whatever is proposed', () => {
  it('a draft is made or refused, with the same answer each time', () => {
    walk((actions, alliance, overrides) => {
      const make = (): ReturnType<typeof makeDraft> => makeDraft(alliance, actions, alliance.change + 1, overrides);
      const [one, other] = [make(), make()];
      expect(one._tag).toBe(other._tag);
      return afterProposal(alliance, actions, overrides);
    });
  });

  it('no alliance is unsafe, or cannot be governed, without the gate by name', () => {
    let reached = 0;
    walk((actions, alliance, overrides) => {
      const next = afterProposal(alliance, actions, overrides);
      if (next === alliance) return alliance;
      reached += 1;
      expect(findInconsistency(next)).toBeUndefined();
      checkByHand(next);
      return next;
    });
    expect(reached).toBeGreaterThan(10);
  });
});

/** The gates, by trying all sets of organizations. */
function checkByHand(alliance: Alliance): void {
  const structure = structureOf(alliance);
  if (E.isLeft(structure)) throw new Error('a document has a structure');
  const { system } = structure.right;
  const { universe } = system.processes;
  const { overrides } = alliance.governance;
  const sets = Array.from({ length: 2 ** universe.size }, (_, mask) =>
    universe.of(universe.ids.filter((__, index) => (mask >> index) % 2 === 1)),
  );
  const faulty = sets.filter((set) => system.canBeFaulty(set));
  const amending = [undefined, ...alliance.governance.amendmentOf.keys()].map((kind) => amendmentOf(alliance, kind));
  const recovery = recoveryOf(alliance);
  const acting = [...amending, emergencyOf(alliance), recovery];
  if (!overrides.includes('amendment-forgeable'))
    expect(acting.every((one) => faulty.every((set) => !isQualified(one, set)))).toBe(true);
  if (!overrides.includes('amendment-stuck'))
    expect(amending.every((one) => faulty.every((set) => isQualified(one, set.complement())))).toBe(true);
  if (!overrides.includes('last-recovery-holder')) {
    const holders = alliance.organizations.filter(({ recoveryKey }) => recoveryKey !== undefined);
    expect(isQualified(recovery, universe.of(holders.map((entry) => id(entry.name))))).toBe(true);
  }
  if (overrides.includes('amendment-divided')) return;
  for (const one of amending) for (const other of amending) expect(areApart(one, other)).toBe(false);
  expect(areApart(recovery, recovery)).toBe(false);

  /** Two quorums that share dishonest organizations alone. */
  function areApart(one: Policy, other: Policy): boolean {
    const quorums = sets.filter((set) => isQualified(one, set));
    return quorums.some((quorum) => faulty.some((set) => isQualified(other, quorum.complement().union(set))));
  }
}

it('what is brought into play is any kind of action', () => {
  const seen = new Set(fc.sample(arbitraryActions(four()), 600).flatMap((actions) => actions.map(({ _tag }) => _tag)));
  expect(present([...seen].length > 12 ? seen : undefined, 'most kinds')).toContain('scheme');
});
