/**
 * A signer in a worker thread: exponentiations and pairings take milliseconds, during which an event loop would answer nobody.
 * The thread holds the key share and judges the key, too; the loop keeps the predicate `canCombine` and waits for everything else.
 */
import { Worker } from 'node:worker_threads';
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId, ProcessSet, Universe } from '../../prelude/process.js';
import { isQualified } from '../../quorum/policy/policy.js';
import type { AsyncDistributedSigner, AsyncDistributedVerifier } from '../contract/async-signer.js';
import type {
  CombineResult,
  KeyId,
  ShareVerdict,
  Signature,
  SignatureShare,
  SignRefused,
} from '../contract/distributed-signer.js';
import { isForSigning } from '../contract/usage.js';
import { type AllianceKeyShare, allianceKeyShareCodec } from '../key-share-codec.js';
import { alliancePublicKeyCodec } from '../public-key-codec.js';
import type { AlliancePublicKey } from '../public-key.js';
import type { KeyError, SignerOptions } from '../registry.js';
import type { Answers, Call, CombineFailure, OpenedSigner, Reply, Request, ThreadKey } from './calls.js';

/** The thread ended while, or before, it was asked: its signer cannot go on. */
export class SigningThreadLost extends Error {
  override readonly name = 'SigningThreadLost';
}

/** What a thread is opened with, besides the key. */
export interface SigningThreadOptions extends Omit<SignerOptions, 'random'> {
  /** The script of the thread; the one beside this file if absent. */
  readonly script?: URL;
  /**
   * For how many share proofs the thread keeps commitments ready, made while it has nothing else to do; 0 if absent. Not for a
   * machine that may be resumed from a snapshot of its memory: two proofs with one commitment give the key share away.
   */
  readonly readyProofCount?: number;
}

/** Loads a key share in a thread of its own; the same errors as {@link makeSigner} has. */
export async function openSigningThread(
  publicKey: AlliancePublicKey,
  share: AllianceKeyShare,
  universe: Universe,
  options: SigningThreadOptions = {},
): Promise<Either<KeyError, SigningThread>> {
  const opened = await openThread(publicKey, allianceKeyShareCodec.encode(share), universe, options);
  return E.map((thread: OpenedThread) => new SigningThread(thread, publicKey, universe, share.process))(opened);
}

/** The same without a share; the errors of {@link makeVerifier}. */
export async function openVerifyingThread(
  publicKey: AlliancePublicKey,
  universe: Universe,
  { script }: Pick<SigningThreadOptions, 'script'> = {},
): Promise<Either<KeyError, VerifyingThread>> {
  const opened = await openThread(publicKey, undefined, universe, script === undefined ? {} : { script });
  return E.map((thread: OpenedThread) => new VerifyingThread(thread, publicKey, universe))(opened);
}

interface OpenedThread {
  readonly calls: ThreadCalls;
  readonly signer: OpenedSigner;
}

async function openThread(
  publicKey: AlliancePublicKey,
  share: unknown,
  universe: Universe,
  { script = new URL('./worker.js', import.meta.url), readyProofCount = 0, ...options }: SigningThreadOptions,
): Promise<Either<KeyError, OpenedThread>> {
  const key: ThreadKey = {
    publicKey: alliancePublicKeyCodec.encode(publicKey),
    share,
    processes: universe.ids,
    options,
    readyProofCount,
  };
  const calls = new ThreadCalls(new Worker(script, { workerData: key }));
  return E.map((signer: OpenedSigner) => ({ calls, signer }))(await calls.opened);
}

/** Answers in the order in which it was asked. */
export class VerifyingThread implements AsyncDistributedVerifier {
  readonly schemeId: string;
  readonly keyId: KeyId;
  readonly epoch: number;
  protected readonly thread: ThreadCalls;

  /** @param publicKey - judged by the thread. */
  constructor(
    { calls, signer: { schemeId, keyId, epoch } }: OpenedThread,
    private readonly publicKey: AlliancePublicKey,
    private readonly universe: Universe,
  ) {
    this.thread = calls;
    this.schemeId = schemeId;
    this.keyId = keyId as KeyId;
    this.epoch = epoch;
  }

