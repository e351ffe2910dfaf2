/**
 * Four organizations become six and then five, in real processes that go on deciding meanwhile, although one dealer cheats. Each
 * epoch has a trust model of its own, and one RSA key signs documents in all of them: openssl sees no difference.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromUtf8, utf8 } from '../../src/prelude/bytes.js';
import { E } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { Assembly } from '../../src/cli/demo/assembly.js';
import { foundNewcomer } from '../../src/cli/demo/newcomer.js';
import type { AllianceClient } from '../../src/client/alliance-client.js';
import type { Action } from '../../src/management/proposals/action.js';
import { printTrust, parseTrust } from '../../src/quorum/trust/trust-text.js';
import { openClient } from '../../src/server/applications/application-client.js';
import { loadApplicationDirectory } from '../../src/server/directory/application-directory.js';
import { applicationPath, documentPemPath, organizationPath, serverPath } from '../../src/server/directory/layout.js';
import { right } from '../support/right.js';
import { safePrimes1024 } from '../support/rsa-keys.js';
import { AllianceProcesses, eventually } from './alliance-processes.js';

const patienceMs = 120_000;
const cheat = 'c/1' as ProcessId;
const cheatingExecutable = join(process.cwd(), 'dist/test/integration/cheating-server.js');
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Proposes lines one after another, several at once, until it is told to end. */
class Load {
  readonly sent: string[] = [];
  readonly failures: string[] = [];
  committedCount = 0;
  private isEnding = false;
  private readonly workers: readonly Promise<void>[];

  constructor(private readonly client: AllianceClient) {
    this.workers = Array.from({ length: 4 }, () => this.work());
  }

  async end(): Promise<void> {
    this.isEnding = true;
    await Promise.all(this.workers);
  }

  private async work(): Promise<void> {
    while (!this.isEnding) {
      const line = `line ${this.sent.length}`;
      this.sent.push(line);
      const outcome = await this.client.propose(utf8(line));
      if (outcome._tag === 'committed') this.committedCount += 1;
      else this.failures.push(`${line}: ${outcome.reason}`);
      await sleep(10);
    }
  }
}

let made: AllianceProcesses;
let assembly: Assembly;
let load: Load;

async function trustIs(): Promise<string> {
  return printTrust(right(await assembly.document()).trust);
}

function trusting(text: string): Action {
  return { _tag: 'trust', trust: right(parseTrust(text)) };
}

/** Has a document signed, and asks openssl about it, with the public key that the founding wrote. */
async function signs(text: string, voters: readonly [string, ...string[]]): Promise<string> {
  const document = utf8(text);
  const number = right(await assembly.decide([{ _tag: 'sign', key: 'receipts', document }], voters));
  let signature: Uint8Array | undefined;
  await eventually(`"${text}" is signed`, async () => {
    const shown = await assembly.client.ask('signature', number);
    if (E.isRight(shown) && shown.right.isSigned) ({ signature } = shown.right);
    return signature !== undefined;
  });
  const [file, signed] = [join(made.root, `${number}.txt`), join(made.root, `${number}.sig`)];
  writeFileSync(file, document);
  writeFileSync(signed, present(signature, 'a signature'));
  const key = documentPemPath(made.directory, 'receipts');
  return spawnSync('openssl', ['dgst', '-sha256', '-verify', key, '-signature', signed, file], {
    encoding: 'utf8',
  }).stdout.trim();
}

/** Waits for the epoch; whom the ceremonies on the way there have named. */
async function culpritsUntil(epoch: number): Promise<readonly ProcessId[]> {
  const named = new Set<ProcessId>();
  right(
    await assembly.await(`epoch ${epoch}`, patienceMs, (now) => {
      for (const culprit of now.change?.culprits ?? []) named.add(culprit);
      return now.epoch === epoch && now.enacted;
    }),
  );
  return [...named];
}

