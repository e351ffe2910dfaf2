/** What judging an act comes to, and who is heard. */
import type { Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Ed25519PublicKey } from '../../schemes/ed25519/encoding.js';
import type { ManagementError } from './errors.js';
import type { GovernanceEvent } from './event.js';

export type Decided = Either<ManagementError, readonly GovernanceEvent[]>;

/** Who says something, as far as it matters: with which identity, where document and draft list different ones. */
export interface Speaker {
  readonly id: ProcessId;
  readonly identityKey: Ed25519PublicKey;
  readonly inDocument: boolean;
  readonly inDraft: boolean;
}
