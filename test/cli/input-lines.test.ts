import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf, openInput } from '../../src/cli/input-lines.js';
import { processIo } from '../../src/cli/io.js';
import { temporaryDirectory } from '../server/temporary-directory.js';
import { right } from '../support/right.js';
import { run } from './run.js';

async function read(pieces: readonly Uint8Array[], maxBytes = 8): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(Readable.from(pieces), maxBytes)) lines.push(Buffer.from(line).toString('latin1'));
  return lines;
}

describe('the lines of an input', () => {
  it.each<[string, string, readonly string[]]>([
    ['nothing', '', []],
    ['an end alone', '\n', ['']],
    ['a last line without an end', 'a\nb', ['a', 'b']],
    ['empty lines', '\n\na\n\n', ['', '', 'a', '']],
    ['carriage returns, which are kept', 'a\r\nb\r\n', ['a\r', 'b\r']],
    ['bytes that are no text', '\xff\x00\n', ['\xff\x00']],
    ['a line that is too long, cut behind its limit', `a\n${'x'.repeat(99)}\nb`, ['a', 'x'.repeat(9), 'b']],
  ])('are right for %s', async (_, text, lines) => {
    expect(await read([Buffer.from(text, 'latin1')])).toEqual(lines);
  });

  it('do not depend on the pieces in which it comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.stringMatching(/^[a\n]{1,12}$/)), async (pieces) => {
        const whole = await read([Buffer.from(pieces.join(''))]);
        expect(await read(pieces.map((piece) => Buffer.from(piece)))).toEqual(whole);
      }),
    );
  });
});

describe('an input', () => {
  const directory = temporaryDirectory();

  it('may be an empty file', async () => {
    const file = join(directory, 'empty');
    writeFileSync(file, '');
    const lines = linesOf(right(await openInput(file, processIo())), 8);
    expect((await lines.next()).done).toBe(true);
  });

  it.each([
    ['missing', join(directory, 'nowhere'), 'ENOENT'],
    ['a directory', directory, 'EISDIR'],
  ])('that is %s is bad', async (_, file, code) => {
    expect(await openInput(file, processIo())).toMatchObject({
      left: { exitCode: 2, message: `${file}: cannot be read (${code})` },
    });
  });

  it('for - is standard input', async () => {
    const stdin = new PassThrough();
    expect(right(await openInput('-', { ...processIo(), stdin }))).toBe(stdin);
  });
});

describe('the commands of an application', () => {
  it.each([
    ['propose', 'nowhere', 'lines.txt'],
    ['listen', 'nowhere'],
    ['status', 'nowhere'],
    ['up', 'nowhere'],
    ['serve', 'nowhere'],
    ['verify', 'nowhere', 'a', 'b'],
    ['listen', '.', '--from', '-1'],
    ['listen', '.', '--server', 'a b'],
    ['propose', '.'],
    ['propose', '.', 'x', '--outstanding', '0'],
    ['demo', '--file', 'nowhere'],
    ['demo', '--file', '.'],
    ['demo', '--scheme', 'rot13'],
  ])('end with one line and 2: koinon %s %s', async (...argv) => {
    const { exitCode, stdout, stderr } = await run(...argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^koinon: [^\n]+\n$/);
  });
});
