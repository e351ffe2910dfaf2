/** Chains and rounds in the JSON of drand's HTTP API (`/info`, `/public/{round}`). */
import * as t from 'io-ts';
import { equalBytes, toHex } from '../../prelude/bytes.js';
import { hexBytes, hexDigest, integer, record, refined, text } from '../../prelude/codec.js';
import { E } from '../../prelude/fp.js';
import { chainHash, chainInfo, type DrandChain, maxBeaconIdLength, maxPeriodSeconds } from './drand-chain.js';
import { type Beacon, type DrandScheme, drandSchemes, randomnessOf } from './drand-rounds.js';

/** The longest points are those of G2. */
const maxPointLength = 96;

const schemeCodec: t.Type<DrandScheme, unknown> = refined(text(64), `one of ${drandSchemes.join(', ')}`, (found) =>
  drandSchemes.find((scheme) => scheme === found),
);

const chainJson = record('a chain of drand', {
  public_key: hexBytes(maxPointLength),
  period: integer(1, maxPeriodSeconds),
  genesis_time: integer(0),
  hash: hexDigest,
  groupHash: hexDigest,
  schemeID: schemeCodec,
  metadata: record('metadata {beaconID}', { beaconID: text(maxBeaconIdLength) }),
});

/** Refuses a chain whose hash is not its own. The key is not yet known to be a point. */
export const drandChainCodec: t.Type<DrandChain, unknown> = new t.Type(
  'a chain of drand',
  (value): value is DrandChain => typeof value === 'object' && value !== null && 'genesisSeed' in value,
  (value, context) => {
    const form = chainJson.validate(value, context);
    if (E.isLeft(form)) return form;
    const { hash, ...found } = form.right;
    const chain = {
      scheme: found.schemeID,
      publicKey: found.public_key,
      periodSeconds: found.period,
      genesisTimeSeconds: found.genesis_time,
      genesisSeed: found.groupHash,
      beaconId: found.metadata.beaconID,
    };
    if (equalBytes(hash, chainHash(chain))) return t.success(chain);
    return t.failure(value, [...context, { key: 'hash', type: hexDigest }], 'the hash of this chain');
  },
  chainInfo,
);

const beaconJson = record(
  'a round of drand',
  { round: integer(1), signature: hexBytes(maxPointLength) },
  { previous_signature: hexBytes(maxPointLength), randomness: hexDigest },
);

/** Refuses a round whose random value is not that of its signature, which is not verified here. */
export const beaconCodec: t.Type<Beacon, unknown> = new t.Type(
  'a round of drand',
  (value): value is Beacon => typeof value === 'object' && value !== null && 'signature' in value,
  (value, context) => {
    const form = beaconJson.validate(value, context);
    if (E.isLeft(form)) return form;
    const { round, signature, previous_signature: previousSignature, randomness } = form.right;
    if (randomness !== undefined && !equalBytes(randomness, randomnessOf(signature)))
      return t.failure(value, [...context, { key: 'randomness', type: hexDigest }], 'the hash of the signature');
    // drand writes an empty previous signature where rounds are not chained.
    const isChained = previousSignature !== undefined && previousSignature.length > 0;
    return t.success({ round, signature, ...(isChained ? { previousSignature } : {}) });
  },
  ({ round, signature, previousSignature }) => ({
    round,
    randomness: toHex(randomnessOf(signature)),
    signature: toHex(signature),
    ...(previousSignature === undefined ? {} : { previous_signature: toHex(previousSignature) }),
  }),
);
