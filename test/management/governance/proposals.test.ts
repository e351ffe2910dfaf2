import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/management/proposals/action.js';
import { stillNeeded } from '../../../src/management/governance/votes.js';
import { organizationStates } from '../../../src/management/governance/member-states.js';
import { enrol, hourMs, refresh, World } from './world.js';

const suspendD: Action = { _tag: 'suspend', organization: 'd', lengthMs: hourMs };

describe('a proposal', () => {
  it('is accepted as soon as its ballots satisfy the amendment policy, and its change opens', () => {
    const world = World.running();
    expect(world.propose('a', [refresh])).toBe('taken');
    expect(world.proposal(1)?.state).toBe('open');
    expect(world.vote(1, ['a', 'b'])).toEqual(['taken', 'taken']);
    expect(world.proposal(1)?.state).toBe('open');
    world.vote(1, ['c']);
    expect(world.proposal(1)?.state).toBe('executing');
    expect(world.governance.change?.state).toBe('prepared');
    world.goThrough();
    expect(world.document.epoch).toBe(2);
    expect(world.closed(1)?.ending).toBe('enacted');
  });

  it('is rejected as soon as nobody could accept it any more, and says who still can until then', () => {
    const world = World.running();
    world.propose('a', [refresh]);
    world.vote(1, ['b'], false);
    const open = world.proposal(1);
    expect(open && stillNeeded(world.governance, open).join()).toMatch(/a, c and d|a, c, d|all of/);
    world.vote(1, ['c'], false);
    expect(world.closed(1)).toMatchObject({ ending: 'rejected' });
  });

  it('takes one ballot of an organization, for good, and none of strangers', () => {
    const world = World.running();
    world.propose('a', [refresh]);
    world.vote(1, ['b'], false);
    expect(world.vote(1, ['b'], true)).toEqual(['BallotDuplicate']);
    const { id } = world.proposal(1) ?? { id: world.governance.history };
    world.propose('a', [suspendD]);
    expect(world.say('c', { _tag: 'ballot', proposal: world.governance.history, accepts: true, overrides: [] })).toBe(
      'UnknownProposal',
    );
    expect(world.say('c', { _tag: 'withdraw', proposal: id })).toBe('NotTheAuthor');
    expect(world.say('a', { _tag: 'withdraw', proposal: id })).toBe('taken');
    expect(world.closed(1)?.ending).toBe('withdrawn');
  });

  it('ends with its term, which begins with the first time that is agreed after it', () => {
    const world = World.running();
    world.read(20 * hourMs);
    world.propose('a', [refresh], { lengthMs: hourMs });
    world.read(12 * hourMs);
    expect(world.proposal(1)?.state).toBe('open');
    world.read(hourMs - 1);
    expect(world.proposal(1)?.state).toBe('open');
    world.read(1);
    expect(world.closed(1)?.ending).toBe('expired');
  });

  it('is not opened against another document, for longer than it may, or with another effect than it has', () => {
    const world = World.running();
    const base = world.governance.history;
    const known = { actions: new Uint8Array(), effect: base, overrides: [], lengthMs: hourMs };
    expect(world.say('a', { _tag: 'propose', base, ...known })).toBe('StaleBase');
    expect(world.propose('a', [refresh], { lengthMs: 1e12 })).toBe('TermTooLong');
    const { configuration } = world.governance;
    expect(world.say('a', { _tag: 'propose', ...known, base: configuration })).toBe('MalformedActions');
    expect(world.propose('a', [refresh], { overrides: ['trust-violated'] })).toMatch(/NeedlessOverride|EffectDiffers/);
  });

  it('is one of few of its organization, and not proposed too often', () => {
    const world = World.running();
    for (let count = 0; count < 4; count++) expect(world.propose('a', [enrol(`b/app${count}`)])).toBe('taken');
    expect(world.propose('a', [enrol('b/more')])).toBe('TooManyProposals');
    for (let count = 1; count <= 4; count++) {
      const id = world.proposal(count)?.id;
      if (id !== undefined) world.say('a', { _tag: 'withdraw', proposal: id });
    }
    for (let count = 0; count < 4; count++) world.propose('a', [enrol(`c/app${count}`)]);
    const id = world.proposal(5)?.id;
    if (id !== undefined) world.say('a', { _tag: 'withdraw', proposal: id });
    expect(world.propose('a', [enrol('c/more')])).toBe('TooOften');
    world.read(hourMs);
    expect(world.propose('a', [enrol('c/more')])).toBe('taken');
  });

  it('cannot be replayed: an organization numbers what it says', () => {
    const world = World.running();
    const body = { _tag: 'withdraw', proposal: world.governance.history, number: 7 } as const;
    const act = world.organizationAct('a', body);
    expect(world.take(act).error?._tag).toBe('UnknownProposal');
    const ballot = world.organizationAct('b', { ...body, number: 9 });
    expect(world.take(ballot).error?._tag).toBe('UnknownProposal');
    world.propose('a', [suspendD]);
    world.vote(1, ['a', 'b', 'c']);
    expect(world.take(world.organizationAct('a', { ...body, number: 1 })).error?._tag).toBe('NumberUsed');
  });

  it('that came too early waits for its turn, and is superseded where it would do something else by then', () => {
    const world = World.running();
    expect(world.propose('a', [enrol('b/one')])).toBe('taken');
    expect(world.propose('b', [enrol('c/two')])).toBe('taken');
    expect(world.propose('c', [enrol('b/one')])).toBe('taken');
    world.vote(1, ['a', 'b', 'c']);
    world.vote(2, ['a', 'b', 'c']);
    expect([world.proposal(1)?.state, world.proposal(2)?.state]).toEqual(['executing', 'accepted']);
    world.goThrough();
    expect(world.closed(3)).toMatchObject({ ending: 'superseded' });
    expect(world.closed(3)?.why).toContain('enrolled already');
    expect(world.proposal(2)?.state).toBe('executing');
    world.goThrough();
    expect(world.document.applications.map(({ id }) => id)).toEqual(expect.arrayContaining(['b/one', 'c/two']));
  });
});

