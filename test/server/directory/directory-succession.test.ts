import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  describeSuccessionError,
  hasDraft,
  isUnsettled,
  Succession,
  succession,
  successionNames,
} from '../../../src/server/directory/directory-succession.js';
import { E } from '../../../src/prelude/fp.js';
import { right } from '../../support/right.js';
import { temporaryDirectory } from '../temporary-directory.js';

const root = temporaryDirectory();
let made = 0;

/** A directory with a public file and a folder of secrets, all of epoch 1. */
function oldDirectory(): string {
  const directory = join(root, `directory${made++}`);
  mkdirSync(join(directory, 'shares'), { recursive: true });
  writeFileSync(join(directory, 'public'), 'old');
  writeFileSync(join(directory, 'other'), 'untouched');
  for (const name of ['a', 'b', 'gone']) writeFileSync(join(directory, 'shares', name), 'old', { mode: 0o600 });
  return directory;
}

const entries = [
  { path: 'public', content: 'new' },
  { path: 'shares/a', content: 'new', isSecret: true },
  { path: 'shares/b', content: 'new', isSecret: true },
  { path: 'shares/c', content: 'new', isSecret: true },
];

function contents(directory: string): Readonly<Record<string, string>> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(directory.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

const oldFiles = { public: 'old', other: 'untouched', 'shares/a': 'old', 'shares/b': 'old', 'shares/gone': 'old' };
const newFiles = { public: 'new', other: 'untouched', 'shares/a': 'new', 'shares/b': 'new', 'shares/c': 'new' };

function settle(directory: string): void {
  right(Succession.begin(directory)).end();
}

describe('files that are replaced together', () => {
  it('are all new afterwards, and nothing else is left', () => {
    const directory = oldDirectory();
    const replacing = right(Succession.begin(directory));
    right(replacing.replace(entries));
    replacing.end();
    expect(contents(directory)).toEqual(newFiles);
    expect(readdirSync(directory).sort()).toEqual(['other', 'public', 'shares']);
    expect(isUnsettled(directory)).toBe(false);
    if (process.platform !== 'win32') {
      expect(statSync(join(directory, 'shares')).mode & 0o777).toBe(0o700);
      expect(statSync(join(directory, 'shares', 'c')).mode & 0o777).toBe(0o600);
    }
  });

  it('are all old or all new, whichever step was the last before a crash', () => {
    const stepCount = [...succession(oldDirectory(), entries)].length;
    expect(stepCount).toBeGreaterThan(9);
    const outcomes: string[] = [];
    for (let last = 0; last <= stepCount; last++) {
      const directory = oldDirectory();
      const steps = succession(directory, entries);
      for (let step = 0; step < last; step++) steps.next();
      const isComplete = existsSync(join(directory, successionNames.next));
      const wasUnsettled = isUnsettled(directory);
      settle(directory);
      const found = contents(directory);
      const isNew = found['public'] === 'new';
      expect(found, `after step ${last}`).toEqual(isNew ? newFiles : oldFiles);
      expect(isNew || !wasUnsettled).toBe(true);
      expect(!isComplete || isNew).toBe(true);
      expect(readdirSync(directory).sort()).toEqual(['other', 'public', 'shares']);
      outcomes.push(isNew ? 'new' : 'old');
    }
    expect(outcomes.join(' ')).toMatch(/^(old )+new( new)+$/);
  });

  it('never lose a secret before its successor is in place', () => {
    const directory = oldDirectory();
    const steps = succession(directory, entries);
    while (steps.next().done !== true) {
      const found = Object.entries(contents(directory));
      const whole = (age: string) =>
        ['a', 'b'].every((name) => found.some(([path, text]) => path.endsWith(`/${name}`) && text === age));
      expect(whole('old') || whole('new')).toBe(true);
    }
  });

  it('are settled twice without harm, by whoever comes next', () => {
    const directory = oldDirectory();
    const steps = succession(directory, entries);
    while (!String(steps.next().value).includes('is aside'));
    settle(directory);
    settle(directory);
    expect(contents(directory)).toEqual(newFiles);
  });

  it('are overwritten before they go', () => {
    const directory = oldDirectory();
    const kept = join(root, `kept${made++}`);
    linkSync(join(directory, 'shares', 'gone'), kept);
    const replacing = right(Succession.begin(directory));
    right(replacing.replace(entries));
    replacing.end();
    expect(readFileSync(kept)).toEqual(Buffer.alloc('old'.length));
  });
});

describe('two at once', () => {
  it('are refused, and the refusal names the process', () => {
    const directory = oldDirectory();
    const first = right(Succession.begin(directory));
    const second = Succession.begin(directory);
    expect(second).toMatchObject(E.left({ _tag: 'Busy', path: directory, holder: process.pid }));
    if (E.isLeft(second)) expect(describeSuccessionError(second.left)).toContain(`process ${process.pid}`);
    first.end();
    settle(directory);
  });
});

describe('what cannot be replaced', () => {
  it('is told, and the lock is free again', () => {
    const directory = oldDirectory();
    const first = right(Succession.begin(directory));
    const failed = first.replace([...entries, { path: 'missing\0name', content: '' }]);
    expect(failed).toMatchObject(E.left({ _tag: 'CannotReplace', path: directory }));
    expect(hasDraft(directory)).toBe(false);
    first.end();
    settle(directory);
    expect(contents(directory)).toEqual(oldFiles);
  });
});

describe.skipIf(process.platform === 'win32')('links that somebody put there', () => {
  it('are removed, and what they lead to is neither overwritten nor moved', () => {
    const outside = join(root, `outside${made++}`);
    mkdirSync(outside);
    writeFileSync(join(outside, 'mine'), 'kept');
    for (const name of [successionNames.old, `${successionNames.draft}x`]) {
      const directory = oldDirectory();
      mkdirSync(join(directory, name));
      symlinkSync(join(outside, 'mine'), join(directory, name, 'file'));
      symlinkSync(outside, join(directory, name, 'folder'));
      settle(directory);
      expect(readdirSync(directory).sort()).toEqual(['other', 'public', 'shares']);
    }
    for (const name of [successionNames.old, successionNames.next]) {
      const directory = oldDirectory();
      symlinkSync(outside, join(directory, name));
      expect(isUnsettled(directory)).toBe(false);
      settle(directory);
      expect(contents(directory)).toEqual(oldFiles);
    }
    const both = oldDirectory();
    mkdirSync(join(both, successionNames.next, 'shares'), { recursive: true });
    symlinkSync(outside, join(both, successionNames.old));
    expect(Succession.begin(both)).toMatchObject(E.left({ _tag: 'CannotReplace' }));
    expect(contents(both)).toMatchObject(oldFiles);
    expect(contents(outside)).toEqual({ mine: 'kept' });
  });
});

describe('a draft that was left', () => {
  it('is seen, and goes with the next settlement', () => {
    const directory = oldDirectory();
    for (const elsewhere of ['nowhere', 'public', 'x'.repeat(300)].map((name) => join(directory, name))) {
      expect([hasDraft(elsewhere), isUnsettled(elsewhere)]).toEqual([false, false]);
    }
    expect(hasDraft(directory)).toBe(false);
    const steps = succession(directory, entries);
    while (!String(steps.next().value).includes('shares/a'));
    expect([hasDraft(directory), isUnsettled(directory)]).toEqual([true, false]);
    settle(directory);
    expect(hasDraft(directory)).toBe(false);
    expect(contents(directory)).toEqual(oldFiles);
  });
});
