/** Key shares that lie in no file: they come through a pipe, which gives its bytes once. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../server/temporary-directory.js';
import { succeed } from './setting.js';

const root = temporaryDirectory();
const at = (...path: readonly string[]): string => join(root, ...path);

describe.skipIf(process.platform === 'win32')('koinon key share', () => {
  it('takes a key share from a pipe, whatever its mode, and makes of it what it makes of the file', async () => {
    writeFileSync(at('document.txt'), 'We agree.\n');
    await succeed('key', 'deal', '--policy', '2 of (a, b, c)', '--scheme', 'bls', '--out', at('key'));
    const file = at('key', 'shares', 'a.json');
    const pipe = at('pipe');
    execFileSync('mkfifo', ['-m', '644', pipe]);
    const make = (key: string, out: string) =>
      succeed('key', 'share', '--key', key, '--in', at('document.txt'), '--out', at(out));
    await Promise.all([make(pipe, 'of-pipe'), writeFile(pipe, readFileSync(file))]);
    await make(file, 'of-file');
    expect(readFileSync(at('of-pipe'))).toEqual(readFileSync(at('of-file')));
  });
});
