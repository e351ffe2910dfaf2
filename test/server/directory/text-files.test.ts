/** Reading files whole: of any length up to the limit, and in however many pieces they come. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { joined, readFileBytes } from '../../../src/server/directory/text-files.js';
import { right } from '../../support/right.js';
import { temporaryDirectory } from '../temporary-directory.js';

const path = join(temporaryDirectory(), 'file');

describe('a file', () => {
  it.each([0, 1, 65_536, 65_537, 1_000_003])(
    'of %i bytes is read whole, where that many are allowed',
    async (length) => {
      const content = Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 255);
      writeFileSync(path, content);
      const bytes = right(await readFileBytes(path, length)());
      expect(Buffer.compare(bytes, content)).toBe(0);
      if (length === 0) return;
      expect(await readFileBytes(path, length - 1)()).toEqual(
        E.left({ _tag: 'FileTooLarge', path, maxBytes: length - 1 }),
      );
    },
  );

  it('may come in any number of pieces', () => {
    expect(joined(Array.from({ length: 500_000 }, () => Uint8Array.of(7)))).toHaveLength(500_000);
  });
});
