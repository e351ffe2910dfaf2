import { describe, expect, it } from 'vitest';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { serversOf } from '../../../src/management/alliance.js';
import { organizationStates, serverStates } from '../../../src/management/governance/member-states.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { newOrganization, trustOf } from './newcomer.js';
import { hourMs, publicKey, refresh, World } from './world.js';

const admitE: readonly Action[] = [
  { _tag: 'admit', organization: newOrganization('e') },
  trustOf('a', 'b', 'c', 'd', 'e'),
];

const e1 = 'e/1' as ProcessId;
const d1 = 'd/1' as ProcessId;

describe('a change that admits an organization', () => {
  it('waits until it has acknowledged, and its server has joined', () => {
    const world = World.running().restoring();
    world.propose('a', admitE);
    expect(organizationStates(world.governance)).toMatchObject({ e: 'invited' });
    world.vote(1, ['a', 'b', 'c']);
    expect(organizationStates(world.governance)).toMatchObject({ e: 'accepted' });
    expect(serverStates(world.governance)).toMatchObject({ [e1]: 'registered', [d1]: 'active' });
    expect(world.acknowledge('e')).toBe('taken');
    expect(world.acknowledge('e')).toBe('AcknowledgedBefore');
    expect(organizationStates(world.governance)).toMatchObject({ e: 'acknowledged' });
    expect(world.join(e1, [])).toBe('KeysMissing');
    expect(world.join(e1)).toBe('taken');
    expect(world.governance.change?.state).toBe('prepared');
    world.goThrough();
    expect(world.document).toMatchObject({ epoch: 2, change: 1 });
    expect(organizationStates(world.governance)).toMatchObject({ e: 'active' });
    expect(world.propose('e', [refresh])).toBe('taken');
  });

  it('is abandoned with its term, or by its author while it is gathered, and another one can follow', () => {
    const world = World.running().restoring();
    world.propose('a', admitE);
    world.vote(1, ['a', 'b', 'c']);
    world.read();
    world.read(hourMs);
    expect(world.closed(1)).toMatchObject({ ending: 'failed' });
    expect(world.closed(1)?.why).toContain('e (to acknowledge)');
    world.propose('a', admitE);
    world.vote(2, ['a', 'b', 'c']);
    expect(world.governance.change?.number).toBe(2);
    const { id } = present(world.proposal(2), 'a proposal');
    expect(world.say('a', { _tag: 'withdraw', proposal: id })).toBe('taken');
    expect(world.governance.change).toBeUndefined();
    world.propose('a', admitE);
    world.vote(3, ['a', 'b', 'c']);
    world.acknowledge('e');
    world.join(e1);
    world.goThrough();
    expect(world.document).toMatchObject({ epoch: 2, change: 3 });
  });

  it('is not activated by READYs of a change that it takes the place of', () => {
    const world = World.running();
    world.propose('a', admitE);
    world.vote(1, ['a', 'b', 'c']);
    world.acknowledge('e');
    world.join(e1);
    for (const { id } of serversOf(world.document)) expect(world.sayReady(id)).toBe('taken');
    world.propose('a', [refresh]);
    world.vote(2, ['a', 'b', 'c']);
    world.propose('a', [{ _tag: 'abandon', change: 1 }]);
    world.vote(3, ['a', 'b', 'c']);
    expect(world.governance.change).toMatchObject({ number: 2, state: 'prepared' });
    world.goThrough();
    expect(world.document).toMatchObject({ epoch: 2, change: 2 });
  });

  it('hears neither strangers nor what was said of another draft', () => {
    const world = World.running();
    world.propose('a', admitE);
    world.vote(1, ['a', 'b', 'c']);
    const change = present(world.governance.change, 'a change');
    const said = { _tag: 'join', change: 1, draft: change.draftDigest, slot: 100, keys: [] } as const;
    expect(world.sayAs('x/1' as ProcessId, said)).toBe('UnknownAuthor');
    expect(world.sayAs(d1, said)).toBe('NotJoining');
    expect(world.sayAs(e1, { ...said, change: 7 })).toBe('OtherChange');
    expect(world.sayAs(e1, { ...said, draft: world.governance.history })).toBe('OtherDraft');
    expect(world.sayAs(e1, { ...said, slot: 1, keys: [{ role: 'alliance', key: publicKey('alliance e/1') }] })).toBe(
      'LearnerBehind',
    );
    expect(world.sayAs(e1, { _tag: 'reading', readMs: world.nowMs })).toBe('NotJoining');
    expect(world.say('a', { _tag: 'acknowledge', change: 1, draft: change.draftDigest })).toBe('NotAdmitted');
  });
});

