import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/management/proposals/action.js';
import { actionKinds } from '../../../src/management/proposals/action-kinds.js';
import { actionLimits, decodeActions, encodeActions } from '../../../src/management/proposals/action-codec.js';
import { fromUtf8, utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { right } from '../../support/right.js';
import { organization } from './alliances.js';
import { everyAction } from './every-action.js';

function json(actions: readonly Action[]): string {
  return fromUtf8(encodeActions(actions)) ?? '';
}

function refusal(text: string): string {
  const decoded = decodeActions(utf8(text));
  return E.isLeft(decoded) ? `${decoded.left.path}: ${decoded.left.expected}` : 'accepted';
}

describe('actions as bytes', () => {
  it('come back as they were, of every kind', () => {
    expect(new Set(everyAction.map(({ _tag }) => _tag)).size).toBe(actionKinds.length);
    for (const action of everyAction) {
      const bytes = encodeActions([action]);
      const decoded = right(decodeActions(bytes));
      expect(encodeActions(decoded)).toEqual(bytes);
      if (action._tag !== 'trust') expect(decoded).toEqual([action]);
    }
    expect(right(decodeActions(encodeActions(everyAction)))).toHaveLength(everyAction.length);
  });

  it('are refused in another form than the canonical one', () => {
    const text = '[{"_tag":"remove","organization":"a"}]';
    expect(refusal(text)).toBe('accepted');
    expect(refusal(`${text} `)).toMatch(/canonical/);
    expect(refusal('[{"organization":"a","_tag":"remove"}]')).toMatch(/canonical/);
    expect(refusal('[{"_tag":"remove","organization":"\\u0061"}]')).toMatch(/canonical/);
    expect(refusal('[{"_tag":"abandon","change":1.0}]')).toMatch(/canonical/);
    expect(refusal('[{"_tag":"remove","_tag":"remove","organization":"a"}]')).toMatch(/each key once/);
    expect(refusal(json([{ _tag: 'sign', key: 'seal', document: new Uint8Array([171]) }]).replace('ab', 'AB'))).toMatch(
      /canonical|hexadecimal/,
    );
  });

  it.each([
    ['nothing', '[]'],
    ['an unknown kind', '[{"_tag":"rule"}]'],
    ['an unknown key', '[{"_tag":"remove","organization":"a","force":true}]'],
    ['no name', '[{"_tag":"remove","organization":"a b"}]'],
    ['no number', '[{"_tag":"abandon","change":0}]'],
    [
      'a key of small order',
      json([everyAction[10] as Action]).replace(/"key":"[0-9a-f]{64}"/, `"key":"${'0'.repeat(64)}"`),
    ],
    [
      'a policy that nobody satisfies',
      '[{"_tag":"policy","policy":{"of":[{"member":"a"}],"threshold":2},"subject":{"_tag":"amendment"}}]',
    ],
    ['a list of no actions', '{"_tag":"remove","organization":"a"}'],
    ['no JSON', '[{"_tag"'],
  ])('are refused with %s', (_, text) => {
    expect(refusal(text)).not.toBe('accepted');
  });

  it('are bounded in number and length', () => {
    const remove: Action = { _tag: 'remove', organization: 'a' };
    const many = (count: number): Uint8Array => encodeActions(Array.from({ length: count }, () => remove));
    expect(E.isRight(decodeActions(many(actionLimits.count)))).toBe(true);
    expect(E.isRight(decodeActions(many(actionLimits.count + 1)))).toBe(false);
    const long = Array.from(
      { length: 200 },
      (_, index): Action => ({ _tag: 'admit', organization: organization(`o${index}`) }),
    );
    expect(encodeActions(long).length).toBeGreaterThan(actionLimits.bytes);
    expect(decodeActions(encodeActions(long))).toMatchObject(E.left({ expected: 'at most 65536 bytes' }));
    const sign = (length: number): Uint8Array =>
      encodeActions([{ _tag: 'sign', key: 'seal', document: new Uint8Array(length) }]);
    expect(E.isRight(decodeActions(sign(actionLimits.document)))).toBe(true);
    expect(E.isRight(decodeActions(sign(actionLimits.document + 1)))).toBe(false);
    expect(decodeActions(new Uint8Array(actionLimits.bytesWithDocument + 1))).toMatchObject(
      E.left({ expected: 'at most 262144 bytes' }),
    );
  });

  it('never throw, whatever they are', () => {
    const whole = encodeActions([everyAction[0] as Action, everyAction[6] as Action]);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: whole.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        fc.boolean(),
        (at, byte, cut) => {
          const changed = cut ? whole.slice(0, at) : whole.map((one, index) => (index === at ? byte : one));
          const decoded = decodeActions(changed);
          if (E.isRight(decoded)) expect(encodeActions(decoded.right)).toEqual(changed);
        },
      ),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(decodeActions(utf8(text))._tag).toMatch(/Left|Right/);
      }),
    );
  });
});
