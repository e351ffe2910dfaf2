/** Checking results with the public key alone: signatures, rounds of a beacon, coins, what opens a time-lock. */
import { toHex, utf8 } from '../../../prelude/bytes.js';
import { decodeJson } from '../../../prelude/codec.js';
import { fromUtf8 } from '../../../prelude/bytes.js';
import { E } from '../../../prelude/fp.js';
import { assertNever } from '../../../prelude/invariant.js';
import { verifyBls } from '../../../schemes/bls/ordinary-verify.js';
import type { AlliancePublicKey } from '../../../schemes/public-key.js';
import { publicVerifier } from '../../../schemes/public-verifier.js';
import { verifyCoin } from '../../../schemes/uses/coin-value.js';
import { beaconCodec } from '../../../schemes/uses/drand-chain-codec.js';
import { randomnessOf, verifyRound } from '../../../schemes/uses/drand-rounds.js';
import { timeLockIdentity } from '../../../schemes/uses/time-lock.js';
import type { KeyRequest } from './key-request.js';

export interface Verdict {
  readonly valid: boolean;
  /** The random value that a valid result means, in hexadecimal. */
  readonly value?: string;
}

const no: Verdict = { valid: false };

/** Never throws, whatever the bytes. */
export async function checkResult(key: AlliancePublicKey, request: KeyRequest, result: Uint8Array): Promise<Verdict> {
  switch (request._tag) {
    case 'document':
      return { valid: await publicVerifier(key)(request.message, result) };
    case 'ciphertext':
      return no;
    case 'round':
      return checkRound(key, request, result);
    case 'coin': {
      const coin = await verifyCoin(key, { name: utf8(request.name), signature: result });
      return coin === undefined ? no : { valid: true, value: toHex(coin.value) };
    }
    case 'time-lock': {
      const identity = timeLockIdentity(request.target);
      const valid =
        key._tag === 'bls' && identity !== undefined && verifyBls(key.suite, key.groupKey, identity, result);
      return { valid };
    }
    default:
      return assertNever(request);
  }
}

/** A round in drand's JSON, as `koinon key combine` and drand's HTTP API write it. */
function checkRound(
  key: AlliancePublicKey,
  { scheme, round }: Extract<KeyRequest, { readonly _tag: 'round' }>,
  result: Uint8Array,
): Verdict {
  const beacon = decodeJson(beaconCodec, fromUtf8(result) ?? '');
  if (E.isLeft(beacon) || key._tag !== 'bls' || beacon.right.round !== round.round) return no;
  const { signature } = beacon.right;
  const valid = verifyRound({ scheme, publicKey: key.groupKey }, { ...round, signature });
  return valid ? { valid, value: toHex(randomnessOf(signature)) } : no;
}
