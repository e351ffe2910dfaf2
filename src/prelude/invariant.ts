/** What must hold unless koinon itself has a bug. Only `cli/main` catches what is thrown here. */

export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** Throws {@link InvariantViolation} with `sentence` unless `condition` holds. Never used on received data. */
export function invariant(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new InvariantViolation(sentence);
}

/** Returns `value`, which our own code has made sure is present. */
export function present<A>(value: A | undefined, sentence: string): A {
  invariant(value !== undefined, sentence);
  return value;
}

/** Closes a union: the compiler proves that no case is left. */
export function assertNever(value: never): never {
  throw new InvariantViolation(`a union has a case that the code does not know: ${JSON.stringify(value)}`);
}
