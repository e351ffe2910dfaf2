/** A process's share of a key, checked: what it takes part in the map with. */
import { equalBytes } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import { secretsOf } from '../contract/linear-key-share.js';
import { checkDealingInBatch } from '../sharing/commitments.js';
import type { ShoupRsaKeyError } from './errors.js';
import type { ShoupRsaKeyShare, ShoupRsaPublicKey } from './key.js';
import { loadKey, type LoadedKey } from './loaded-key.js';
import { RsaMap, RsaMapVerifier } from './rsa-map.js';

export interface RsaMapOptions {
  /**
   * Whether shares are proved, at about three times the price; `true` if absent. A combiner of shares without proofs that do
   * not combine asks their senders for shares with proofs (`proveShare`), and learns then whose are bad.
   */
  readonly withProof?: boolean;
}

/** The public half of the map, for uses other than signing. */
export function makeRsaMapVerifier(
  publicKey: ShoupRsaPublicKey,
  universe: Universe,
  random: RandomBytes,
): Either<ShoupRsaKeyError, RsaMapVerifier> {
  return E.map((key: LoadedKey) => new RsaMapVerifier(key, random))(loadKey(publicKey, universe, random));
}

/** The map with one process's share, after checking every row of it against the key's commitments. */
export function makeRsaMap(
  publicKey: ShoupRsaPublicKey,
  share: ShoupRsaKeyShare,
  universe: Universe,
  random: RandomBytes,
  { withProof = true }: RsaMapOptions = {},
): Either<ShoupRsaKeyError, RsaMap> {
  const loaded = loadKey(publicKey, universe, random);
  if (E.isLeft(loaded)) return loaded;
  const error = checkShare(loaded.right, share, random);
  return error === undefined ? E.right(new RsaMap(loaded.right, share, random, withProof)) : E.left(error);
}

function checkShare(key: LoadedKey, share: ShoupRsaKeyShare, random: RandomBytes): ShoupRsaKeyError | undefined {
  const { process, epoch, keyId } = share;
  const secrets = secretsOf(share);
  const rows = key.rowsOf(process);
  const isOwn = epoch === key.publicKey.epoch && equalBytes(keyId, key.keyId);
  const hasRows = rows.length > 0 && rows.length === share.rows.length && rows.every((row) => secrets.has(row));
  if (!isOwn || !hasRows) return { _tag: 'ShareOfAnotherKey', process };
  const range = (row: number) => present(key.bounds.rows[row], 'a row of the sharing');
  const { commitments } = key.publicKey;
  const checked = checkDealingInBatch(key.sharing, key.group, { commitments, shares: secrets, range }, random);
  return E.isLeft(checked) ? { _tag: 'BadShare', process, fault: checked.left } : undefined;
}
