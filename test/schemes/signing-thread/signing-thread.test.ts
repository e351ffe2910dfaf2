/** A signer in a thread does what the same signer does in line, and says so when its thread is gone. Needs a build. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { LinearKeyShare } from '../../../src/schemes/contract/linear-key-share.js';
import {
  openSigningThread,
  openVerifyingThread,
  type SigningThread,
} from '../../../src/schemes/signing-thread/signing-thread.js';
import { right } from '../../support/right.js';
import { id, message, sharesOf, signerOf, statement, testKey, threeOfFive, universe } from '../shoup-rsa/setup.js';

const script = new URL('../../../dist/src/schemes/signing-thread/worker.js', import.meta.url);
const key = testKey(threeOfFive);
const share = present(key.shares.get(id('a')), 'a share');
const open = (options: { readonly withProof?: boolean } = {}) =>
  openSigningThread(key.publicKey, share, universe, { script, ...options });
/** The script of a thread that says it was opened, judges nothing and answers nothing. */
const silent = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', () => undefined);
    parentPort.postMessage({ _tag: 'opened', schemeId: 'any', keyId: new Uint8Array(32), epoch: 7 });
  `)}`,
);

/** The script of a thread that keeps its answers until it is asked to verify `release`, and then says that all is bad. */
const late = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    const bad = { signShare: { _tag: 'Left', left: { _tag: 'WrongUsage', usage: 'document' } }, verifyShare: 'invalid',
      combine: { _tag: 'Left', left: { _tag: 'NotQualified', signers: [], invalid: [] } }, verify: false };
    const kept = [];
    parentPort.on('message', ({ id, call }) => {
      kept.push({ _tag: 'answer', id, answer: bad[call._tag === 'proveShare' ? 'signShare' : call._tag] });
      if (call._tag === 'verify' && Buffer.from(call.message).toString() === 'release') {
        for (const answer of kept.splice(0)) parentPort.postMessage(answer);
      }
    });
    parentPort.postMessage({ _tag: 'opened', schemeId: 'any', keyId: new Uint8Array(32), epoch: 7 });
  `)}`,
);

describe('the event loop of whoever asks', () => {
  const shares = sharesOf(key, message, 'a', 'b', 'c');
  const borrowed = present(shares.get(id('b')), 'a share of b');

  it.each<[string, (thread: SigningThread) => Promise<unknown>]>([
    ['signing', (thread) => thread.signShare(message)],
    ['proving', (thread) => thread.proveShare(message)],
    ['judging', (thread) => thread.verifyShare(message, id('b'), borrowed)],
    ['combining', (thread) => thread.combine(message, shares)],
    ['verifying', (thread) => thread.verify(message, utf8('a signature') as never)],
  ])('turns for as long as %s takes, which is all done in the thread', async (_, ask) => {
    const thread = right(await openSigningThread(key.publicKey, share, universe, { script: late }));
    try {
      let isAnswered = false;
      const asked = ask(thread).then((answer) => {
        isAnswered = true;
        return answer;
      });
      for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(isAnswered).toBe(false);
      expect(await thread.verify(utf8('release'), utf8('') as never)).toBe(false);
      await asked;
    } finally {
      await thread.close();
    }
  });
});

describe('a signing thread', () => {
  let thread: SigningThread;
  beforeAll(async () => {
    thread = right(await open());
  });
  afterAll(() => thread.close());

  it('is the signer whose key it was opened with', () => {
    const { me, schemeId, keyId, epoch } = signerOf(key, 'a');
    expect(thread).toMatchObject({ me, schemeId, keyId, epoch });
    expect(thread.canCombine(universe.of([id('a'), id('b'), id('c')]))).toBe(true);
    expect(thread.canCombine(universe.of([id('a'), id('b')]))).toBe(false);
  });

  it('signs shares that others accept, and judges theirs', async () => {
    const own = right(await thread.signShare(message));
    expect(key.verifier.verifyShare(message, id('a'), own)).toBe('valid');
    const [of] = sharesOf(key, message, 'b').values();
    const theirs = present(of, 'a share of b');
    expect(await thread.verifyShare(message, id('b'), theirs)).toBe('valid');
    expect(await thread.verifyShare(message, id('c'), theirs)).toBe('invalid');
  });

  it('signs without proofs where that is asked for, and proves when it is asked to', async () => {
    const brief = right(await open({ withProof: false }));
    try {
      const [unproven, proven] = [right(await brief.signShare(message)), right(await brief.proveShare(message))];
      const verdicts = [unproven, proven].map((share) => key.verifier.verifyShare(message, id('a'), share));
      expect(verdicts).toEqual(['unattributable', 'valid']);
    } finally {
      await brief.close();
    }
  });

  it('refuses what its key is not for', async () => {
    expect(await thread.signShare(statement)).toEqual(E.left({ _tag: 'WrongUsage', usage: 'document' }));
  });

  it('combines to a verified signature and names whose shares are bad', async () => {
    const shares = sharesOf(key, message, 'a', 'b', 'c', 'd');
    const bad = new Map([...shares, [id('b'), utf8('nonsense') as SignatureShare]]);
    const { signature, invalid } = right(await thread.combine(message, bad));
    expect([...invalid]).toEqual(['b']);
    expect(key.verifier.verify(message, signature)).toBe(true);
    expect(await thread.verify(message, signature)).toBe(true);
    expect(await thread.verify(utf8('another message'), signature)).toBe(false);
  });

  it('says who is not enough, in the processes of the caller', async () => {
    const failed = await thread.combine(message, sharesOf(key, message, 'a', 'b'));
    expect(failed).toEqual(E.left(expect.objectContaining({ _tag: 'NotQualified' })));
    const { signers } = E.isLeft(failed) && failed.left._tag === 'NotQualified' ? failed.left : { signers: undefined };
    expect(signers?.equals(universe.of([id('a'), id('b')]))).toBe(true);
  });

  it('finds nothing of strangers valid, and works on', async () => {
    const stranger = 'not a name!' as ProcessId;
    const [of] = sharesOf(key, message, 'b').values();
    const theirs = present(of, 'a share of b');
    expect(await thread.verifyShare(message, stranger, theirs)).toBe('invalid');
    const combined = await thread.combine(message, new Map([[stranger, theirs]]));
    expect(combined).toEqual(E.left(expect.objectContaining({ _tag: 'NotQualified' })));
    expect(E.isRight(await thread.signShare(message))).toBe(true);
  });

  it('answers each of many questions asked at once', async () => {
    const messages = Array.from({ length: 8 }, (_, index) => utf8(`message ${index}`));
    const shares = await Promise.all(messages.map((each) => thread.signShare(each)));
    const verdicts = shares.map((each, index) =>
      key.verifier.verifyShare(present(messages[index], 'a message'), id('a'), right(each)),
    );
    expect(verdicts).toEqual(messages.map(() => 'valid'));
  });
});

