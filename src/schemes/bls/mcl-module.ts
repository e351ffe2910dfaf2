/** mcl-wasm made ready for BLS12-381, and what of its WebAssembly module is used beside the package's own interface. */
import type Mcl from 'mcl-wasm';
import type { GroupName } from './ciphersuite.js';

export type MclLibrary = typeof Mcl;
export type MclPoint = InstanceType<MclLibrary['G1']> | InstanceType<MclLibrary['G2']>;
export type MclScalar = InstanceType<MclLibrary['Fr']>;

/** Exports of the module. Results and arguments lie in its memory, at the addresses passed. */
interface MclModule {
  readonly HEAP8: Int8Array;
  stackSave(): number;
  stackAlloc(byteLength: number): number;
  stackRestore(stack: number): void;
  readonly _mclBnG1_hashAndMapToWithDst: HashTo;
  readonly _mclBnG2_hashAndMapToWithDst: HashTo;
  readonly _mclBnG1_mulCT: MultiplyBy;
  readonly _mclBnG2_mulCT: MultiplyBy;
}

/** Returns 0 where it succeeds. */
type HashTo = (result: number, message: number, length: number, tag: number, tagLength: number) => number;
type MultiplyBy = (result: number, point: number, scalar: number) => void;

const requiredExports = [
  '_mclBnG1_hashAndMapToWithDst',
  '_mclBnG2_hashAndMapToWithDst',
  '_mclBnG1_mulCT',
  '_mclBnG2_mulCT',
] as const satisfies readonly (keyof MclModule)[];

/** Sets curve and encodings, and looks for the exports; throws where the package is not as expected. */
export async function initializeMcl(library: MclLibrary): Promise<void> {
  await library.init(library.BLS12_381);
  library.setETHserialization(true);
  library.setMapToMode(library.IRTF);
  library.verifyOrderG1(false);
  library.verifyOrderG2(false);
  const missing = requiredExports.find((name) => typeof moduleOf(library)[name] !== 'function');
  if (missing !== undefined) throw new Error(`mcl-wasm has no ${missing}`);
}

const coordinateBytes = { G1: 48, G2: 96 } as const satisfies Record<GroupName, number>;
const scalarBytes = 32;

/** Hashes to the curve (RFC 9380) under `tag`, into `result`. */
export function hashToPoint<P extends MclPoint>(
  library: MclLibrary,
  { group, message, tag, result }: { group: GroupName; message: Uint8Array; tag: Uint8Array; result: P },
): P {
  const mcl = moduleOf(library);
  return onStack(mcl, (place) => {
    const [at, messageAt, tagAt] = [place(3 * coordinateBytes[group]), place(message.length), place(tag.length)];
    mcl.HEAP8.set(message, messageAt);
    mcl.HEAP8.set(tag, tagAt);
    const hash = group === 'G1' ? mcl._mclBnG1_hashAndMapToWithDst : mcl._mclBnG2_hashAndMapToWithDst;
    if (hash(at, messageAt, message.length, tagAt, tag.length) !== 0) throw new Error('mcl-wasm does not hash');
    result.copyFromMem(at);
    return result;
  });
}

/** Multiplies in time that does not depend on the scalar, which is not left in the module's memory, into `result`. */
export function multiplySecretly<P extends MclPoint>(
  library: MclLibrary,
  { group, point, scalar, result }: { group: GroupName; point: P; scalar: MclScalar; result: P },
): P {
  const mcl = moduleOf(library);
  return onStack(mcl, (place) => {
    const length = 3 * coordinateBytes[group];
    const [at, pointAt, scalarAt] = [place(length), place(length), place(scalarBytes)];
    point.copyToMem(pointAt);
    scalar.copyToMem(scalarAt);
    const multiply = group === 'G1' ? mcl._mclBnG1_mulCT : mcl._mclBnG2_mulCT;
    multiply(at, pointAt, scalarAt);
    mcl.HEAP8.fill(0, scalarAt, scalarAt + scalarBytes);
    result.copyFromMem(at);
    return result;
  });
}

function onStack<A>(mcl: MclModule, work: (place: (byteLength: number) => number) => A): A {
  const stack = mcl.stackSave();
  try {
    return work((byteLength) => mcl.stackAlloc(Math.max(16, byteLength)));
  } finally {
    mcl.stackRestore(stack);
  }
}

function moduleOf(library: MclLibrary): MclModule {
  return (library as unknown as { readonly mod: MclModule }).mod;
}
