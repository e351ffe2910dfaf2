/** A random beacon by drand's rules: anybody verifies its rounds with drand's own clients. Keys have usage `beacon`. */
import { randomBytes } from 'node:crypto';
import { Writer } from '../../prelude/canonical.js';
import { digest } from '../../prelude/digest.js';
import { E, type Either, pipe } from '../../prelude/fp.js';
import type { Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import { type BlsPublicKey, keyIdOf } from '../bls/key.js';
import type { AllianceKeyShare, AlliancePublicKey } from '../registry.js';
import { type DrandChain, maxBeaconIdLength, maxPeriodSeconds } from './drand-chain.js';
import { type Beacon, type DrandScheme, roundMessage, suiteOfScheme } from './drand-rounds.js';
import { blsUse, type SchemeUse } from './scheme-use.js';
import type { Use, UseHolder } from './use.js';
import { keyFor, type UseKeyError } from './use-key.js';

/** Which round is asked for; in a chained scheme with the signature of the round before, verified, or the genesis seed. */
export type RoundRequest = Omit<Beacon, 'signature'>;

/** Who combines. */
export type RandomBeacon = Use<RoundRequest, Beacon>;

/** A member. It has no clock: showing a part of a round before its time (`roundAt`) gives the future away. */
export type BeaconMember = UseHolder<RoundRequest, Beacon>;

/** Why a key does not make a beacon. */
export type BeaconKeyError =
  | UseKeyError
  /** The key's suite is not the one that the scheme is, or is none of drand's. */
  | { readonly _tag: 'AnotherSuite'; readonly scheme: DrandScheme }
  /** Period and genesis time are whole numbers of seconds, the period from 1 below 2^32; ids have at most 64 characters. */
  | { readonly _tag: 'BadChainTerms' };

export function randomBeacon(
  publicKey: AlliancePublicKey,
  scheme: DrandScheme,
  universe: Universe,
  random: RandomBytes = randomBytes,
): Either<BeaconKeyError, RandomBeacon> {
  return pipe(
    beaconKey(publicKey, scheme),
    E.chainW((key) => roundsOf(scheme).use(key, universe, random)),
  );
}

export function beaconMember(
  publicKey: AlliancePublicKey,
  share: AllianceKeyShare,
  scheme: DrandScheme,
  universe: Universe,
  random: RandomBytes = randomBytes,
): Either<BeaconKeyError, BeaconMember> {
  return pipe(
    beaconKey(publicKey, scheme),
    E.chainW((key) => roundsOf(scheme).holder(key, share, universe, random)),
  );
}

/** What those who run a beacon agree on. */
export type ChainTerms = Pick<DrandChain, 'scheme' | 'periodSeconds' | 'genesisTimeSeconds' | 'beaconId'>;

const seedTag = 'koinon beacon genesis v1';

/** The chain of a key, for those who verify it: its genesis seed follows from the key and the terms. */
export function beaconChain(publicKey: AlliancePublicKey, terms: ChainTerms): Either<BeaconKeyError, DrandChain> {
  const { scheme, periodSeconds, genesisTimeSeconds, beaconId } = terms;
  const key = beaconKey(publicKey, scheme);
  if (E.isLeft(key)) return key;
  if (!areChainTerms(terms)) return E.left({ _tag: 'BadChainTerms' });
  const seed = new Writer().text(seedTag).fixed(keyIdOf(key.right)).text(scheme);
  const genesisSeed = digest(seed.u32(periodSeconds).u64(genesisTimeSeconds).text(beaconId).finish());
  return E.right({ ...terms, publicKey: key.right.groupKey, genesisSeed });
}

function areChainTerms({ periodSeconds, genesisTimeSeconds, beaconId }: ChainTerms): boolean {
  const isPeriod = Number.isSafeInteger(periodSeconds) && periodSeconds >= 1 && periodSeconds <= maxPeriodSeconds;
  const isTime = Number.isSafeInteger(genesisTimeSeconds) && genesisTimeSeconds >= 0;
  return isPeriod && isTime && beaconId.length <= maxBeaconIdLength;
}

function beaconKey(publicKey: AlliancePublicKey, scheme: DrandScheme): Either<BeaconKeyError, BlsPublicKey> {
  const key = keyFor(publicKey, 'beacon', ['bls']);
  if (E.isLeft(key)) return key;
  return key.right.suite === suiteOfScheme(scheme) ? key : E.left({ _tag: 'AnotherSuite', scheme });
}

function roundsOf(scheme: DrandScheme): SchemeUse<BlsPublicKey, RoundRequest, Beacon> {
  return blsUse(() => ({
    input: (request) => roundMessage(scheme, request),
    output: (request, signature) => ({ ...request, signature }),
  }));
}
