import { describe, expect, it } from 'vitest';
import { defaultLengths, defaultLimits } from '../../../src/management/governance-defaults.js';
import type { Action, KeyRole } from '../../../src/management/proposals/action.js';
import { conflictsAmong } from '../../../src/management/proposals/conflicts.js';
import { flat, four, id, key, organization } from './alliances.js';

const source = { _tag: 'bls', suite: 'min-pk-pop' } as const;
const trust: Action = { _tag: 'trust', trust: flat(1, 1, ['a', 'b', 'c', 'd']) };
const scheme = (role: KeyRole): Action => ({ _tag: 'scheme', role, source, distrust: false });
const seal = { _tag: 'document', name: 'seal' } as const;
const parameters: Action = {
  _tag: 'parameters',
  parameters: four().parameters,
  terms: defaultLengths,
  limits: defaultLimits,
};
const enrol = (name: string): Action => ({ _tag: 'enrol', application: { id: id(name), key: key(name) } });
const entry = (name: string): Action => ({ _tag: 'organization', organization: organization(name), lost: [] });
const remove = (name: string): Action => ({ _tag: 'remove', organization: name });
const suspend = (name: string): Action => ({ _tag: 'suspend', organization: name, lengthMs: 1 });
const policy = (kind: 'amendment' | 'emergency'): Action => ({ _tag: 'policy', subject: { _tag: kind } });
const approval: Action = { _tag: 'policy', subject: { _tag: 'approval', key: 'seal' } };
const ofKind = (kind: 'enrol' | 'admit'): Action => ({ _tag: 'policy', subject: { _tag: 'amendment-of', kind } });

function about(one: readonly Action[], other: readonly Action[]): readonly string[] {
  return conflictsAmong([
    { id: 1, actions: one },
    { id: 2, actions: other },
  ]).flatMap((conflict) => conflict.about);
}

describe('proposals conflict', () => {
  it.each<readonly [string, Action, Action, string]>([
    [
      'an organization',
      { _tag: 'admit', organization: organization('e') },
      { _tag: 'admit', organization: organization('e', 2) },
      'organization e',
    ],
    ['an entry', entry('a'), entry('a'), 'entry of a'],
    ['an entry, and whether it is there', entry('a'), remove('a'), 'organization a'],
    ['the trust model', trust, trust, 'trust model'],
    ['a policy', policy('amendment'), policy('amendment'), 'amendment policy'],
    ["a kind's policy", ofKind('enrol'), ofKind('enrol'), 'amendment policy for "enrol"'],
    ['an approval, and its key', approval, { _tag: 'drop-document-key', name: 'seal' }, 'key document seal'],
    ['an application', enrol('a/x'), { _tag: 'dismiss', application: id('a/x') }, 'application a/x'],
    ['an application, and its organization', enrol('a/x'), remove('a'), 'organization a'],
    ['parameters', parameters, parameters, 'parameters'],
    ['a key', scheme(seal), { _tag: 'document-key', name: 'seal', source }, 'key document seal'],
    [
      'what is signed with a key, and the key',
      { _tag: 'sign', key: 'seal', document: new Uint8Array() },
      scheme(seal),
      'key document seal',
    ],
    ['shares', { _tag: 'refresh', lost: [] }, { _tag: 'refresh', lost: [] }, 'shares of all keys'],
    ['a suspension', suspend('a'), { _tag: 'restore', organization: 'a' }, 'suspension of a'],
    ['a suspension, and whether it is there', suspend('a'), remove('a'), 'organization a'],
    ['a change', { _tag: 'abandon', change: 3 }, { _tag: 'abandon', change: 3 }, 'change 3'],
  ])('about %s', (_, one, other, thing) => {
    expect(about([one], [other])).toEqual([thing]);
    expect(about([trust, other], [one])).toContain(thing);
  });

  it.each<readonly [string, Action, Action]>([
    ['organizations', remove('a'), remove('b')],
    ['entries', entry('a'), entry('b')],
    ['applications of one', enrol('a/x'), enrol('a/y')],
    ['policies', policy('amendment'), policy('emergency')],
    ['kinds', ofKind('enrol'), ofKind('admit')],
    ['keys', scheme({ _tag: 'alliance' }), scheme({ _tag: 'slow' })],
    [
      'documents of one key',
      { _tag: 'sign', key: 'seal', document: new Uint8Array() },
      { _tag: 'sign', key: 'seal', document: new Uint8Array() },
    ],
    ['changes', { _tag: 'abandon', change: 3 }, { _tag: 'abandon', change: 4 }],
  ])('not about different %s', (_, one, other) => {
    expect(about([one], [other])).toEqual([]);
  });

  it('in pairs, each once', () => {
    const found = conflictsAmong([1, 2, 3].map((number) => ({ id: number, actions: [trust] })));
    expect(found.map(({ between }) => between)).toEqual([
      [1, 2],
      [1, 3],
      [2, 3],
    ]);
  });
});
