import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { E, type Either } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { AllianceClient, type AllianceClientOptions } from '../../src/client/alliance-client.js';
import type { ExecutionOutcome } from '../../src/client/proposals.js';
import {
  type ClientMessage,
  type CommandResult,
  decodeClientMessage,
  encodeServerMessage,
  type ExecutedSlot,
  type Placement,
  type ServerMessage,
} from '../../src/client/protocol.js';
import type { ConnectError } from '../../src/transport/errors.js';
import type { Link, LinkHandler } from '../../src/transport/transport.js';
import { CertifiedLog } from '../support/certified-log.js';
import { testClient, testRequest } from '../support/cluster.js';
import { right } from '../support/right.js';
import { trust } from '../support/trust.js';

const { system } = trust('f=1 t=1 of (a, b, c, d)');
const ids = system.processes.universe.ids;
const status = {
  process: 'a',
  epoch: 1,
  certifiedState: 0,
  first: 1,
  view: 1,
  leader: 'a',
  decided: 0,
  certified: 0,
  checkpoint: 0,
  connected: [],
  proven: [{ process: 'b/1', kind: 'DoubleVote' }],
};
const counts = { fast: 0, slow: 0, transferred: 0, certificates: 0 };

/** One server, as honest as the test makes it. */
class FakeServer {
  readonly heard: ClientMessage[] = [];
  isUp = true;
  connections = 0;
  /** What it answers, beside nothing. */
  answer: (message: ClientMessage, server: FakeServer) => readonly ServerMessage[] = () => [];
  private handler: LinkHandler | undefined;

  constructor(readonly id: ProcessId) {}

  connect(handler: LinkHandler): Either<ConnectError, Link> {
    this.connections += 1;
    if (!this.isUp) return E.left({ _tag: 'Unreachable', host: this.id, port: 1, detail: 'ECONNREFUSED' });
    this.handler = handler;
    const send = (frame: Uint8Array): boolean => {
      const message = right(decodeClientMessage(frame));
      this.heard.push(message);
      for (const answer of this.answer(message, this)) this.say(answer);
      return true;
    };
    return E.right({ id: this.id, pending: 0, send, close: () => undefined });
  }

  say(message: ServerMessage): void {
    this.sayBytes(encodeServerMessage(message));
  }

  sayBytes(bytes: Uint8Array): void {
    setImmediate(() => this.handler?.onFrame(bytes));
  }

  hangUp(): void {
    this.handler?.onClosed('gone');
  }

  listens(): readonly number[] {
    return this.heard.flatMap((message) => (message._tag === 'Listen' ? [message.from] : []));
  }
}

class Setting {
  readonly log = new CertifiedLog().decide(6);
  readonly servers = new Map(ids.map((id) => [id, new FakeServer(id)]));
  readonly delivered: number[] = [];
  readonly doubts: string[] = [];
  readonly troubles: string[] = [];
  nowMs = 0;

  client(wish: Partial<AllianceClientOptions> = {}): AllianceClient {
    const client = new AllianceClient({
      anchor: this.log.anchor,
      system,
      epoch: 1,
      client: testClient,
      session: 9,
      sign: ({ firstSequence, commands }) =>
        testRequest(
          firstSequence,
          commands.map((command) => new TextDecoder().decode(command)),
          9,
        ),
      connect: (id, handler) => () => Promise.resolve(this.server(id).connect(handler)),
      from: 1,
      now: () => this.nowMs,
      onRange: ({ delivered }) => this.delivered.push(...delivered.map(({ slot }) => slot)),
      onDoubt: (id, reason) => this.doubts.push(`${id}: ${reason}`),
      onTrouble: (id, reason) => this.troubles.push(`${id}: ${reason}`),
      ...wish,
    });
    clients.push(client);
    return client;
  }

  server(id: string): FakeServer {
    return present(this.servers.get(id as ProcessId), 'there are four');
  }

  honest(...names: readonly string[]): void {
    for (const name of names) this.server(name).answer = (message) => this.answerOf(message);
  }