describe('proofs made ahead', () => {
  it('are as good as others, and never keep an answer waiting', async () => {
    const thread = right(await openSigningThread(key.publicKey, share, universe, { script, readyProofCount: 3 }));
    const messages = Array.from({ length: 5 }, (_, index) => utf8(`ahead ${index}`));
    for (const each of messages) {
      const own = right(await thread.signShare(each));
      expect(key.verifier.verifyShare(each, id('a'), own)).toBe('valid');
    }
    await thread.close();
  });
});

describe('opening and losing a thread', () => {
  it('judges the key in the thread alone, so that no loop waits for that', async () => {
    const damaged = { ...key.publicKey, commitments: [] };
    const opened = right(await openSigningThread(damaged, share, universe, { script: silent }));
    expect([opened.schemeId, opened.epoch]).toEqual(['any', 7]);
    await opened.close();
  });

  it('is refused a key that is damaged', async () => {
    const damaged = { ...key.publicKey, commitments: key.publicKey.commitments.slice(1) };
    expect(await openSigningThread(damaged, share, universe, { script })).toMatchObject(
      E.left({ _tag: 'BadCommitments' }),
    );
  });

  it('is refused a share of another epoch, with the error of the signer', async () => {
    const other = new LinearKeyShare('shoup-rsa', share.keyId, 2, share.process, share.rows);
    const opened = await openSigningThread(key.publicKey, other, universe, { script });
    expect(opened).toEqual(E.left({ _tag: 'ShareOfAnotherKey', process: 'a' }));
  });

  it('rejects what was asked and what is asked after the thread has ended', async () => {
    const thread = right(await openSigningThread(key.publicKey, share, universe, { script: silent }));
    const asked = thread.signShare(message);
    const rejected = expect(asked).rejects.toMatchObject({ name: 'SigningThreadLost' });
    await thread.close();
    await rejected;
    await expect(thread.verify(message, utf8('x') as never)).rejects.toMatchObject({ name: 'SigningThreadLost' });
  });
});

describe('a thread without a share', () => {
  const openWithout = (publicKey = key.publicKey) => openVerifyingThread(publicKey, universe, { script });

  it('judges, combines and verifies as one with a share does, and signs nothing', async () => {
    const thread = right(await openWithout());
    try {
      const { schemeId, keyId, epoch } = signerOf(key, 'a');
      expect(thread).toMatchObject({ schemeId, keyId, epoch });
      expect('signShare' in thread).toBe(false);
      const shares = sharesOf(key, message, 'a', 'b', 'c', 'd');
      const bad = new Map([...shares, [id('b'), utf8('nonsense') as SignatureShare]]);
      const { signature, invalid } = right(await thread.combine(message, bad));
      expect([...invalid]).toEqual(['b']);
      expect(await thread.verify(message, signature)).toBe(true);
      expect(await thread.verify(utf8('something else'), signature)).toBe(false);
      expect(await thread.verifyShare(message, id('a'), present(shares.get(id('a')), 'a share of a'))).toBe('valid');
      expect(await thread.verifyShare(message, id('x'), present(shares.get(id('a')), 'a share of a'))).toBe('invalid');
      expect(thread.canCombine(universe.of([id('a'), id('b')]))).toBe(false);
    } finally {
      await thread.close();
    }
  });

  it('is not opened with a key that is none', async () => {
    expect(await openWithout({ ...key.publicKey, exponent: 4n })).toMatchObject({ _tag: 'Left' });
  });
});
