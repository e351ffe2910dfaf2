/** One run of the program: where commands leave how they ended, and through which they speak. */
import { E } from '../prelude/fp.js';
import type { Io } from './io.js';
import { type ExitCode, exitCodes, type Outcome } from './outcome.js';

/** A result for people and for programs. */
export interface Printable {
  readonly json: unknown;
  /** Without line ends. */
  readonly lines: readonly string[];
}

export class Session {
  private outcome: Outcome = E.right(exitCodes.success);

  constructor(readonly io: Io) {}

  /** Makes a commander action of a command: an async function that says how it ended. */
  action<A extends readonly unknown[]>(run: (...args: A) => Promise<Outcome>): (...args: A) => Promise<void> {
    return async (...args) => {
      this.outcome = await run(...args);
    };
  }

  /** Prints a result on standard output: as one line of JSON, or for people. */
  print({ json, lines }: Printable, asJson: boolean | undefined): void {
    const text = asJson === true ? JSON.stringify(json) : lines.join('\n');
    this.io.stdout.write(`${text}\n`);
  }

  /** Tells people how things go, on standard error. */
  note(line: string): void {
    this.io.stderr.write(`${line}\n`);
  }

  /** Says what went wrong, if anything did, and returns the exit code. */
  end(): ExitCode {
    if (E.isRight(this.outcome)) return this.outcome.right;
    const { exitCode, message } = this.outcome.left;
    this.complain(message);
    return exitCode;
  }

  /** One complaint on standard error, as all of koinon's begin. */
  complain(message: string): void {
    this.note(`koinon: ${message}`);
  }
}
