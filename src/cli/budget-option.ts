/** `--budget`: how long an analysis may take. */
import { InvalidArgumentError, Option } from 'commander';
import { type Budget, budgetOf } from '../quorum/verdict.js';

const maxSeconds = 3600;

/** Of every command that analyses; its value is in seconds. */
export function budgetOption(): Option {
  return new Option('--budget <seconds>', 'leave undecided what takes longer').argParser(secondsOf).default(5);
}

function secondsOf(text: string): number {
  const seconds = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= maxSeconds) return seconds;
  throw new InvalidArgumentError(`Expected seconds from 0 to ${maxSeconds}.`);
}

/** Begins now. */
export function startBudget(seconds: number): Budget {
  return budgetOf(seconds * 1000, () => performance.now());
}