beforeAll(async () => {
  made = await AllianceProcesses.found({
    trust: 'f=1 t=0 of (a, b, c, d)',
    scheme: { _tag: 'bls' },
    documentKeys: new Map([['receipts', { _tag: 'shoup-rsa', modulusBits: 1024, primes: safePrimes1024 }]]),
  });
  const started = made.ids.map((id) =>
    id === cheat ? made.start(id, made.pathOf(id), cheatingExecutable) : made.start(id),
  );
  expect(await Promise.all(started)).not.toContain(false);
  const client = made.client({ from: 0 });
  assembly = new Assembly(made.directory, client);
  load = new Load(client);
  right(await assembly.awaitEpoch(1, patienceMs));
}, 2 * patienceMs);

afterAll(() => made.end());

describe.skipIf(!hasOpenssl)('an alliance under load', () => {
  it('signs as four', { timeout: patienceMs }, async () => {
    expect(await trustIs()).toBe('f=1 of (a/1, b/1, c/1, d/1)');
    expect(await signs('of the four', ['a', 'b', 'd'])).toBe('Verified OK');
  });

  it('becomes six, names the dealer that cheats, and signs with the same key', {
    timeout: 3 * patienceMs,
  }, async () => {
    const newcomers = ['e', 'f'] as const;
    const admissions: Action[] = [];
    for (const name of newcomers) {
      const { organization } = right(await foundNewcomer(made.directory, name, made.pathOf('a/1' as ProcessId)));
      admissions.push({ _tag: 'admit', organization });
      const id = `${name}/1` as ProcessId;
      expect(await made.start(id, serverPath(organizationPath(made.directory, name), id))).toBe(true);
    }
    const trust = 'f=1 t=1 of (a/1, b/1, c/1, d/1, e/1, f/1)';
    right(await assembly.decide([...admissions, trusting(trust)], ['a', 'b', 'd']));
    right(await assembly.await('the change is open', patienceMs, ({ change }) => change !== undefined));
    for (const name of newcomers) right(await assembly.voiceOf(name).acknowledge());
    expect(await culpritsUntil(2)).toEqual([cheat]);
    expect(await trustIs()).toBe(trust);
    expect(await signs('of the six', ['a', 'b', 'd', 'e', 'f'])).toBe('Verified OK');
  });

  it('becomes five, without the one that cheated, and signs with the same key', {
    timeout: 3 * patienceMs,
  }, async () => {
    const trust = 'f=1 t=1 of (a/1, b/1, d/1, e/1, f/1)';
    const actions: readonly Action[] = [{ _tag: 'remove', organization: 'c' }, trusting(trust)];
    right(await assembly.decide(actions, ['a', 'b', 'd', 'e', 'f']));
    expect(await culpritsUntil(3)).toEqual([cheat]);
    expect(await trustIs()).toBe(trust);
    expect(await signs('of the five', ['b', 'd', 'e', 'f'])).toBe('Verified OK');
  });

  it('has decided every line once, in one order, whoever has come since', { timeout: 2 * patienceMs }, async () => {
    const before = load.committedCount;
    await eventually('it goes on deciding', () => load.committedCount > before + 10);
    await load.end();
    expect(load.failures).toEqual([]);
    const path = applicationPath(made.directory, 'b/app' as ProcessId);
    // The first goes with the alliance to its present epoch, and leaves the document there for the next.
    const known = await logOf(path, 'a/1' as ProcessId, load.sent.length);
    const learned = await logOf(path, 'e/1' as ProcessId, load.sent.length);
    expect([...known].sort()).toEqual([...load.sent].sort());
    expect(learned).toEqual(known);
  });
});

/** What one server's log, verified from the first slot on, has delivered. */
async function logOf(path: string, server: ProcessId, count: number): Promise<readonly (string | undefined)[]> {
  const application = right(await loadApplicationDirectory(path)());
  const lines: (string | undefined)[] = [];
  const doubts: string[] = [];
  const client = openClient(application, {
    from: 1,
    server,
    onRange: ({ delivered }) => {
      lines.push(...delivered.map(({ command }) => fromUtf8(command)));
    },
    onDoubt: (_, reason) => doubts.push(reason),
  });
  await eventually(`the log of ${server}`, () => lines.length >= count || doubts.length > 0);
  client.close();
  expect(doubts).toEqual([]);
  return lines;
}
