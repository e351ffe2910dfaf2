import { setImmediate, setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { right } from '../../support/right.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Request } from '../../../src/consensus/batch.js';
import type { SnapshotCertificate } from '../../../src/consensus/manifest.js';
import type { Signature } from '../../../src/schemes/contract/distributed-signer.js';
import {
  type ClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  protocolLimits,
  type ServerMessage,
} from '../../../src/client/protocol.js';
import { ApplicationSessions } from '../../../src/server/applications/application-sessions.js';
import { DecidedLog } from '../../../src/server/log/decided-log.js';
import { MemoryLogStore } from '../../../src/storage/memory.js';
import type { LinkHandler } from '../../../src/transport/transport.js';
import { CertifiedLog } from '../../support/certified-log.js';
import { testClient, testRequest } from '../../support/cluster.js';

const ended = {
  epoch: 1,
  slot: 512,
  chain: digest(utf8('a chain')),
  state: digest(utf8('a state')),
  signature: new Uint8Array(64) as Signature,
  document: '{}',
};
const status = {
  process: 'a/1',
  epoch: 1,
  view: 1,
  leader: 'a/1',
  decided: 0,
  certified: 0,
  checkpoint: 0,
  certifiedState: 0,
  first: 1,
  connected: [],
  proven: [{ process: 'b/1', kind: 'DoubleVote' }],
  fast: 0,
  slow: 0,
  transferred: 0,
  certificates: 0,
};

class CountedStore extends MemoryLogStore {
  reads = 0;
  override read(...args: Parameters<MemoryLogStore['read']>): ReturnType<MemoryLogStore['read']> {
    this.reads += 1;
    return super.read(...args);
  }
}

/** An application's end of a link. */
class Application {
  readonly received: ServerMessage[] = [];
  pending = 0;
  closedBecause: string | undefined;
  private readonly handler: LinkHandler;

  constructor(
    sessions: ApplicationSessions,
    readonly id = testClient as ProcessId,
  ) {
    this.handler = sessions.open(this);
  }

  send(frame: Uint8Array): boolean {
    this.received.push(right(decodeServerMessage(frame)));
    return true;
  }

  close(reason: string): void {
    this.closedBecause = reason;
    this.handler.onClosed(reason);
  }

  say(message: ClientMessage): void {
    this.handler.onFrame(encodeClientMessage(message));
  }

  sayBytes(bytes: Uint8Array): void {
    this.handler.onFrame(bytes);
  }

  /** What came, in few words. */
  get story(): readonly string[] {
    return this.received.map((message) => {
      if (message._tag === 'Begin') return `begin ${message.from}`;
      if (message._tag === 'Range') return `${message.range.from}+${message.range.batches.length}`;
      return message._tag.toLowerCase();
    });
  }
}

async function setting(slots: number, certified: readonly number[]) {
  const source = new CertifiedLog().decide(slots);
  const store = new CountedStore();
  const log = new DecidedLog(store, source.anchor.allianceId, () => undefined);
  for (const [index, batch] of source.batches.entries()) await log.append(index + 1, source.chainAt(index + 1), batch);
  for (const slot of certified) await log.putCertificate(source.certificate(slot));
  const submitted: Request[] = [];
  const told: (string | undefined)[] = [];
  const brought: Uint8Array[] = [];
  const clock = { nowMs: 0 };
  const states: { certified: SnapshotCertificate | undefined; asked: string[] } = { certified: undefined, asked: [] };
  const sessions = new ApplicationSessions({
    log,
    endOf: () => Number.POSITIVE_INFINITY,
    submit: (request, leader) => {
      submitted.push(request);
      told.push(leader);
    },
    leader: () => 'c/1',
    status: () => status,
    succession: (epoch) => (epoch === 1 ? ended : undefined),
    bring: (act) => (act.length === 0 ? 'an empty act is none' : void brought.push(act)),
    certifiedState: () => states.certified,
    chunk: (client, state, index) => {
      states.asked.push(`${client} ${index}`);
      return Promise.resolve(index === 0 ? { state, index, bytes: utf8('a chunk'), path: [] } : undefined);
    },
    clock: () => clock.nowMs,
  });
  const certify = (slot: number) => log.putCertificate(source.certificate(slot));
  return { store, log, sessions, submitted, told, certify, brought, clock, states };
}

/** A few turns: all that a session does without waiting for its link. */
async function turns(count = 10): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}

