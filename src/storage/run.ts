/** Reading consecutive slots within limits: what every log store does alike. */
import type { StoredSlot } from './storage.js';

/**
 * The records of `from`, `from + 1` and so on while there are any and they fit.
 * The first is returned whatever its size, so that a reader always gets on.
 */
export function readRun(
  from: number,
  limits: { readonly maxCount: number; readonly maxBytes: number },
  recordAt: (slot: number) => Uint8Array | undefined,
): readonly StoredSlot[] {
  const run: StoredSlot[] = [];
  let bytes = 0;
  for (let slot = from; run.length < limits.maxCount; slot++) {
    const record = recordAt(slot);
    if (record === undefined) break;
    bytes += record.length;
    if (run.length > 0 && bytes > limits.maxBytes) break;
    run.push({ slot, record });
  }
  return run;
}