  /** What an honest server answers. */
  answerOf(message: ClientMessage): readonly ServerMessage[] {
    if (message._tag !== 'Listen') return [];
    const { last } = this.log;
    const from = message.from === 0 ? last + 1 : Math.min(message.from, last + 1);
    const begin: ServerMessage = { _tag: 'Begin', from, previous: this.log.chainAt(from - 1) };
    return from > last ? [begin] : [begin, { _tag: 'Range', range: this.log.range(from, last) }];
  }
}

const clients: AllianceClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds() && tries < 150; tries++) await setTimeout(10);
  expect(holds()).toBe(true);
}

const everySlot = [1, 2, 3, 4, 5, 6];

describe('a listening client', () => {
  it.each<[string, (setting: Setting, message: ClientMessage) => readonly ServerMessage[]]>([
    ['begins where it was not asked', ({ log }) => [{ _tag: 'Begin', from: 3, previous: log.chainAt(2) }]],
    ['begins with slot 0', ({ log }) => [{ _tag: 'Begin', from: 0, previous: log.chainAt(0) }]],
    [
      'sends ranges that do not continue',
      ({ log }) => [
        { _tag: 'Begin', from: 2, previous: log.chainAt(1) },
        { _tag: 'Range', range: log.range(4, 6) },
      ],
    ],
    [
      'sends another alliance’s log',
      (setting) => {
        const other = new CertifiedLog('other').decide(6);
        return [
          ...setting.answerOf({ _tag: 'Listen', from: 7 }).slice(1),
          { _tag: 'Begin', from: 2, previous: other.chainAt(1) },
          { _tag: 'Range', range: other.range(2, 6) },
        ];
      },
    ],
    [
      'invents the chain digest',
      ({ log }) => [
        { _tag: 'Begin', from: 2, previous: log.chainAt(5) },
        { _tag: 'Range', range: log.range(2, 6) },
      ],
    ],
  ])('leaves a server that %s, and believes the next', async (_, lie) => {
    const setting = new Setting();
    setting.server('a').answer = (message) => (message._tag === 'Listen' ? lie(setting, message) : []);
    setting.honest('b', 'c', 'd');
    setting.client({ from: 2 });
    await until(() => setting.delivered.length === 5);
    expect(setting.delivered).toEqual([2, 3, 4, 5, 6]);
  });

  it('is not misled for ever by the first word of a liar where it begins with the newest', async () => {
    const setting = new Setting();
    setting.server('a').answer = () => [
      { _tag: 'Begin', from: 900, previous: setting.log.chainAt(1) },
      { _tag: 'Range', range: { ...setting.log.range(1, 6), from: 900 } },
    ];
    setting.honest('b', 'c', 'd');
    const client = setting.client({ from: 0 });
    await until(() => client.listeningTo === 'b');
    setting.log.decide(1);
    setting.server('b').say({ _tag: 'Range', range: setting.log.range(7, 7) });
    await until(() => setting.delivered.length === 1);
    expect(setting.delivered).toEqual([7]);
  });

  it.each([
    ['does not begin', 2100, () => []],
    ['falls silent', 10_100, (setting: Setting) => setting.answerOf({ _tag: 'Listen', from: 1 }).slice(0, 1)],
    [
      'sends ranges that bring nothing',
      10_100,
      (setting: Setting) => [
        ...setting.answerOf({ _tag: 'Listen', from: 1 }).slice(0, 1),
        { _tag: 'Range', range: setting.log.range(1, 0, 6) } as const,
      ],
    ],
  ] as const)('leaves a server that %s', async (_, afterMs, answer) => {
    const setting = new Setting();
    setting.server('a').answer = (message) => (message._tag === 'Listen' ? answer(setting) : []);
    setting.honest('b', 'c', 'd');
    const client = setting.client();
    await until(() => client.listeningTo === 'a');
    await setTimeout(150);
    expect(client.listeningTo).toBe('a');
    setting.nowMs += afterMs;
    await until(() => setting.delivered.length === 6);
    expect(setting.delivered).toEqual(everySlot);
  });

  it('takes what is new of ranges that overlap, and passes over stale ones', async () => {
    const setting = new Setting();
    const { log } = setting;
    setting.server('a').answer = (message) =>
      message._tag !== 'Listen'
        ? []
        : [
            { _tag: 'Begin', from: 1, previous: log.chainAt(0) },
            { _tag: 'Range', range: log.range(1, 3) },
            { _tag: 'Range', range: log.range(1, 2) },
            { _tag: 'Range', range: log.range(2, 5) },
            { _tag: 'Range', range: log.range(6, 6) },
          ];
    setting.client({ server: 'a' as ProcessId });
    await until(() => setting.delivered.length === 6);
    expect([setting.delivered, setting.doubts]).toEqual([everySlot, []]);
  });

  it('keeps to the server that it was told, though it be behind, and goes on when its link comes back', async () => {
    const setting = new Setting();
    setting.honest('a', 'b', 'c', 'd');
    const client = setting.client({ server: 'c' as ProcessId });
    await until(() => setting.delivered.length === 6);
    setting.server('c').hangUp();
    await until(() => setting.server('c').listens().length === 2);
    expect(setting.server('c').listens()).toEqual([1, 7]);
    expect(client.listeningTo).toBe('c');
    expect(setting.server('a').listens()).toEqual([]);
  });

  it('passes over a server that is behind', async () => {
    const setting = new Setting();
    setting.honest('a', 'c', 'd');
    setting.server('b').answer = () => [{ _tag: 'Begin', from: 3, previous: setting.log.chainAt(2) }];
    const client = setting.client();
    await until(() => setting.delivered.length === 6);
    setting.server('a').isUp = false;
    setting.server('a').hangUp();
    await until(() => client.listeningTo === 'c');
    expect([setting.server('b').listens(), setting.server('c').listens(), setting.doubts]).toEqual([[7], [7], []]);
  });

  it('gives nothing of before the slot that it was asked for, though the log ends earlier', async () => {
    const setting = new Setting();
    setting.honest('a', 'b', 'c', 'd');
    const client = setting.client({ from: 8 });
    await until(() => client.listeningTo === 'a');
    setting.log.decide(2);
    await setTimeout(30);
    setting.server('a').say({ _tag: 'Range', range: setting.log.range(7, 8) });
    await until(() => setting.delivered.length > 0);
    expect(setting.delivered).toEqual([8]);
  });

  it('does not dial a server that hangs up at once again and again', async () => {
    const setting = new Setting();
    setting.server('a').answer = (_, server) => {
      setImmediate(() => {
        server.hangUp();
      });
      return [];
    };
    const client = setting.client();
    await until(() => client.listeningTo !== undefined);
    await setTimeout(500);
    expect(setting.server('a').connections).toBeLessThan(6);
  });

  it('shows nothing of a server’s words that steers a terminal', async () => {
    const setting = new Setting();
    setting.client();
    await until(() => setting.server('a').listens().length > 0);
    setting.server('a').say({ _tag: 'Refused', session: 1, firstSequence: 1, reason: 'a\u001b[2J\nb' });
    await until(() => setting.troubles.length > 0);
    expect(setting.troubles[0]).toBe('a: refused a request: a?[2J?b');
  });
});

