/** Decoders of shares, signatures, points and sealed things; and that what verifies and combines does not throw either. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { concatBytes, fromHex, utf8 } from '../../src/prelude/bytes.js';
import { E, type Either } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import { loadKey } from '../../src/schemes/bls/loaded-key.js';
import type { PointForm } from '../../src/schemes/bls/point-encoding.js';
import { decodeShare as decodeBlsShare, encodeShare as encodeBlsShare } from '../../src/schemes/bls/share-encoding.js';
import type { DistributedVerifier, Signature, SignatureShare } from '../../src/schemes/contract/distributed-signer.js';
import { ed25519Verify } from '../../src/schemes/ed25519/ed25519.js';
import { ed25519PublicKey } from '../../src/schemes/ed25519/encoding.js';
import { decodeCertificate, encodeCertificate } from '../../src/schemes/multisig/certificate.js';
import { keyMaterialFromPkcs8 } from '../../src/schemes/shoup-rsa/key-import.js';
import { decodeShare, encodeShare } from '../../src/schemes/shoup-rsa/share-encoding.js';
import { decodeOaep } from '../../src/schemes/uses/oaep.js';
import { sealedTarget } from '../../src/schemes/uses/sealed-message.js';
import {
  backends,
  blst,
  pairingOf,
  testKey as blsTestKey,
  sharesOf as blsSharesOf,
  threeOfFive,
  universe,
} from '../schemes/bls/setup.js';
import { loadedOf, sharesOf, testKey } from '../schemes/shoup-rsa/setup.js';
import { shortKey } from '../schemes/shoup-rsa/pem-keys.js';
import { encodeOaep } from '../schemes/uses/oaep-encoding.js';
import { safePrimes512 } from '../support/rsa-keys.js';
import { right } from '../support/right.js';
import { testMultisig } from '../support/signers.js';
import { bytesDecoder, type Decoder } from './decoder.js';

const message = utf8('the quick brown fox');
const [a, b, c] = universe.ids as [
  (typeof universe.ids)[number],
  (typeof universe.ids)[number],
  (typeof universe.ids)[number],
];

/** What was refused, or `value`. */
function known<A>(value: A | undefined): Either<'refused', A> {
  return E.fromNullable('refused' as const)(value);
}

/** Judges bytes as a share of `a` and as a combined signature, alone and among good ones: nothing of it may throw. */
function judging(
  name: string,
  verifier: DistributedVerifier,
  good: ReadonlyMap<(typeof universe.ids)[number], SignatureShare>,
): Decoder {
  const signature = right(verifier.combine(message, good)).signature;
  const judge = (bytes: Uint8Array): Either<unknown, Uint8Array> => {
    const share = bytes as SignatureShare;
    const isShare = verifier.verifyShare(message, a, share) === 'valid';
    const isSignature = verifier.verify(message, bytes as Signature);
    const combined = verifier.combine(message, new Map([...good, [a, share]]));
    if (E.isRight(combined) && !verifier.verify(message, combined.right.signature))
      throw new Error('what was combined is no signature');
    return isShare || isSignature ? E.right(bytes) : E.left('not valid');
  };
  return {
    ...bytesDecoder(
      `shares and signatures: ${name}`,
      {},
      [present(good.get(a), 'a share'), signature],
      judge,
      (bytes) => bytes,
    ),
    share: 0.15,
  };
}

const rsa = testKey(threeOfFive, { material: { _tag: 'safe-primes', ...safePrimes512 } });
const rsaKey = loadedOf(rsa);
const rsaShares = sharesOf(rsa, message, 'a', 'b', 'c');
const bls = blsTestKey(threeOfFive);
const blsKey = right(loadKey(bls.publicKey, universe, pairingOf(blst, 'min-pk-pop')));
const blsShares = blsSharesOf(bls, message, 'a', 'b', 'c');
const multisig = testMultisig(universe, { canCombine: (signers) => signers.size >= 3, usage: 'document' });
const multisigShares = new Map(
  [a, b, c].map((id) => [id, right(present(multisig.signers.get(id), 'a signer').signShare(message))] as const),
);

const forms: readonly PointForm[] = ['compressed', 'uncompressed'];

