/** Opening time-locks: members sign the identity of a target when its time has come. Keys have usage `time-lock`. */
import { randomBytes } from 'node:crypto';
import { E, type Either } from '../../prelude/fp.js';
import type { Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import { blsMap, blsMapVerifier } from '../bls/threshold-map.js';
import type { Signature } from '../contract/distributed-signer.js';
import type { AllianceKeyShare, AlliancePublicKey } from '../registry.js';
import { type TimeLockAuthority, timeLockIdentity, type TimeLockTarget } from './time-lock.js';
import { holderOf, type Use, type UseHolder, useOf, type UseRules } from './use.js';
import { keyFor, shareFor, type UseKeyError } from './use-key.js';

/** Who combines; its output opens everything that is locked to the target. */
export type TimeLock = Use<TimeLockTarget, Signature>;

/** A member. It has no clock and knows no label's meaning: when to show its part is for the caller to decide. */
export type TimeLockMember = UseHolder<TimeLockTarget, Signature>;

export function timeLock(
  publicKey: AlliancePublicKey,
  universe: Universe,
  random: RandomBytes = randomBytes,
): Either<UseKeyError, TimeLock> {
  const key = keyFor(publicKey, 'time-lock', ['bls']);
  if (E.isLeft(key)) return key;
  const map = blsMapVerifier(key.right, universe, { random });
  return E.isLeft(map) ? map : E.right(useOf(map.right, targetRules));
}

export function timeLockMember(
  publicKey: AlliancePublicKey,
  share: AllianceKeyShare,
  universe: Universe,
  random: RandomBytes = randomBytes,
): Either<UseKeyError, TimeLockMember> {
  const key = keyFor(publicKey, 'time-lock', ['bls']);
  if (E.isLeft(key)) return key;
  const rows = shareFor(share, 'bls');
  if (E.isLeft(rows)) return rows;
  const map = blsMap(key.right, rows.right, universe, { random });
  return E.isLeft(map) ? map : E.right(holderOf(map.right, targetRules));
}

/** What to encrypt to, given a key of this usage. */
export function timeLockAuthority(publicKey: AlliancePublicKey): Either<UseKeyError, TimeLockAuthority> {
  const key = keyFor(publicKey, 'time-lock', ['bls']);
  return E.isLeft(key) ? key : E.right({ suite: key.right.suite, publicKey: key.right.groupKey });
}

const targetRules: UseRules<TimeLockTarget, Uint8Array, Signature> = {
  input: timeLockIdentity,
  output: (_, signature) => signature,
};