describe('a proposing client', () => {
  /** Servers that decide what is submitted, in a slot of its own each. */
  function deciding(setting: Setting, ...names: readonly string[]): void {
    for (const name of names) {
      setting.server(name).answer = (message) => {
        if (message._tag !== 'Submit') return setting.answerOf(message);
        for (const request of message.requests) {
          setting.log.decide(1, { requests: [request] });
          const { last } = setting.log;
          for (const server of setting.servers.values())
            server.say({ _tag: 'Range', range: setting.log.range(last, last) });
        }
        return [];
      };
    }
  }

  it('sends nothing before listening has begun', async () => {
    const setting = new Setting();
    const client = setting.client({ from: 0 });
    void client.propose(utf8('x'));
    await until(() => setting.server('a').listens().length > 0);
    await setTimeout(30);
    const submits = () =>
      [...setting.servers.values()].flatMap(({ heard }) => heard).filter(({ _tag }) => _tag === 'Submit');
    expect(submits()).toEqual([]);
    setting.server('a').say({ _tag: 'Begin', from: 7, previous: setting.log.chainAt(6) });
    await until(() => submits().length === 2);
  });

  it('learns what was decided while the server that it first listened to told lies', async () => {
    const setting = new Setting();
    deciding(setting, 'b', 'c', 'd');
    setting.server('a').answer = (message) =>
      message._tag === 'Listen' ? [{ _tag: 'Begin', from: 900, previous: setting.log.chainAt(1) }] : [];
    const client = setting.client({ from: 0 });
    const outcome = client.propose(utf8('x'));
    await until(() => setting.log.last > 6);
    setting.nowMs += 3000;
    expect(await outcome).toEqual({ _tag: 'committed', slot: 7, index: 0 });
  });

  describe('has a command executed', () => {
    /** A client that waits for the result of one command, and a way to speak for servers. */
    async function oneCommand() {
      const setting = new Setting();
      setting.honest('a', 'b', 'c', 'd');
      const client = setting.client({ from: 0 });
      await until(() => client.listeningTo !== undefined);
      const outcomes: ExecutionOutcome[] = [];
      void client.execute(utf8('x')).then((outcome) => outcomes.push(outcome));
      await until(() => [...setting.servers.values()].some(({ heard }) => heard.some(({ _tag }) => _tag === 'Submit')));
      const awaiting = () =>
        [...setting.servers.values()].flatMap(({ id, heard }) =>
          heard.flatMap((message) => (message._tag === 'AwaitResults' ? [`${id} ${message.session}`] : [])),
        );
      const say = async (names: string, text = 'done', change: Partial<ExecutedSlot & CommandResult> = {}) => {
        const { epoch = 1, slot = 7, session = 9, sequence = 1 } = change;
        const results = [{ session, sequence, result: utf8(text) }];
        for (const name of names) setting.server(name).say({ _tag: 'Executed', epoch, slot, results });
        await setTimeout(20);
      };
      /** The command is in the log, with a certificate. */
      const certify = async (): Promise<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testRequest(1, ['x'], 9)] });
        for (const name of 'abcd') setting.server(name).say({ _tag: 'Range', range: log.range(log.last, log.last) });
        await setTimeout(50);
      };
      const pass = async (ms: number): Promise<void> => {
        setting.nowMs += ms;
        await setTimeout(150);
      };
      return { setting, client, outcomes, awaiting, say, certify, pass };
    }
    const executed = { _tag: 'executed', slot: 7, result: utf8('done') };

    it('and asks every server once for results, and again where its link comes up anew', async () => {
      const { setting, client, awaiting } = await oneCommand();
      void client.execute(utf8('y'));
      await setTimeout(20);
      expect([...awaiting()].sort()).toEqual(['a 9', 'b 9', 'c 9', 'd 9']);
      setting.server('c').hangUp();
      await until(() => awaiting().filter((one) => one === 'c 9').length === 2);
    });

    it('and believes servers of which one must be correct, before any certificate', async () => {
      const { outcomes, say } = await oneCommand();
      await say('b');
      expect(outcomes).toEqual([]);
      await say('b');
      expect(outcomes).toEqual([]);
      await say('d');
      expect(outcomes).toEqual([executed]);
      await say('ac', 'another');
      expect(outcomes).toEqual([executed]);
    });

    it.each<[string, string, Partial<ExecutedSlot & CommandResult>]>([
      ['other bytes', 'other', {}],
      ['another slot', 'done', { slot: 8 }],
      ['another command', 'done', { sequence: 2 }],
      ['another session', 'done', { session: 8 }],
    ])('and does not add up what servers say of %s', async (_, text, change) => {
      const { outcomes, say } = await oneCommand();
      await say('b');
      await say('d', text, change);
      expect(outcomes).toEqual([]);
      await say('a');
      expect(outcomes).toEqual([executed]);
    });

    it('and counts the last word of a server alone', async () => {
      const { outcomes, say } = await oneCommand();
      await say('b');
      await say('b', 'other');
      await say('d');
      expect(outcomes).toEqual([]);
      await say('b');
      expect(outcomes).toEqual([executed]);
    });

    it('and takes nobody’s word of another epoch, however many say it', async () => {
      const { outcomes, say } = await oneCommand();
      await say('abcd', 'done', { epoch: 2 });
      expect(outcomes).toEqual([]);
      await say('ab');
      expect(outcomes).toEqual([executed]);
    });

    it('and hears its result after its certificate too', async () => {
      const { outcomes, say, certify, pass } = await oneCommand();
      await say('b');
      await certify();
      await pass(900);
      expect(outcomes).toEqual([]);
      await say('c');
      expect(outcomes).toEqual([executed]);
    });

    it('which is committed, its result unknown, where too few say what came of it', async () => {
      const { outcomes, say, certify, pass } = await oneCommand();
      await say('b');
      await say('c', 'other');
      await certify();
      await pass(900);
      expect(outcomes).toEqual([]);
      await pass(200);
      expect(outcomes).toEqual([{ _tag: 'committed', slot: 7, index: 0 }]);
      await say('c');
      expect(outcomes).toHaveLength(1);
    });

    it('which is committed where the client closes before its result is known', async () => {
      const { client, outcomes, certify } = await oneCommand();
      await certify();
      client.close();
      await setTimeout(20);
      expect(outcomes).toEqual([{ _tag: 'committed', slot: 7, index: 0 }]);
      expect(await client.execute(utf8('y'))).toMatchObject({ _tag: 'rejected' });
    });

    it('or rejected, where it is too large', async () => {
      const { client } = await oneCommand();
      expect(await client.execute(new Uint8Array(65_537))).toMatchObject({ _tag: 'rejected' });
    });
  });

  describe('is told where its commands stand', () => {
    /** A client whose first request holds two commands, what it was told of them, and a way to speak for servers. */
    async function twoCommands() {
      const setting = new Setting();
      setting.honest('a', 'b', 'c', 'd');
      const client = setting.client({ from: 0 });
      await until(() => client.listeningTo !== undefined);
      const told: string[] = [];
      const outcomes = ['x', 'y'].map((command) =>
        client.propose(utf8(command), ({ slot, index }) => told.push(`${command} ${slot}.${index}`)),
      );
      const heard = () => [...setting.servers.values()].flatMap((server) => server.heard);
      await until(() => heard().some(({ _tag }) => _tag === 'Submit'));
      const say = (names: string, change: Partial<Placement> = {}, leader = 'a'): void => {
        const placement = { session: 9, firstSequence: 1, count: 2, slot: 7, index: 4, ...change };
        for (const name of names) setting.server(name).say({ _tag: 'Placed', leader, placements: [placement] });
      };
      return { setting, client, told, outcomes, say };
    }

    it('by servers of which one must be correct, once', async () => {
      const { told, say } = await twoCommands();
      say('b');
      await setTimeout(20);
      expect(told).toEqual([]);
      say('dac');
      await until(() => told.length > 0);
      await setTimeout(20);
      expect(told).toEqual(['x 7.4', 'y 7.5']);
    });

    it.each<[string, Partial<Placement>]>([
      ['another slot', { slot: 8 }],
      ['another position', { index: 5 }],
      ['fewer commands', { count: 1 }],
      ['more commands than were sent', { count: 3 }],
      ['another session', { session: 8 }],
      ['another request', { firstSequence: 2 }],
    ])('by no two servers of which one says %s', async (_, change) => {
      const { told, say } = await twoCommands();
      say('a');
      say('b', change);
      await setTimeout(30);
      expect(told).toEqual([]);
      say('c');
      await until(() => told.length === 2);
    });

    it('by no server that says it twice', async () => {
      const { told, say } = await twoCommands();
      say('aaa');
      await setTimeout(30);
      expect(told).toEqual([]);
    });

    it('and who leads: what follows goes there first, and says so', async () => {
      const { setting, client, say } = await twoCommands();
      const submits = (name: string) => setting.server(name).heard.filter((message) => message._tag === 'Submit');
      expect(['a', 'b', 'c', 'd'].flatMap(submits).map(({ leader }) => leader)).toEqual([undefined, undefined]);
      for (const [leader, expected] of [
        ['c', 'c'],
        ['d', 'd'],
        ['x', undefined],
      ] as const) {
        say('b', {}, leader);
        await setTimeout(10);
        const before = new Map([...setting.servers].map(([name]) => [name, submits(name).length]));
        void client.propose(utf8('z'));
        const fresh = () =>
          [...before].flatMap(([name, count]) =>
            submits(name)
              .slice(count)
              .map((message) => ({ name, ...message })),
          );
        await until(() => fresh().length === 2);
        expect(fresh().map(({ leader: named }) => named)).toEqual([expected, expected]);
        if (expected !== undefined) expect(fresh().map(({ name }) => name)).toContain(expected);
      }
    });

    it('by the certificate at the latest', async () => {
      const { setting, told, outcomes } = await twoCommands();
      setting.log.decide(1, { requests: [testRequest(1, ['x', 'y'], 9)] });
      for (const server of setting.servers.values()) server.say({ _tag: 'Range', range: setting.log.range(7, 7) });
      expect(await Promise.all(outcomes)).toEqual([0, 1].map((index) => ({ _tag: 'committed', slot: 7, index })));
      expect(told).toEqual(['x 7.0', 'y 7.1']);
    });
  });

  it('sends again soon to servers that come back, however long they were away', async () => {
    const setting = new Setting();
    setting.honest('a', 'b', 'c', 'd');
    const client = setting.client({ from: 0 });
    const submits = () => setting.server('d').heard.filter(({ _tag }) => _tag === 'Submit').length;
    void client.propose(utf8('x'));
    for (const nowMs of [1500, 4000, 9000]) {
      const before = submits();
      await setTimeout(150);
      setting.nowMs = nowMs;
      await until(() => submits() > before);
    }
    const before = submits();
    setting.server('d').hangUp();
    await setTimeout(200);
    setting.nowMs += 1100;
    await until(() => submits() > before);
  });

  it('says of each command at its end what is known of it', async () => {
    const setting = new Setting();
    setting.honest('a', 'b', 'c', 'd');
    const client = setting.client({ from: 0 });
    const sent = client.propose(utf8('x'));
    await until(() =>
      setting
        .server('a')
        .heard.concat(setting.server('b').heard, setting.server('c').heard)
        .some(({ _tag }) => _tag === 'Submit'),
    );
    const queued = client.propose(utf8('y'));
    client.close();
    client.close();
    expect(await sent).toMatchObject({ _tag: 'unknown' });
    expect(await queued).toMatchObject({ _tag: 'rejected' });
    expect(await client.propose(utf8('z'))).toMatchObject({ _tag: 'rejected' });
    expect(await client.askStatus('a' as ProcessId, 60_000)).toBeUndefined();
  });
});

