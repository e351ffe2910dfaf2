/**
 * Pairings by mcl-wasm: WebAssembly, both groups and every ciphersuite, between native code and plain JavaScript in speed.
 *
 * Beside what the package documents, this calls exports of its module (`mcl-module`). That module is one for the whole
 * process, and so is its curve: whoever else in the process initializes mcl-wasm with another curve makes everything here
 * fail, and verify nothing.
 */
import { bigIntToBytes, concatBytes, utf8 } from '../../prelude/bytes.js';
import { present } from '../../prelude/invariant.js';
import { shortestResidue } from '../sharing/ring.js';
import { type Ciphersuite, type GroupName, groupOrder, scalarLength } from './ciphersuite.js';
import { hashToPoint, type MclLibrary, type MclPoint, multiplySecretly, type MclScalar } from './mcl-module.js';
import { generatorEncoding, hashedEncoding } from './noble-pairing.js';
import { opaque, type Pairing, type PairingBackend, type PairingOf, PointGroup, type Term } from './pairing.js';
import { identityEncoding, isIdentityEncoding, type PointForm } from './point-encoding.js';

type PointG1 = InstanceType<MclLibrary['G1']>;
type PointG2 = InstanceType<MclLibrary['G2']>;

/** Bytes of an element of the prime field. */
const elementLength = 48;

abstract class MclGroup<P extends MclPoint> extends PointGroup<P> {
  constructor(
    name: GroupName,
    protected readonly library: MclLibrary,
  ) {
    super(name);
  }

  /** A point to be written to; the identity until then. */
  abstract blank(): P;
  protected abstract fromElements(elements: readonly Uint8Array[]): P;
  protected abstract toElements(normalized: P): readonly Uint8Array[];

  get identity(): P {
    return this.blank();
  }

  generator(): P {
    return present(this.decodeUnchecked(generatorEncoding(this.name), 'uncompressed'), 'the generator is a point');
  }

  multiplySecretly(point: P, secret: Uint8Array): P {
    const scalar = this.scalar(secret);
    const product = multiplySecretly(this.library, { group: this.name, point, scalar, result: this.blank() });
    scalar.clear();
    return product;
  }

  override sum(terms: readonly Term<P>[]): P {
    const short = terms.map(({ point, factor }) => ({ point, factor: shortestResidue(factor, groupOrder) }));
    if (short.length === 0) return this.blank();
    const points = short.map(({ point, factor }) => (factor < 0n ? this.library.neg(point) : point));
    const factors = short.map(({ factor }) => bigIntToBytes(factor < 0n ? -factor : factor, scalarLength));
    return this.library.mulVec(
      points,
      factors.map((factor) => this.scalar(factor)),
    );
  }

  override equals(a: P, b: P): boolean {
    return this.library.sub(a, b).isZero();
  }

  override encode(point: P, form: PointForm): Uint8Array {
    if (point.isZero()) return identityEncoding(this.name, form);
    return form === 'compressed' ? point.serialize() : concatBytes(...this.toElements(this.library.normalize(point)));
  }

  override isInSubgroup(point: P): boolean {
    return point.isValidOrder();
  }

  protected override parse(bytes: Uint8Array, form: PointForm): P | undefined {
    if (isIdentityEncoding(bytes)) return this.blank();
    const point = form === 'compressed' ? this.blank() : this.fromElements(elementsOf(bytes));
    if (form === 'compressed') point.deserialize(bytes);
    return point.isValid() ? point : undefined;
  }

  private scalar(bytes: Uint8Array): MclScalar {
    const scalar = new this.library.Fr();
    scalar.deserialize(bytes);
    return scalar;
  }

  protected element(bytes: Uint8Array | undefined): InstanceType<MclLibrary['Fp']> {
    const element = new this.library.Fp();
    element.deserialize(present(bytes, 'a coordinate'));
    return element;
  }
}

class MclG1 extends MclGroup<PointG1> {
  override blank(): PointG1 {
    return new this.library.G1();
  }

  protected override fromElements([x, y]: readonly Uint8Array[]): PointG1 {
    const [point, one] = [this.blank(), new this.library.Fp()];
    one.setInt(1);
    point.setX(this.element(x));
    point.setY(this.element(y));
    point.setZ(one);
    return point;
  }

  protected override toElements(normalized: PointG1): readonly Uint8Array[] {
    return [normalized.getX().serialize(), normalized.getY().serialize()];
  }
}

