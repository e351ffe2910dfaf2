import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { signedAct, stillToSign } from '../../../src/client/governance/act-signing.js';
import { changesBetween, type GovernanceChange } from '../../../src/client/governance/changes-seen.js';
import { GovernanceWatch } from '../../../src/client/governance/governance-watch.js';
import type { VoiceError } from '../../../src/client/governance/organization-voice.js';
import { describeVoiceError } from '../../../src/client/governance/voice-errors.js';
import { decodeBody } from '../../../src/management/acts/act-body.js';
import type { Alliance } from '../../../src/management/alliance.js';
import { allianceIdOf } from '../../../src/management/alliance-codec.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { actCommands, isAct } from '../../../src/services/membership/commands.js';
import { encodeResult } from '../../../src/services/membership/result-codec.js';
import type { Overview, ViewKind, Views } from '../../../src/services/membership/view-shapes.js';
import { fixedAlliance } from '../../management/fixed-alliance.js';
import { withOrganization } from '../../management/governed-alliance.js';
import { hourMs, publicKey } from '../../management/governance/world.js';
import { newOrganization, trustOf } from '../../management/governance/newcomer.js';
import { policyOf } from '../../management/proposals/alliances.js';
import { right } from '../../support/right.js';
import { administrator, GovernedLog } from './governed-log.js';

const refresh: Action = { _tag: 'refresh', lost: [] };
const suspendD: Action = { _tag: 'suspend', organization: 'd', lengthMs: hourMs };
const admitE: readonly Action[] = [
  { _tag: 'admit', organization: newOrganization('e') },
  trustOf('a', 'b', 'c', 'd', 'e'),
];

function words(refused: E.Either<VoiceError, unknown>): string {
  return E.isLeft(refused) ? describeVoiceError(refused.left) : 'it was taken';
}

/** Two of its three administrators speak for "a". */
function twoOfThree(): Alliance {
  return withOrganization(fixedAlliance(), 'a', (entry) => ({
    administrators: [...entry.administrators, { name: 'cal' as ProcessId, key: publicKey('administrator a cal') }],
    rule: policyOf('2 of (ann, bob, cal)'),
  }));
}

