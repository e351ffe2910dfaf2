/**
 * What selection leads to on the reports of one slot, as a set of bits: that it waits, that it halts, and for each set of values
 * that a verdict permits, that it gives such a verdict. Reports that different certifiers were shown join by `|`.
 */

export const waits = 1;
export const halts = 2;

/** The verdict that permits just these values. */
export function permitting(values: number): number {
  return 4 << values;
}

/** All values that some verdict among the outcomes permits. */
export function permittedBy(outcomes: number): number {
  let union = 0;
  for (let values = 1; values < 8; values++) if ((outcomes & permitting(values)) !== 0) union |= values;
  return union;
}

/** Whether some verdict among the outcomes permits other than exactly `values`. */
export function permitsOtherThan(outcomes: number, values: number): boolean {
  return (outcomes & ~(waits | halts | permitting(values))) !== 0;
}
