/** The next key of any scheme: a shared key whose shares are put together and handed out. */
import type { ProcessId } from '../../../prelude/process.js';
import type { KeyId } from '../../contract/distributed-signer.js';
import { LinearKeyShare } from '../../contract/linear-key-share.js';
import type { NextKey, SharedKey } from '../ceremony-scheme.js';

/** What names a key, and how its shares are numbers and bytes. */
interface KeyShares<Key> {
  readonly scheme: string;
  readonly keyId: KeyId;
  readonly publicKey: Key;
  /** The share of a row, from what was dealt and, in a refresh, the old share. */
  readonly sumOf: (row: number, sum: bigint, old: bigint) => bigint;
  readonly bytesOf: (row: number, share: bigint) => Uint8Array;
}

export function nextKey<G, Key extends { readonly epoch: number }>(
  shared: SharedKey<G>,
  { scheme, keyId, publicKey, sumOf, bytesOf }: KeyShares<Key>,
): NextKey<G, Key> {
  return {
    ...shared,
    publicKey,
    shareOf(row, sum, old) {
      const share = sumOf(row, sum, old);
      return shared.isShare(row, share) ? share : undefined;
    },
    keyShare(process: ProcessId, shares: ReadonlyMap<number, bigint>) {
      const rows = [...shares].map(([row, share]) => ({ row, secret: bytesOf(row, share) }));
      return new LinearKeyShare(scheme, keyId, publicKey.epoch, process, rows);
    },
  };
}
