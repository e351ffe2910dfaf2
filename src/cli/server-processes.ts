/** Servers as child processes of a command, each with `koinon serve`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProcessId } from '../prelude/process.js';

/** This koinon, built. */
const ownExecutable = fileURLToPath(new URL('./main.js', import.meta.url));

export interface ServerProcessEvents {
  /** A line that the server wrote. */
  onLine(id: ProcessId, line: string): void;
  /** The server has ended by itself, or was killed. */
  onExit(id: ProcessId, how: string): void;
}

export class ServerProcess {
  private readonly child: ChildProcess;
  /** Resolves once the server listens, or has ended before. */
  readonly ready: Promise<boolean>;
  readonly ended: Promise<void>;

  constructor(
    readonly id: ProcessId,
    directory: string,
    events: ServerProcessEvents,
    executable = ownExecutable,
  ) {
    this.child = spawn(process.execPath, [...process.execArgv, executable, 'serve', directory], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let isReady: (ready: boolean) => void = () => undefined;
    this.ready = new Promise((resolve) => {
      isReady = resolve;
    });
    const relay = (stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void => {
      let rest = '';
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      });
      stream?.on('end', () => {
        if (rest !== '') onLine(rest);
      });
    };
    relay(this.child.stdout, (line) => {
      events.onLine(id, line);
      isReady(true);
    });
    relay(this.child.stderr, (line) => {
      events.onLine(id, line);
    });
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => {
        isReady(false);
        events.onExit(id, `it could not be started: ${error.message}`);
        resolve();
      });
      this.child.once('close', (code, signal) => {
        isReady(false);
        events.onExit(id, signal === null ? `exit code ${code ?? 'unknown'}` : signal);
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.child.kill(signal);
  }
}
