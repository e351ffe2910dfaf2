/**
 * Which ceremonies a log admits. Two attempts that start from one key and both commit would leave two sharings of one epoch, half
 * of the members with each, and so no key: therefore one attempt at a time for each key, always from the dealing that was
 * committed last, and no attempt twice. Fed from the log, like the boards: the same on every replica.
 */
import { equalBytes, toHex } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import type { KeyId } from '../contract/distributed-signer.js';
import type { CeremonyTerms } from './terms.js';

/** What the register has to know of an attempt. */
export interface OpenedCeremony {
  /** Of the key that is moved; {@link generationId} where one is made. */
  readonly keyId: KeyId;
  readonly ceremonyId: Digest;
  /** The dealing digest of the key that it starts from. */
  readonly subject: Digest;
}

export type CeremonyNotAdmitted =
  /** Another attempt with this key is open. */
  | { readonly _tag: 'AnotherIsOpen'; readonly ceremonyId: Digest }
  /** The key has been moved since. */
  | { readonly _tag: 'NotTheLatestDealing' }
  /** This attempt was made before, whatever became of it. */
  | { readonly _tag: 'AttemptedBefore' };

interface KeyRecord {
  latest: Digest;
  open: Digest | undefined;
}

const generationTag = 'koinon generation v1';

/** Under what a generation is admitted, since its key has no id yet: one for each context, what is to be made, and epoch. */
export function generationId({ context, subject, nextEpoch }: CeremonyTerms): KeyId {
  return digest(new Writer().text(generationTag).bytes(context).fixed(subject).u64(nextEpoch).finish());
}

export class CeremonyRegister {
  private readonly keys = new Map<string, KeyRecord>();
  private readonly attempted = new Set<string>();

  /** Begins an attempt. The first one for a key says which dealing is the latest. */
  open({ keyId, ceremonyId, subject }: OpenedCeremony): Either<CeremonyNotAdmitted, void> {
    const known = this.keys.get(toHex(keyId)) ?? { latest: subject, open: undefined };
    if (this.attempted.has(toHex(ceremonyId))) return E.left({ _tag: 'AttemptedBefore' });
    if (known.open !== undefined) return E.left({ _tag: 'AnotherIsOpen', ceremonyId: known.open });
    if (!equalBytes(known.latest, subject)) return E.left({ _tag: 'NotTheLatestDealing' });
    this.attempted.add(toHex(ceremonyId));
    this.keys.set(toHex(keyId), { ...known, open: ceremonyId });
    return E.right(undefined);
  }

  /** The open attempt of this id has ended. @param committed - the dealing digest of the next key; absent where it was aborted. */
  end(keyId: KeyId, ceremonyId: Digest, committed?: Digest): void {
    const known = this.keys.get(toHex(keyId));
    if (known?.open === undefined || !equalBytes(known.open, ceremonyId)) return;
    this.keys.set(toHex(keyId), { latest: committed ?? known.latest, open: undefined });
  }
}