describe('a log that is pruned', () => {
  /** A server that holds the log from slot `first` on. */
  const prunedTo = (setting: Setting, name: string, first: number): void => {
    setting.server(name).answer = (message) =>
      message._tag === 'Listen' && message.from < first && message.from > 0
        ? [{ _tag: 'Pruned', first }]
        : setting.answerOf(message);
  };

  it('is told to whoever listens from below, and looked for at the other servers', async () => {
    const setting = new Setting();
    const pruned: string[] = [];
    for (const name of ['a', 'b', 'c']) prunedTo(setting, name, 4);
    setting.honest('d');
    setting.client({ onPruned: (server, first) => pruned.push(`${server} ${first}`) });
    await until(() => setting.delivered.length === 6);
    expect(setting.delivered).toEqual([1, 2, 3, 4, 5, 6]);
    expect(pruned).toEqual(['a 4', 'b 4', 'c 4']);
  });

  it('is not left out on one server’s word by whoever waits for what was proposed', async () => {
    const setting = new Setting();
    setting.server('a').answer = (message) => (message._tag === 'Listen' ? [{ _tag: 'Pruned', first: 6 }] : []);
    for (const name of ['b', 'c', 'd']) setting.server(name).isUp = false;
    setting.client({ from: 0 });
    await until(() => setting.server('a').listens().length > 2);
    expect(new Set(setting.server('a').listens())).toEqual(new Set([0]));
  });

  it('is gone on from by a proposer whose start no correct server holds', async () => {
    const setting = new Setting();
    for (const name of ['b', 'c', 'd']) prunedTo(setting, name, 4);
    // The first one falls silent after something was proposed: whoever comes next is asked for the start.
    const client = setting.client({ from: 0 });
    setting.server('a').answer = (message) =>
      message._tag === 'Listen' ? [{ _tag: 'Begin', from: 7, previous: setting.log.chainAt(5) }] : [];
    void client.propose(utf8('x'));
    await until(() => ids.some((id) => setting.server(id).heard.some(({ _tag }) => _tag === 'Submit')));
    setting.nowMs += 11_000;
    await until(() => setting.server('b').listens().length > 0);
    await until(() => setting.delivered.length > 0);
    expect(setting.server('b').listens()[0]).toBe(1);
    expect(setting.delivered).toEqual([4, 5, 6]);
  });
});

