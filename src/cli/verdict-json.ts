/** A verdict as JSON, under names that programs may rely on. */
import type { Verdict } from '../quorum/verdict.js';

/** What shows a violation is null where there is none; `reason` tells why there is none, or why nothing was decided. */
export function verdictJson<W>(verdict: Verdict<W>, show: (witness: W) => unknown = (witness) => witness): object {
  const witness = verdict._tag === 'violated' && verdict.witness !== undefined ? show(verdict.witness) : null;
  const reason = verdict._tag === 'holds' ? undefined : verdict.reason;
  return { status: verdict._tag, witness, ...(reason === undefined ? {} : { reason }) };
}