describe('a suspension', () => {
  it('makes an organization unheard until it ends, and its ballots as if they were not cast', () => {
    const world = World.running();
    world.propose('b', [refresh]);
    world.vote(1, ['d']);
    world.propose('a', [suspendD]);
    world.vote(2, ['a', 'c']);
    expect(world.closed(2)?.ending).toBe('enacted');
    expect(organizationStates(world.governance)).toMatchObject({ d: 'suspended', a: 'active' });
    expect(world.propose('d', [refresh])).toBe('Suspended');
    world.vote(1, ['a', 'b']);
    expect(world.proposal(1)?.state).toBe('open');
    world.read();
    world.read(hourMs);
    expect(organizationStates(world.governance)).toMatchObject({ d: 'active' });
    expect(world.proposal(1)?.state).toBe('executing');
  });

  it('ends sooner where it is so decided, and is refused where nobody could amend any more', () => {
    const world = World.running();
    world.propose('a', [suspendD]);
    world.vote(1, ['a', 'b']);
    expect(world.propose('a', [{ ...suspendD, organization: 'c' }])).toBe('OthersCannotAmend');
    world.propose('b', [{ _tag: 'restore', organization: 'd' }]);
    world.vote(2, ['b', 'c']);
    expect(organizationStates(world.governance)).toMatchObject({ d: 'active' });
    expect(world.propose('a', [{ ...suspendD, lengthMs: 1e12 }])).toBe('SuspensionTooLong');
  });
});

describe("what is an organization's own", () => {
  it('needs nobody else, and gives way to what was voted for', () => {
    const world = World.running();
    expect(world.propose('a', [enrol('a/second')])).toBe('taken');
    expect(world.proposal(1)).toMatchObject({ isAutonomous: true, state: 'executing' });
    expect(world.vote(1, ['b'])).toEqual(['NoBallotNeeded']);
    world.goThrough();
    expect(world.document.applications.map(({ id }) => id)).toContain('a/second');
    expect(world.propose('a', [enrol('b/third')])).toBe('taken');
    expect(world.proposal(2)?.isAutonomous).toBe(false);
  });
});
