/** The shares of one key that one ceremony, or the founding, handed out: who could sign with them (spec/management.md, "Changes of epoch"). */
import type { Digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Policy } from '../../quorum/policy/policy.js';

export interface ShareHolder {
  readonly id: ProcessId;
  /** Its identity key at the time, as hex: names are used again, keys are not. */
  readonly key: string;
}

export interface Sharing {
  /** The ceremony's; of keys that the founding document has, a digest of their dealing. */
  readonly id: Digest;
  /** As `roleName` writes it. */
  readonly role: string;
  /** Names the key, whatever its epoch. */
  readonly keyId: Digest;
  /** Of the shares. */
  readonly epoch: number;
  /** Over the holders' ids: who of them could sign. */
  readonly policy: Policy;
  readonly holders: readonly ShareHolder[];
  /** Keys of holders who have said that their share is overwritten. */
  readonly erased: ReadonlySet<string>;
}