  canCombine(signers: ProcessSet): boolean {
    const { usage, policy } = this.publicKey;
    return isForSigning(usage) && isQualified(policy, signers);
  }

  verifyShare(message: Uint8Array, from: ProcessId, share: SignatureShare): Promise<ShareVerdict> {
    if (!this.universe.has(from)) return Promise.resolve('invalid');
    return this.thread.ask({ _tag: 'verifyShare', message, from, share });
  }

  async combine(message: Uint8Array, shares: ReadonlyMap<ProcessId, SignatureShare>): Promise<CombineResult> {
    const known = [...shares].filter(([from]) => this.universe.has(from));
    const combined = await this.thread.ask({ _tag: 'combine', message, shares: known });
    if (E.isLeft(combined)) return E.left(this.combineError(combined.left));
    const { signature, invalid } = combined.right;
    return E.right({ signature: signature as Signature, invalid: this.setOf(invalid) });
  }

  verify(message: Uint8Array, signature: Signature): Promise<boolean> {
    return this.thread.ask({ _tag: 'verify', message, signature });
  }

  /** Ends the thread; what it was still asked is not answered. */
  close(): Promise<void> {
    return this.thread.close();
  }

  private combineError(failure: CombineFailure) {
    switch (failure._tag) {
      case 'NotQualified':
        return { ...failure, signers: this.setOf(failure.signers), invalid: this.setOf(failure.invalid) };
      case 'BadShares':
        return { ...failure, suspects: this.setOf(failure.suspects) };
      default:
        return assertNever(failure);
    }
  }

  private setOf(processes: readonly string[]): ProcessSet {
    return this.universe.of(processes.filter((process) => this.universe.has(process)));
  }
}

/** A thread that also holds a key share. */
export class SigningThread extends VerifyingThread implements AsyncDistributedSigner {
  constructor(
    opened: OpenedThread,
    publicKey: AlliancePublicKey,
    universe: Universe,
    readonly me: ProcessId,
  ) {
    super(opened, publicKey, universe);
  }

  async signShare(message: Uint8Array): Promise<Either<SignRefused, SignatureShare>> {
    const signed = await this.thread.ask({ _tag: 'signShare', message });
    return E.map((share: Uint8Array) => share as SignatureShare)(signed);
  }

  async proveShare(message: Uint8Array): Promise<Either<SignRefused, SignatureShare>> {
    const signed = await this.thread.ask({ _tag: 'proveShare', message });
    return E.map((share: Uint8Array) => share as SignatureShare)(signed);
  }
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: SigningThreadLost) => void;
}

/** Questions to a thread and its answers, matched by number. */
class ThreadCalls {
  readonly opened: Promise<Either<KeyError, OpenedSigner>>;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private lost: SigningThreadLost | undefined;

  constructor(private readonly worker: Worker) {
    this.opened = new Promise((resolve, reject) => {
      worker.on('message', (reply: Reply) => {
        if (reply._tag === 'opened') resolve(E.right(reply));
        else if (reply._tag === 'refused') resolve(E.left(reply.error));
        else this.settle(reply.id, reply.answer);
      });
      worker.on('error', (error) => {
        reject(this.lose(`the signing thread failed: ${error instanceof Error ? error.message : String(error)}`));
      });
      worker.on('exit', () => {
        reject(this.lose('the signing thread has ended'));
      });
    });
  }

  ask<C extends Call>(call: C): Promise<Answers[C['_tag']]> {
    return new Promise((resolve, reject) => {
      if (this.lost !== undefined) {
        reject(this.lost);
        return;
      }
      this.lastId += 1;
      const request: Request = { id: this.lastId, call };
      this.waiting.set(request.id, { resolve, reject });
      this.worker.postMessage(request);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private settle(id: number, answer: Answers[Call['_tag']]): void {
    // After a loss answers that were under way may still come: whoever asked has been told.
    this.waiting.get(id)?.resolve(answer as never);
    this.waiting.delete(id);
  }

  private lose(sentence: string): SigningThreadLost {
    this.lost ??= new SigningThreadLost(sentence);
    for (const { reject } of this.waiting.values()) reject(this.lost);
    this.waiting.clear();
    return this.lost;
  }
}
