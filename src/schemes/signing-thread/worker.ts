/** The inside of a thread: one signer or verifier, one operation after another, in the order in which they were asked for. */
import { parentPort, workerData } from 'node:worker_threads';
import { decode } from '../../prelude/codec.js';
import { E, type Either } from '../../prelude/fp.js';
import { assertNever, invariant, present } from '../../prelude/invariant.js';
import { processId, type ProcessId, type ProcessSet, Universe } from '../../prelude/process.js';
import { loadBackends } from '../bls/load-backends.js';
import type {
  CombineResult,
  DistributedSigner,
  DistributedVerifier,
  Signature,
  SignatureShare,
} from '../contract/distributed-signer.js';
import { allianceKeyShareCodec } from '../key-share-codec.js';
import { alliancePublicKeyCodec } from '../public-key-codec.js';
import { type KeyError, makeSigner, makeVerifier } from '../registry.js';
import { ShoupRsaSigner } from '../shoup-rsa/signer.js';
import type { Answers, Call, Reply, Request, ThreadKey } from './calls.js';

const port = present(parentPort ?? undefined, 'a signing thread runs as a worker');

function say(reply: Reply): void {
  port.postMessage(reply);
}

let isPreparing = false;

const signer = await openSigner(workerData as ThreadKey);
if (E.isLeft(signer)) {
  say({ _tag: 'refused', error: signer.left });
  port.close();
} else {
  const { right } = signer;
  const { readyProofCount } = workerData as ThreadKey;
  port.on('message', ({ id, call }: Request) => {
    say({ _tag: 'answer', id, answer: perform(right, call) });
    prepareProofs(right, readyProofCount);
  });
  const { schemeId, keyId, epoch } = right;
  say({ _tag: 'opened', schemeId, keyId, epoch });
  prepareProofs(right, readyProofCount);
}

/** One at a time, so that whoever asks waits for one at most. */
function prepareProofs(of: DistributedVerifier, count: number): void {
  if (isPreparing || !(of instanceof ShoupRsaSigner)) return;
  const readyCount = of.precompute(0);
  if (readyCount >= count) return;
  isPreparing = true;
  setImmediate(() => {
    isPreparing = false;
    if (of.precompute(1) > readyCount) prepareProofs(of, count);
  });
}

async function openSigner({
  publicKey,
  share,
  processes,
  options,
}: ThreadKey): Promise<Either<KeyError, DistributedVerifier | DistributedSigner>> {
  const key = decode(alliancePublicKeyCodec, publicKey);
  invariant(E.isRight(key), 'a key that was encoded can be decoded');
  if (key.right._tag === 'bls') await loadBackends([key.right.suite]);
  const universe = new Universe(processes.map(known));
  if (share === undefined) return makeVerifier(key.right, universe);
  const part = decode(allianceKeyShareCodec, share);
  invariant(E.isRight(part), 'a share that was encoded can be decoded');
  return makeSigner(key.right, part.right, universe, options);
}

/** Nobody asks a thread without a share for one. */
function signerAmong(signer: DistributedVerifier | DistributedSigner): DistributedSigner {
  invariant('signShare' in signer, 'a thread that signs holds a share');
  return signer;
}

function perform(signer: DistributedVerifier | DistributedSigner, call: Call): Answers[Call['_tag']] {
  switch (call._tag) {
    case 'signShare':
      return signerAmong(signer).signShare(call.message);
    case 'proveShare':
      return signerAmong(signer).proveShare(call.message);
    case 'verifyShare':
      return signer.verifyShare(call.message, known(call.from), call.share as SignatureShare);
    case 'combine':
      return listed(
        signer.combine(
          call.message,
          new Map(call.shares.map(([from, share]) => [known(from), share as SignatureShare])),
        ),
      );
    case 'verify':
      return signer.verify(call.message, call.signature as Signature);
    default:
      return assertNever(call);
  }
}

function listed(result: CombineResult): Answers['combine'] {
  const list = (set: ProcessSet): readonly string[] => [...set];
  if (E.isRight(result)) return E.right({ ...result.right, invalid: list(result.right.invalid) });
  const error = result.left;
  switch (error._tag) {
    case 'NotQualified':
      return E.left({ ...error, signers: list(error.signers), invalid: list(error.invalid) });
    case 'BadShares':
      return E.left({ ...error, suspects: list(error.suspects) });
    default:
      return assertNever(error);
  }
}

function known(text: string): ProcessId {
  return present(processId(text), 'processes keep their names on the way to a thread');
}