describe('a session', () => {
  it.each([
    ['the start', 1, ['begin 1', '1+5']],
    ['the middle', 4, ['begin 4', '4+2']],
    ['behind the newest certificate', 6, ['begin 6']],
    ['beyond the log', Number.MAX_SAFE_INTEGER, ['begin 8']],
    ['the newest', 0, ['begin 6']],
  ])('sends a listener what is certified from %s on', async (_, from, story) => {
    const { sessions } = await setting(7, [5]);
    const application = new Application(sessions);
    application.say({ _tag: 'Listen', from });
    await turns();
    expect(application.story).toEqual(story);
  });

  it('tells a listener where the log begins that has been pruned, at its beginning and on the way', async () => {
    const { sessions, log, certify } = await setting(7, [5]);
    const [late, waiting] = [new Application(sessions), new Application(sessions)];
    waiting.say({ _tag: 'Listen', from: 6 });
    await turns();
    await log.prune(3);
    late.say({ _tag: 'Listen', from: 3 });
    await turns();
    expect([late.story, late.received]).toEqual([['pruned'], [{ _tag: 'Pruned', first: 4 }]]);
    late.say({ _tag: 'Listen', from: 4 });
    await turns();
    expect(late.story).toEqual(['pruned', 'begin 4', '4+2']);
    await certify(7);
    await log.prune(6);
    sessions.onCertified();
    await turns();
    expect(waiting.story).toEqual(['begin 6', 'pruned']);
    sessions.onCertified();
    await turns();
    expect(waiting.story).toHaveLength(2);
  });

  it('goes on as the log is certified', async () => {
    const { sessions, certify } = await setting(7, [5]);
    const application = new Application(sessions);
    application.say({ _tag: 'Listen', from: 0 });
    await turns();
    await certify(7);
    sessions.onCertified();
    sessions.onCertified();
    await turns();
    expect(application.story).toEqual(['begin 6', '6+2']);
  });

  it('answers a flood of wishes once a turn, the last of them', async () => {
    const { sessions, store } = await setting(7, [5]);
    const application = new Application(sessions);
    for (let count = 0; count < 1000; count++) {
      application.say({ _tag: 'Listen', from: 1 + (count % 3) });
      application.say({ _tag: 'AskStatus' });
    }
    await turns();
    expect(application.story).toEqual(['status', 'begin 1', '1+5']);
    expect(store.reads).toBeLessThan(5);
  });

  it('sends one range a turn, so that a listener far behind holds nobody up', async () => {
    const { sessions } = await setting(3000, [1000, 2000, 3000]);
    const application = new Application(sessions);
    application.say({ _tag: 'Listen', from: 1 });
    for (const ranges of [1, 2, 3, 3]) {
      await setImmediate();
      expect(application.story.length).toBe(ranges + 1);
    }
    expect(application.story).toEqual(['begin 1', '1+1000', '1001+1000', '2001+1000']);
  });

  it('sends nothing while its reader is slow, and goes on when it has read', async () => {
    const { sessions } = await setting(7, [5]);
    const application = new Application(sessions);
    application.pending = 5 * 1024 * 1024;
    application.say({ _tag: 'Listen', from: 1 });
    application.say({ _tag: 'AskStatus' });
    application.say({ _tag: 'Submit', requests: [{ ...testRequest(1, ['x']), client: 'other/app' }] });
    await setTimeout(50);
    expect(application.story).toEqual([]);
    application.pending = 0;
    await setTimeout(50);
    expect(application.story).toEqual(['status', 'begin 1', '1+5']);
  });

  it('passes on requests of its own client, and refuses those of another', async () => {
    const { sessions, submitted, told } = await setting(0, []);
    const application = new Application(sessions);
    const own = testRequest(1, ['x']);
    const others = { ...testRequest(3, ['x']), client: 'x'.repeat(130) };
    application.say({ _tag: 'Submit', leader: 'd/1', requests: [own, others] });
    expect(submitted).toMatchObject([{ client: testClient, firstSequence: 1 }]);
    expect(told).toEqual(['d/1']);
    expect(application.received).toMatchObject([{ _tag: 'Refused', firstSequence: 3 }]);
    const [refused] = application.received;
    if (refused?._tag === 'Refused') expect(refused.reason.length).toBeLessThanOrEqual(protocolLimits.reasonBytes);
  });

  it('tells the client whose request was refused, on each of its links', async () => {
    const { sessions } = await setting(0, []);
    const [first, second] = [new Application(sessions), new Application(sessions)];
    const other = new Application(sessions, 'other/app' as ProcessId);
    sessions.onRefused(testRequest(5, ['x']), 'full');
    expect([first.story, second.story, other.story]).toEqual([['refused'], ['refused'], []]);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['garbage', Uint8Array.of(9, 9)],
    ['too many requests', Uint8Array.of(0, 0, 0, 0, 0, 65)],
    ['a leader of two lines', Uint8Array.of(0, 1, 0, 0, 0, 1, 10, 0, 0, 0, 0)],
    ['a slot beyond 2^53', Uint8Array.of(1, 255, 0, 0, 0, 0, 0, 0, 0)],
    ['something after the end', Uint8Array.of(2, 0)],
  ])('closes a link that carries %s', async (_, bytes) => {
    const { sessions } = await setting(7, [5]);
    const application = new Application(sessions);
    application.sayBytes(bytes);
    expect(application.closedBecause).toContain('malformed');
  });

  it.each(['its link has ended', 'the server ends'])('does nothing after %s', async (how) => {
    const { sessions, store, certify, submitted } = await setting(7, [5]);
    const application = new Application(sessions);
    application.pending = 5 * 1024 * 1024;
    application.say({ _tag: 'Listen', from: 1 });
    await turns();
    if (how === 'the server ends') sessions.close();
    else application.close('done');
    application.pending = 0;
    application.say({ _tag: 'Listen', from: 1 });
    application.say({ _tag: 'Submit', requests: [testRequest(1, ['x'])] });
    await certify(7);
    sessions.onCertified();
    await setTimeout(50);
    expect([application.story, submitted, store.reads]).toEqual([[], [], 0]);
  });

  it('tells of what was submitted on its own link, and of the newest session alone', async () => {
    const { sessions } = await setting(1, []);
    const [application, idle, other] = [
      new Application(sessions),
      new Application(sessions),
      new Application(sessions, 'b/app' as ProcessId),
    ];
    application.say({ _tag: 'Submit', requests: [testRequest(1, ['x', 'y'], 3)] });
    const run = (session: number, firstSequence: number, index: number, count = 1, client = testClient) => ({
      slot: 5,
      index,
      client,
      session,
      firstSequence,
      commands: Array.from({ length: count }, () => new Uint8Array()),
    });
    sessions.onPlaced([run(3, 1, 0, 2), run(2, 1, 2), run(3, 3, 3), run(3, 9, 4), run(3, 1, 5, 1, 'b/app')]);
    const runs = [
      { session: 3, firstSequence: 1, count: 2, slot: 5, index: 0 },
      { session: 3, firstSequence: 3, count: 1, slot: 5, index: 3 },
      { session: 3, firstSequence: 9, count: 1, slot: 5, index: 4 },
    ];
    expect(application.received).toEqual([{ _tag: 'Placed', leader: 'c/1', placements: runs }]);
    expect([idle.received, other.received]).toEqual([[], []]);
  });

  it('tells nothing of places while much waits to be read', async () => {
    const { sessions } = await setting(1, []);
    const application = new Application(sessions);
    application.say({ _tag: 'Submit', requests: [testRequest(1, ['x'], 3)] });
    application.pending = 5 * 1024 * 1024;
    const command = new Uint8Array();
    sessions.onPlaced([{ slot: 5, index: 0, client: testClient, session: 3, firstSequence: 1, commands: [command] }]);
    expect(application.received).toEqual([]);
  });

  describe('tells what came of commands', () => {
    const run = (session: number, sequence: number, result: Uint8Array | undefined, client = testClient) => ({
      delivered: { slot: 5, index: 0, client, session, sequence, command: new Uint8Array() },
      result,
    });

    it('of the session that is awaited on a link, where they are for an application', async () => {
      const { sessions } = await setting(1, []);
      const [application, idle, other] = [
        new Application(sessions),
        new Application(sessions),
        new Application(sessions, 'b/app' as ProcessId),
      ];
      application.say({ _tag: 'AwaitResults', session: 3 });
      other.say({ _tag: 'AwaitResults', session: 4 });
      idle.say({ _tag: 'Submit', requests: [testRequest(1, ['x', 'y'], 3)] });
      const [one, two] = [utf8('one'), utf8('two')];
      const executed = [
        run(3, 1, one),
        run(2, 1, one),
        run(3, 2, undefined),
        run(3, 3, two),
        run(3, 4, new Uint8Array(0)),
        run(3, 1, one, 'b/app'),
      ];
      sessions.onExecuted(5, { epoch: 2, executed });
      const results = [
        { session: 3, sequence: 1, result: one },
        { session: 3, sequence: 3, result: two },
        { session: 3, sequence: 4, result: new Uint8Array(0) },
      ];
      expect(application.received).toEqual([{ _tag: 'Executed', epoch: 2, slot: 5, results }]);
      expect([idle.received, other.received]).toEqual([[], []]);
    });

    it('in as many messages as it takes', async () => {
      const { sessions } = await setting(1, []);
      const application = new Application(sessions);
      application.say({ _tag: 'AwaitResults', session: 3 });
      const large = new Uint8Array(protocolLimits.resultBytes);
      const counts = (): readonly number[] =>
        application.received.splice(0).map((message) => (message._tag === 'Executed' ? message.results.length : -1));
      const many = (count: number, result: Uint8Array) =>
        Array.from({ length: count }, (_, index) => run(3, index + 1, result));
      sessions.onExecuted(5, { epoch: 1, executed: many(33, large) });
      expect(counts()).toEqual([16, 16, 1]);
      sessions.onExecuted(5, { epoch: 1, executed: many(1025, new Uint8Array(1)) });
      expect(counts()).toEqual([1024, 1]);
      sessions.onExecuted(5, { epoch: 1, executed: [] });
      expect(counts()).toEqual([]);
    });

    it('not while much waits to be read', async () => {
      const { sessions } = await setting(1, []);
      const application = new Application(sessions);
      application.say({ _tag: 'AwaitResults', session: 3 });
      application.pending = 5 * 1024 * 1024;
      sessions.onExecuted(5, { epoch: 1, executed: [run(3, 1, utf8('one'))] });
      expect(application.received).toEqual([]);
    });
  });

  it('is silent where the log cannot be read', async () => {
    const { sessions, log } = await setting(7, [5]);
    log.chainAt = () => undefined;
    log.range = () => undefined;
    const application = new Application(sessions);
    application.say({ _tag: 'Listen', from: 3 });
    await turns();
    expect(application.story).toEqual([]);
  });
});

