/** The five fp-ts modules in use. Under ESM only `fp-ts/lib/*.js` can be imported, so they are imported here and nowhere else. */
export * as E from 'fp-ts/lib/Either.js';
export type { Either } from 'fp-ts/lib/Either.js';
export { pipe } from 'fp-ts/lib/function.js';
export * as O from 'fp-ts/lib/Option.js';
export * as RA from 'fp-ts/lib/ReadonlyArray.js';
export * as TE from 'fp-ts/lib/TaskEither.js';
export type { TaskEither } from 'fp-ts/lib/TaskEither.js';
