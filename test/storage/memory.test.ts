/** The journal in memory behaves as the one on disk, as far as a process without crashes can tell. */
import { expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { MemoryJournal } from '../../src/storage/memory.js';

it('a journal in memory gives its contents to the next one', async () => {
  const journal = new MemoryJournal();
  await journal.append(utf8('a'));
  await journal.append(utf8('b'));
  expect([journal.recovered, journal.contents, journal.size]).toEqual([[], [utf8('a'), utf8('b')], 2]);
  const next = new MemoryJournal(journal.contents);
  expect(next.recovered).toEqual([utf8('a'), utf8('b')]);
  await next.append(utf8('c'));
  await next.rewrite([utf8('base')]);
  await next.append(utf8('d'));
  expect([next.contents, next.size]).toEqual([[utf8('base'), utf8('d')], 1]);
  expect(journal.contents).toHaveLength(2);
});
