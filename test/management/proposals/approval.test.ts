import { describe, expect, it } from 'vitest';
import { defaultGovernance } from '../../../src/management/governance-defaults.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { mixtureComplaint, needsChange } from '../../../src/management/proposals/action-mixture.js';
import {
  type Asked,
  type Ballot,
  namesGates,
  type Requirement,
  requirementsOf,
  stillNeeded,
  tally,
  type Votes,
} from '../../../src/management/proposals/approval.js';
import type { Alliance } from '../../../src/management/alliance.js';
import { printPolicy } from '../../../src/quorum/policy/policy-text.js';
import { vouchPolicy } from '../../../src/quorum/trust/derived-policy.js';
import { admitFifth, blsKey, drafted, four, id, key, organization, policyOf, withDocumentKey } from './alliances.js';

const enrol: Action = { _tag: 'enrol', application: { id: id('b/app'), key: key('b/app') } };
const suspend: Action = { _tag: 'suspend', organization: 'a', lengthMs: 1000 };
const sign: Action = { _tag: 'sign', key: 'seal', document: new Uint8Array(3) };
const abandon: Action = { _tag: 'abandon', change: 1 };
const governed = (more: object): Alliance => four({ governance: { ...defaultGovernance, ...more } });

function asked(alliance: Alliance, actions: readonly Action[], more: Partial<Asked> = {}): readonly string[] {
  const draft = needsChange(actions) ? drafted(alliance, actions) : undefined;
  return requirementsOf(alliance, actions, { draft, overrides: [], ...more }).map(shown);
}

function shown({ says, policy, assumed }: Requirement): string {
  return `${says}: ${printPolicy(policy)}${assumed.length === 0 ? '' : ` with ${assumed.join(' ')}`}`;
}

describe('actions ask for', () => {
  it('the amendment policy, once', () => {
    expect(asked(four(), [...admitFifth(), enrol])).toEqual(['amendment policy: 3 of (a, b, c, d)']);
  });

  it('that of their kind, each', () => {
    const alliance = governed({ amendmentOf: new Map([['admit', policyOf('all of (a, b, c, d)')]]) });
    expect(asked(alliance, admitFifth())).toEqual([
      'amendment policy for "admit": 4 of (a, b, c, d)',
      'amendment policy: 3 of (a, b, c, d)',
    ]);
  });

  it('the emergency policy', () => {
    expect(asked(four(), [suspend])).toEqual(['emergency policy: 2 of (a, b, c, d)']);
    expect(asked(four(), [abandon])).toEqual(['emergency policy: 2 of (a, b, c, d)']);
    expect(asked(four(), [abandon], { abandonsVoted: true })).toEqual(['amendment policy: 3 of (a, b, c, d)']);
  });

  it("a key's own", () => {
    const alliance = withDocumentKey(
      four(),
      'seal',
      blsKey(vouchPolicy(four().trust), 'document'),
      policyOf('2 of (a, b)'),
    );
    expect(asked(alliance, [sign])).toEqual(['approval for "seal": 2 of (a, b)']);
  });

  it('amendment and emergency, where gates are overridden', () => {
    const alliance = governed({ amendmentOf: new Map([['enrol', policyOf('2 of (a, b, c)')]]) });
    expect(asked(alliance, [enrol], { overrides: ['amendment-stuck'] })).toEqual([
      'amendment policy for "enrol": 2 of (a, b, c)',
      'amendment policy: 3 of (a, b, c, d)',
      'emergency policy: 2 of (a, b, c, d)',
    ]);
  });

  it('the next amendment policy too where one that was stated is replaced, with those who are admitted', () => {
    const alliance = governed({ amendment: policyOf('3 of (a, b, c, d)') });
    const next: Action = { _tag: 'policy', subject: { _tag: 'amendment' }, policy: policyOf('4 of (a, b, c, d, e)') };
    expect(asked(alliance, [...admitFifth(), next])).toEqual([
      'amendment policy: 3 of (a, b, c, d)',
      'next amendment policy: 4 of (a, b, c, d, e) with e',
    ]);
    const derived: Action = { _tag: 'policy', subject: { _tag: 'amendment' } };
    expect(asked(alliance, [...admitFifth(), derived])[1]).toBe('next amendment policy: 4 of (a, b, c, d, e) with e');
    expect(asked(four(), [...admitFifth(), next])).toEqual(['amendment policy: 3 of (a, b, c, d)']);
  });
});

