/** Uses over the keys of one scheme: the one place where maps are loaded for them. */
import { E, type Either, pipe } from '../../prelude/fp.js';
import type { Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { BlsPublicKey } from '../bls/key.js';
import { blsMap, type BlsMapVerifier, blsMapVerifier } from '../bls/threshold-map.js';
import type { ThresholdMap, ThresholdMapVerifier } from '../contract/threshold-map.js';
import type { AllianceKeyShare, KeyError } from '../registry.js';
import type { ShoupRsaPublicKey } from '../shoup-rsa/key.js';
import { makeRsaMap, makeRsaMapVerifier } from '../shoup-rsa/loaded-share.js';
import type { RsaMapVerifier } from '../shoup-rsa/rsa-map.js';
import type { MapInput } from '../shoup-rsa/share-proof.js';
import { holderOf, type Use, type UseHolder, useOf, type UseRules } from './use.js';
import { shareFor, type UseKeyError } from './use-key.js';

/** A use, once its key has been found to serve it (`use-key`). */
export interface SchemeUse<Key, Request, Output> {
  /** Who combines. */
  use(key: Key, universe: Universe, random: RandomBytes): Either<UseKeyError, Use<Request, Output>>;
  /** A member. */
  holder(
    key: Key,
    share: AllianceKeyShare,
    universe: Universe,
    random: RandomBytes,
  ): Either<UseKeyError, UseHolder<Request, Output>>;
}

/** @param rulesOf - the rules of the use with a key that was loaded. */
export function blsUse<Request, Output>(
  rulesOf: (map: BlsMapVerifier) => UseRules<Request, Uint8Array, Output>,
): SchemeUse<BlsPublicKey, Request, Output> {
  return {
    use: (key, universe, random) => useWith(blsMapVerifier(key, universe, { random }), rulesOf),
    holder: (key, share, universe, random) =>
      holderWith(
        pipe(
          shareFor(share, 'bls'),
          E.chainW((own) => blsMap(key, own, universe, { random })),
        ),
        rulesOf,
      ),
  };
}

/** @param rulesOf - the rules of the use with a key that was loaded. */
export function rsaUse<Request, Output>(
  rulesOf: (map: RsaMapVerifier) => UseRules<Request, MapInput, Output>,
): SchemeUse<ShoupRsaPublicKey, Request, Output> {
  return {
    use: (key, universe, random) => useWith(makeRsaMapVerifier(key, universe, random), rulesOf),
    holder: (key, share, universe, random) =>
      holderWith(
        pipe(
          shareFor(share, 'shoup-rsa'),
          E.chainW((own) => makeRsaMap(key, own, universe, random)),
        ),
        rulesOf,
      ),
  };
}

function useWith<Input, Map extends ThresholdMapVerifier<Input>, Request, Output>(
  loaded: Either<KeyError, Map>,
  rulesOf: (map: Map) => UseRules<Request, Input, Output>,
): Either<KeyError, Use<Request, Output>> {
  return E.map((map: Map) => useOf(map, rulesOf(map)))(loaded);
}

function holderWith<Input, Map extends ThresholdMap<Input>, Request, Output>(
  loaded: Either<UseKeyError, Map>,
  rulesOf: (map: Map) => UseRules<Request, Input, Output>,
): Either<UseKeyError, UseHolder<Request, Output>> {
  return E.map((map: Map) => holderOf(map, rulesOf(map)))(loaded);
}
