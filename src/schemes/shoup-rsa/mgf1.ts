/** SHA-256 in counter mode, the mask generation function of RFC 8017 (appendix B.2.1): for paddings, and wherever a digest is too short. */
import { concatBytes } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { digest, digestLength } from '../../prelude/digest.js';

/** The first `length` bytes of SHA-256(seed ‖ 0) ‖ SHA-256(seed ‖ 1) ‖ …, the counter in four bytes. */
export function mgf1(seed: Uint8Array, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / digestLength) }, (_, index) =>
    digest(seed, new Writer().u32(index).finish()),
  );
  return concatBytes(...blocks).subarray(0, length);
}