describe('a client', () => {
  it('is told all that a server says of itself', async () => {
    const setting = new Setting();
    const full = { ...status, ...counts, transfer: { slot: 7, chunkCount: 9, stored: 3 }, halted: 'a reason' };
    setting.server('a').answer = (message) => (message._tag === 'AskStatus' ? [{ _tag: 'Status', status: full }] : []);
    expect(await setting.client().askStatus('a' as ProcessId, 1000)).toEqual(full);
  });

  it('asks for status, and keeps nothing of servers that do not answer', async () => {
    const setting = new Setting();
    setting.server('a').answer = (message) =>
      message._tag === 'AskStatus' ? [{ _tag: 'Status', status: { ...status, ...counts } }] : [];
    setting.server('b').isUp = false;
    const client = setting.client();
    expect(await client.askStatus('a' as ProcessId, 1000)).toMatchObject({ process: 'a' });
    expect(await client.askStatus('b' as ProcessId, 20)).toBeUndefined();
    const waiting = client.askStatus('b' as ProcessId, 60_000);
    client.close();
    expect(await waiting).toBeUndefined();
  });

  it('brings an act to every server that is linked, and to no other', async () => {
    const setting = new Setting();
    setting.server('b').isUp = false;
    const client = setting.client();
    const linked = ['a', 'c', 'd'].map((id) => setting.server(id));
    await until(() => linked.every(({ connections }) => connections > 0));
    await setTimeout(20);
    const act = new TextEncoder().encode('an act');
    client.bring(act);
    for (const { heard } of linked)
      expect(heard.filter(({ _tag }) => _tag === 'Bring')).toEqual([{ _tag: 'Bring', act }]);
    expect(setting.server('b').heard).toEqual([]);
    client.close();
    expect(() => {
      client.bring(new Uint8Array(512 * 1024 + 1));
    }).toThrow();
  });

  it('reports nothing after it was closed', async () => {
    const setting = new Setting();
    setting.honest('a', 'b', 'c', 'd');
    const client = setting.client();
    await until(() => setting.delivered.length === 6);
    setting.log.decide(1);
    setting.server('a').say({ _tag: 'Range', range: setting.log.range(7, 7) });
    client.close();
    setting.server('a').hangUp();
    await setTimeout(150);
    expect([setting.delivered, setting.troubles, setting.doubts]).toEqual([everySlot, [], []]);
    expect(setting.server('b').listens()).toEqual([]);
  });

  it('closes its link to a server that sends garbage, and harms nothing', async () => {
    const setting = new Setting();
    setting.honest('a', 'b', 'c', 'd');
    setting.client();
    await until(() => setting.delivered.length === 6);
    for (const bytes of [new Uint8Array(), Uint8Array.of(9), new Uint8Array(1000)]) setting.server('a').sayBytes(bytes);
    await setTimeout(20);
    expect([setting.delivered, setting.doubts]).toEqual([everySlot, []]);
  });
});
