import { inspect } from 'node:util';
import { E, type Either } from '../../src/prelude/fp.js';

/** The value of a right; a left, which the test did not expect, throws. */
export function right<L, A>(either: Either<L, A>): A {
  if (E.isRight(either)) return either.right;
  throw new Error(`unexpected left: ${inspect(either.left)}`);
}
