/**
 * Keys and what is made with them as files of their own: a public key, one process's share of it, that share under a
 * passphrase, and what one process contributed to a result. Each says to which key it belongs, so it can be used alone.
 */
import type { Digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { KeyId, KeyUsage } from '../contract/distributed-signer.js';
import type { AllianceKeyShare } from '../key-share-codec.js';
import type { AlliancePublicKey } from '../public-key.js';
import type { Sealing } from './sealing.js';

/** For everybody. */
interface PublicKeyFile {
  readonly _tag: 'public-key';
  readonly key: AlliancePublicKey;
}

/** Secret: for the owner of the share alone. */
export interface KeyShareFile {
  readonly _tag: 'key-share';
  readonly key: AlliancePublicKey;
  readonly share: AllianceKeyShare;
}

/** A key share that only a passphrase opens. What stands in the open is bound to what is sealed. */
export interface SealedKeyShareFile {
  readonly _tag: 'sealed-key-share';
  readonly process: ProcessId;
  readonly key: AlliancePublicKey;
  readonly sealing: Sealing;
  readonly sealed: Uint8Array;
}

/** What one process makes with its key share for one input: a signature share, a partial decryption. Nothing in it is proven. */
export interface ContributionFile {
  readonly _tag: 'contribution';
  readonly scheme: AlliancePublicKey['_tag'];
  readonly usage: KeyUsage;
  readonly keyId: KeyId;
  readonly epoch: number;
  /** Of the sharing that the key share is of (`sharing-name.ts`). */
  readonly sharing: Digest;
  readonly process: ProcessId;
  /** Digest of the input. */
  readonly input: Digest;
  readonly contribution: Uint8Array;
}

export type KeyFile = PublicKeyFile | KeyShareFile | SealedKeyShareFile | ContributionFile;
