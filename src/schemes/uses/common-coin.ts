/** Tossing common coins: who holds shares of the key, and who combines them. The key has usage `beacon`. */
import { randomBytes } from 'node:crypto';
import { digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import type { Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { BlsMapVerifier } from '../bls/threshold-map.js';
import type { AllianceKeyShare, AlliancePublicKey } from '../registry.js';
import type { RsaMapVerifier } from '../shoup-rsa/rsa-map.js';
import { encodeRs256 } from '../shoup-rsa/rsa-verify.js';
import type { MapInput } from '../shoup-rsa/share-proof.js';
import { type Coin, coinMessage, coinOf } from './coin-value.js';
import { blsUse, rsaUse } from './scheme-use.js';
import type { Use, UseHolder, UseRules } from './use.js';
import { keyFor, type UseKeyError } from './use-key.js';

/** Who combines. Requests are the names of coins, of at most 1024 bytes; a name has one coin, for ever. */
export type CommonCoin = Use<Uint8Array, Coin>;

/** A member. Showing a share of a coin before all that is to depend on it is settled gives the coin away. */
export type CoinMember = UseHolder<Uint8Array, Coin>;

export function commonCoin(
  publicKey: AlliancePublicKey,
  universe: Universe,
  random: RandomBytes = randomBytes,
): Either<UseKeyError, CommonCoin> {
  const key = coinKey(publicKey);
  if (E.isLeft(key)) return key;
  return key.right._tag === 'bls'
    ? blsCoins.use(key.right, universe, random)
    : rsaCoins.use(key.right, universe, random);
}

export function coinMember(
  publicKey: AlliancePublicKey,
  share: AllianceKeyShare,
  universe: Universe,
  random: RandomBytes = randomBytes,
): Either<UseKeyError, CoinMember> {
  const key = coinKey(publicKey);
  if (E.isLeft(key)) return key;
  return key.right._tag === 'bls'
    ? blsCoins.holder(key.right, share, universe, random)
    : rsaCoins.holder(key.right, share, universe, random);
}

/** Shoup RSA keys with usage `beacon` have algorithm RS256, whose signatures are unique: no other is loaded. */
function coinKey(publicKey: AlliancePublicKey): ReturnType<typeof keyFor<'bls' | 'shoup-rsa'>> {
  return keyFor(publicKey, 'beacon', ['bls', 'shoup-rsa']);
}

function blsCoinRules({ keyId }: BlsMapVerifier): UseRules<Uint8Array, Uint8Array, Coin> {
  return { input: (name) => coinMessage(keyId, name), output: (name, signature) => coinOf(keyId, name, signature) };
}

/** The role of coins in proofs. */
const coinRole = 'coin share';

function rsaCoinRules({ key }: RsaMapVerifier): UseRules<Uint8Array, MapInput, Coin> {
  const { keyId, modulusLength } = key;
  return {
    input(name) {
      const message = coinMessage(keyId, name);
      if (message === undefined) return undefined;
      const messageDigest = digest(message);
      return { role: coinRole, digest: messageDigest, value: encodeRs256(messageDigest, modulusLength) };
    },
    output: (name, signature) => coinOf(keyId, name, signature),
  };
}

const blsCoins = blsUse(blsCoinRules);
const rsaCoins = rsaUse(rsaCoinRules);