describe('an organization', () => {
  it('proposes, votes, and sees what was decided take effect', async () => {
    const log = new GovernedLog();
    const proposed = right(await log.voice('a').propose({ actions: [suspendD] }));
    expect(proposed.proposal.number).toBe(1);
    right(await log.voice('b').ballot(1, true));
    const last = right(await log.voice('c').ballot(1, true));
    expect(last.events.map(({ event }) => event)).toEqual([
      'number-used',
      'ballot-cast',
      'proposal-accepted',
      'suspended',
      'proposal-ended',
    ]);
    expect(last.events[4]).toMatchObject({ proposal: { number: 1 }, why: 'enacted: it took effect at once' });
    const late = await log.voice('a').ballot(1, true);
    expect(words(late)).toBe('proposal 1 is over (enacted: it took effect at once)');
    expect(words(await log.voice('d').propose({ actions: [refresh] }))).toContain('d is suspended');
  });

  it('numbers its acts by the clock where that is ahead, and else by what was taken last', async () => {
    const log = new GovernedLog();
    const numberOf = async (): Promise<number> => {
      const { drafted } = right(await log.voice('a').propose({ actions: [suspendD] }));
      return drafted.body.number;
    };
    log.nowMs = 9_000_000;
    expect(await numberOf()).toBe(9_000_001);
    log.nowMs = 5;
    expect(await numberOf()).toBe(9_000_002);
  });

  it('withdraws what it proposed, and nobody else does', async () => {
    const log = new GovernedLog();
    right(await log.voice('a').propose({ actions: [refresh] }));
    expect(words(await log.voice('b').withdraw(1))).toContain("proposal 1 is a's, not b's");
    right(await log.voice('a').withdraw(1));
    expect(right(await log.client.ask('proposal', 1))).toMatchObject({ ending: 'withdrawn' });
  });

  it('is refused on its own machine what a gate stands against, with the witness, and may override it by name', async () => {
    const log = new GovernedLog();
    let sent = 0;
    const lone: Action = { _tag: 'policy', subject: { _tag: 'amendment' }, policy: policyOf('1 of (a, b, c, d)') };
    log.interfere = (command) => {
      if (isAct(command)) sent += 1;
      return undefined;
    };
    const refused = await log.voice('a').propose({ actions: [lone] });
    expect(refused).toMatchObject({ left: { _tag: 'GateStands' } });
    expect(words(refused)).toBe(
      'amendment-forgeable: {d} may be dishonest together, and satisfy the amendment policy alone. ' +
        'amendment-divided: {d} and {a} satisfy the amendment policy twice, and share nobody.',
    );
    expect(sent).toBe(0);
    const overrides = ['amendment-forgeable', 'amendment-divided'] as const;
    const needless = await log.voice('a').propose({ actions: [lone], overrides: [...overrides, 'trust-violated'] });
    expect(needless).toMatchObject({ left: { _tag: 'NeedlessOverride', gates: ['trust-violated'] } });
    right(await log.voice('a').propose({ actions: [lone], overrides }));
    const silent = await log.voice('b').ballot(1, true);
    expect(words(silent)).toContain('it would count as a no');
    right(await log.voice('b').ballot(1, true, overrides));
    right(await log.voice('c').ballot(1, false));
    expect(right(await log.client.ask('overview')).proposals[0]?.ballots).toHaveLength(2);
  });

  it('cannot make a proposal longer than the document allows, nor one that is none', async () => {
    const log = new GovernedLog();
    expect(words(await log.voice('a').propose({ actions: [refresh], lengthMs: 15 * 24 * hourMs }))).toContain(
      '360 hours',
    );
    expect(await log.voice('a').propose({ actions: [] })).toMatchObject({ left: { _tag: 'NoActions' } });
    expect(await log.voice('a').propose({ actions: [refresh, suspendD] })).toMatchObject({
      left: { _tag: 'MixedActions' },
    });
    const unknown: Action = { _tag: 'remove', organization: 'z' };
    expect(await log.voice('a').propose({ actions: [unknown] })).toMatchObject({ left: { _tag: 'NotAMember' } });
    expect(await log.voice('z', []).propose({ actions: [refresh] })).toMatchObject({ left: { _tag: 'UnknownAuthor' } });
    expect(await log.voice('a').ballot(4, true)).toMatchObject({ left: { _tag: 'NothingThere' } });
  });

  it('has its administrators sign one after another, where its rule asks for several', async () => {
    const log = new GovernedLog(twoOfThree());
    const alone = await log.voice('a').propose({ actions: [refresh] });
    expect(words(alone)).toBe('a has not said so yet: its rule asks for one more of (bob, cal)');
    const stranger = await log
      .voice('a', [administrator('a'), administrator('b', 'zoe')])
      .propose({ actions: [refresh] });
    expect(E.isLeft(stranger)).toBe(true);
    const drafted = right(await log.voice('a').draft({ _tag: 'propose', actions: [refresh] }));
    expect(stillToSign(drafted.authority, drafted.act)).toBe('one more of (bob, cal)');
    const signed = signedAct(drafted.act, allianceIdOf(log.founding), drafted.authority, [administrator('a', 'cal')]);
    expect(signed.signatures.map(({ by }) => by)).toEqual(['ann', 'cal']);
    expect(stillToSign(drafted.authority, signed)).toBeUndefined();
    expect(E.isRight(await log.client.say(signed))).toBe(true);
    expect(await log.client.say(signed)).toMatchObject({ left: { _tag: 'Refused', error: 'NumberUsed' } });
  });

  it('tries again where another proposal is examined at the same moment', async () => {
    const log = new GovernedLog();
    let busy = 0;
    const result = utf8(JSON.stringify(encodeResult({ _tag: 'refused', error: 'Busy', says: 'at the same moment' })));
    log.interfere = (command) => {
      const isProposal = new TextDecoder().decode(command).includes('"refresh"');
      return isProposal && ++busy < 3 ? { _tag: 'executed', slot: 5, result } : undefined;
    };
    right(await log.voice('a').propose({ actions: [refresh] }));
    expect(busy).toBe(3);
  });

  it('does not believe servers that show another proposal than its author signed', async () => {
    const log = new GovernedLog();
    right(await log.voice('a').propose({ actions: [suspendD] }));
    const other = new GovernedLog();
    right(await other.voice('a').propose({ actions: [refresh] }));
    const real = right(await log.client.ask('proposal', 1));
    const shown = right(await other.client.ask('proposal', 1));
    const ask = log.client.ask.bind(log.client);
    log.client.ask = async <K extends ViewKind>(kind: K, number?: number) => {
      const asked = await ask(kind, number);
      return kind === 'proposal' ? E.right({ ...shown, id: real.id } as unknown as Views[K]) : asked;
    };
    expect(await log.voice('b').ballot(1, true)).toMatchObject({ left: { _tag: 'ProposalForged' } });
  });
});

