/** What all reports for people have in common: titled sections, and verdicts in words. */
import type { Verdict } from '../verdict.js';

/** Nothing where there are no lines. */
export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

/** @param show - what shows the violation. */
export function describeVerdict<W>(verdict: Verdict<W>, show: (witness: W) => string): string {
  if (verdict._tag === 'holds') return 'holds';
  if (verdict._tag === 'unknown') return `not decided: ${verdict.reason}`;
  const { witness, reason = 'no counterexample was sought' } = verdict;
  return `violated: ${witness === undefined ? reason : show(witness)}`;
}
