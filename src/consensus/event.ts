/** What happens to the machine. Each event comes with the time at which it happens. */
import type { ProcessId } from '../prelude/process.js';
import type { CombineResult, SignatureShare } from '../schemes/contract/distributed-signer.js';
import type { Request } from './batch.js';
import type { Message } from './message.js';

export type Event =
  /** Once, before any other. */
  | { readonly _tag: 'Start' }
  /** A decoded message on a link that proves its sender; the machine's own messages come back to it in this way too. */
  | { readonly _tag: 'Message'; readonly from: ProcessId; readonly message: Message }
  /** A link to a peer is up again. */
  | { readonly _tag: 'Connected'; readonly peer: ProcessId }
  /** A request from a client, not yet checked. */
  | { readonly _tag: 'Request'; readonly request: Request }
  /** The time asked for by `SetTimer` has come. */
  | { readonly _tag: 'Timer' }
  /** Every decided slot up to `slot` is durable in the log. */
  | { readonly _tag: 'Stored'; readonly slot: number }
  /** The alliance-key share asked for by `Sign`; `undefined` where the signer refused. */
  | { readonly _tag: 'Signed'; readonly statement: Uint8Array; readonly share: SignatureShare | undefined }
  /** The outcome of `Combine`. */
  | {
      readonly _tag: 'Combined';
      readonly statement: Uint8Array;
      readonly result: CombineResult;
    };
