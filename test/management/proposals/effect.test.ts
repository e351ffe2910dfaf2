import { describe, expect, it } from 'vitest';
import type { Alliance } from '../../../src/management/alliance.js';
import { defaultGovernance } from '../../../src/management/governance-defaults.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { type Effect, effectDigest, effectOf } from '../../../src/management/proposals/effect.js';
import { describeEffect } from '../../../src/management/proposals/effect-description.js';
import { toHex, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { vouchPolicy } from '../../../src/quorum/trust/derived-policy.js';
import { trustModel } from '../../../src/quorum/trust/trust-model.js';
import { exact } from '../../../src/quorum/verdict.js';
import { right } from '../../support/right.js';
import {
  admitFifth,
  allianceOf,
  blsKey,
  drafted,
  flat,
  four,
  id,
  key,
  policyOf,
  refresh,
  trustOf,
  withDocumentKey,
} from './alliances.js';

function effect(alliance: Alliance, actions: readonly Action[]): Effect {
  return effectOf(alliance, drafted(alliance, actions));
}

function hex(found: Effect): string {
  return toHex(effectDigest(found));
}

describe('the effect of a proposal', () => {
  it('says how the alliance stands before and after', () => {
    const { before, after } = effect(four(), [
      { _tag: 'remove', organization: 'd' },
      { _tag: 'trust', trust: flat(0, 0, ['a', 'b', 'c']) },
    ]);
    expect([before.organizationCount, after.organizationCount]).toEqual([4, 3]);
    expect(before.tolerances).toEqual({
      dishonestServers: exact(1),
      silentServers: exact(1),
      dishonestOrganizations: exact(1),
    });
    expect(after.tolerances).toEqual({
      dishonestServers: exact(0),
      silentServers: exact(0),
      dishonestOrganizations: exact(0),
    });
    expect([before.verdicts.c2, before.verdicts.c2OfLeaders, after.verdicts.c2]).toEqual([
      'violated',
      'holds',
      'holds',
    ]);
  });

  it('is another where the key that it replaces has become another meanwhile, and else the same', () => {
    const renew: Action = { _tag: 'scheme', role: { _tag: 'alliance' }, source: { _tag: 'multisig' }, distrust: false };
    const policy = vouchPolicy(four().trust);
    const [one, other] = ['one', 'other'].map((name) =>
      four({ allianceKey: blsKey(policy, 'statement', 1, name) }),
    ) as [Alliance, Alliance];
    expect(hex(effect(one, [renew]))).not.toBe(hex(effect(other, [renew])));
    expect(hex(effect(one, [refresh]))).toBe(hex(effect(other, [refresh])));
    expect(describeEffect(effect(one, [renew])).join('\n')).toMatch(/alliance: becomes another/);
  });

  it('says who gains a veto, and who loses one', () => {
    const all: Action = { _tag: 'policy', subject: { _tag: 'amendment' }, policy: policyOf('all of (a, b, (c or d))') };
    const gained = effect(four(), [all]);
    expect(gained.vetoes).toEqual([{ policy: 'amendment policy', gained: ['a', 'b'], lost: [] }]);
    const stated = four({ governance: { ...defaultGovernance, amendment: policyOf('all of (a, b, (c or d))') } });
    const lost = effect(stated, [{ _tag: 'policy', subject: { _tag: 'amendment' } }]);
    expect(lost.vetoes).toEqual([{ policy: 'amendment policy', gained: [], lost: ['a', 'b'] }]);
  });

  it('says who can block each policy', () => {
    const { after } = effect(four(), [refresh]);
    const blocking = after.policies.map(({ name, smallestBlocking }) => [
      name,
      smallestBlocking._tag === 'exact' && smallestBlocking.value.length,
    ]);
    expect(blocking).toEqual([
      ['amendment policy', 2],
      ['emergency policy', 3],
      ['recovery policy', 2],
      ['consensus', 2],
      ['alliance key', 3],
    ]);
  });

  it('says what becomes of keys, what stands against it, and who acts first', () => {
    const found = effect(four(), [
      ...admitFifth(),
      { _tag: 'policy', subject: { _tag: 'recovery' }, policy: policyOf('2 of (a, b, c, d, e)') },
      {
        _tag: 'document-key',
        name: 'seal',
        source: { _tag: 'bls', suite: 'min-pk-pop' },
        approval: policyOf('all of (a, b)'),
      },
    ]);
    expect(found.moves.map(({ key: name, kind, bringing }) => [name, kind, bringing])).toEqual([
      ['alliance', 'collect', ['e/1']],
      ['document seal', 'generate', []],
    ]);
    expect(found.gates.map(({ gate }) => gate)).toEqual(['amendment-divided']);
    expect(found.vetoes).toContainEqual({ policy: 'approval for "seal"', gained: ['a', 'b'], lost: [] });
    expect(found.firstToAct).toEqual([
      expect.stringMatching(/^e: read the draft/),
      expect.stringMatching(/^e\/1: start with the draft/),
      'e/1: bring public keys for "alliance"',
    ]);
  });
});

describe('its digest', () => {
  /** The same alliance as somebody else would list it. */
  const other = (): Alliance => {
    const alliance = allianceOf(flat(1, 1, ['d', 'b', 'a', 'c']));
    return { ...alliance, organizations: [...alliance.organizations].reverse() };
  };

  it('is the same for organizations in another order', () => {
    const later = [
      ...admitFifth().slice(0, 1),
      { _tag: 'trust', trust: flat(1, 1, ['e', 'd', 'c', 'b', 'a']) } as const,
    ];
    expect(hex(effect(other(), later))).toBe(hex(effect(four(), admitFifth())));
    expect(hex(effect(other(), [refresh]))).toBe(hex(effect(four(), [refresh])));
  });

  it('is the same for a policy that is written in another order', () => {
    const state = (text: string): Action => ({
      _tag: 'policy',
      subject: { _tag: 'amendment' },
      policy: policyOf(text),
    });
    const one = effect(four(), [state('all of (a, b, 1 of (c, d))')]);
    expect(hex(effect(four(), [state('all of (1 of (d, c), b, a)')]))).toBe(hex(one));
  });

  it('names neither epoch nor document', () => {
    const later = four({ epoch: 5, change: 9, allianceId: digest(utf8('first')), previous: digest(utf8('fourth')) });
    const alliance: Alliance = { ...later, allianceKey: { ...later.allianceKey, epoch: 5 } };
    expect(hex(effect(alliance, [refresh]))).toBe(hex(effect(four(), [refresh])));
  });

  it('differs where any exact fact does', () => {
    const found = effect(four({ allianceKey: blsKey(vouchPolicy(four().trust)) }), [refresh]);
    const { before, after, moves } = found;
    const [move] = moves;
    if (move === undefined) throw new Error('a key moves');
    const veto = { policy: 'amendment policy', gained: [id('a')], lost: [] };
    const variants: readonly Effect[] = [
      found,
      { ...found, before: { ...before, verdicts: { ...before.verdicts, c1: 'unknown' } } },
      { ...found, after: { ...after, verdicts: { ...after.verdicts, c1: 'unknown' } } },
      { ...found, after: { ...after, verdicts: { ...after.verdicts, c2: 'unknown' } } },
      { ...found, after: { ...after, verdicts: { ...after.verdicts, c2OfLeaders: 'unknown' } } },
      { ...found, after: { ...after, verdicts: { ...after.verdicts, slowWithinByzantine: 'unknown' } } },
      { ...found, before: { ...before, tolerances: { ...before.tolerances, dishonestServers: exact(7) } } },
      { ...found, after: { ...after, tolerances: { ...after.tolerances, dishonestServers: exact(7) } } },
      { ...found, after: { ...after, tolerances: { ...after.tolerances, silentServers: exact(7) } } },
      { ...found, after: { ...after, tolerances: { ...after.tolerances, dishonestOrganizations: exact(7) } } },
      {
        ...found,
        after: { ...after, tolerances: { ...after.tolerances, silentServers: { _tag: 'unknown', reason: 'any' } } },
      },
      { ...found, vetoes: [veto] },
      { ...found, vetoes: [{ ...veto, gained: [], lost: veto.gained }] },
      { ...found, vetoes: [{ ...veto, policy: 'recovery policy' }] },
      { ...found, vetoes: [{ ...veto, gained: [id('b')] }] },
      { ...found, moves: [] },
      { ...found, moves: [{ ...move, kind: 'reshare' }] },
      { ...found, moves: [{ ...move, key: 'slow' }] },
      { ...found, moves: [{ ...move, absent: [id('a/1')] }] },
      { ...found, moves: [{ ...move, bringing: [id('a/1')] }] },
      { ...found, moves: [{ ...move, dealt: digest(utf8('key')) }] },
      { ...found, gates: [{ gate: 'amendment-stuck', why: ['any'] }] },
      { ...found, gates: [{ gate: 'key-immovable', why: ['any'] }] },
    ];
    expect(new Set(variants.map(hex)).size).toBe(variants.length);
  });

  it('is the same whatever else is told', () => {
    const found = effect(four(), [refresh]);
    const { after } = found;
    const told: Effect = {
      ...found,
      firstToAct: ['somebody'],
      pause: ['never'],
      after: { ...after, policies: [], summary: { safety: 'UNKNOWN', findings: [] }, serverCount: 99 },
    };
    expect(hex(told)).toBe(hex(found));
    const why = (text: string): Effect => ({ ...found, gates: [{ gate: 'amendment-stuck', why: [text] }] });
    expect(hex(why('one witness'))).toBe(hex(why('another')));
  });
});

describe('for a terminal it is told', () => {
  it('before and after side by side, in 100 columns', () => {
    const names = Array.from({ length: 20 }, (_, index) => `organization${index}`);
    const alliance = allianceOf(flat(3, 3, names));
    const lines = describeEffect(
      effect(alliance, [
        {
          _tag: 'policy',
          subject: { _tag: 'amendment-of', kind: 'drop-document-key' },
          policy: policyOf(`all of (${names.join(', ')})`),
        },
      ]),
    );
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines).toContain('Stands against it:');
    expect(lines[0]).toMatch(/before +after$/);
  });

  it('without empty sections', () => {
    const lines = describeEffect(effect(four(), [refresh]));
    expect(lines.filter((line) => line.endsWith(':'))).toEqual(['Keys:', 'The trust model after:', 'Pause:']);
  });
});

