/** Options that several commands have, and parsers that refuse what is out of range. */
import { InvalidArgumentError, Option } from 'commander';

/** `--json`, of every command that prints a result. */
export function jsonOption(): Option {
  return new Option('--json', 'print the result as one line of JSON');
}

/** Parses a decimal integer in `[min, max]`. */
export function integerIn(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected an integer from ${min} to ${max}.`);
  };
}

/** Parses names with commas between them. */
export function commaList(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}

/** `--as`, of every command that acts as an application. */
export function asOption(): Option {
  return new Option('--as <application>', 'organization/application; needed where the directory holds several');
}
