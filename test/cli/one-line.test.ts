import { expect, it } from 'vitest';
import { onOneLine } from '../../src/cli/one-line.js';

it.each([
  ['plain text, κοινόν', 'plain text, κοινόν'],
  ['a\tb', 'a\tb'],
  ['two\nlines\r', 'two\\x0alines\\x0d'],
  ['\u001b[2Jgone\u0007', '\\x1b[2Jgone\\x07'],
  ['\u009b31m\u007f', '\\x9b31m\\x7f'],
  ['a\u2028b', 'a\\x2028b'],
])('shows %j as one line', (text, shown) => {
  expect(onOneLine(text)).toBe(shown);
});
