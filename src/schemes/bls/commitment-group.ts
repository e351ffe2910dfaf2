/** The group of BLS keys as dealings and ceremonies see it: written multiplicatively, with a base to commit in. */
import { bigIntToBytes } from '../../prelude/bytes.js';
import type { CommitmentGroup } from '../sharing/commitments.js';
import { residue } from '../sharing/integers.js';
import { pairingFor } from './backends.js';
import { type BlsSuite, ciphersuiteOf, groupOrder, scalarLength } from './ciphersuite.js';
import type { KeyPoint, Pairing } from './pairing.js';

export interface KeyGroup extends CommitmentGroup<KeyPoint> {
  /** Bytes of every element. */
  readonly elementLength: number;
  /** Compressed. */
  encode(element: KeyPoint): Uint8Array;
  /** The element, perhaps the identity, that these bytes are the one encoding of; `undefined` if there is none. */
  decode(bytes: Uint8Array): KeyPoint | undefined;
}

/** The group of keys of `suite`. */
export function keyGroupOf(suite: BlsSuite): KeyGroup {
  return keyGroupOver(pairingFor(ciphersuiteOf(suite)));
}

export function keyGroupOver(pairing: Pairing): KeyGroup {
  const { keys } = pairing;
  return {
    identity: keys.identity,
    elementLength: keys.encode(keys.identity, 'compressed').length,
    multiply: (a, b) =>
      keys.sum([
        { point: a, factor: 1n },
        { point: b, factor: 1n },
      ]),
    power: (point, factor) => keys.sum([{ point, factor }]),
    commit: (secret) => commitTo(pairing, residue(secret, groupOrder)),
    equals: (a, b) => keys.equals(a, b),
    encode: (element) => keys.encode(element, 'compressed'),
    decode: (bytes) => keys.decode(bytes, 'compressed'),
  };
}

function commitTo(pairing: Pairing, secret: bigint): KeyPoint {
  return secret === 0n ? pairing.keys.identity : pairing.keyOf(bigIntToBytes(secret, scalarLength));
}
