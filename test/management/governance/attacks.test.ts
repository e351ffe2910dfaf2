/** What somebody with bad intentions could do to the others through governance. */
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Alliance } from '../../../src/management/alliance.js';
import { evolve } from '../../../src/management/governance/evolve.js';
import type { Governance } from '../../../src/management/governance/governance.js';
import { takenResult } from '../../../src/services/membership/results.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { vouchPolicy } from '../../../src/quorum/trust/derived-policy.js';
import { MultisigKeyShare } from '../../../src/schemes/multisig/key.js';
import type { SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { makeSigner, makeVerifier } from '../../../src/schemes/registry.js';
import { right } from '../../support/right.js';
import { enrol, hourMs, publicKey, refresh, secret, World } from './world.js';

/** The alliance of the tests with a key for documents. */
function withDocumentKey(): Alliance {
  const { founding } = new World();
  const { trust } = founding;
  const publicKeys = new Map(
    trust.system.processes.universe.ids.map((id) => [id, publicKey(`document files ${id}`)] as const),
  );
  const key = { _tag: 'multisig', usage: 'document', epoch: 1, policy: vouchPolicy(trust), publicKeys } as const;
  return { ...founding, documentKeys: [{ name: 'files', publicKey: key }] };
}

describe('a thief of administrators’ keys', () => {
  it('cannot use up the numbers of those who come after', () => {
    const world = World.running();
    const { configuration: base, history: effect } = world.governance;
    const actions = world.actionBytes([refresh]);
    const numbered = { overrides: [], lengthMs: hourMs, number: Number.MAX_SAFE_INTEGER } as const;
    const last = world.organizationAct('a', { _tag: 'propose', base, effect, actions, ...numbered });
    expect(world.take(last).error?._tag).toBe('EffectDiffers');
    const withdrawal = { _tag: 'withdraw', proposal: world.governance.history } as const;
    expect(world.say('a', withdrawal)).toBe('NumberUsed');
    const entry = present(world.document.organizations[0], 'organization a');
    const administrators = [
      ...entry.administrators,
      { name: 'zoe' as ProcessId, key: publicKey('administrator a zoe') },
    ];
    const renewed: Action = { _tag: 'organization', organization: { ...entry, administrators }, lost: [] };
    expect(world.propose('b', [renewed])).toBe('taken');
    world.vote(1, ['b', 'c', 'd']);
    world.goThrough();
    expect(world.say('a', withdrawal)).toBe('UnknownProposal');
  });

  it('cannot send again what was examined and refused', () => {
    const world = World.running();
    const { configuration: base, history: effect } = world.governance;
    const body = { _tag: 'propose', base, effect, overrides: [], lengthMs: hourMs, number: 5 } as const;
    const actions = world.actionBytes([refresh]);
    const act = world.organizationAct('a', { ...body, actions });
    expect(world.take(act).error?._tag).toBe('EffectDiffers');
    expect(world.take(act).error?._tag).toBe('NumberUsed');
    expect(world.governance.proposed.get('a')).toHaveLength(1);
  });
});

describe('proposals that come to nothing', () => {
  it('count like others, whatever is wrong with them', () => {
    const world = World.running();
    const stranger: Action = { _tag: 'remove', organization: 'nobody' };
    for (let count = 0; count < 8; count++) expect(world.propose('a', [stranger])).toBe('NotAMember');
    expect(world.propose('a', [stranger])).toBe('TooOften');
  });

  it('count no more after the time was set back', () => {
    const world = World.running();
    const spent = new Map([['a', Array.from({ length: 8 }, () => 9e15)]]);
    world.governance = { ...world.governance, proposed: spent, time: { ...world.governance.time, nowMs: 9e15 } };
    const earlier = { ...world.governance.time, nowMs: 1000 };
    world.governance = evolve(world.governance, { _tag: 'time-agreed', time: earlier, reader: 'a/1' as ProcessId });
    expect(world.propose('a', [refresh])).toBe('taken');
  });
});

describe('reasons', () => {
  it('are kept, and told, within bounds, however long they are', () => {
    const world = World.running();
    world.propose('a', [refresh]);
    const { id } = present(world.proposal(1), 'a proposal');
    const ended = { _tag: 'proposal-ended', proposal: id, ending: 'failed', why: '\u0001'.repeat(1e6) } as const;
    const after: Governance = evolve(world.governance, ended);
    expect(after.closed[0]?.why.length).toBe(4000);
    const events = Array.from({ length: 500 }, () => ended);
    expect(takenResult({ governance: after, events }).length).toBeLessThan(64 * 1024);
  });
});

describe('the schedule', () => {
  it('is not put off by an interval where a turn is missed', () => {
    const { founding } = new World();
    const terms = { ...founding.governance.terms, refreshMs: 20 * hourMs };
    const world = World.running({ ...founding, governance: { ...founding.governance, terms } });
    world.read(20 * hourMs - 1);
    world.governance = evolve(world.governance, { _tag: 'turn-missed' });
    world.read(hourMs);
    world.read();
    expect(world.governance.change?.origin).toEqual({ _tag: 'refresh' });
  });
});

describe('what is an organization’s own', () => {
  it('does not open while it is suspended', () => {
    const world = World.running();
    world.propose('a', [refresh]);
    world.vote(1, ['a', 'b', 'c']);
    world.propose('d', [enrol('d/more')]);
    expect(world.proposal(2)?.state).toBe('accepted');
    world.propose('a', [{ _tag: 'suspend', organization: 'd', lengthMs: 10 * hourMs }]);
    world.vote(3, ['a', 'b']);
    world.goThrough();
    expect(world.proposal(2)?.state).toBe('accepted');
    expect(world.governance.change).toBeUndefined();
  });

  it('is judged again when its turn comes: nobody waits past the limits', () => {
    const { founding } = new World();
    const limits = { ...founding.governance.limits, applicationsPerOrganization: 2 };
    const world = World.running({ ...founding, governance: { ...founding.governance, limits } });
    world.propose('a', [enrol('a/two')]);
    world.propose('a', [enrol('a/three')]);
    expect([1, 2].map((number) => world.proposal(number)?.isAutonomous)).toEqual([true, true]);
    world.goThrough();
    expect(world.closed(2)).toMatchObject({ ending: 'failed' });
    expect(world.closed(2)?.why).toContain('own business');
  });
});

describe('a signature on a document', () => {
  const text = utf8('what is to be signed');

  function shareOf(world: World, id: ProcessId, message: Uint8Array): SignatureShare {
    const key = present(world.document.documentKeys[0], 'a key').publicKey;
    const share = new MultisigKeyShare(id, secret(`document files ${id}`));
    return right(right(makeSigner(key, share, world.document.trust.system.processes.universe)).signShare(message));
  }

  function asked(): { readonly world: World; readonly send: (id: string, message?: Uint8Array) => string } {
    const world = World.running(withDocumentKey()).restoring();
    expect(world.propose('a', [{ _tag: 'sign', key: 'files', document: text }])).toBe('taken');
    const { id: proposal } = present(world.proposal(1), 'a proposal');
    const send = (id: string, message = text): string => {
      const share = shareOf(world, id as ProcessId, message);
      return world.sayAs(id as ProcessId, { _tag: 'share', of: { _tag: 'document', proposal }, share });
    };
    return { world, send };
  }

  it('is made of shares once the organizations agree, and a bad one bars its sender alone', () => {
    const { world, send } = asked();
    expect(send('a/1')).toBe('NothingToSign');
    world.vote(1, ['a', 'b', 'c']);
    expect(world.closed(1)?.ending).toBe('enacted');
    expect(send('d/1', utf8('something else'))).toBe('taken');
    expect(send('a/1')).toBe('taken');
    expect(send('d/1')).toBe('ShareBarred');
    expect(send('a/1')).toBe('ShareDuplicate');
    expect(send('b/1')).toBe('taken');
    expect(send('c/1')).toBe('SignedBefore');
    const signing = present([...world.governance.signings.values()][0], 'a signing');
    const key = present(world.document.documentKeys[0], 'a key').publicKey;
    const verifier = right(makeVerifier(key, world.document.trust.system.processes.universe));
    expect(verifier.verify(text, present(signing.signature, 'a signature'))).toBe(true);
  });

  it('is asked for anew in the next epoch, whose shares do not combine with those before', () => {
    const { world, send } = asked();
    world.vote(1, ['a', 'b', 'c']);
    send('a/1');
    world.propose('a', [refresh]);
    world.vote(2, ['a', 'b', 'c']);
    world.goThrough();
    expect(world.document.epoch).toBe(2);
    expect([send('a/1'), send('b/1')]).toEqual(['taken', 'taken']);
    expect(present([...world.governance.signings.values()][0], 'a signing').signature).toBeDefined();
  });

  it('is not made of what looks like a statement of koinon', () => {
    const world = World.running(withDocumentKey());
    const { message } = world.governance.enacted;
    expect(world.propose('a', [{ _tag: 'sign', key: 'files', document: message }])).toBe('LooksLikeStatement');
  });
});
