import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { describeAskError, describeSayError } from '../../../src/client/governance/errors.js';
import { GovernanceClient } from '../../../src/client/governance/governance-client.js';
import { readProposal } from '../../../src/client/governance/intentions.js';
import { decodeAct } from '../../../src/management/acts/act.js';
import { configurationDigestOf } from '../../../src/management/alliance-codec.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { membershipName } from '../../../src/services/membership/membership.js';
import { partBytes } from '../../../src/services/membership/views.js';
import { readServiceCommand } from '../../../src/services/service-command.js';
import { documentKey, policyOf } from '../../management/governed-alliance.js';
import { fixedAlliance } from '../../management/fixed-alliance.js';
import { hourMs } from '../../management/governance/world.js';
import { right } from '../../support/right.js';
import { GovernedLog } from './governed-log.js';

const refresh: Action = { _tag: 'refresh', lost: [] };

/** With certificates so long that its views come in several parts. */
function longAlliance() {
  const founding = fixedAlliance();
  const organizations = founding.organizations.map((each) => {
    const body = Buffer.from(`authority of ${each.name} `.repeat(750)).toString('base64');
    return { ...each, certificateAuthority: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n` };
  });
  return { ...founding, organizations };
}

/** With two keys that are shared. */
function signingAlliance() {
  const announcements = { ...documentKey('announcements'), approval: policyOf('2 of (a, b, c, d)') };
  return { ...fixedAlliance(), documentKeys: [announcements, documentKey('receipts')] };
}

describe('a client of management', () => {
  it('is shown everything at a glance', async () => {
    const log = new GovernedLog();
    log.world.propose('a', [refresh]);
    log.world.vote(1, ['b']);
    log.world.vote(1, ['c'], false);
    log.world.propose('d', [refresh]);
    const overview = right(await log.client.ask('overview'));
    expect(overview).toMatchObject({
      epoch: 1,
      enacted: true,
      timeMs: log.world.nowMs,
      proposalCount: 2,
      changeCount: 0,
      conflicts: [{ between: [1, 2], about: ['shares of all keys'] }],
      closed: [],
      without: [],
    });
    expect(overview.configuration).toEqual(configurationDigestOf(log.founding));
    expect(overview.organizations.map(({ name, state, number }) => [name, state, number])).toEqual([
      ['a', 'active', 1],
      ['b', 'active', 1],
      ['c', 'active', 1],
      ['d', 'active', 1],
    ]);
    expect(overview.servers[0]).toEqual({ id: 'a/1', state: 'active' });
    expect(overview.proposals[0]).toMatchObject({
      number: 1,
      author: 'a',
      state: 'open',
      kinds: ['refresh'],
      ballots: [
        { organization: 'b', accepts: true },
        { organization: 'c', accepts: false },
      ],
      stillNeeded: ['amendment policy: two more of (a, d)'],
    });
  });

  it('is shown what a change has come to, and what was handed out', async () => {
    const log = new GovernedLog(signingAlliance());
    log.world.propose('a', [{ _tag: 'refresh', lost: [] }]);
    log.world.vote(1, ['a', 'b', 'c']);
    const { change, sharings } = right(await log.client.ask('overview'));
    expect(change).toMatchObject({
      number: 1,
      state: 'moving',
      proposal: 1,
      why: 'proposal 1',
      moves: [
        { key: 'alliance', kind: 'keep', isDone: true },
        { key: 'document announcements', kind: 'refresh', isDone: false },
        { key: 'document receipts', kind: 'refresh', isDone: false },
      ],
      attempt: { key: 'document announcements', attempt: 1 },
    });
    expect(change?.waitsFor).toContain('document announcements: ');
    expect(sharings).toMatchObject([
      { role: 'document announcements', epoch: 1, isInForce: true, isQualified: true },
      { role: 'document receipts', isInForce: true },
    ]);
    expect(right(await log.client.ask('document'))).toEqual(log.membership.governance.document);
    expect(await log.client.ask('next-document')).toMatchObject({ left: { _tag: 'NothingThere' } });
  });

  it('is shown a next document, and whose readiness is awaited', async () => {
    const log = new GovernedLog();
    log.world.propose('a', [refresh]);
    log.world.vote(1, ['a', 'b', 'c']);
    log.world.sayReady('b/1' as ProcessId);
    const { change } = right(await log.client.ask('overview'));
    expect(change).toMatchObject({ state: 'prepared', waitsFor: '{a/1, c/1, d/1} (to be ready)' });
    const next = right(await log.client.ask('next-document'));
    expect(next.epoch).toBe(2);
    expect(configurationDigestOf(next)).toEqual(change?.configuration);
    log.goThrough();
    expect(right(await log.client.ask('overview'))).toMatchObject({ epoch: 2, enacted: true, changeCount: 1 });
    expect(right(await log.client.ask('document'))).toEqual(next);
  });

  it('is shown proposals, with all that was signed, and why those that are over ended', async () => {
    const log = new GovernedLog();
    log.world.propose('a', [{ _tag: 'suspend', organization: 'd', lengthMs: hourMs }]);
    log.world.vote(1, ['c']);
    const open = right(await log.client.ask('proposal', 1));
    if (open._tag !== 'under-way') throw new Error('it is under way');
    expect(readProposal(open.act)).toMatchObject({ actions: [{ _tag: 'suspend', organization: 'd' }] });
    expect(right(decodeAct(open.ballotActs[0] ?? new Uint8Array())).author).toEqual({
      _tag: 'organization',
      name: 'c',
    });
    log.world.vote(1, ['b']);
    expect(right(await log.client.ask('proposal', 1))).toMatchObject({ _tag: 'ended', ending: 'enacted', author: 'a' });
    expect(right(await log.client.ask('closed'))).toMatchObject([{ number: 1, why: 'it took effect at once' }]);
    log.world.read();
    const { organizations } = right(await log.client.ask('overview'));
    expect(organizations[3]).toMatchObject({ state: 'suspended', suspendedUntilMs: log.world.nowMs + hourMs });
    const none = await log.client.ask('proposal', 7);
    expect(E.isLeft(none) && describeAskError(none.left)).toContain('proposal 7: there is none');
  });

  it('is shown what is being signed', async () => {
    const log = new GovernedLog(signingAlliance());
    const message = utf8('a receipt');
    log.world.propose('a', [{ _tag: 'sign', key: 'announcements', document: message }]);
    log.world.vote(1, ['a', 'b']);
    const shown = right(await log.client.ask('signature', 1));
    expect(shown).toEqual({ proposal: 1, role: 'document announcements', message, signed: [], isSigned: false });
    expect(right(await log.client.ask('overview')).signatures).toEqual([
      { proposal: 1, role: 'document announcements', signed: [], isSigned: false },
    ]);
  });

  it('reads what comes in several parts', async () => {
    const log = new GovernedLog(longAlliance());
    let asked = 0;
    log.interfere = (command) => {
      expect(readServiceCommand(command)?.name).toBe(membershipName);
      asked += 1;
      return undefined;
    };
    expect(right(await log.client.ask('document'))).toEqual(log.founding);
    expect(asked).toBe(2);
  });

  it('notices that parts are of different states, and begins again', async () => {
    const log = new GovernedLog(longAlliance());
    let asked = 0;
    log.interfere = () => {
      asked += 1;
      // Between the first part and the second another document comes into force.
      if (asked === 2) {
        log.interfere = () => undefined;
        log.world.propose('a', [refresh]);
        log.world.vote(1, ['a', 'b', 'c']);
        log.goThrough();
      }
      return undefined;
    };
    const document = right(await log.client.ask('document'));
    expect(document).toEqual(log.membership.governance.document);
    expect(document.epoch).toBe(2);
  });

  it('gives up where every whole is of two states', async () => {
    const log = new GovernedLog(longAlliance());
    const parts = new Map<number, Uint8Array>();
    let asked = 0;
    const client = new GovernanceClient({
      execute: async (command) => {
        asked += 1;
        const outcome = await log.execute(command);
        if (outcome._tag !== 'executed') return outcome;
        const result = Uint8Array.from(outcome.result);
        // The digest that stands in front.
        result.set([asked], 8);
        parts.set(asked, result);
        return { ...outcome, result };
      },
    });
    expect(await client.ask('document')).toMatchObject({ left: { _tag: 'KeepsChanging' } });
    expect(parts.size).toBeGreaterThan(5);
    expect(partBytes).toBeLessThan(64 * 1024);
  });

  it('asks again where it is not told what came of its question, and no more than a few times', async () => {
    const log = new GovernedLog();
    let asked = 0;
    log.interfere = () => (++asked < 3 ? { _tag: 'committed', slot: 9, index: 0 } : undefined);
    expect(E.isRight(await log.client.ask('overview'))).toBe(true);
    log.interfere = () => (++asked, { _tag: 'committed', slot: 9, index: 0 });
    asked = 0;
    expect(await log.client.ask('overview')).toMatchObject({ left: { _tag: 'ResultUnknown', slot: 9 } });
    expect(asked).toBe(5);
    log.interfere = () => ({ _tag: 'rejected', reason: 'the client is closed' });
    expect(await log.client.ask('overview')).toMatchObject({ left: { _tag: 'Unanswered' } });
  });

  it('does not take for an answer what is none', async () => {
    const log = new GovernedLog();
    for (const result of [new Uint8Array(), utf8('{}'), new Uint8Array(44)]) {
      log.interfere = () => ({ _tag: 'executed', slot: 1, result });
      const asked = await log.client.ask('overview');
      expect(E.isLeft(asked) && ['NotUnderstood', 'NothingThere', 'ResultUnknown'].includes(asked.left._tag)).toBe(
        true,
      );
      const said = await log.client.say({ author: { _tag: 'organization', name: 'a' }, body: result, signatures: [] });
      expect(said).toMatchObject({ left: { _tag: 'NotUnderstood' } });
    }
  });

  it('brings acts in as many pieces as they need, and is told in words why one comes to nothing', async () => {
    const log = new GovernedLog();
    const act = { author: { _tag: 'organization', name: 'a' }, body: new Uint8Array(200_000), signatures: [] } as const;
    const refused = await log.client.say(act);
    expect(refused).toMatchObject({ left: { _tag: 'Refused', error: 'MalformedAct' } });
    expect(E.isLeft(refused) && describeSayError(refused.left)).toContain('these bytes are no act');
    const sent: number[] = [];
    log.interfere = ({ length }) => (sent.push(length), undefined);
    await Promise.all([log.client.say(act), log.client.say(act)]);
    expect(sent.length).toBe(8);
    const tooLong = await log.client.say({ ...act, body: new Uint8Array(8 << 20) });
    expect(tooLong).toMatchObject({ left: { _tag: 'ActTooLong' } });
  });
});
