/** A beacon as drand describes it to those who verify it: key, scheme, times, and the hash that names the chain. */
import { toHex, utf8 } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import type { DrandScheme } from './drand-rounds.js';

/** What a client needs of a chain. */
export interface DrandChain {
  readonly scheme: DrandScheme;
  /** Compressed. */
  readonly publicKey: Uint8Array;
  /** Between rounds. */
  readonly periodSeconds: number;
  /** When round 1 is due, in seconds since 1970. */
  readonly genesisTimeSeconds: number;
  /** What round 1 of a chained scheme is chained to. */
  readonly genesisSeed: Digest;
  readonly beaconId: string;
}

/** What fits drand's hash of a chain. */
export const maxPeriodSeconds: number = 2 ** 32 - 1;

/** In characters. */
export const maxBeaconIdLength = 64;

/** The name of a chain of which a network has but one; it is left out of the chain's hash. */
const defaultBeaconId = 'default';

/** Names a chain for good, whoever makes its rounds: `Info.Hash` of drand's package common/chain. */
export function chainHash({ publicKey, periodSeconds, genesisTimeSeconds, genesisSeed, beaconId }: DrandChain): Digest {
  const name = beaconId === defaultBeaconId ? '' : beaconId;
  const times = new Writer().u32(periodSeconds).u64(genesisTimeSeconds).finish();
  return digest(times, publicKey, genesisSeed, utf8(name));
}

/** The form that drand's HTTP API has at `/info`. */
export interface DrandChainInfo {
  readonly public_key: string;
  readonly period: number;
  readonly genesis_time: number;
  readonly hash: string;
  readonly groupHash: string;
  readonly schemeID: DrandScheme;
  readonly metadata: { readonly beaconID: string };
}

export function chainInfo(chain: DrandChain): DrandChainInfo {
  return {
    public_key: toHex(chain.publicKey),
    period: chain.periodSeconds,
    genesis_time: chain.genesisTimeSeconds,
    hash: toHex(chainHash(chain)),
    groupHash: toHex(chain.genesisSeed),
    schemeID: chain.scheme,
    metadata: { beaconID: chain.beaconId },
  };
}

/** When a round is due, in seconds since 1970. */
export function timeOfRound({ genesisTimeSeconds, periodSeconds }: DrandChain, round: number): number {
  return genesisTimeSeconds + (round - 1) * periodSeconds;
}

/** The last round that is due at a time; 0 before the first. Nobody should sign a later one. */
export function roundAt({ genesisTimeSeconds, periodSeconds }: DrandChain, timeSeconds: number): number {
  return Math.max(0, Math.floor((timeSeconds - genesisTimeSeconds) / periodSeconds) + 1);
}