describe('whoever asks how an epoch ended', () => {
  it('is told once a turn, and nothing where that is not known', async () => {
    const { sessions } = await setting(0, []);
    const application = new Application(sessions);
    for (const epoch of [2, 1, 1]) application.say({ _tag: 'AskSuccession', epoch });
    await turns();
    expect(application.received).toEqual([{ _tag: 'Succession', ...ended }]);
    application.say({ _tag: 'AskSuccession', epoch: 2 });
    await turns();
    expect(application.received).toHaveLength(1);
  });
});

describe('acts that clients bring', () => {
  it('are handed on as they are, and those that are not taken are refused with a reason', async () => {
    const { sessions, brought } = await setting(0, []);
    const application = new Application(sessions);
    application.say({ _tag: 'Bring', act: utf8('an act') });
    expect(brought).toEqual([utf8('an act')]);
    expect(application.received).toEqual([]);
    application.say({ _tag: 'Bring', act: utf8('') });
    expect(application.received).toEqual([
      { _tag: 'Refused', session: 0, firstSequence: 0, reason: 'an empty act is none' },
    ]);
  });

  it('are at most sixteen a second for each client, over all of its links', async () => {
    const { sessions, brought, clock } = await setting(0, []);
    const links = [new Application(sessions), new Application(sessions)];
    const other = new Application(sessions, 'b/1' as ProcessId);
    for (let count = 0; count < 20; count++) links[count % 2]?.say({ _tag: 'Bring', act: Uint8Array.of(count) });
    expect(brought.map(([first]) => first)).toEqual(Array.from({ length: 16 }, (_, index) => index));
    expect(links.flatMap(({ received }) => received)).toEqual(
      Array.from({ length: 4 }, () => ({
        _tag: 'Refused',
        session: 0,
        firstSequence: 0,
        reason: 'at most 16 acts are taken from a client in a second',
      })),
    );
    other.say({ _tag: 'Bring', act: Uint8Array.of(99) });
    expect(brought).toHaveLength(17);
    clock.nowMs = 1000;
    links[0]?.say({ _tag: 'Bring', act: Uint8Array.of(100) });
    expect(brought).toHaveLength(18);
  });

  it('are at most 512 KiB, or the link ends', async () => {
    const { sessions, brought } = await setting(0, []);
    const application = new Application(sessions);
    application.say({ _tag: 'Bring', act: new Uint8Array(protocolLimits.actBytes) });
    expect(brought).toHaveLength(1);
    application.say({ _tag: 'Bring', act: new Uint8Array(protocolLimits.actBytes + 1) });
    expect(brought).toHaveLength(1);
    expect(application.closedBecause).toMatch(/a malformed message/);
  });
});

