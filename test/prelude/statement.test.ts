import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import {
  encodeStatement,
  isStatement,
  type StatementType,
  statementTag,
  statementTypes,
} from '../../src/prelude/statement.js';

const context = { allianceId: digest(utf8('alliance')), keyId: digest(utf8('key')), epoch: 3 };
const other = digest(utf8('other'));

describe('a statement', () => {
  it('begins with the tag, and nothing that people write does', () => {
    expect(isStatement(encodeStatement(context, 'decided', utf8('body')))).toBe(true);
    expect(isStatement(statementTag)).toBe(true);
    expect(isStatement(statementTag.subarray(0, -1))).toBe(false);
    expect(isStatement(utf8('koinon statement v1'))).toBe(false);
    expect(isStatement(new Uint8Array(0))).toBe(false);
  });

  it('differs in every part of its context and in its type', () => {
    const body = utf8('body');
    const all = [
      encodeStatement(context, 'decided', body),
      encodeStatement({ ...context, allianceId: other }, 'decided', body),
      encodeStatement({ ...context, keyId: other }, 'decided', body),
      encodeStatement({ ...context, epoch: 4 }, 'decided', body),
      ...(Object.keys(statementTypes) as StatementType[])
        .filter((type) => type !== 'decided')
        .map((type) => encodeStatement(context, type, body)),
    ];
    expect(new Set(all.map(toHex)).size).toBe(all.length);
  });

  it('has a type number of its own for each type', () => {
    expect(new Set(Object.values(statementTypes)).size).toBe(Object.keys(statementTypes).length);
  });
});
