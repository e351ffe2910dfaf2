/** What the document of an epoch must satisfy beside those of the epochs before it (spec/consensus.md, "Certificates"). */
import { toHex } from '../prelude/bytes.js';
import type { AlliancePublicKey } from '../schemes/public-key.js';
import { ringKeyOf } from '../schemes/key-ring.js';
import type { Alliance } from './alliance.js';
import type { AllianceError } from './errors.js';

/** What is asked of a document here. */
export type EpochKeys = Pick<Alliance, 'epoch' | 'allianceKey' | 'slowKey'>;

export function keysOf({ epoch, allianceKey, slowKey }: Alliance): EpochKeys {
  return { epoch, allianceKey, ...(slowKey === undefined ? {} : { slowKey }) };
}

/**
 * Why `next` cannot follow `earlier`: a slow key that is shared serves one epoch, for the shares of those who held it then are bound
 * to none. `undefined` if it can.
 */
export function findReusedKey(next: EpochKeys, earlier: readonly EpochKeys[]): AllianceError | undefined {
  const own = numbersOf(next.slowKey);
  for (const { epoch, slowKey, allianceKey } of earlier) {
    if (epoch >= next.epoch) continue;
    const slow = numbersOf(slowKey);
    const isReused = own !== undefined && (own === slow || own === numbersOf(allianceKey));
    if (isReused) return reused('/slowKey', epoch);
    if (slow !== undefined && slow === numbersOf(next.allianceKey)) return reused('/allianceKey', epoch);
  }
  return undefined;
}

function reused(path: string, epoch: number): AllianceError {
  return {
    _tag: 'Inconsistent',
    path,
    expected: `a key dealt anew, not one of epoch ${epoch}: a slow key serves one epoch`,
  };
}

function numbersOf(publicKey: AlliancePublicKey | undefined): string | undefined {
  const key = publicKey === undefined ? undefined : ringKeyOf('', publicKey);
  return key === undefined ? undefined : toHex(key.publicNumbers);
}
