/**
 * How the heap of a serving process grows. What travels is in byte arrays, whose bytes are outside of V8's heap, which counts them
 * as old from the start: a server of some 25 MB, whose arrays are all young, had everything marked several times a second.
 */
import { setFlagsFromString } from 'node:v8';

/** V8's own bound on the factor by which a heap may grow between two collections of everything, which it takes for quick programs alone. */
const growingPercent = 300;

/** Lets the heap of this process grow to four times of what is alive before everything is collected; V8's limits on heaps hold as before. */
export function growHeapFreely(): void {
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`);
}
