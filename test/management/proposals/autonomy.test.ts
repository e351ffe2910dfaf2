import { describe, expect, it } from 'vitest';
import type { Alliance } from '../../../src/management/alliance.js';
import { defaultGovernance, defaultLimits } from '../../../src/management/governance-defaults.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { isAutonomous } from '../../../src/management/proposals/autonomy.js';
import { effectOf } from '../../../src/management/proposals/effect.js';
import {
  admitFifth,
  allianceOf,
  drafted,
  four,
  id,
  key,
  organization,
  server,
  trustOf,
  withoutRecoveryKey,
} from './alliances.js';

/** Five servers in each of six organizations, one of which tolerates a bad one inside. */
function model(a: string, rest = 'leaders (a, b, c, d, e, f)'): string {
  return `f=1 t=0 of (a: ${a}, b: f=0 of (1, 2), c: f=0 of (1, 2), d: f=0 of (1, 2), e: f=0 of (1, 2), f: f=0 of (1, 2)) ${rest}`;
}

const six = allianceOf(trustOf(model('f=0 of (1, 2)')));
const bigger: Action = { _tag: 'organization', organization: organization('a', 3), lost: [] };
const enrol = (name: string): Action => ({ _tag: 'enrol', application: { id: id(name), key: key(name) } });

function ask(
  alliance: Alliance,
  actions: readonly Action[],
  more: { readonly author?: string; readonly had?: number } = {},
): boolean {
  const draft = drafted(alliance, actions);
  const { author = 'a', had = 1 } = more;
  return isAutonomous({
    author,
    actions,
    draft,
    effect: effectOf(alliance, draft),
    applicationCounts: new Map([[author, had]]),
  });
}

function trust(text: string): Action {
  return { _tag: 'trust', trust: trustOf(text) };
}

describe('of its own business is', () => {
  it.each<readonly [string, Alliance, readonly Action[]]>([
    ['an application of its own', four(), [enrol('a/other')]],
    ['the end of one', four(), [{ _tag: 'dismiss', application: id('a/app') }]],
    [
      'another identity of a server',
      four(),
      [
        {
          _tag: 'organization',
          organization: organization('a', 1, { servers: [server('a/1', 'new')] }),
          lost: [id('a/1')],
        },
      ],
    ],
    ['a server more in its own subtree', six, [bigger, trust(model('f=0 of (1, 2, 3)'))]],
    ['what its own subtree tolerates', six, [bigger, trust(model('f=1 of (1, 2, 3)'))]],
  ])('%s', (_, alliance, actions) => {
    expect(ask(alliance, actions)).toBe(true);
  });
});

describe('of its own business is not', () => {
  const keyless = withoutRecoveryKey(organization('a'));
  const almost = four({
    organizations: four().organizations.map((entry) => (entry.name === 'b' ? withoutRecoveryKey(entry) : entry)),
  });

  it.each<readonly [string, Alliance, readonly Action[]]>([
    ["another's application", four(), [enrol('b/app')]],
    [
      "the end of another's",
      four({ applications: [{ id: id('b/app'), key: key('b') }] }),
      [{ _tag: 'dismiss', application: id('b/app') }],
    ],
    [
      "another's entry",
      four(),
      [{ _tag: 'organization', organization: organization('b', 1, { servers: [server('b/1', 'new')] }), lost: [] }],
    ],
    ['anything else', four(), admitFifth()],
    ['a refresh', four(), [{ _tag: 'refresh', lost: [] }]],
    ['what a gate stands against', almost, [{ _tag: 'organization', organization: keyless, lost: [] }]],
    [
      "what another's subtree tolerates",
      six,
      [trust(model('f=0 of (1, 2)').replace('b: f=0 of (1, 2)', 'b: f=1 of (1, 2)'))],
    ],
    ['how many organizations may fail', six, [trust(model('f=0 of (1, 2)').replace('f=1 t=0', 'f=0 t=0'))]],
    [
      'who else leads',
      allianceOf(trustOf(model('f=0 of (1, 2)', 'leaders (a, b)'))),
      [trust(model('f=0 of (1, 2)', 'leaders (a, b, c)'))],
    ],
    ['who leads', six, [trust(model('f=0 of (1, 2)', 'leaders (b, c, d, e, f)'))]],
    [
      'more than its servers may be',
      { ...six, governance: { ...defaultGovernance, limits: { ...defaultLimits, serversPerOrganization: 2 } } },
      [bigger, trust(model('f=0 of (1, 2, 3)'))],
    ],
    [
      'a place in a threshold of all servers',
      allianceOf(trustOf('f=1 of (a/1, a/2, b/1, c/1, d/1)')),
      [bigger, trust('f=1 of (a/1, a/2, a/3, b/1, c/1, d/1)')],
    ],
    [
      'another structure',
      six,
      [trust(model('f=0 of (1, 2)')), bigger].slice(1).concat({
        _tag: 'trust',
        trust: trustOf(model('f=0 of (1, 2, 3)')),
        structure: trustOf('f=1 of (a, b, c, d, e, f)'),
      }),
    ],
  ])('%s', (__, alliance, actions) => {
    expect(ask(alliance, actions)).toBe(false);
  });

  it('more applications than it may ever have', () => {
    const alliance = four({
      governance: { ...defaultGovernance, limits: { ...defaultLimits, applicationsPerOrganization: 3 } },
    });
    expect(ask(alliance, [enrol('a/x')], { had: 2 })).toBe(true);
    expect(ask(alliance, [enrol('a/x')], { had: 3 })).toBe(false);
    expect(ask(alliance, [enrol('a/x'), enrol('a/y')], { had: 2 })).toBe(false);
    expect(ask(alliance, [{ _tag: 'dismiss', application: id('a/app') }], { had: 9 })).toBe(true);
  });

  it('a veto that somebody gains', () => {
    const draft = drafted(four(), [enrol('a/x')]);
    const effect = effectOf(four(), draft);
    const business = { author: 'a', actions: [enrol('a/x')], draft, applicationCounts: new Map<string, number>() };
    expect(isAutonomous({ ...business, effect })).toBe(true);
    expect(
      isAutonomous({ ...business, effect: { ...effect, vetoes: [{ policy: 'x', gained: [id('a')], lost: [] }] } }),
    ).toBe(false);
  });
});
