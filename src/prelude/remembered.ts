/** Values that are computed when they are first asked for, and kept. */

/** The same value every time, computed once. */
export function once<A>(compute: () => A): () => A {
  const value = remembered<undefined, A>(compute);
  return () => value(undefined);
}

/** The value of each argument, computed once for each. Keeps all of them. */
export function remembered<K, A>(compute: (argument: K) => A): (argument: K) => A {
  const known = new Map<K, { readonly value: A }>();
  return (argument) => {
    const found = known.get(argument);
    if (found !== undefined) return found.value;
    const value = compute(argument);
    known.set(argument, { value });
    return value;
  };
}
