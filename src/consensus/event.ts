/** What happens to the machine. Each event comes with the time at which it happens. */
import type { ProcessId } from '../prelude/process.js';
import type { CombineResult, SignatureShare } from '../schemes/contract/distributed-signer.js';
import type { Request } from './batch.js';
import type { DeliveryTable } from './delivery.js';
import type { Boundary } from './epoch-change.js';
import type { Handoff } from './handoff.js';
import type { StateTarget } from './manifest.js';
import type { Message } from './message.js';

export type Event =
  /** Once, before any other. */
  | { readonly _tag: 'Start' }
  /** A decoded message on a link that proves its sender; the machine's own messages come back to it in this way too. */
  | { readonly _tag: 'Message'; readonly from: ProcessId; readonly message: Message }
  /** A frame on such a link that is no message. */
  | { readonly _tag: 'Malformed'; readonly from: ProcessId; readonly reason: string }
  /** A link to a peer is up again. */
  | { readonly _tag: 'Connected'; readonly peer: ProcessId }
  /** A request from a client, not yet checked; `leader` is whom the client says that it has sent it to as the leader. */
  | { readonly _tag: 'Request'; readonly request: Request; readonly leader?: string | undefined }
  /** The time asked for by `SetTimer` has come. */
  | { readonly _tag: 'Timer' }
  /** Every decided slot up to `slot` is durable in the log, and the controls in it have been taken: `Boundary` comes before. */
  | { readonly _tag: 'Stored'; readonly slot: number }
  /** The alliance-key share asked for by `Sign`; `undefined` where the signer refused. */
  | {
      readonly _tag: 'Signed';
      readonly statement: Uint8Array;
      readonly isProven: boolean;
      readonly share: SignatureShare | undefined;
    }
  /** The outcome of `Combine`. */
  | {
      readonly _tag: 'Combined';
      readonly statement: Uint8Array;
      readonly result: CombineResult;
    }
  /** The outcome of `Verify`. */
  | { readonly _tag: 'Verified'; readonly statement: Uint8Array; readonly isValid: boolean }
  /** An ACTIVATE in slot `since` has taken effect: the epoch ends with `slot`. */
  | ({ readonly _tag: 'Boundary' } & Boundary)
  /** The state after a slot and the log up to it are durable. Also after `Start`, for each that was found. */
  | ({ readonly _tag: 'Snapshotted' } & StateTarget)
  /** The log begins with slot `first` now. Also after `Start`, where it does not begin with slot 1. */
  | { readonly _tag: 'Pruned'; readonly first: number }
  /** Every chunk of the state after `slot` is durable. */
  | { readonly _tag: 'Transferred'; readonly slot: number }
  /** The answer to `Install` where the state has been damaged on this disk: nothing has changed, and it is fetched again. */
  | { readonly _tag: 'Damaged'; readonly slot: number }
  /** State, log and table are those after a slot now, as `Install` asked; it is this process's own snapshot from now on. */
  | ({
      readonly _tag: 'Installed';
      readonly delivery: DeliveryTable;
      readonly boundary?: Boundary | undefined;
    } & StateTarget)
  /** A HANDOFF of this epoch, not yet checked. */
  | { readonly _tag: 'Handoff'; readonly from: ProcessId; readonly handoff: Handoff };
