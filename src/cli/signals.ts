/** Signals that end the program between two turns of the event loop, never within one: what is written in one turn is whole. */
import { setImmediate } from 'node:timers/promises';

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs `work` so. A signal still ends the program by its default action, at once where nothing is being written. */
export async function endingBetweenTurns<A>(work: () => Promise<A>): Promise<A> {
  const end = (signal: NodeJS.Signals): void => {
    release();
    process.kill(process.pid, signal);
  };
  const release = (): void => {
    for (const signal of endingSignals) process.removeListener(signal, end);
  };
  for (const signal of endingSignals) process.on(signal, end);
  try {
    return await work();
  } finally {
    // Between two immediates the loop polls once, so that a signal which came during the last turn is heard.
    await setImmediate();
    await setImmediate();
    release();
  }
}