describe('a change that removes an organization', () => {
  it("leaves it out of everything, and what it says is nobody's", () => {
    const world = World.running().restoring();
    world.propose('a', admitE);
    world.vote(1, ['a', 'b', 'c']);
    world.acknowledge('e');
    world.join(e1);
    world.goThrough();
    world.propose('a', [{ _tag: 'remove', organization: 'd' }, trustOf('a', 'b', 'c', 'e')]);
    world.vote(2, ['a', 'b', 'c', 'e']);
    expect(organizationStates(world.governance)).toMatchObject({ d: 'leaving' });
    expect(serverStates(world.governance)).toMatchObject({ [d1]: 'draining' });
    world.goThrough();
    expect(organizationStates(world.governance)).toMatchObject({ d: 'removed', e: 'active' });
    expect(serverStates(world.governance)).toMatchObject({ [d1]: 'retired' });
    expect(world.sayAs(d1, { _tag: 'reading', readMs: world.nowMs })).toBe('UnknownAuthor');
  });
});

describe('a server that is replaced', () => {
  it('joins, and is ready, under its new identity; the old one says nothing of what comes', () => {
    const world = World.running().restoring();
    const entry = present(world.document.organizations[3], 'organization d');
    const [server] = entry.servers;
    const renewed = {
      ...present(server, 'a server'),
      identityKey: publicKey('identity d/1 again'),
      slowKey: publicKey('slow d/1 again'),
    };
    expect(
      world.propose('d', [{ _tag: 'organization', organization: { ...entry, servers: [renewed] }, lost: [d1] }]),
    ).toBe('taken');
    expect(world.proposal(1)?.isAutonomous).toBe(true);
    expect(world.governance.change?.draft.replaced).toEqual([d1]);
    expect(world.join(d1)).toBe('NotJoining');
    world.identities.set(d1, 'identity d/1 again');
    const change = present(world.governance.change, 'a change');
    const keys = [{ role: 'alliance', key: publicKey('alliance d/1 again') }];
    expect(world.sayAs(d1, { _tag: 'join', change: 1, draft: change.draftDigest, slot: 100, keys })).toBe('taken');
    expect(world.governance.change?.state).toBe('prepared');
    world.identities.set(d1, 'identity d/1');
    expect(world.sayReady(d1)).toBe('NotJoining');
    world.identities.set(d1, 'identity d/1 again');
    world.goThrough();
    expect(world.document.organizations[3]?.servers[0]?.identityKey).toEqual(publicKey('identity d/1 again'));
  });
});

describe('readiness', () => {
  it('is waited for until its term has passed; then a recovery quorum is enough, and less is not', () => {
    for (const [count, state] of [
      [3, 'activated'],
      [2, undefined],
    ] as const) {
      const world = World.running().restoring();
      world.propose('a', [refresh]);
      world.vote(1, ['a', 'b', 'c']);
      for (const id of ['a/1', 'b/1', 'c/1'].slice(0, count)) world.sayReady(id as ProcessId);
      expect(world.governance.change?.state).toBe('prepared');
      world.read();
      world.read(hourMs);
      expect(world.governance.change?.state).toBe(state);
    }
  });

  it('takes proposals to abandon it along when it is over', () => {
    const world = World.running();
    world.propose('a', [refresh]);
    world.vote(1, ['a', 'b', 'c']);
    for (const name of ['b', 'c']) world.propose(name, [{ _tag: 'abandon', change: 1 }]);
    world.vote(2, ['a', 'b', 'c']);
    expect(world.governance.change).toBeUndefined();
    expect(world.closed(3)).toMatchObject({ ending: 'superseded', why: 'change 1 is over' });
  });

  it('cannot be undone once the change is activated', () => {
    const world = World.running();
    world.propose('a', [refresh]);
    world.vote(1, ['a', 'b', 'c']);
    world.propose('a', [{ _tag: 'abandon', change: 1 }]);
    for (const id of ['a/1', 'b/1', 'c/1', 'd/1']) world.sayReady(id as ProcessId);
    expect(world.governance.change?.state).toBe('activated');
    world.vote(2, ['a', 'b', 'c']);
    world.read(20 * hourMs);
    expect(world.governance.change?.state).toBe('activated');
    world.beginEpoch();
    expect(world.document.epoch).toBe(2);
  });
});

describe('the schedule', () => {
  it('asks for new shares when it is time, and not before the epoch is seen to work', () => {
    const founding = new World().founding;
    const terms = { ...founding.governance.terms, refreshMs: 2 * hourMs };
    const world = World.running({ ...founding, governance: { ...founding.governance, terms } }).restoring();
    world.read();
    world.read(2 * hourMs);
    expect(world.governance.change?.origin).toEqual({ _tag: 'refresh' });
    for (const id of ['a/1', 'b/1', 'c/1', 'd/1']) world.sayReady(id as ProcessId);
    world.beginEpoch();
    world.read(3 * hourMs);
    expect(world.governance.change).toBeUndefined();
    world.enact();
    world.read(2 * hourMs);
    expect(world.governance.change?.number).toBe(2);
  });
});
