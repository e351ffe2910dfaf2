/** A Shoup RSA key as ceremonies see it. */
import { present } from '../../../prelude/invariant.js';
import { isInRange } from '../../sharing/ranges.js';
import type { LoadedKey } from '../../shoup-rsa/loaded-key.js';
import type { SharedKey } from '../ceremony-scheme.js';

export function sharedRsaKey(key: LoadedKey): SharedKey<bigint> {
  const { publicKey, bounds, group } = key;
  const { ranges, provenSafePrimes } = publicKey;
  const isExact = provenSafePrimes && ranges._tag === 'integers';
  return {
    digest: key.dealingDigest,
    sharing: key.sharing,
    integers: isExact ? { secret: ranges.secret, rows: bounds.rows } : undefined,
    rowKey: (row) => key.rowKey(row),
    isShare(row, share) {
      const range = present(bounds.rows[row], 'a range of every row');
      return isInRange(share, range) && group.equals(group.commit(share), key.rowKey(row));
    },
  };
}
