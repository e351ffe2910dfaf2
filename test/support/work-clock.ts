/**
 * A clock that counts work instead of time, so that what ends soon after its budget does so on every machine: it goes on with every
 * entry of a typed array that is made (sums, knapsacks, tables of sets) and a little whenever it is read.
 *
 * `const clock = workClock(); try { …; clock.nowMs() } finally { clock.stop() }`
 */
export interface WorkClock {
  nowMs(): number;
  stop(): void;
}

/** About what a machine does between two readings, and in a millisecond. */
const entriesPerMs = 100_000;
const readsPerMs = 100;

export function workClock(): WorkClock {
  const { Float64Array: floats, Uint8Array: bytes, Int32Array: integers } = globalThis;
  let ms = 0;
  const counting = <C extends Float64ArrayConstructor | Uint8ArrayConstructor | Int32ArrayConstructor>(made: C): C =>
    new Proxy(made, {
      construct(target, given: unknown[], newTarget) {
        const array = Reflect.construct(target, given, newTarget) as Float64Array | Uint8Array | Int32Array;
        ms += array.length / entriesPerMs;
        return array;
      },
    });
  Object.assign(globalThis, {
    Float64Array: counting(floats),
    Uint8Array: counting(bytes),
    Int32Array: counting(integers),
  });
  return {
    nowMs: () => (ms += 1 / readsPerMs),
    stop: () => Object.assign(globalThis, { Float64Array: floats, Uint8Array: bytes, Int32Array: integers }),
  };
}
