/**
 * Pairings by @chainsafe/blst: native, and the quickest by far. Its interface is that of Ethereum's ciphersuite: keys in G1,
 * signatures in G2, hashed under the proof-of-possession tag; and it has no multiplication of points, but adds many at once,
 * which combines shares by doubling and adding, since the coefficients of a sharing are small.
 */
import type Blst from '@chainsafe/blst';
import { equalBytes } from '../../prelude/bytes.js';
import { shortestResidue } from '../sharing/ring.js';
import { ciphersuiteOf, type GroupName, groupOrder } from './ciphersuite.js';
import { opaque, type PairingBackend, type PairingOf, PointGroup, type Term } from './pairing.js';
import { identityEncoding, negatedEncoding, type PointForm } from './point-encoding.js';

type Library = typeof Blst;
type Key = InstanceType<Library['PublicKey']>;
type Signature = InstanceType<Library['Signature']>;

/** A point as the library has it. */
interface NativePoint {
  toBytes(compress: boolean): Uint8Array;
}

/** What the library names differently for its two kinds of points. */
interface NativeOperations<P> {
  /** Without looking at the subgroup. */
  readonly parse: (bytes: Uint8Array) => P;
  readonly add: (points: P[]) => P;
  /** Throws where the point is not in the subgroup, and perhaps for the identity. */
  readonly validate: (point: P) => void;
}

class NativeGroup<P extends NativePoint> extends PointGroup<P> {
  readonly identity: P;

  constructor(
    name: GroupName,
    private readonly operations: NativeOperations<P>,
  ) {
    super(name);
    this.identity = operations.parse(identityEncoding(name, 'uncompressed'));
  }

  /** Doubles and adds for all terms at once, from the highest bit of any factor down. */
  override sum(terms: readonly Term<P>[]): P {
    const positive = terms.map((term) => this.withPositiveFactor(term));
    const digits = positive.map(({ factor }) => factor.toString(2));
    let sum: P | undefined;
    for (let place = Math.max(0, ...digits.map(({ length }) => length)); place > 0; place--) {
      const due = positive.filter((_, index) => digits[index]?.at(-place) === '1').map(({ point }) => point);
      const points = sum === undefined ? due : [sum, sum, ...due];
      sum = points.length > 1 ? this.operations.add(points) : points[0];
    }
    return sum ?? this.identity;
  }

  override equals(a: P, b: P): boolean {
    return equalBytes(a.toBytes(true), b.toBytes(true));
  }

  override encode(point: P, form: PointForm): Uint8Array {
    return new Uint8Array(point.toBytes(form === 'compressed'));
  }

  override isInSubgroup(point: P): boolean {
    try {
      this.operations.validate(point);
      return true;
    } catch {
      return this.isIdentity(point);
    }
  }

  protected override parse(bytes: Uint8Array): P {
    return this.operations.parse(bytes);
  }

  private withPositiveFactor({ point, factor }: Term<P>): Term<P> {
    const short = shortestResidue(factor, groupOrder);
    if (short >= 0n || this.isIdentity(point)) return { point, factor: short < 0n ? -short : short };
    return { point: this.operations.parse(negatedEncoding(point.toBytes(false))), factor: -short };
  }
}

/** @param library - what `import('@chainsafe/blst')` gives. */
export function blstBackend(library: Library): PairingBackend {
  const { PublicKey, SecretKey, Signature } = library;
  const ciphersuite = ciphersuiteOf('min-pk-pop');
  const pairing: PairingOf<Key, Signature, Uint8Array> = {
    backend: 'blst',
    ciphersuite,
    batchFrom: 8,
    keys: new NativeGroup('G1', {
      parse: (bytes) => PublicKey.fromBytes(bytes, false),
      add: (points) => library.aggregatePublicKeys(points, false),
      validate: (point) => {
        point.keyValidate();
      },
    }),
    signatures: new NativeGroup('G2', {
      parse: (bytes) => Signature.fromBytes(bytes, false, false),
      add: (points) => library.aggregateSignatures(points, false),
      validate: (point) => {
        point.sigValidate(false);
      },
    }),
    keyOf: (secret) => SecretKey.fromBytes(secret).toPublicKey(),
    hash: (message) => message,
    sign: (secret, message) => SecretKey.fromBytes(secret).sign(message),
    verify: (key, message, signature) => library.verify(message, key, signature, false, true),
  };
  const isOffered = ({ signatureGroup, dst }: typeof ciphersuite): boolean =>
    signatureGroup === ciphersuite.signatureGroup && dst === ciphersuite.dst;
  return { name: 'blst', pairing: (wanted) => (isOffered(wanted) ? opaque(pairing) : undefined) };
}
