/** Runs a command line in this process and keeps what it printed. */
import { PassThrough, Writable } from 'node:stream';
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

export async function run(...argv: readonly string[]): Promise<Run> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const stdin = new PassThrough();
  stdin.end();
  const exitCode = await main(argv, { stdin, stdout, stderr, env: {} });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}
