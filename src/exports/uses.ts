/** `koinon/uses`: what keys along a policy are good for besides signatures: beacons, coins, time-locks, decryption. */
export {
  type BeaconKeyError,
  beaconChain,
  beaconMember,
  type BeaconMember,
  type ChainTerms,
  randomBeacon,
  type RandomBeacon,
  type RoundRequest,
} from '../schemes/uses/beacon.js';
export { type Coin, verifyCoin } from '../schemes/uses/coin-value.js';
export { coinMember, type CoinMember, commonCoin, type CommonCoin } from '../schemes/uses/common-coin.js';
export {
  type DrandChain,
  chainHash,
  chainInfo,
  type DrandChainInfo,
  roundAt,
  timeOfRound,
} from '../schemes/uses/drand-chain.js';
export { beaconCodec, drandChainCodec } from '../schemes/uses/drand-chain-codec.js';
export {
  type Beacon,
  type DrandScheme,
  drandSchemes,
  randomnessOf,
  suiteOfScheme,
  verifyRound,
} from '../schemes/uses/drand-rounds.js';
export {
  interopDecrypter,
  type InteropDecrypter,
  interopDecryptionMember,
  type InteropDecryptionMember,
  type OaepCiphertext,
} from '../schemes/uses/interop-decrypter.js';
export { openTimeLocked, type SealError, sealedTarget, sealTimeLocked } from '../schemes/uses/sealed-message.js';
export {
  type TimeLockAuthority,
  timeLockDecrypt,
  timeLockEncrypt,
  type TimeLockError,
  timeLockIdentity,
  type TimeLockTarget,
} from '../schemes/uses/time-lock.js';
export {
  timeLock,
  type TimeLock,
  timeLockAuthority,
  timeLockMember,
  type TimeLockMember,
} from '../schemes/uses/time-lock-member.js';
export type { BadRequest, Use, UseError, UseHolder, UseResult } from '../schemes/uses/use.js';
export type { UseKeyError } from '../schemes/uses/use-key.js';