/** Of an element of the extension, the imaginary part is written first. */
class MclG2 extends MclGroup<PointG2> {
  override blank(): PointG2 {
    return new this.library.G2();
  }

  protected override fromElements([x1, x0, y1, y0]: readonly Uint8Array[]): PointG2 {
    const [point, one] = [this.blank(), new this.library.Fp2()];
    one.setInt(1, 0);
    point.setX(this.extension(x0, x1));
    point.setY(this.extension(y0, y1));
    point.setZ(one);
    return point;
  }

  protected override toElements(normalized: PointG2): readonly Uint8Array[] {
    const [x, y] = [normalized.getX(), normalized.getY()];
    return [x.get_b(), x.get_a(), y.get_b(), y.get_a()].map((element) => element.serialize());
  }

  private extension(real: Uint8Array | undefined, imaginary: Uint8Array | undefined): InstanceType<MclLibrary['Fp2']> {
    const element = new this.library.Fp2();
    element.set_a(this.element(real));
    element.set_b(this.element(imaginary));
    return element;
  }
}

function elementsOf(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: bytes.length / elementLength }, (_, index) =>
    bytes.subarray(index * elementLength, (index + 1) * elementLength),
  );
}

/** Longer messages would not fit the module's stack beside all else. */
const maxHashedInside = 65_536;

/** @param library - initialized by `initializeMcl`. */
export function mclBackend(library: MclLibrary): PairingBackend {
  const [G1, G2] = [new MclG1('G1', library), new MclG2('G2', library)];
  const negativeOfG2 = new library.PrecomputedG2(library.neg(G2.generator()));
  const groups: MclGroups = { G1, G2, negativeOfG2 };
  return {
    name: 'mcl',
    pairing: (ciphersuite) =>
      ciphersuite.signatureGroup === 'G2'
        ? minPkPairing(library, ciphersuite, groups)
        : minSigPairing(library, ciphersuite, groups),
  };
}

interface MclGroups {
  readonly G1: MclG1;
  readonly G2: MclG2;
  /** The generator's, prepared for pairings; memory of the module that stays taken. */
  readonly negativeOfG2: InstanceType<MclLibrary['PrecomputedG2']>;
}

function commonParts<K extends MclPoint, S extends MclPoint>(
  library: MclLibrary,
  ciphersuite: Ciphersuite,
  keys: MclGroup<K>,
  signatures: MclGroup<S>,
): Omit<PairingOf<K, S, S>, 'verify'> {
  const tag = utf8(ciphersuite.dst);
  const generator = keys.generator();
  const hashOutside = (message: Uint8Array): S =>
    present(
      signatures.decodeUnchecked(hashedEncoding(ciphersuite, message), 'uncompressed'),
      'a hashed message is a point',
    );
  return {
    backend: 'mcl',
    ciphersuite,
    batchFrom: 2,
    keys,
    signatures,
    keyOf: (secret) => keys.multiplySecretly(generator, secret),
    hash: (message) =>
      message.length > maxHashedInside
        ? hashOutside(message)
        : hashToPoint(library, { group: signatures.name, message, tag, result: signatures.blank() }),
    sign: (secret, message) => signatures.multiplySecretly(message, secret),
  };
}

/** e(key, message) e(-g, signature) = 1, with -g in G1. */
function minPkPairing(library: MclLibrary, ciphersuite: Ciphersuite, groups: MclGroups): Pairing {
  const { G1, G2 } = groups;
  const negative = library.neg(G1.generator());
  return opaque({
    ...commonParts(library, ciphersuite, G1, G2),
    verify(key: PointG1, message: PointG2, signature: PointG2) {
      if (key.isZero() || signature.isZero() || !signature.isValidOrder()) return false;
      const [one, other] = [library.millerLoop(key, message), library.millerLoop(negative, signature)];
      return library.finalExp(library.mul(one, other)).isOne();
    },
  });
}

/** e(message, key) e(signature, -g) = 1, with -g in G2, where what depends on it alone is computed ahead. */
function minSigPairing(library: MclLibrary, ciphersuite: Ciphersuite, groups: MclGroups): Pairing {
  const { G1, G2 } = groups;
  return opaque({
    ...commonParts(library, ciphersuite, G2, G1),
    verify(key: PointG2, message: PointG1, signature: PointG1) {
      if (key.isZero() || signature.isZero() || !signature.isValidOrder()) return false;
      const product = library.precomputedMillerLoop2mixed(message, key, signature, groups.negativeOfG2);
      return library.finalExp(product).isOne();
    },
  });
}
