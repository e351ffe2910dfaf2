/** The asynchronous twin of `distributed-signer`: the same work, done where it holds nobody up. */
import type { Either } from '../../prelude/fp.js';
import type { ProcessId, ProcessSet } from '../../prelude/process.js';
import type {
  CombineResult,
  KeyId,
  ShareVerdict,
  Signature,
  SignatureShare,
  SignRefused,
} from './distributed-signer.js';

/** Promises reject only where the place of work is gone (`SigningThreadLost`), never because of the bytes they are given. */
export interface AsyncDistributedVerifier {
  readonly schemeId: string;
  readonly keyId: KeyId;
  readonly epoch: number;
  canCombine(signers: ProcessSet): boolean;
  verifyShare(message: Uint8Array, from: ProcessId, share: SignatureShare): Promise<ShareVerdict>;
  combine(message: Uint8Array, shares: ReadonlyMap<ProcessId, SignatureShare>): Promise<CombineResult>;
  verify(message: Uint8Array, signature: Signature): Promise<boolean>;
}

/** An asynchronous verifier that also holds one process's key share. */
export interface AsyncDistributedSigner extends AsyncDistributedVerifier {
  readonly me: ProcessId;
  signShare(message: Uint8Array): Promise<Either<SignRefused, SignatureShare>>;
  proveShare(message: Uint8Array): Promise<Either<SignRefused, SignatureShare>>;
}
