/** Tells people how the search for safe primes goes: on one line of a terminal, or elsewhere on few lines. */
import type { SearchProgress } from '../server/founding/alliance-key-dealing.js';
import type { Io } from './io.js';

export interface SearchNotice {
  show(progress: SearchProgress): void;
  /** The search is over, or there was none. */
  end(): void;
}

export function searchNotice(stream: Io['stderr']): SearchNotice {
  return stream.isTTY === true ? terminalNotice(stream) : plainNotice(stream);
}

function terminalNotice(stream: Io['stderr']): SearchNotice {
  let shown = false;
  return {
    show: (progress) => {
      shown = true;
      stream.write(`\r${sentence(progress)}`);
    },
    end: () => {
      if (shown) stream.write('\n');
    },
  };
}

/** A line at the beginning and one for each prime. */
function plainNotice(stream: Io['stderr']): SearchNotice {
  let last = -1;
  return {
    show: (progress) => {
      if (progress.foundCount === last) return;
      last = progress.foundCount;
      stream.write(`${sentence(progress)}\n`);
    },
    end: () => undefined,
  };
}

function sentence({ elapsedMs, foundCount }: SearchProgress): string {
  return `Looking for two safe primes, which may take a minute: ${foundCount} found after ${Math.round(elapsedMs / 1000)} s`;
}
