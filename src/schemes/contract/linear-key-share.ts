/** One process's part of a key that is shared along a policy: the secrets of its rows (`schemes/sharing`). */
import { bytesToBigInt } from '../../prelude/bytes.js';
import { inspectSymbol } from '../../prelude/inspect-symbol.js';
import type { ProcessId } from '../../prelude/process.js';
import type { KeyId } from './distributed-signer.js';

/** One row's secret number, not negative, big-endian, as long as the key says. */
export interface SecretRow {
  /** Index of the row in the sharing, from 0. */
  readonly row: number;
  readonly secret: Uint8Array;
}

/** Secret: one process's rows. Shows itself without them; codecs of key files alone write them out. */
export class LinearKeyShare<Scheme extends string> {
  constructor(
    readonly _tag: Scheme,
    readonly keyId: KeyId,
    readonly epoch: number,
    readonly process: ProcessId,
    readonly rows: readonly SecretRow[],
  ) {}

  /** Overwrites the secrets. Copies that the runtime made are beyond reach. */
  erase(): void {
    for (const { secret } of this.rows) secret.fill(0);
  }

  toJSON(): unknown {
    return { _tag: this._tag, epoch: this.epoch, process: this.process, rows: '(secret)' };
  }

  [inspectSymbol](): unknown {
    return this.toJSON();
  }
}

/** The secrets of a share as integers, by row. */
export function secretsOf(share: LinearKeyShare<string>): ReadonlyMap<number, bigint> {
  return new Map(share.rows.map(({ row, secret }) => [row, bytesToBigInt(secret)]));
}