describe('in less than a second', () => {
  const names = Array.from({ length: 20 }, (_, index) => `o${index}`);
  const pairs = names.flatMap((one, index) =>
    names.slice(index + 1).map((other) => [id(`${one}/1`), id(`${other}/1`)]),
  );
  const listed = right(
    trustModel({ _tag: 'explicit', of: names.map((name) => id(`${name}/1`)), byzantine: pairs, slow: [] }),
  );

  const enrol: Action = { _tag: 'enrol', application: { id: id('o1/app'), key: key('new') } };

  it.each([
    ['20 organizations of a server', flat(3, 3, names)],
    [
      '20 organizations of seven servers',
      trustOf(`f=3 of (${names.map((name) => `${name}: f=1 of (1, 2, 3, 4, 5, 6, 7)`).join(', ')})`),
    ],
    [
      'a flat threshold over organizations of several servers',
      trustOf(
        `f=5 of (${names
          .slice(0, 10)
          .map((name) => `${name}/1, ${name}/2, ${name}/3`)
          .join(', ')})`,
      ),
    ],
    ['190 listed sets of two organizations', listed],
  ])('%s', (_, trust) => {
    const seal = blsKey(vouchPolicy(trust), 'document', 1, 'seal');
    const alliance = withDocumentKey(allianceOf(trust, { allianceKey: blsKey(vouchPolicy(trust)) }), 'seal', seal);
    const start = performance.now();
    effectOf(alliance, drafted(alliance, [enrol]));
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