describe('a server that is to join', () => {
  const some = digest(utf8('some'));
  const certificate: SnapshotCertificate = {
    slot: 64,
    chain: some,
    manifest: { chunkCount: 1, byteLength: 7, root: some },
    signature: utf8('signature') as Signature,
  };

  it('is told of the newest certified state, where there is one, and sent chunks that are held', async () => {
    const { sessions, states } = await setting(0, []);
    const learner = new Application(sessions, 'e/1' as ProcessId);
    learner.say({ _tag: 'AskState' });
    await turns();
    expect(learner.received).toEqual([]);
    states.certified = certificate;
    learner.say({ _tag: 'AskState' });
    for (const index of [0, 1]) learner.say({ _tag: 'AskChunk', state: some, index });
    await turns();
    expect(states.asked).toEqual(['e/1 0', 'e/1 1']);
    expect(learner.received).toEqual([
      { _tag: 'State', certificate },
      { _tag: 'Chunk', chunk: { state: some, index: 0, bytes: utf8('a chunk'), path: [] } },
    ]);
  });

  it('is answered no more than so often, nor while it does not read', async () => {
    const { sessions, states, clock } = await setting(0, []);
    const learner = new Application(sessions, 'e/1' as ProcessId);
    for (let count = 0; count < 100; count++) learner.say({ _tag: 'AskChunk', state: some, index: 0 });
    await turns();
    expect(learner.received).toHaveLength(64);
    expect(states.asked).toHaveLength(64);
    clock.nowMs = 100;
    learner.pending = 100 << 20;
    learner.say({ _tag: 'AskChunk', state: some, index: 0 });
    await turns();
    expect(learner.received).toHaveLength(64);
    learner.pending = 0;
    learner.say({ _tag: 'AskChunk', state: some, index: 0 });
    await turns();
    expect(learner.received).toHaveLength(65);
  });
});
