/** Runs a command line in this process and keeps what it printed. */
import { PassThrough, type Readable, Writable } from 'node:stream';
import { main } from '../../src/cli/program.js';

export interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

class Kept extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

/** What a run may find besides its arguments. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: Readable;
}

export function run(...argv: readonly string[]): Promise<Run> {
  return runWith({}, ...argv);
}

/** @param surroundings - an empty environment and input where they are absent. */
export async function runWith({ env = {}, stdin }: Surroundings, ...argv: readonly string[]): Promise<Run> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const nothing = new PassThrough();
  nothing.end();
  const exitCode = await main(argv, { stdin: stdin ?? nothing, stdout, stderr, env });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}