describe('an organization that is admitted', () => {
  it('acknowledges the draft that the proposal makes of the document, and no other', async () => {
    const log = new GovernedLog();
    expect(words(await log.voice('e').acknowledge())).toContain('no change that is under way admits e');
    right(await log.voice('a').propose({ actions: admitE }));
    for (const name of ['a', 'b', 'c']) right(await log.voice(name).ballot(1, true));
    const drafted = right(await log.voice('e').draft({ _tag: 'acknowledge' }));
    expect(drafted.examination?.draft?.admitted).toEqual(['e']);
    expect(right(decodeBody(drafted.act.body))).toMatchObject({ change: 1 });
    right(await log.voice('e').acknowledge());
    expect(right(await log.client.ask('overview')).change).toMatchObject({
      state: 'gathering',
      admitted: ['e'],
      acknowledged: ['e'],
      waitsFor: 'e/1 (to join)',
    });
  });

  it('is told where the servers show a draft that is not what the proposal says', async () => {
    const log = new GovernedLog();
    right(await log.voice('a').propose({ actions: admitE }));
    for (const name of ['a', 'b', 'c']) right(await log.voice(name).ballot(1, true));
    const ask = log.client.ask.bind(log.client);
    const { change, ...overview } = right(await ask('overview'));
    const forged = change === undefined ? overview : { ...overview, change: { ...change, draft: overview.history } };
    log.client.ask = async <K extends ViewKind>(kind: K, number?: number) => {
      const asked = await ask(kind, number);
      return kind === 'overview' ? E.right(forged as unknown as Views[K]) : asked;
    };
    expect(await log.voice('e').acknowledge()).toMatchObject({ left: { _tag: 'DraftDiffers', change: 1 } });
  });
});

describe('what has happened', () => {
  async function seen(log: GovernedLog): Promise<Overview> {
    return right(await log.client.ask('overview'));
  }

  it('is told from two looks', async () => {
    const log = new GovernedLog();
    const looks = [await seen(log)];
    const step = async (act: () => unknown): Promise<readonly GovernanceChange[]> => {
      await act();
      looks.push(await seen(log));
      const [before, after] = looks.slice(-2);
      return before === undefined || after === undefined ? [] : changesBetween(before, after);
    };
    expect(await step(() => undefined)).toEqual([]);
    expect(await step(() => log.voice('a').propose({ actions: [suspendD] }))).toMatchObject([
      { _tag: 'proposal-opened', proposal: { number: 1 } },
    ]);
    expect(await step(() => log.voice('b').ballot(1, true))).toEqual([
      { _tag: 'ballot-cast', proposal: 1, organization: 'b', accepts: true },
    ]);
    expect(await step(() => log.voice('c').ballot(1, true))).toMatchObject([
      { _tag: 'proposal-ended', proposal: { number: 1, ending: 'enacted' } },
      { _tag: 'organization-moved', organization: 'd', state: 'suspended' },
    ]);
    await step(() => log.voice('a').propose({ actions: [refresh] }));
    const votes = async (): Promise<void> => {
      for (const name of ['a', 'b', 'c']) right(await log.voice(name).ballot(2, true));
    };
    expect(await step(votes)).toMatchObject([
      { _tag: 'ballot-cast' },
      { _tag: 'ballot-cast' },
      { _tag: 'ballot-cast' },
      { _tag: 'proposal-moved', proposal: 2, state: 'executing' },
      { _tag: 'change-opened', change: { number: 1, state: 'prepared' } },
    ]);
    expect(await step(() => log.world.sayReady('a/1' as ProcessId))).toMatchObject([
      { _tag: 'change-moved', change: { waitsFor: '{b/1, c/1, d/1} (to be ready)' } },
    ]);
    expect(
      await step(() => {
        log.goThrough();
      }),
    ).toMatchObject([
      { _tag: 'proposal-ended', proposal: { number: 2, ending: 'enacted' } },
      { _tag: 'change-ended', change: 1, isEnacted: true },
      { _tag: 'epoch-begun', epoch: 2 },
      { _tag: 'epoch-enacted', epoch: 2 },
    ]);
  });

  it('is told to listeners when the log brings an act, without another being asked for', async () => {
    const log = new GovernedLog();
    const heard: string[] = [];
    let resolve: () => void = () => undefined;
    const told = new Promise<void>((done) => {
      resolve = done;
    });
    const watch = new GovernanceWatch({
      client: log.client,
      everyMs: 60_000,
      onChange: (changes, { epoch }) => {
        heard.push(...(changes.length === 0 ? [`epoch ${epoch}`] : changes.map(({ _tag }) => _tag)));
        if (changes.length > 0) resolve();
      },
    });
    await new Promise((done) => setTimeout(done, 50));
    right(await log.voice('a').propose({ actions: [refresh] }));
    const [command = new Uint8Array()] = actCommands(utf8('an act of somebody'));
    watch.hear([{ slot: 9, index: 0, client: 'b/app', session: 1, sequence: 1, command: utf8('a line') }]);
    watch.hear([{ slot: 9, index: 1, client: 'b/app', session: 1, sequence: 2, command }]);
    await told;
    watch.close();
    expect(heard).toEqual(['epoch 1', 'proposal-opened']);
  });
});
