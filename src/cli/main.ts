#!/usr/bin/env node
/** The executable `koinon`. */
import { processIo } from './io.js';
import { exitCodes } from './outcome.js';
import { main, reportBug } from './program.js';
import { Session } from './session.js';

const io = processIo();

/** A reader that has had enough, such as `head`, ends the program without a word. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.success : exitCodes.unavailable);
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
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

endWith(await main(process.argv.slice(2), io));
