#!/usr/bin/env node
/** The executable `koinon`. */
import { processIo } from './io.js';
import { exitCodes } from './outcome.js';
import { main, reportBug } from './program.js';
import { Session } from './session.js';

const io = processIo();

/** A reader that has had enough, such as `head`, ends the program without a word. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.success);
  process.stderr.write(`koinon: the output could not be written: ${error.message}\n`, () => {
    process.exit(exitCodes.unavailable);
  });
});
/** Complaints that nobody reads stop nothing. */
process.stderr.on('error', () => undefined);

function endWithBug(error: unknown): void {
  process.exit(reportBug(error, new Session(io)));
}
process.on('uncaughtException', endWithBug);
process.on('unhandledRejection', endWithBug);

/** Ends the program once what was printed has left it, whatever may still be under way. */
function endWith(code: number): void {
  process.stdout.write('', (error) => {
    // What an error does to the output is told above, at once or in a moment.
    if (error === null || error === undefined) process.stderr.write('', () => setImmediate(() => process.exit(code)));
  });
}

endWith(await main(process.argv.slice(2), io));
