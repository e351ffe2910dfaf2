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

/** What a step that has begun, and the printing, may still take of it. */
const reserve = 0.1;

/** Begins now, and ends early enough to be told of in time. */
export function startBudget(seconds: number): Budget {
  return budgetOf((1 - reserve) * seconds * 1000, () => performance.now());
}
