/** Opening time-locks: members sign the identity of a target when its time has come. Keys have usage `time-lock`. */
import { randomBytes } from 'node:crypto';
import { E, type Either, pipe } from '../../prelude/fp.js';
import type { Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { BlsPublicKey } from '../bls/key.js';
import type { Signature } from '../contract/distributed-signer.js';
import type { AllianceKeyShare, AlliancePublicKey } from '../registry.js';
import { blsUse } from './scheme-use.js';
import { type TimeLockAuthority, timeLockIdentity, type TimeLockTarget } from './time-lock.js';
import type { Use, UseHolder } from './use.js';
import { keyFor, type UseKeyError } from './use-key.js';

/** Who combines; its output opens everything that is locked to the target. */
export type TimeLock = Use<TimeLockTarget, Signature>;

/** A member. It has no clock and knows no label's meaning: when to show its part is for the caller to decide. */
export type TimeLockMember = UseHolder<TimeLockTarget, Signature>;

export function timeLock(
  publicKey: AlliancePublicKey,
  universe: Universe,
  random: RandomBytes = randomBytes,
): Either<UseKeyError, TimeLock> {
  return pipe(
    lockKey(publicKey),
    E.chain((key) => opening.use(key, universe, random)),
  );
}

export function timeLockMember(
  publicKey: AlliancePublicKey,
  share: AllianceKeyShare,
  universe: Universe,
  random: RandomBytes = randomBytes,
): Either<UseKeyError, TimeLockMember> {
  return pipe(
    lockKey(publicKey),
    E.chain((key) => opening.holder(key, share, universe, random)),
  );
}

/** What to encrypt to, given a key of this usage. */
export function timeLockAuthority(publicKey: AlliancePublicKey): Either<UseKeyError, TimeLockAuthority> {
  return E.map(({ suite, groupKey }: BlsPublicKey) => ({ suite, publicKey: groupKey }))(lockKey(publicKey));
}

function lockKey(publicKey: AlliancePublicKey): Either<UseKeyError, BlsPublicKey> {
  return keyFor(publicKey, 'time-lock', ['bls']);
}

const opening = blsUse<TimeLockTarget, Signature>(() => ({
  input: timeLockIdentity,
  output: (_, signature) => signature,
}));