/** Points of either group in either form, by every backend: outside the group, where that is not asked, as within it. */
const points: readonly Decoder[] = backends
  .flatMap((backend) => {
    const pairing = pairingOf(backend, 'min-pk-pop');
    const generator = pairing.keyOf(Uint8Array.from({ length: 32 }, (_, index) => (index === 31 ? 1 : 0)));
    return forms.flatMap((form): readonly Decoder[] => [
      bytesDecoder(
        `points of keys, ${form}: ${backend.name}`,
        {},
        [pairing.keys.encode(generator, form), pairing.keys.encode(pairing.keys.identity, form)],
        (bytes) => known(pairing.keys.decode(bytes, form)),
        (point) => pairing.keys.encode(point, form),
      ),
      bytesDecoder(
        `points of signatures, ${form}: ${backend.name}`,
        {},
        [pairing.signatures.encode(pairing.signatures.identity, form), ...blsPoints(form)],
        (bytes) => known(pairing.signatures.decode(bytes, form)),
        (point) => pairing.signatures.encode(point, form),
      ),
    ]);
  })
  .map((decoder) => ({ ...decoder, share: 0.2 }));

/** A share is a point for each of its rows; a signature is a compressed one. */
function blsPoints(form: PointForm): readonly Uint8Array[] {
  return form === 'uncompressed'
    ? [...blsShares.values()]
    : [right(bls.verifier.combine(message, blsShares)).signature];
}

const sealed = (
  JSON.parse(readFileSync(resolve(import.meta.dirname, '../../spec/vectors/uses.json'), 'utf8')) as {
    readonly sealed: readonly { readonly sealed: string }[];
  }
).sealed.map((one) => present(fromHex(one.sealed), 'hexadecimal'));

const holders = 11;
const parts = [0, 3, 9, 10].map((holder) => ({ holder, share: new Uint8Array(64).fill(holder) as SignatureShare }));

/** Accepts without giving anything back: for what has no encoder. */
function accepting<A>(
  decode: (bytes: Uint8Array) => Either<unknown, A>,
): (bytes: Uint8Array) => Either<unknown, Uint8Array> {
  return (bytes) => E.map(() => bytes)(decode(bytes));
}

const same = (bytes: Uint8Array): Uint8Array => bytes;

export const schemeDecoders: readonly Decoder[] = [
  bytesDecoder(
    'a share of Shoup RSA',
    { 'src/schemes/shoup-rsa/share-encoding.ts': 2 },
    [a, b, c].map((id) => present(rsaShares.get(id), 'a share')),
    (bytes) => decodeShare(rsaKey, a, bytes as SignatureShare),
    (rows) => encodeShare(rsaKey, rows),
  ),
  bytesDecoder(
    'a share of BLS',
    { 'src/schemes/bls/share-encoding.ts': 1 },
    [a, b, c].map((id) => present(blsShares.get(id), 'a share')),
    (bytes) => known(decodeBlsShare(blsKey, a, bytes)),
    (rows) =>
      encodeBlsShare(
        blsKey,
        rows.map(({ point }) => point),
      ),
  ),
  bytesDecoder(
    'a certificate of multisignatures',
    { 'src/schemes/multisig/certificate.ts': 1 },
    [encodeCertificate(holders, parts), encodeCertificate(holders, [])],
    (bytes) => known(decodeCertificate(holders, bytes)),
    (found) => encodeCertificate(holders, found),
  ),
  ...points,
  judging('Shoup RSA', rsa.verifier, rsaShares),
  judging('BLS', bls.verifier, blsShares),
  judging('multisignatures', multisig.verifier, multisigShares),
  {
    ...bytesDecoder(
      'a key and a signature of Ed25519',
      {},
      [concatBytes(present(multisig.key.publicKeys.get(a), 'a key'), present(multisigShares.get(a), 'a share'))],
      accepting((bytes) => {
        const key = ed25519PublicKey(bytes.subarray(0, 32));
        return key !== undefined && ed25519Verify(key, message, bytes.subarray(32))
          ? E.right(key)
          : E.left('not valid');
      }),
      same,
    ),
    share: 0.3,
  },
  bytesDecoder('a sealed message', { 'src/schemes/uses/sealed-message.ts': 2 }, sealed, accepting(sealedTarget), same),
  bytesDecoder(
    'a block of OAEP',
    { 'src/schemes/uses/oaep.ts': 1 },
    [encodeOaep(message, 128), encodeOaep(new Uint8Array(0), 128)],
    accepting((block) => known(decodeOaep(block, new Uint8Array(0)))),
    same,
  ),
  {
    ...bytesDecoder(
      'a private key from elsewhere',
      {},
      [utf8(shortKey)],
      // Refused, since it is short; and refused it stays, for whatever reason.
      (bytes) => {
        const read = keyMaterialFromPkcs8(bytes, { unsafePrimes: true });
        return E.isLeft(read) && read.left._tag === 'ModulusOutOfRange' ? E.right(bytes) : E.left(read);
      },
      same,
    ),
    share: 0.2,
  },
];
