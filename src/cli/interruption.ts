/** Ctrl-C and friends for commands that run until they are told to end. */

/** Resolves at the first SIGINT, SIGTERM or SIGHUP. A second one ends the program at once. */
export function interrupted(): { readonly promise: Promise<void>; readonly release: () => void } {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  const end = (): void => {
    release();
    resolve();
  };
  const release = (): void => {
    for (const signal of signals) process.removeListener(signal, end);
  };
  for (const signal of signals) process.on(signal, end);
  return { promise, release };
}
