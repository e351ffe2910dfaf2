/** T18: a process that is killed while its thread signs takes its nonces with it. Needs a build. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, expect, it } from 'vitest';
import { fromHex, utf8 } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import type { SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { allianceKeyShareCodec } from '../../../src/schemes/key-share-codec.js';
import { alliancePublicKeyCodec } from '../../../src/schemes/public-key-codec.js';
import { decodeShare } from '../../../src/schemes/shoup-rsa/share-encoding.js';
import { right } from '../../support/right.js';
import { id, loadedOf, testKey, threeOfFive, universe } from '../shoup-rsa/setup.js';

const key = testKey(threeOfFive);
const loaded = loadedOf(key);
const texts = Array.from({ length: 6 }, (_, index) => `message ${index}`);

/** Opens a signing thread with what the first line says; signs what each later line says; prints the shares. */
const program = `
  const { createInterface } = require('node:readline');
  const { Worker } = require('node:worker_threads');
  let thread, id = 0;
  createInterface({ input: process.stdin }).on('line', (line) => {
    const said = JSON.parse(line);
    if (thread !== undefined) return thread.postMessage({ id: ++id, call: { _tag: 'signShare', message: Buffer.from(said) } });
    thread = new Worker(new URL(said.script), { workerData: said.key });
    thread.on('message', (reply) => {
      console.log(reply._tag === 'answer' ? Buffer.from(reply.answer.right).toString('hex') : reply._tag);
    });
  });
`;

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Signs `asked` in a process of its own, and kills that after so many answers: the commitments of the proofs that came out. */
async function commitmentsUntilKilled(asked: readonly string[], answerCount: number): Promise<readonly bigint[]> {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const say = (line: unknown) => child.stdin.write(`${JSON.stringify(line)}\n`);
  const script = new URL('../../../dist/src/schemes/signing-thread/worker.js', import.meta.url).href;
  const opened = {
    publicKey: alliancePublicKeyCodec.encode(key.publicKey),
    share: allianceKeyShareCodec.encode(present(key.shares.get(id('a')), 'a share')),
    processes: universe.ids,
    options: {},
    readyProofCount: 3,
  };
  say({ script, key: opened });
  const answers: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'opened') for (const text of asked) say(text);
    else answers.push(line);
    if (answers.length === answerCount) break;
  }
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  return answers.map((hex, index) => commitmentIn(hex, present(asked[index], 'a text')));
}

function commitmentIn(hex: string, text: string): bigint {
  const share = present(fromHex(hex), 'hexadecimal') as SignatureShare;
  expect(key.verifier.verifyShare(utf8(text), id('a'), share)).toBe('valid');
  const [row] = right(decodeShare(loaded, id('a'), share));
  return present(row?.proof, 'a proof').base;
}

it('T18: the nonces of a process that starts again are others, whether for the same messages or not', async () => {
  const before = await commitmentsUntilKilled(texts, 2);
  const after = await commitmentsUntilKilled(texts, texts.length);
  const reversed = await commitmentsUntilKilled([...texts].reverse(), texts.length);
  expect([before.length, after.length, reversed.length]).toEqual([2, 6, 6]);
  expect(new Set([...before, ...after, ...reversed]).size).toBe(14);
});
