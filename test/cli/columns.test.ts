import { describe, expect, it } from 'vitest';
import { row as shownRow } from '../../src/cli/governance/proposal-showing.js';
import { inColumn } from '../../src/cli/columns.js';
import { row } from '../../src/cli/spoken-rows.js';

describe('columns', () => {
  it.each([
    ['', '        x'],
    ['six...', 'six...  x'],
    ['seven..', 'seven..  x'],
    ['eight...', 'eight...  x'],
    ['longer than that', 'longer than that  x'],
  ])('leave two spaces behind %j', (text, shown) => {
    expect(`${inColumn(text, 8)}x`).toBe(shown);
  });

  it('are those of every row', () => {
    expect(shownRow('key document receipts', 'refresh')).toBe('  key document receipts  refresh');
    expect(shownRow('id', 'x')).toBe(`  id${' '.repeat(16)}x`);
    expect(row('signs documents', 'x')).toBe('  signs documents  x');
    expect(row('administrators', 'x')).toBe('  administrators  x');
  });
});
