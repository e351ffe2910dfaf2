import { existsSync, linkSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { replaceSecret } from '../../../src/server/directory/durable-files.js';
import { temporaryDirectory } from '../temporary-directory.js';

const root = temporaryDirectory();
const path = join(root, 'share');
/** Another name of what lay there: it shows what became of the bytes. */
const witness = join(root, 'witness');
const isErased = (name: string) => readFileSync(name).every((byte) => byte === 0);

beforeEach(() => {
  for (const name of readdirSync(root)) writeFileSync(join(root, name), '');
});

describe('a secret that is replaced', () => {
  it('is overwritten, and the new one is for its owner alone', () => {
    replaceSecret(path, 'the old share');
    linkSync(path, `${witness}-1`);
    replaceSecret(path, 'the new share');
    expect(readFileSync(path, 'utf8')).toBe('the new share');
    expect(isErased(`${witness}-1`)).toBe(true);
    expect([statSync(path).mode & 0o777, existsSync(`${path}.former`)]).toEqual([0o600, false]);
  });

  it('is not lost where a crash came before the new one took its place', () => {
    replaceSecret(path, 'the old share');
    linkSync(path, `${path}.former`);
    linkSync(path, `${witness}-2`);
    replaceSecret(path, 'the new share');
    expect([readFileSync(path, 'utf8'), isErased(`${witness}-2`), existsSync(`${path}.former`)]).toEqual([
      'the new share',
      true,
      false,
    ]);
  });

  it('is overwritten later where a crash came after', () => {
    replaceSecret(path, 'the new share');
    writeFileSync(`${path}.former`, 'the old share');
    linkSync(`${path}.former`, `${witness}-3`);
    replaceSecret(path, 'the newest share');
    expect([readFileSync(path, 'utf8'), isErased(`${witness}-3`), existsSync(`${path}.former`)]).toEqual([
      'the newest share',
      true,
      false,
    ]);
  });
});
