/** What crosses between a signing thread and whoever opened it: plain data, which structured cloning carries. */
import type { Either } from '../../prelude/fp.js';
import type { ShareVerdict, SignRefused } from '../contract/distributed-signer.js';
import type { KeyError, SignerOptions } from '../registry.js';

/** What a thread is opened with. Keys are in the form of their codecs, so the thread checks them as if read from a file. */
export interface ThreadKey {
  readonly publicKey: unknown;
  /** None where the thread only combines and verifies. */
  readonly share?: unknown;
  readonly processes: readonly string[];
  readonly options: Omit<SignerOptions, 'random'>;
  readonly readyProofCount: number;
}

/** One operation of a signer. Processes stand for themselves, and sets are lists. */
export type Call =
  | { readonly _tag: 'signShare' | 'proveShare'; readonly message: Uint8Array }
  | { readonly _tag: 'verifyShare'; readonly message: Uint8Array; readonly from: string; readonly share: Uint8Array }
  | {
      readonly _tag: 'combine';
      readonly message: Uint8Array;
      readonly shares: readonly (readonly [string, Uint8Array])[];
    }
  | { readonly _tag: 'verify'; readonly message: Uint8Array; readonly signature: Uint8Array };

/** What each operation answers. */
export interface Answers {
  readonly signShare: Either<SignRefused, Uint8Array>;
  readonly proveShare: Either<SignRefused, Uint8Array>;
  readonly verifyShare: ShareVerdict;
  readonly combine: Either<CombineFailure, CombineSuccess>;
  readonly verify: boolean;
}

/** `CombineError` with its sets as lists. */
export type CombineFailure =
  | { readonly _tag: 'NotQualified'; readonly signers: readonly string[]; readonly invalid: readonly string[] }
  | { readonly _tag: 'BadShares'; readonly suspects: readonly string[] };

interface CombineSuccess {
  readonly signature: Uint8Array;
  readonly invalid: readonly string[];
}

export interface Request {
  readonly id: number;
  readonly call: Call;
}

/** What names the signer that a thread has opened. */
export interface OpenedSigner {
  readonly schemeId: string;
  readonly keyId: Uint8Array;
  readonly epoch: number;
}

export type Reply =
  | ({ readonly _tag: 'opened' } & OpenedSigner)
  | { readonly _tag: 'refused'; readonly error: KeyError }
  | { readonly _tag: 'answer'; readonly id: number; readonly answer: Answers[Call['_tag']] };
