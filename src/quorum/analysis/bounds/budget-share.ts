/** Parts of a budget, so that one long question leaves time for the others. */
import type { Budget } from '../../verdict.js';

/** From now on at most this part of the whole time, and no more than is left of it. */
export function budgetShare(budget: Budget, part: number): Budget {
  const startMs = budget.elapsedMs();
  const limitMs = part * budget.limitMs;
  const elapsedMs = (): number => budget.elapsedMs() - startMs;
  return { limitMs, elapsedMs, isSpent: () => elapsedMs() >= limitMs || budget.isSpent() };
}
