/** Pairings by @noble/curves: in plain JavaScript, wherever that runs, and slow. */
import type { BlsSigs } from '@noble/curves/abstract/bls.js';
import { mulAddUnsafe } from '@noble/curves/abstract/curve.js';
import type { WeierstrassPoint, WeierstrassPointCons } from '@noble/curves/abstract/weierstrass.js';
import { bls12_381 as curve } from '@noble/curves/bls12-381.js';
import { bytesToBigInt } from '../../prelude/bytes.js';
import { shortestResidue } from '../sharing/ring.js';
import { type Ciphersuite, type GroupName, groupOrder } from './ciphersuite.js';
import { opaque, type Pairing, type PairingBackend, type PairingOf, PointGroup, type Term } from './pairing.js';
import { identityEncoding, isIdentityEncoding, type PointForm } from './point-encoding.js';

class NobleGroup<F> extends PointGroup<WeierstrassPoint<F>> {
  readonly identity: WeierstrassPoint<F>;

  /** @param element - reads an element of the field that coordinates are in. */
  constructor(
    name: GroupName,
    readonly points: WeierstrassPointCons<F>,
    private readonly element: (bytes: Uint8Array) => F,
  ) {
    super(name);
    this.identity = points.ZERO;
  }

  override sum(terms: readonly Term<WeierstrassPoint<F>>[]): WeierstrassPoint<F> {
    const short = terms.map(({ point, factor }) => ({ point, factor: shortestResidue(factor, groupOrder) }));
    const points = short.map(({ point, factor }) => (factor < 0n ? point.negate() : point));
    const factors = short.map(({ factor }) => (factor < 0n ? -factor : factor));
    return mulAddUnsafe(this.points, points, factors);
  }

  override equals(a: WeierstrassPoint<F>, b: WeierstrassPoint<F>): boolean {
    return a.equals(b);
  }

  override encode(point: WeierstrassPoint<F>, form: PointForm): Uint8Array {
    return point.is0() ? identityEncoding(this.name, form) : point.toBytes(form === 'compressed');
  }

  /** The library remembers of which points it has found this. */
  override isInSubgroup(point: WeierstrassPoint<F>): boolean {
    try {
      if (!point.is0()) point.assertValidity();
      return true;
    } catch {
      return false;
    }
  }

  /** The library's own reader looks at the subgroup at once. */
  protected override parse(bytes: Uint8Array, form: PointForm): WeierstrassPoint<F> | undefined {
    if (form === 'compressed' || isIdentityEncoding(bytes)) return this.points.fromBytes(bytes);
    const { Fp } = this.points;
    const [x, y] = [bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2)].map(this.element);
    if (x === undefined || y === undefined) return undefined;
    const isOnCurve = Fp.eql(Fp.sqr(y), Fp.add(Fp.mul(Fp.sqr(x), x), this.points.CURVE().b));
    return isOnCurve ? this.points.fromAffine({ x, y }) : undefined;
  }
}

const { Fp, Fp2 } = curve.fields;
const g1 = new NobleGroup('G1', curve.G1.Point, (bytes) => Fp.fromBytes(bytes));
const g2 = new NobleGroup('G2', curve.G2.Point, (bytes) =>
  Fp2.fromBigTuple([
    bytesToBigInt(bytes.subarray(bytes.length / 2)),
    bytesToBigInt(bytes.subarray(0, bytes.length / 2)),
  ]),
);

function noblePairing(ciphersuite: Ciphersuite): Pairing {
  return ciphersuite.signatureGroup === 'G2'
    ? opaque(pairingOver(ciphersuite, g1, g2, curve.longSignatures))
    : opaque(pairingOver(ciphersuite, g2, g1, curve.shortSignatures));
}

function pairingOver<K, S>(
  ciphersuite: Ciphersuite,
  keys: NobleGroup<K>,
  signatures: NobleGroup<S>,
  scheme: BlsSigs<K, S>,
): PairingOf<WeierstrassPoint<K>, WeierstrassPoint<S>, WeierstrassPoint<S>> {
  return {
    backend: 'noble',
    ciphersuite,
    batchFrom: 2,
    keys,
    signatures,
    keyOf: (secret) => keys.points.BASE.multiply(bytesToBigInt(secret)),
    hash: (message) => scheme.hash(message, ciphersuite.dst),
    sign: (secret, message) => message.multiply(bytesToBigInt(secret)),
    verify: (key, message, signature) =>
      !key.is0() && !signature.is0() && signatures.isInSubgroup(signature) && scheme.verify(signature, message, key),
  };
}

export const nobleBackend: PairingBackend = { name: 'noble', pairing: noblePairing };

/** The generator of a group, uncompressed. */
export function generatorEncoding(group: GroupName): Uint8Array {
  return group === 'G1' ? curve.G1.Point.BASE.toBytes(false) : curve.G2.Point.BASE.toBytes(false);
}

/** What a message hashes to, uncompressed. */
export function hashedEncoding({ signatureGroup, dst }: Ciphersuite, message: Uint8Array): Uint8Array {
  const scheme = signatureGroup === 'G1' ? curve.shortSignatures : curve.longSignatures;
  return scheme.hash(message, dst).toBytes(false);
}
