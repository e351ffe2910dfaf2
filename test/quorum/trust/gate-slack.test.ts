import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { c1Faults, c2Faults, c2FaultsOf } from '../../../src/quorum/trust/conditions.js';
import { gateSlack } from '../../../src/quorum/trust/gate-slack.js';
import { OrganizationSystem } from '../../../src/quorum/trust/organizations.js';
import { drawSlack, slackColumns } from '../../../src/quorum/trust/slack-drawing.js';
import { NaiveSystem, servers } from '../../support/quorum.js';
import { trust } from '../../support/trust.js';
import { arbitraryWeightedTree } from '../../support/weighted-trust.js';

const weakOne = trust('f=1 t=1 of (a: f=1 of 4, b: f=1 of 4, c: f=1 of 4, d: f=1 of 4, e: f=1 of 4, w: f=1 of 3)');
const [firstLeader] = weakOne.leaders;

describe('slack', () => {
  it('counts gate by gate what withstands, and what is needed', () => {
    const [root, a, ...others] = gateSlack(weakOne.system, c1Faults);
    expect(root).toMatchObject({
      path: '/',
      organization: undefined,
      childCount: 6,
      total: 6,
      good: 5,
      needed: 4,
      slack: 2,
    });
    expect(a).toMatchObject({ path: '/of/0', organization: 'a', childCount: 4, good: 4, needed: 4, slack: 1 });
    expect(others.at(-1)).toMatchObject({
      path: '/of/5',
      organization: 'w',
      good: 3,
      needed: 4,
      slack: 0,
      covering: 'covered',
    });
  });

  it('counts slow sets and the accused', () => {
    expect(gateSlack(weakOne.system, c2Faults)[0]).toMatchObject({ good: 5, forced: 0, needed: 6, slack: 0 });
    const [root, a] = gateSlack(
      weakOne.system,
      c2FaultsOf(weakOne.leaders.universe.of(firstLeader === undefined ? [] : [firstLeader])),
    );
    expect(root).toMatchObject({ good: 5, forced: 0, slack: 0 });
    expect(a).toMatchObject({ good: 3, forced: 1, needed: 1, slack: 3 });
  });

  it('is none where the accused alone are too many', () => {
    const { system, leaders } = trust('f=1 of (a, b, c, x: f=0 of 2) leaders (x)');
    const [leader] = leaders;
    const [root, x] = gateSlack(system, c2FaultsOf(leaders.universe.of(leader === undefined ? [] : [leader])));
    expect(x).toMatchObject({ covering: 'forced', slack: undefined });
    expect(root).toMatchObject({ forced: 1, good: 3, slack: 3 });
  });

  it('of the root is positive exactly where the condition holds, for every k', () => {
    const property = fc.property(
      arbitraryWeightedTree(5, 30),
      fc.integer({ min: 1, max: 5 }),
      fc.nat({ max: 2 }),
      (tree, byzantine, slow) => {
        const system = new OrganizationSystem(tree);
        const [root] = gateSlack(system, { byzantine, slow });
        expect((root?.slack ?? 0) > 0).toBe(!system.isCoveredBy(system.processes, { byzantine, slow }));
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it('is of trees only', () => {
    expect(gateSlack(new NaiveSystem(servers(3), { byzantine: [1], slow: [] }), c1Faults)).toEqual([]);
  });
});

describe('a drawn trust tree', () => {
  const drawn = (text: string): readonly string[] => {
    const model = trust(text);
    const [leader] = model.leaders;
    return drawSlack(model, leader === undefined ? [] : slackColumns(model, leader));
  };

  it('shows the slack of each gate, and alike neighbours once', () => {
    expect(drawn('f=1 t=1 of (a: f=1 of 4, b: f=1 of 4, c: f=1 of 4, d: f=1 of 4, e: f=1 of 4, w: f=1 of 3)')).toEqual([
      '                            C1    C2  C2ℓ of a/1',
      'f=1 t=1 of 6                +2     0           0',
      '├─ a: f=1 t=0 of 4          +1    +1          +3',
      '│  └─ 1, 2, 3, 4',
      '├─ b: f=1 t=0 of 4          +1    +1          +1',
      '│  └─ 1, 2, 3, 4',
      '├─ 3 more like b (c … e)',
      '└─ w: f=1 t=0 of 3           0     0           0',
      '   └─ 1, 2, 3',
    ]);
  });

  it('leaves C2ℓ out where C2 holds, folds long lists, and shows weights', () => {
    expect(drawn('weight f=2 of (a*2, b*2, c*2, big: f=1 of 15 *3, d*1)')).toEqual([
      '                             C1    C2',
      'f=2 t=0 of 5 weighing 10     +4    +4',
      '├─ a, b, c, each *2',
      '├─ big: f=1 t=0 of 15 *3    +12   +12',
      '│  └─ 15 servers (1 … 15)',
      '└─ d *1',
    ]);
  });

  it('names groups that are no organization, and says where a leader is lost', () => {
    expect(drawn('f=1 t=1 of (f=0 of (a, b), f=0 of (c, d), e)')).toEqual([
      '                   C1    C2  C2ℓ of a',
      'f=1 t=1 of 3        0    -2         0',
      '├─ f=0 t=0 of 2    +2    +2      lost',
      '│  └─ a, b',
      '├─ f=0 t=0 of 2    +2    +2        +2',
      '│  └─ c, d',
      '└─ e',
    ]);
  });
});