describe('ballots', () => {
  const requirement = (text: string, ...assumed: readonly string[]): Requirement => ({
    says: text,
    policy: policyOf(text),
    assumed,
  });
  const ballot = (said: string): Ballot => ({
    organization: said.slice(1),
    accepts: said.startsWith('+'),
    overrides: [],
  });
  const votes = (said: string, more: Partial<Votes> = {}): Votes => ({
    ballots: said === '' ? [] : said.split(' ').map(ballot),
    suspended: new Set(),
    overrides: [],
    ...more,
  });
  const three = [requirement('3 of (a, b, c, d)')];

  it.each([
    ['', 'pending'],
    ['+a +b', 'pending'],
    ['+a +b +c', 'won'],
    ['-a', 'pending'],
    ['-a -b', 'lost'],
    ['-a +b +c +d', 'won'],
    ['+x +y +z', 'pending'],
  ])('%s: %s', (said, state) => {
    expect(tally(three, votes(said))).toBe(state);
  });

  it('win by all policies, and lose by one', () => {
    const both = [...three, requirement('all of (c, d)')];
    expect(tally(both, votes('+a +b +c'))).toBe('pending');
    expect(tally(both, votes('+a +b +c +d'))).toBe('won');
    expect(tally(both, votes('+a +b +c -d'))).toBe('lost');
    expect(tally([], votes(''))).toBe('won');
  });

  it('count those who are admitted as yes', () => {
    expect(tally([requirement('3 of (a, b, e)', 'e')], votes('+a +b'))).toBe('won');
    expect(tally([requirement('2 of (a, b, e)', 'e')], votes('-a -b'))).toBe('lost');
  });

  it('of the suspended count as not cast, while they are', () => {
    expect(tally(three, votes('+a +b +c', { suspended: new Set(['c']) }))).toBe('pending');
    expect(tally(three, votes('-a -b', { suspended: new Set(['b']) }))).toBe('pending');
  });

  it('are a yes with the same gates alone', () => {
    const overrides = ['amendment-stuck', 'key-immovable'] as const;
    const named = ['a', 'b', 'c'].map(
      (name): Ballot => ({ organization: name, accepts: true, overrides: [...overrides].reverse() }),
    );
    expect(tally(three, { ballots: named, suspended: new Set(), overrides })).toBe('won');
    expect(tally(three, votes('+a +b +c', { overrides }))).toBe('lost');
    expect(tally(three, { ballots: named, suspended: new Set(), overrides: [] })).toBe('lost');
    expect(
      namesGates({ organization: 'a', accepts: true, overrides: ['amendment-stuck', 'amendment-stuck'] }, overrides),
    ).toBe(false);
  });

  it('leave somebody who can still decide', () => {
    expect(stillNeeded(three, votes('+a -b'))).toEqual(['3 of (a, b, c, d): two more of (c, d)']);
    expect(stillNeeded(three, votes('+a +b +c'))).toEqual([]);
    expect(stillNeeded(three, votes('-a -b'))[0]).toContain('can no longer be reached without a, b');
  });
});

describe('in one proposal', () => {
  const admit: Action = { _tag: 'admit', organization: organization('e') };
  const restore: Action = { _tag: 'restore', organization: 'b' };

  it.each<readonly [string, readonly Action[], number | undefined]>([
    ['what needs a change', [admit, enrol], undefined],
    ['suspensions', [suspend, restore], undefined],
    ['one document', [sign], undefined],
    ['an abandonment', [abandon], undefined],
    ['a suspension among changes', [admit, suspend], 1],
    ['two documents', [sign, sign], 0],
    ['a document and a suspension', [suspend, sign], 1],
    ['an abandonment and a change', [admit, abandon], 1],
  ])('%s', (_, actions, refused) => {
    expect(mixtureComplaint(actions)).toEqual(
      refused === undefined ? undefined : { _tag: 'MixedActions', action: refused, kind: actions[refused]?._tag },
    );
  });
});
